package preamble

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// socks4 speaks SOCKS 4, and 4A for names.
type socks4 struct{ Options }

func (s *socks4) open() string {
	request := binary.BigEndian.AppendUint16([]byte{4, 1}, s.Port)
	if ip, err := netip.ParseAddr(s.Host); err == nil && ip.Unmap().Is4() {
		four := ip.Unmap().As4()
		return string(append(request, four[:]...)) + s.User + "\x00"
	}
	return string(append(request, 0, 0, 0, 1)) + s.User + "\x00" + s.Host + "\x00" // 0.0.0.x: a name follows
}

func (s *socks4) next(in []byte) (n int, out string, done bool, err *Error) {
	if in[0] != 0 {
		return 0, "", false, notProxy(in)
	}
	if len(in) < 8 {
		return 0, "", false, nil
	}
	switch in[1] {
	case 0x5a:
		return 8, "", true, nil
	case 0x5c, 0x5d: // identd cannot be reached, or says another name
		return 0, "", false, &Error{Code: ProxyAuth, Message: fmt.Sprintf("the proxy does not accept the user (SOCKS 4 code %d)", in[1])}
	}
	return 0, "", false, &Error{Code: ProxyRefused, Message: fmt.Sprintf("the proxy refuses the connection (SOCKS 4 code %d)", in[1])}
}

// socks5 speaks RFC 1928, with the passwords of RFC 1929.
type socks5 struct {
	Options
	state int // 0 choice of method, 1 verdict on the password, 2 answer
}

func (s *socks5) open() string {
	if s.User != "" {
		return "\x05\x02\x00\x02"
	}
	return "\x05\x01\x00"
}

func (s *socks5) next(in []byte) (n int, out string, done bool, err *Error) {
	version := byte(5)
	if s.state == 1 {
		version = 1
	}
	if in[0] != version {
		return 0, "", false, notProxy(in)
	}
	if len(in) < 2 {
		return 0, "", false, nil
	}
	switch s.state {
	case 0:
		return s.method(in[1])
	case 1:
		if in[1] != 0 {
			return 0, "", false, &Error{Code: ProxyAuth, Message: "the proxy does not accept user and password"}
		}
		s.state = 2
		return 2, s.connect(), false, nil
	}
	return s.answer(in)
}

// method takes the proxy's choice of how we prove who we are.
func (s *socks5) method(m byte) (n int, out string, done bool, err *Error) {
	switch {
	case m == 0:
		s.state = 2
		return 2, s.connect(), false, nil
	case m == 2 && s.User != "":
		s.state = 1
		return 2, "\x01" + counted(s.User) + counted(s.Password), false, nil
	case m == 0xff && s.User == "":
		return 0, "", false, &Error{Code: ProxyAuth, Message: "the proxy wants user and password"}
	case m == 0xff:
		return 0, "", false, &Error{Code: ProxyAuth, Message: "the proxy takes neither a password nor no password"}
	}
	return 0, "", false, &Error{Code: Protocol, Message: "the proxy chose a method that was not offered"}
}

// connect is the request: an address as it is, or a name.
func (s *socks5) connect() string {
	request := "\x05\x01\x00"
	if ip, err := netip.ParseAddr(s.Host); err == nil && ip.Zone() == "" {
		kind := "\x04"
		if ip = ip.Unmap(); ip.Is4() {
			kind = "\x01"
		}
		request += kind + string(ip.AsSlice())
	} else {
		request += "\x03" + counted(s.Host)
	}
	return request + string(binary.BigEndian.AppendUint16(nil, s.Port))
}

// refusals are the replies of RFC 1928, Section 6.
var refusals = [...]string{
	1: "general failure", 2: "not allowed by its rules", 3: "network unreachable", 4: "host unreachable", 5: "connection refused",
	6: "TTL expired", 7: "command not supported", 8: "address type not supported",
}

// answer takes the reply, which ends with an address of any of three forms.
func (s *socks5) answer(in []byte) (n int, out string, done bool, err *Error) {
	if code := in[1]; code != 0 {
		why := "for a reason it does not know"
		if int(code) < len(refusals) {
			why = refusals[code]
		}
		return 0, "", false, &Error{Code: ProxyRefused, Message: fmt.Sprintf("the proxy refuses the connection: %s (SOCKS 5 code %d)", why, code)}
	}
	if len(in) < 5 {
		return 0, "", false, nil
	}
	switch in[3] {
	case 1:
		n = 4 + 4 + 2
	case 3:
		n = 5 + int(in[4]) + 2
	case 4:
		n = 4 + 16 + 2
	default:
		return 0, "", false, notProxy(in)
	}
	if len(in) < n {
		return 0, "", false, nil
	}
	return n, "", true, nil
}

func counted(s string) string { return string([]byte{byte(len(s))}) + s }

func notProxy(in []byte) *Error {
	return &Error{Code: Protocol, Message: "the proxy's answer is not of this protocol", Line: string(in)}
}

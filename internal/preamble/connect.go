package preamble

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"strings"
)

// connect speaks RFC 9110, Section 9.3.6: CONNECT, and a status line.
type connect struct{ Options }

func (s *connect) open() string {
	host := s.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	host += ":" + strconv.Itoa(int(s.Port))
	request := "CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n"
	if s.User != "" || s.Password != "" {
		request += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(s.User+":"+s.Password)) + "\r\n"
	}
	return request + "\r\n"
}

func (s *connect) next(in []byte) (n int, out string, done bool, err *Error) {
	const http = "HTTP/1."
	if start := in[:min(len(in), len(http))]; string(start) != http[:len(start)] {
		return 0, "", false, notProxy(in)
	}
	end := bytes.Index(in, []byte("\r\n\r\n"))
	n = end + 4
	if bare := bytes.Index(in, []byte("\n\n")); end < 0 || bare >= 0 && bare < end {
		end, n = bare, bare+2
	}
	if end < 0 {
		return 0, "", false, nil
	}
	status, _, _ := strings.Cut(string(in[:end]), "\n")
	words := strings.Fields(status)
	if len(words) < 2 || len(words[1]) != 3 {
		return 0, "", false, notProxy(in)
	}
	switch code, bad := strconv.Atoi(words[1]); {
	case bad != nil:
		return 0, "", false, notProxy(in)
	case code/100 == 1: // an interim answer: another follows
		return n, "", false, nil
	case code/100 == 2:
		return n, "", true, nil
	case code == 407 || code == 401:
		message := "the proxy wants user and password"
		if s.User != "" {
			message = "the proxy does not accept user and password"
		}
		return 0, "", false, &Error{Code: ProxyAuth, Message: message, Line: status}
	case code == 429:
		return 0, "", false, limited(status)
	}
	return 0, "", false, &Error{Code: ProxyRefused, Message: "the proxy refuses the connection", Line: status}
}

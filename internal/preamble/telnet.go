package preamble

// telnet speaks draft-altman-telnet-starttls: WILL START_TLS, DO START_TLS, and
// FOLLOWS from both sides. Every other option is declined, and what is said in
// clear is not heard.
type telnet struct{ asked bool }

// Bytes of the telnet protocol (RFC 854).
const (
	telnetSE   = 240
	telnetSB   = 250
	telnetWILL = 251
	telnetWONT = 252
	telnetDO   = 253
	telnetDONT = 254
	telnetIAC  = 255

	optionStartTLS = 46
	follows        = 1
)

func (*telnet) open() string { return string([]byte{telnetIAC, telnetWILL, optionStartTLS}) }

func (s *telnet) next(in []byte) (n int, out string, done bool, err *Error) {
	if in[0] != telnetIAC {
		return 1, "", false, nil
	}
	if len(in) < 2 {
		return 0, "", false, nil
	}
	switch in[1] {
	case telnetDO, telnetDONT, telnetWILL, telnetWONT:
		if len(in) < 3 {
			return 0, "", false, nil
		}
		out, err := s.option(in[1], in[2])
		return 3, out, false, err
	case telnetSB:
		return s.subnegotiation(in)
	}
	return 2, "", false, nil
}

// option answers a wish or a promise about an option.
func (s *telnet) option(verb, option byte) (string, *Error) {
	switch {
	case option == optionStartTLS && verb == telnetDO:
		if s.asked {
			return "", nil
		}
		s.asked = true
		return string([]byte{telnetIAC, telnetSB, optionStartTLS, follows, telnetIAC, telnetSE}), nil
	case option == optionStartTLS && verb == telnetDONT:
		return "", notOffered("IAC DONT START_TLS")
	case verb == telnetDO:
		return string([]byte{telnetIAC, telnetWONT, option}), nil
	case verb == telnetWILL:
		return string([]byte{telnetIAC, telnetDONT, option}), nil
	}
	return "", nil
}

// subnegotiation eats up to IAC SE.
func (s *telnet) subnegotiation(in []byte) (n int, out string, done bool, err *Error) {
	for i := 2; i+1 < len(in); i++ {
		if in[i] != telnetIAC {
			continue
		}
		if in[i+1] == telnetSE {
			body := in[2:i]
			return i + 2, "", s.asked && len(body) == 2 && body[0] == optionStartTLS && body[1] == follows, nil
		}
		i++ // IAC IAC is a byte of the body
	}
	return 0, "", false, nil
}

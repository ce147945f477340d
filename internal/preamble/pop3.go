package preamble

import "strings"

// pop3 speaks RFC 2595, Section 4: greeting, CAPA, STLS.
type pop3 struct {
	state int // 0 greeting, 1 answer to CAPA, 2 its list, 3 go-ahead
	found bool
}

func (s *pop3) open() string { return "" }

func (s *pop3) line(l string) (string, bool, *Error) {
	good := strings.HasPrefix(strings.ToUpper(l), "+OK")
	if bad := strings.HasPrefix(strings.ToUpper(l), "-ERR"); s.state != 2 && !good && !bad {
		return "", false, unexpected(l)
	}
	switch s.state {
	case 0:
		if !good {
			return "", false, refused(l)
		}
		s.state = 1
		return "CAPA\r\n", false, nil
	case 1:
		if good {
			s.state = 2
			return "", false, nil
		}
		s.state = 3 // CAPA came with RFC 2449: older servers may know STLS all the same
		return "STLS\r\n", false, nil
	case 2:
		if strings.EqualFold(strings.TrimSpace(l), "STLS") {
			s.found = true
		}
		if l != "." {
			return "", false, nil
		}
		if !s.found {
			return "", false, notOffered(l)
		}
		s.state = 3
		return "STLS\r\n", false, nil
	}
	if !good {
		return "", false, refused(l)
	}
	return "", true, nil
}

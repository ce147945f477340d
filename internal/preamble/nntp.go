package preamble

import "strings"

// nntp speaks RFC 4642: greeting, CAPABILITIES, STARTTLS, 382.
type nntp struct {
	state int // 0 greeting, 1 answer to CAPABILITIES, 2 its list, 3 go-ahead
	found bool
}

func (s *nntp) open() string { return "" }

func (s *nntp) line(l string) (string, bool, *Error) {
	if s.state == 2 {
		if strings.EqualFold(strings.TrimSpace(l), "STARTTLS") {
			s.found = true
		}
		if l != "." {
			return "", false, nil
		}
		if !s.found {
			return "", false, notOffered(l)
		}
		s.state = 3
		return "STARTTLS\r\n", false, nil
	}
	code, _, _, ok := reply(l)
	switch {
	case !ok:
		return "", false, unexpected(l)
	case code == 400:
		return "", false, limited(l)
	case s.state == 0 && code/100 != 2:
		return "", false, refused(l)
	case s.state == 0:
		s.state = 1
		return "CAPABILITIES\r\n", false, nil
	case s.state == 1 && code == 101:
		s.state = 2
		return "", false, nil
	case s.state == 1: // before RFC 3977 there were no capabilities
		s.state = 3
		return "STARTTLS\r\n", false, nil
	case code == 382:
		return "", true, nil
	case code == 580 || code == 502:
		return "", false, refused(l)
	}
	return "", false, notOffered(l)
}

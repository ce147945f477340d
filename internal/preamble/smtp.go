package preamble

import "strings"

// smtp speaks RFC 3207, and RFC 2033 where the hello is LHLO: greeting, hello,
// STARTTLS in the list, go-ahead.
type smtp struct {
	hello, name string
	state       int // 0 greeting, 1 list, 2 go-ahead
	offered     bool
}

func (s *smtp) open() string { return "" }

func (s *smtp) line(l string) (string, bool, *Error) {
	code, more, text, ok := reply(l)
	switch {
	case !ok:
		return "", false, unexpected(l)
	case code == 421:
		return "", false, limited(l)
	case s.state == 0 && code/100 != 2, s.state == 2 && code/100 != 2:
		return "", false, refused(l)
	case s.state == 1 && (code == 501 || code == 504 || code == 550):
		return "", false, &Error{Code: Refused, Message: "the server does not take the name we gave", Line: l}
	case s.state == 1 && code/100 != 2: // there was no EHLO once
		return "", false, notOffered(l)
	}
	if s.state == 1 && strings.EqualFold(strings.TrimSpace(text), "STARTTLS") {
		s.offered = true
	}
	if more {
		return "", false, nil
	}
	s.state++
	switch s.state {
	case 1:
		name := s.name
		if name == "" {
			name = "localhost"
		}
		return s.hello + " " + name + "\r\n", false, nil
	case 2:
		if !s.offered {
			return "", false, notOffered(l)
		}
		return "STARTTLS\r\n", false, nil
	}
	return "", true, nil
}

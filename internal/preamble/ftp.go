package preamble

// ftp speaks RFC 4217, Section 4: greeting, AUTH TLS, 234. Lines of a long
// reply between the first and the last may be anything (RFC 959, Section 4.2).
type ftp struct {
	asked bool
	until int // the code that ends a long reply, or 0
}

func (s *ftp) open() string { return "" }

func (s *ftp) line(l string) (string, bool, *Error) {
	code, more, _, ok := reply(l)
	if s.until != 0 && (!ok || more || code != s.until) {
		return "", false, nil
	}
	switch {
	case !ok:
		return "", false, unexpected(l)
	case more:
		s.until = code
		return "", false, nil
	case code == 421:
		return "", false, limited(l)
	}
	s.until = 0
	switch {
	case !s.asked && code == 120: // "Service ready in nnn minutes"
		return "", false, limited(l)
	case !s.asked && code/100 != 2:
		return "", false, refused(l)
	case !s.asked:
		s.asked = true
		return "AUTH TLS\r\n", false, nil
	case code == 234:
		return "", true, nil
	case code/100 == 5:
		return "", false, notOffered(l)
	case code/100 == 4:
		return "", false, refused(l)
	}
	return "", false, unexpected(l)
}

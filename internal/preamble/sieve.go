package preamble

import "strings"

// sieve speaks RFC 5804, Section 2.2: capabilities up to OK, STARTTLS, OK.
type sieve struct {
	asked, offered bool
}

func (s *sieve) open() string { return "" }

func (s *sieve) line(l string) (string, bool, *Error) {
	word, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(l)), " ")
	switch {
	case strings.HasPrefix(word, `"`) && !s.asked:
		s.offered = s.offered || word == `"STARTTLS"`
		return "", false, nil
	case word == "BYE" || word == "NO":
		return "", false, refused(l)
	case word != "OK":
		return "", false, unexpected(l)
	case s.asked:
		return "", true, nil
	case !s.offered:
		return "", false, notOffered(l)
	}
	s.asked = true
	return "STARTTLS\r\n", false, nil
}

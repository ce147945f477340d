package preamble

import (
	"slices"
	"strings"
)

// imap speaks RFC 9051, Section 6.2.1: greeting, CAPABILITY, STARTTLS.
type imap struct {
	greeted, offered, asked bool
}

func (s *imap) open() string { return "" }

func (s *imap) line(l string) (string, bool, *Error) {
	words := strings.Fields(strings.ToUpper(l))
	if len(words) < 2 {
		return "", false, unexpected(l)
	}
	switch tag, word := words[0], words[1]; {
	case !s.greeted:
		if tag != "*" || word != "OK" && word != "PREAUTH" && word != "BYE" {
			return "", false, unexpected(l)
		}
		if word != "OK" { // "PREAUTH": STARTTLS is not possible any more
			return "", false, refused(l)
		}
		s.greeted = true
		return "a1 CAPABILITY\r\n", false, nil
	case tag == "*" && word == "CAPABILITY":
		s.offered = slices.Contains(words, "STARTTLS")
	case tag == "*" && word == "BYE":
		return "", false, refused(l)
	case tag == "*":
	case tag == "A1" && !s.asked:
		if word != "OK" || !s.offered {
			return "", false, notOffered(l)
		}
		s.asked = true
		return "a2 STARTTLS\r\n", false, nil
	case tag == "A2" && s.asked:
		if word != "OK" {
			return "", false, refused(l)
		}
		return "", true, nil
	default:
		return "", false, unexpected(l)
	}
	return "", false, nil
}

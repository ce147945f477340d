package preamble

import (
	"slices"
	"strings"
)

// irc speaks the IRCv3 extension "tls": STARTTLS at once, then 670. Servers
// that do not know it say nothing at all to who has not registered, so they are
// asked for their capabilities first. Servers send notices before, and may send
// a PING.
type irc struct{ listed bool } // the capabilities were answered

func (*irc) open() string { return "CAP LS\r\nSTARTTLS\r\n" }

func (s *irc) line(l string) (string, bool, *Error) {
	words := strings.Fields(l)
	if len(words) > 0 && strings.HasPrefix(words[0], "@") { // message tags
		words = words[1:]
	}
	if len(words) > 0 && strings.HasPrefix(words[0], ":") { // who says it
		words = words[1:]
	}
	if len(words) == 0 {
		return "", false, unexpected(l)
	}
	switch strings.ToUpper(words[0]) {
	case "670":
		return "", true, nil
	case "691":
		return "", false, refused(l)
	case "CAP":
		s.listed = true
		if !slices.Contains(words, "tls") && !slices.Contains(words, ":tls") {
			return "", false, notOffered(l)
		}
		return "", false, nil
	case "421", "451": // to CAP, from before there were capabilities, or to STARTTLS
		if !s.listed && !slices.Contains(words, "STARTTLS") {
			s.listed = true
			return "", false, nil
		}
		return "", false, notOffered(l)
	case "ERROR":
		return "", false, refused(l)
	case "PING":
		return "PONG " + strings.Join(words[1:], " ") + "\r\n", false, nil
	case "NOTICE", "020":
		return "", false, nil
	}
	return "", false, unexpected(l)
}

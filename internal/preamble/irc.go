package preamble

import "strings"

// irc speaks the IRCv3 extension "tls": STARTTLS at once, then 670. Servers
// send notices before, and may send a PING.
type irc struct{}

func (irc) open() string { return "STARTTLS\r\n" }

func (irc) line(l string) (string, bool, *Error) {
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
	case "421", "451":
		return "", false, notOffered(l)
	case "ERROR":
		return "", false, refused(l)
	case "PING":
		return "PONG " + strings.Join(words[1:], " ") + "\r\n", false, nil
	case "NOTICE", "CAP", "020":
		return "", false, nil
	}
	return "", false, unexpected(l)
}

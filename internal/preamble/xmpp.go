package preamble

import (
	"bytes"
	"strings"
)

// xmpp speaks RFC 6120, Section 5.4: stream, features, starttls, proceed.
type xmpp struct {
	namespace, domain string
	features, offered bool // inside the features; STARTTLS is among them
	asked             bool
	failed            string // what came of <stream:error>, before what it is about
}

func (s *xmpp) open() string {
	return "<?xml version='1.0'?><stream:stream xmlns='" + s.namespace +
		"' xmlns:stream='http://etherx.jabber.org/streams' to='" + s.domain + "' version='1.0'>"
}

func (s *xmpp) next(in []byte) (n int, out string, done bool, err *Error) {
	start := bytes.IndexByte(in, '<')
	if start != 0 {
		if start < 0 {
			start = len(in)
		}
		if text := bytes.TrimSpace(in[:start]); len(text) > 0 && !s.features {
			return 0, "", false, unexpected(string(in))
		}
		return start, "", false, nil
	}
	n = tagEnd(in)
	if n == 0 {
		return 0, "", false, nil
	}
	out, done, err = s.tag(string(in[:n]))
	return n, out, done, err
}

// tagEnd is how long the tag in front is, or 0 if it is not all there. A '>'
// in quotation marks does not end it.
func tagEnd(in []byte) int {
	quote := byte(0)
	for i, c := range in {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return 0
}

// tag takes one tag.
func (s *xmpp) tag(t string) (string, bool, *Error) {
	closing := strings.HasPrefix(t, "</")
	name := strings.Trim(t, "</>")
	name, _, _ = strings.Cut(name, " ")
	_, local, prefixed := strings.Cut(name, ":")
	if !prefixed {
		local = name
	}
	empty := strings.HasSuffix(t, "/>")
	if s.failed != "" {
		return "", false, refused(s.failed + t)
	}
	switch local {
	case "features":
		s.features = !closing && !empty
		if !s.features && !s.offered {
			return "", false, notOffered(t)
		}
		if !s.features && !s.asked {
			s.asked = true
			return "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", false, nil
		}
	case "starttls":
		s.offered = s.offered || s.features
	case "proceed":
		if !s.asked {
			return "", false, unexpected(t)
		}
		return "", empty || closing, nil
	case "failure", "error":
		if empty || closing {
			return "", false, refused(t)
		}
		s.failed = t
	case "stream":
		if closing {
			return "", false, refused(t)
		}
	case "?xml":
	default:
		if !s.features && !strings.HasPrefix(t, "<?") && !closing {
			return "", false, unexpected(t)
		}
	}
	return "", false, nil
}

package main

import (
	"bytes"
	"errors"
	"strings"

	tls "github.com/tlsengine/tlsengine"
)

// maxLine is as long as a line may be: RFC 5321, Section 4.5.3.1.6, counted
// generously.
const maxLine = 4096

// Session is a mail server's side of one connection.
type Session struct {
	Config  *tls.Config
	Deliver func(letter Letter)

	engine *tls.Engine // nil until STARTTLS
	line   []byte      // one that has no end yet
	letter *Letter     // that is being sent
	data   bool        // its text is
}

// Letter is what a client sent.
type Letter struct {
	From string
	To   []string
	Text string
}

// errOver says that the connection is to be closed.
var errOver = errors.New("the session is over")

// Greet is the server's first line.
func (s *Session) Greet() []byte { return []byte("220 mail.example ESMTP\r\n") }

// Receive takes what the client sent and returns what to answer, also with an
// error, after which the connection is to be closed.
func (s *Session) Receive(in []byte) (out []byte, err error) {
	if s.engine == nil {
		return s.clear(in)
	}
	for ev, err := range s.engine.Feed(in) {
		switch {
		case err != nil:
			return s.engine.Flush(out), err
		case ev.Kind == tls.EventPeerClosed:
			return s.engine.Close(out), errOver
		case ev.Kind == tls.EventData:
			answer, err := s.lines(ev.Data)
			if len(answer) > 0 {
				out, _ = s.engine.Send(out, answer)
			}
			if err != nil {
				return s.engine.Close(out), err
			}
		}
	}
	return s.engine.Flush(out), nil
}

// clear takes lines that are not protected.
func (s *Session) clear(in []byte) ([]byte, error) {
	out, err := s.lines(in)
	if err != errStart {
		return out, err
	}
	// What stands behind STARTTLS may be from anybody, and must never be taken
	// for something that was said under TLS.
	if len(s.line) > 0 {
		return append(out, "501 nothing may follow STARTTLS\r\n"...), errOver
	}
	if s.engine, err = tls.NewServer(s.Config); err != nil {
		return append(out, "454 TLS not available\r\n"...), err
	}
	s.letter = nil // RFC 3207, Section 4.2: all that was learned is forgotten
	return append(out, "220 go ahead\r\n"...), nil
}

// errStart says that the rest of the input is not lines.
var errStart = errors.New("STARTTLS")

// lines takes lines and pieces of lines, and answers them.
func (s *Session) lines(in []byte) (out []byte, err error) {
	s.line = append(s.line, in...)
	for {
		line, rest, ok := bytes.Cut(s.line, []byte("\r\n"))
		if !ok {
			if len(s.line) > maxLine {
				return append(out, "500 line too long\r\n"...), errOver
			}
			return out, nil
		}
		s.line = rest
		if s.data {
			out = append(out, s.text(string(line))...)
			continue
		}
		answer, err := s.command(string(line))
		out = append(out, answer...)
		if err != nil {
			return out, err
		}
	}
}

// text takes a line of a letter.
func (s *Session) text(line string) string {
	if line != "." {
		s.letter.Text += strings.TrimPrefix(line, ".") + "\n"
		return ""
	}
	s.Deliver(*s.letter)
	s.data, s.letter = false, nil
	return "250 delivered\r\n"
}

// command answers a command.
func (s *Session) command(line string) (string, error) {
	verb, argument, _ := strings.Cut(line, " ")
	verb = strings.ToUpper(verb)
	switch {
	case verb == "EHLO" && s.engine == nil:
		return "250-mail.example\r\n250 STARTTLS\r\n", nil
	case verb == "EHLO", verb == "HELO":
		return "250 mail.example\r\n", nil
	case verb == "STARTTLS" && s.engine == nil:
		return "", errStart
	case verb == "QUIT":
		return "221 goodbye\r\n", errOver
	case verb == "NOOP":
		return "250 still here\r\n", nil
	case s.engine == nil:
		return "530 STARTTLS first\r\n", nil
	case verb == "RSET":
		s.letter = nil
		return "250 forgotten\r\n", nil
	case verb == "MAIL":
		s.letter = &Letter{From: address(argument)}
		return "250 and to whom?\r\n", nil
	case verb == "RCPT" && s.letter != nil:
		s.letter.To = append(s.letter.To, address(argument))
		return "250 to whom else?\r\n", nil
	case verb == "DATA" && s.letter != nil && len(s.letter.To) > 0:
		s.data = true
		return "354 go on, and end with a dot\r\n", nil
	}
	return "503 not now\r\n", nil
}

// address is what stands between the brackets of "FROM:<address>".
func address(argument string) string {
	_, rest, _ := strings.Cut(argument, "<")
	at, _, _ := strings.Cut(rest, ">")
	return at
}

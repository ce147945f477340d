// Package ladder draws a dialogue: two rails, the client and the server, and
// between them one arrow for each message, in the order of the wire.
package ladder

import (
	"strings"
	"unicode/utf8"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/handshake"
)

// Line is one arrow.
type Line struct {
	Dir    Dir
	Name   string // the RFC's name of the message
	Epoch  handshake.Epoch
	Size   int      // bytes
	Detail []string // what it says, cleaned
	Type   int      // of a handshake message; -1 for the rest
}

// width of what is between the rails.
const width = 44

// Head is the line above the first arrow.
func Head(s text.Style) string {
	return "  " + s.Client("client") + strings.Repeat(" ", width-8) + s.Server("server") + "\n"
}

// Draw is the arrow, with its details beside it.
func (l *Line) Draw(s text.Style) string {
	name := " " + l.Marked() + " "
	size := " " + text.Count(l.Size) + " B "
	dash := strings.Repeat("─", max(1, width-4-utf8.RuneCountInString(name)-len(size)))
	arrow := "──" + name + dash + size + "─▶"
	paint := s.Client
	if l.Dir == ToClient {
		arrow, paint = "◀─"+name+dash+size+"──", s.Server
	}
	var b strings.Builder
	for i, detail := range append([]string{}, l.details()...) {
		if i > 0 {
			arrow = strings.Repeat(" ", width)
		}
		b.WriteString(strings.TrimRight("  │"+paint(arrow)+"│  "+detail, " ") + "\n")
	}
	return b.String()
}

func (l *Line) details() []string {
	if len(l.Detail) == 0 {
		return []string{""}
	}
	return l.Detail
}

// Marked is the name in the RFC's marks for what protects it.
//
// "() Indicates messages protected using keys derived from a
// client_early_traffic_secret. {} … from a [sender]_handshake_traffic_secret.
// [] … from [sender]_application_traffic_secret_N." RFC 9846, Section 2.
func (l *Line) Marked() string {
	switch l.Epoch {
	case handshake.EarlyData:
		return "(" + l.Name + ")"
	case handshake.Handshake:
		return "{" + l.Name + "}"
	case handshake.Application:
		return "[" + l.Name + "]"
	}
	return l.Name
}

// Legend explains the marks.
const Legend = "( ) early data keys   { } handshake keys   [ ] application keys"

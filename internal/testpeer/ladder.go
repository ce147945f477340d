package testpeer

import (
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// ladder is a dialogue as people read it, a line for each thing said. As in
// the figures of RFC 9846, () is early data, {} is protected by handshake keys
// and [] by application keys.
type ladder struct{ lines []string }

func (l *ladder) String() string { return "    " + strings.Join(l.lines, "\n    ") }

func (l *ladder) note(line string) { l.lines = append(l.lines, "      "+line) }

func (l *ladder) event(ev tlsengine.Event) {
	line := "event " + ev.Kind.String()
	if ev.Kind == tlsengine.EventData || ev.Kind == tlsengine.EventEarlyData {
		line += " " + text(ev.Data)
	}
	l.note(line)
}

func (l *ladder) said(by side, epoch handshake.Epoch, name string, message bool, content []byte) {
	arrow := [...]string{"C→S   ", "S→C   "}[by]
	around := [...]string{"%s", "(%s)", "{%s}", "[%s]"}[epoch]
	if message {
		name = messageName(content) + details(content)
	} else if name == "data" {
		name += " " + text(content)
	}
	l.lines = append(l.lines, arrow+fmt.Sprintf(around, name))
}

// text is data for the eye.
func text(b []byte) string {
	if len(b) > 40 {
		return fmt.Sprintf("%q… (%d bytes)", b[:40], len(b))
	}
	return fmt.Sprintf("%q", b)
}

// nameOf names the content of a record that is no handshake message.
func nameOf(t record.ContentType, content []byte) string {
	switch {
	case t == record.ApplicationData:
		return "data"
	case t == record.Alert && len(content) == 2:
		return "alert " + alert.Alert(content[1]).String()
	}
	return t.String()
}

// describe is what was heard, in a few words.
func (h *heard) describe() string {
	if h == nil {
		return "nothing"
	}
	if h.typ == record.Handshake {
		return messageName(h.msg) + details(h.msg)
	}
	return nameOf(h.typ, h.msg) + map[bool]string{true: " " + text(h.msg)}[h.typ == record.ApplicationData]
}

func messageName(msg []byte) string {
	if len(msg) < 4 {
		return "a piece of a message"
	}
	t := handshake.MessageType(msg[0])
	if t == handshake.MsgServerHello {
		if m, err := handshake.ParseServerHello(msg[4:]); err == nil && m.IsHelloRetryRequest() {
			return "HelloRetryRequest"
		}
	}
	return t.String()
}

// details are the facts of a message that matter in a dialogue.
func details(msg []byte) string {
	if len(msg) < 4 {
		return ""
	}
	body := msg[4:]
	switch handshake.MessageType(msg[0]) {
	case handshake.MsgClientHello:
		if m, err := handshake.ParseClientHello(body); err == nil {
			return helloDetails(m)
		}
	case handshake.MsgServerHello:
		if m, err := handshake.ParseServerHello(body); err == nil {
			return serverHelloDetails(m)
		}
	case handshake.MsgEncryptedExtensions:
		if m, err := handshake.ParseEncryptedExtensions(body); err == nil {
			return names(m.Extensions)
		}
	case handshake.MsgCertificateVerify:
		if m, err := handshake.ParseCertificateVerify(body); err == nil {
			return " " + m.Algorithm.String()
		}
	case handshake.MsgKeyUpdate:
		if m, err := handshake.ParseKeyUpdate(body); err == nil {
			return map[bool]string{true: " requested"}[m.RequestUpdate == handshake.UpdateRequested]
		}
	}
	return ""
}

func helloDetails(m handshake.ClientHello) string {
	var shares []string
	if data, ok := m.Extensions.Get(handshake.ExtKeyShare); ok {
		if list, err := handshake.ParseKeyShareCH(data); err == nil {
			for e := range list.All() {
				shares = append(shares, e.Group.String())
			}
		}
	}
	return fmt.Sprintf(" shares of %s;%s", strings.Join(shares, ", "), names(m.Extensions))
}

func serverHelloDetails(m handshake.ServerHello) string {
	return fmt.Sprintf(" %v;%s", m.CipherSuite, names(m.Extensions))
}

// names lists extensions.
func names(x handshake.Extensions) string {
	var b strings.Builder
	for t := range x.All() {
		b.WriteString(" " + t.String())
	}
	return b.String()
}

package client

import (
	"bytes"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
)

// looks are the beginnings by which other protocols are known.
var looks = []struct {
	begin string
	name  string
	hint  string
}{
	{"HTTP/", "HTTP", "this port speaks HTTP in the clear; the one with TLS is often 443"},
	{"<html", "HTTP", "this port speaks HTTP in the clear; the one with TLS is often 443"},
	{"<!DOC", "HTTP", "this port speaks HTTP in the clear; the one with TLS is often 443"},
	{"SSH-", "SSH", "this port speaks SSH, which has no TLS"},
	{"220 ", "SMTP or FTP", "try --starttls smtp, or ftp; the port with TLS at once is 465 for SMTP, 990 for FTP"},
	{"220-", "SMTP or FTP", "try --starttls smtp, or ftp; the port with TLS at once is 465 for SMTP, 990 for FTP"},
	{"421 ", "SMTP or FTP", "the server says that it is busy"},
	{"554 ", "SMTP", "the server refuses to talk to this address"},
	{"+OK", "POP3", "try --starttls pop3; the port with TLS at once is 995"},
	{"* OK", "IMAP", "try --starttls imap; the port with TLS at once is 993"},
	{"200 ", "NNTP", "try --starttls nntp; the port with TLS at once is 563"},
	{"201 ", "NNTP", "try --starttls nntp; the port with TLS at once is 563"},
	{"<?xml", "XMPP", "try --starttls xmpp"},
	{"<stream:", "XMPP", "try --starttls xmpp"},
	{"RFB ", "VNC", "this port speaks VNC"},
	{"-ERR", "Redis", "this port speaks Redis in the clear"},
	{"AMQP", "AMQP", "this port speaks AMQP in the clear; the one with TLS is often 5671"},
	{":", "IRC", "try --starttls irc; the port with TLS at once is often 6697"},
	{"NOTICE ", "IRC", "try --starttls irc; the port with TLS at once is often 6697"},
	{"E\x00\x00\x00", "PostgreSQL", "try --starttls postgres"},
}

// notTLS says what the first bytes look like, nil if they look like TLS.
func (c *Conn) notTLS() *fault.Fault {
	first := c.wire.First()
	if len(first) == 0 {
		return nil
	}
	name, hint := look(first)
	if name == "" && first[0] >= 20 && first[0] <= 24 && (len(first) < 2 || first[1] == 3) {
		return nil
	}
	shown := text.Bytes(first, 32)
	if name == "" {
		return c.f("tls.not_tls", "the peer does not speak TLS; it said \"%s\"", shown)
	}
	return c.f("tls.not_tls", "this looks like %s, not TLS; it said \"%s\"", name, shown).WithHint("%s", hint)
}

func look(first []byte) (name, hint string) {
	for _, l := range looks {
		if bytes.HasPrefix(first, []byte(l.begin)) {
			return l.name, l.hint
		}
	}
	switch {
	case len(first) > 5 && first[0] == 22 && first[5] == 1:
		return "an echo of the ClientHello", "this port sends back what it gets"
	case len(first) > 5 && first[3] == 0 && (first[4] == 10 || first[4] == 9 || first[4] == 255) && int(first[0]) < 200 && first[1] == 0:
		return "MySQL", "try --starttls mysql"
	}
	return "", ""
}

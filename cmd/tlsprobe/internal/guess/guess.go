// Package guess tells protocols by the first words of their servers.
package guess

import (
	"bytes"
	"strings"
)

// looks are the beginnings by which protocols are known.
var looks = []struct {
	begin string
	name  string
	hint  string
}{
	{"HTTP/", "HTTP", "this port speaks HTTP in the clear; the one with TLS is often 443"},
	{"<html", "HTTP", "this port speaks HTTP in the clear; the one with TLS is often 443"},
	{"<!DOC", "HTTP", "this port speaks HTTP in the clear; the one with TLS is often 443"},
	{"SSH-", "SSH", "this port speaks SSH, which has no TLS"},
	{"421 ", "SMTP or FTP", "the server says that it is busy"},
	{"554 ", "SMTP", "the server refuses to talk to this address"},
	{"+OK", "POP3", "try --starttls pop3; the port with TLS at once is 995"},
	{"* OK", "IMAP", "try --starttls imap; the port with TLS at once is 993"},
	{"200 ", "NNTP", "try --starttls nntp; the port with TLS at once is 563"},
	{"201 ", "NNTP", "try --starttls nntp; the port with TLS at once is 563"},
	{`"IMPLEMENTATION"`, "ManageSieve", "try --starttls sieve"},
	{`BYE "`, "ManageSieve", "try --starttls sieve"}, // before its greeting, to a ClientHello in which no line ends
	{"<?xml", "XMPP", "try --starttls xmpp, or xmpp-server"},
	{"<stream:", "XMPP", "try --starttls xmpp, or xmpp-server"},
	{"RFB ", "VNC", "this port speaks VNC"},
	{"-ERR", "Redis", "this port speaks Redis in the clear"},
	{"AMQP", "AMQP", "this port speaks AMQP in the clear; the one with TLS is often 5671"},
	{":", "IRC", "try --starttls irc; the port with TLS at once is often 6697"},
	{"NOTICE ", "IRC", "try --starttls irc; the port with TLS at once is often 6697"},
	{"E\x00\x00\x00", "PostgreSQL", "try --starttls postgres"},
	{"\x03\x00\x00", "RDP", "try --starttls rdp"},
}

// Protocol says what a server speaks that begins with first, and what helps;
// both are empty for what nobody knows.
func Protocol(first []byte) (name, hint string) {
	for _, l := range looks {
		if bytes.HasPrefix(first, []byte(l.begin)) {
			return l.name, l.hint
		}
	}
	switch {
	case bytes.HasPrefix(first, []byte("220 ")), bytes.HasPrefix(first, []byte("220-")):
		return welcome(string(first))
	case len(first) > 5 && first[0] == 22 && first[5] == 1:
		return "an echo of the ClientHello", "this port sends back what it gets"
	case len(first) > 5 && first[3] == 0 && (first[4] == 10 || first[4] == 9 || first[4] == 255) && int(first[0]) < 200 && first[1] == 0:
		return "MySQL", "try --starttls mysql"
	}
	return "", ""
}

// welcome is who says 220: mail servers mostly say what they are, and servers
// of files often.
func welcome(first string) (name, hint string) {
	line, _, _ := strings.Cut(first, "\n")
	line = strings.ToUpper(line)
	switch {
	case strings.Contains(line, "LMTP"):
		return "LMTP", "try --starttls lmtp"
	case strings.Contains(line, "SMTP"):
		return "SMTP", "try --starttls smtp; the port with TLS at once is 465"
	case strings.Contains(line, "FTP"):
		return "FTP", "try --starttls ftp; the port with TLS at once is 990"
	}
	return "SMTP, LMTP or FTP", "try --starttls smtp, lmtp or ftp; the port with TLS at once is 465 for SMTP, 990 for FTP"
}

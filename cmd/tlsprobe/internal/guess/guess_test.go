package guess

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What these servers said to a ClientHello.
func TestProtocolsAreToldByTheirFirstWords(t *testing.T) {
	for first, want := range map[string][2]string{
		"220 mail.test ESMTP Exim 4.96 Sat, 21 Nov":                           {"SMTP", "--starttls smtp"},
		"220 mail.test ESMTP ready\r\n500 5.5.1 Invalid command\r\n":          {"SMTP", "--starttls smtp"},
		"220 (vsFTPd 3.0.3)\r\n":                                              {"FTP", "--starttls ftp"},
		"220 vm Dovecot (Debian) ready.\r\n":                                  {"SMTP, LMTP or FTP", "lmtp"},
		"220-ready\r\n220 SMTP":                                               {"SMTP, LMTP or FTP", "smtp"},
		"* OK IMAP4 ready\r\n* BAD invalid command":                           {"IMAP", "--starttls imap"},
		"+OK POP3 ready\r\n":                                                  {"POP3", "--starttls pop3"},
		"\"IMPLEMENTATION\" \"Dovecot (Debian) Pigeonhole\"\r\n\"SIEVE\"":     {"ManageSieve", "--starttls sieve"},
		"BYE \"Input buffer full, aborting\"\r\n":                             {"ManageSieve", "--starttls sieve"},
		"<?xml version='1.0'?><stream:stream xmlns":                           {"XMPP", "--starttls xmpp"},
		"d\x00\x00\x00\n5.5.5-10.11.19-MariaDB-0+deb12u1\x00\x03\x00\x00\x00": {"MySQL", "--starttls mysql"},
		"\x03\x00\x00\x09\x02\xf0\x80!\x80":                                   {"RDP", "--starttls rdp"},
		"HTTP/1.1 400 Bad Request\r\n":                                        {"HTTP", "443"},
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03":                        {"an echo of the ClientHello", ""},
		"\x15\x03\x03\x00\x02\x02\x28":                                        {"", ""},
		"":                                                                    {"", ""},
	} {
		name, hint := Protocol([]byte(first))
		require.Equal(t, want[0], name, "%q", first)
		require.True(t, strings.Contains(hint, want[1]), "%q: %q", first, hint)
	}
}

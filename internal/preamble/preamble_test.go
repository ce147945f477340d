package preamble

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A dialogue in a test is what server and client say in turn: lines that start
// with "S: " or "C: ", ended by CRLF, or "s: " and "c: " for bytes in Go's
// notation without an end. Text behind the last line of the client must not
// be sent.
type turn struct {
	server bool
	say    string
}

func script(t *testing.T, text string) []turn {
	var turns []turn
	for l := range strings.Lines(text) {
		l = strings.TrimRight(strings.TrimLeft(l, "\t"), "\n")
		if l == "" {
			continue
		}
		who, say, ok := strings.Cut(l, ": ")
		require.True(t, ok, l)
		if who == "S" || who == "C" {
			say += "\r\n"
		} else {
			say = unquote(t, say)
		}
		turns = append(turns, turn{strings.EqualFold(who, "s"), say})
	}
	return turns
}

func unquote(t *testing.T, s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out.WriteByte(s[i])
			continue
		}
		require.Equal(t, byte('x'), s[i+1])
		n := strings.IndexByte("0123456789abcdef", s[i+2])<<4 | strings.IndexByte("0123456789abcdef", s[i+3])
		out.WriteByte(byte(n))
		i += 3
	}
	return out.String()
}

// play runs a machine against a script, each run of the server's lines in
// pieces of size bytes, and returns the error that ended it.
func play(t *testing.T, m *Machine, turns []turn, size int) error {
	sent := string(m.Start())
	for i := 0; i < len(turns); {
		if !turns[i].server {
			require.Truef(t, strings.HasPrefix(sent, turns[i].say), "client should say %q, says %q", turns[i].say, sent)
			sent = sent[len(turns[i].say):]
			i++
			continue
		}
		require.Empty(t, sent, "client speaks out of turn")
		var in string
		for ; i < len(turns) && turns[i].server; i++ {
			in += turns[i].say
		}
		for len(in) > 0 {
			n := min(size, len(in))
			out, err := m.Receive([]byte(in[:n]))
			sent += string(out)
			if err != nil {
				return err
			}
			in = in[n:]
		}
	}
	require.Empty(t, sent, "client says more than the script")
	return nil
}

func newMachine(t *testing.T, protocol string, o Options) *Machine {
	m, err := New(protocol, o)
	if proxies[protocol] != nil {
		m, err = NewProxy(protocol, o)
	}
	require.NoError(t, err)
	return m
}

type dialogueTest struct {
	name     string
	protocol string
	options  Options
	script   string
	code     Code   // "" if TLS may start
	quote    string // must be in the error
}

func (d *dialogueTest) run(t *testing.T) {
	for _, size := range []int{1, 3, 1 << 20} {
		m := newMachine(t, d.protocol, d.options)
		err := play(t, m, script(t, d.script), size)
		if d.code == "" {
			require.NoError(t, err)
			require.True(t, m.Done())
			require.NoError(t, m.Closed())
			continue
		}
		var e *Error
		require.True(t, errors.As(err, &e), "want %s, got %v", d.code, err)
		require.Equal(t, d.code, e.Code, e.Error())
		require.Contains(t, e.Error(), d.quote)
		require.False(t, m.Done())
		_, again := m.Receive([]byte("x"))
		require.Equal(t, err, again, "errors are sticky")
	}
}

var dialogues = []dialogueTest{
	{"long lists", "smtp", Options{Name: "probe.example"}, `
		S: 220-mail.example ESMTP
		S: 220 ready
		C: EHLO probe.example
		S: 250-mail.example greets you
		S: 250-SIZE 1000
		S: 250-StartTLS
		S: 250 HELP
		C: STARTTLS
		S: 220 go ahead`, "", ""},
	{"STARTTLS as the last line", "submission", Options{}, `
		S: 220 mail.example
		C: EHLO localhost
		S: 250-mail.example
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go`, "", ""},
	{"no STARTTLS in the list", "smtp", Options{Name: "a"}, `
		S: 220 mail.example
		C: EHLO a
		S: 250-mail.example
		S: 250 SIZE`, NotOffered, `250-mail.example\n250 SIZE`},
	{"no EHLO", "smtp", Options{Name: "a"}, `
		S: 220 mail.example
		C: EHLO a
		S: 502 what`, NotOffered, "502 what"},
	{"a name as Exim does not like it", "smtp", Options{Name: "in_valid"}, `
		S: 220 mail.test ESMTP Exim 4.96 Sat, 21 Nov 2026 18:09:24 +0000
		C: EHLO in_valid
		S: 501 Syntactically invalid EHLO argument(s)`, Refused, "the name we gave"},
	{"a long list, of which the end is quoted", "smtp", Options{Name: "a"}, `
		S: 220 mail
		C: EHLO a
		S: 250-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
		S: 250-bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
		S: 250 HELP`, NotOffered, `"250-bbb`},
	{"too many connections", "smtp", Options{}, `
		S: 421 4.7.0 try later`, RateLimit, "try later"},
	{"rate limit behind the hello", "smtp", Options{Name: "a"}, `
		S: 220 mail
		C: EHLO a
		S: 421 too fast`, RateLimit, "too fast"},
	{"greeting of refusal", "smtp", Options{}, `
		S: 554 no service`, Refused, "554"},
	{"TLS not available now", "smtp", Options{Name: "a"}, `
		S: 220 mail
		C: EHLO a
		S: 250 STARTTLS
		C: STARTTLS
		S: 454 TLS not available`, Refused, "454"},
	{"an HTTP server", "smtp", Options{}, `
		S: HTTP/1.1 400 Bad Request`, Protocol, "HTTP/1.1 400"},
	{"a TLS server", "smtp", Options{}, `
		s: \x15\x03\x01\x00\x02\x02\x46`, Protocol, ""},
	{"as Exim says it", "smtp", Options{Name: "probe.test"}, `
		S: 220 mail.test ESMTP Exim 4.96 Sat, 21 Nov 2026 18:09:21 +0000
		C: EHLO probe.test
		S: 250-mail.test Hello probe.test [127.0.0.1]
		S: 250-SIZE 52428800
		S: 250-8BITMIME
		S: 250-PIPELINING
		S: 250-PIPECONNECT
		S: 250-CHUNKING
		S: 250-STARTTLS
		S: 250-SMTPUTF8
		S: 250 HELP
		C: STARTTLS
		S: 220 TLS go ahead`, "", ""},
	{"LMTP", "lmtp", Options{Name: "a"}, `
		S: 220 lmtp
		C: LHLO a
		S: 250-lmtp
		S: 250-PIPELINING
		S: 250 STARTTLS
		C: STARTTLS
		S: 220 go`, "", ""},

	{"capabilities", "imap", Options{}, `
		S: * OK [CAPABILITY IMAP4rev1 STARTTLS] ready
		C: a1 CAPABILITY
		S: * CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED
		S: a1 OK done
		C: a2 STARTTLS
		S: a2 OK begin TLS`, "", ""},
	{"as Dovecot says it", "imap", Options{}, `
		S: * OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS AUTH=PLAIN] Dovecot (Debian) ready.
		C: a1 CAPABILITY
		S: * CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS AUTH=PLAIN
		S: a1 OK Pre-login capabilities listed, post-login capabilities have more.
		C: a2 STARTTLS
		S: a2 OK Begin TLS negotiation now.`, "", ""},
	{"not in the capabilities", "imap", Options{}, `
		S: * OK ready
		C: a1 CAPABILITY
		S: * CAPABILITY IMAP4rev1 AUTH=STARTTLS
		S: a1 OK`, NotOffered, `CAPABILITY IMAP4rev1 AUTH=STARTTLS\na1 OK`},
	{"logged in already", "imap", Options{}, `
		S: * PREAUTH hello you`, Refused, "PREAUTH"},
	{"bye", "imap", Options{}, `
		S: * BYE overloaded`, Refused, "overloaded"},
	{"refusal", "imap", Options{}, `
		S: * OK ready
		C: a1 CAPABILITY
		S: * CAPABILITY IMAP4rev1 STARTTLS
		S: a1 OK
		C: a2 STARTTLS
		S: a2 BAD not now`, Refused, "not now"},
	{"not IMAP", "imap", Options{}, `
		S: 220 mail.example`, Protocol, ""},

	{"capabilities", "pop3", Options{}, `
		S: +OK POP3
		C: CAPA
		S: +OK list
		S: TOP
		S: STLS
		S: .
		C: STLS
		S: +OK begin`, "", ""},
	{"without CAPA", "pop3", Options{}, `
		S: +OK POP3
		C: CAPA
		S: -ERR unknown
		C: STLS
		S: +OK begin`, "", ""},
	{"not in the list", "pop3", Options{}, `
		S: +OK
		C: CAPA
		S: +OK
		S: TOP
		S: .`, NotOffered, `+OK\nTOP\n.`},
	{"refusal", "pop3", Options{}, `
		S: +OK
		C: CAPA
		S: -ERR
		C: STLS
		S: -ERR no`, Refused, "-ERR no"},
	{"not POP3", "pop3", Options{}, `
		S: hello`, Protocol, "hello"},

	{"long greeting", "ftp", Options{}, `
		S: 220-Welcome
		S: 110 files today
		S: to this server
		S: 220 ready
		C: AUTH TLS
		S: 234 go`, "", ""},
	{"unknown command", "ftp", Options{}, `
		S: 220 ready
		C: AUTH TLS
		S: 500 what`, NotOffered, "500 what"},
	{"not now", "ftp", Options{}, `
		S: 220 ready
		C: AUTH TLS
		S: 431 no`, Refused, ""},
	{"too many users", "ftp", Options{}, `
		S: 421 too many users`, RateLimit, ""},
	{"another yes", "ftp", Options{}, `
		S: 220 ready
		C: AUTH TLS
		S: 334 more please`, Protocol, ""},

	{"capabilities", "nntp", Options{}, `
		S: 200 news
		C: CAPABILITIES
		S: 101 list
		S: VERSION 2
		S: STARTTLS
		S: .
		C: STARTTLS
		S: 382 go`, "", ""},
	{"old server", "nntp", Options{}, `
		S: 201 news
		C: CAPABILITIES
		S: 500 what
		C: STARTTLS
		S: 382 go`, "", ""},
	{"refusal", "nntp", Options{}, `
		S: 200 news
		C: CAPABILITIES
		S: 500 what
		C: STARTTLS
		S: 580 no`, Refused, ""},
	{"unknown", "nntp", Options{}, `
		S: 200 news
		C: CAPABILITIES
		S: 101 list
		S: VERSION 2
		S: .`, NotOffered, ""},
	{"no service", "nntp", Options{}, `
		S: 400 later`, RateLimit, ""},

	{"capabilities", "sieve", Options{}, `
		S: "IMPLEMENTATION" "Sieve"
		S: "SASL" "PLAIN"
		S: "STARTTLS"
		S: OK "ready"
		C: STARTTLS
		S: OK "begin"`, "", ""},
	{"not offered", "sieve", Options{}, `
		S: "SASL" "PLAIN"
		S: OK`, NotOffered, ""},
	{"no", "sieve", Options{}, `
		S: "STARTTLS"
		S: OK
		C: STARTTLS
		S: NO "broken"`, Refused, "broken"},
	{"junk", "sieve", Options{}, `
		S: 220 hi`, Protocol, ""},

	{"go-ahead", "irc", Options{}, `
		C: CAP LS
		C: STARTTLS
		S: :irc.example NOTICE * :*** Looking up your hostname
		S: PING :cookie
		C: PONG :cookie
		S: :irc.example 670 * :STARTTLS successful`, "", ""},
	{"unknown", "irc", Options{}, `
		C: CAP LS
		C: STARTTLS
		S: :irc.example 421 * STARTTLS :Unknown command`, NotOffered, "421"},
	{"unknown, and capabilities too", "irc", Options{}, `
		C: CAP LS
		C: STARTTLS
		S: :irc.example 421 * CAP :Unknown command
		S: :irc.example 421 * STARTTLS :Unknown command`, NotOffered, "421 * STARTTLS"},
	{"nothing before one registers", "irc", Options{}, `
		C: CAP LS
		C: STARTTLS
		S: :irc.example 451 * :You have not registered
		S: :irc.example 451 * :You have not registered`, NotOffered, "451"},
	{"before there were capabilities", "irc", Options{}, `
		C: CAP LS
		C: STARTTLS
		S: :irc.example 451 CAP :You have not registered
		S: :irc.example 670 * :go`, "", ""},
	{"as ngIRCd says it", "irc", Options{}, `
		C: CAP LS
		C: STARTTLS
		S: :irc.test CAP * LS :multi-prefix`, NotOffered, "CAP * LS :multi-prefix"},
	{"as InspIRCd says it", "irc", Options{}, `
		C: CAP LS
		C: STARTTLS
		S: :irc.test CAP * LS :inspircd.org/poison inspircd.org/standard-replies tls 
		S: :irc.test 670 * :STARTTLS successful, go ahead with TLS handshake`, "", ""},
	{"failed", "irc", Options{}, `
		C: CAP LS
		C: STARTTLS
		S: :irc.example 691 * :failed`, Refused, ""},
	{"banned", "irc", Options{}, `
		C: CAP LS
		C: STARTTLS
		S: ERROR :Closing link`, Refused, "Closing"},

	{"features", "xmpp", Options{Name: "chat.example"}, `
		c: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='chat.example' version='1.0'>
		s: <?xml version='1.0'?>\x0a<stream:stream id='a>b' from="chat.example" version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls><mechanisms><mechanism>PLAIN</mechanism></mechanisms></stream:features>
		c: <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
		s: <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`, "", ""},
	{"between servers, the long form", "xmpp-server", Options{Name: "a"}, `
		c: <?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='a' version='1.0'>
		s: <stream:stream><features><starttls/></features>
		c: <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
		s: <proceed></proceed>`, "", ""},
	{"no STARTTLS", "xmpp", Options{Name: "a"}, `
		c: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a' version='1.0'>
		s: <stream:stream><stream:features><mechanisms/></stream:features>`, NotOffered, ""},
	{"failure", "xmpp", Options{Name: "a"}, `
		c: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a' version='1.0'>
		s: <stream:stream><stream:features><starttls/></stream:features>
		c: <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
		s: <failure/></stream:stream>`, Refused, "failure"},
	{"unknown host", "xmpp", Options{Name: "a"}, `
		c: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a' version='1.0'>
		s: <stream:stream><stream:error><host-unknown/></stream:error>`, Refused, "<stream:error><host-unknown/>"},
	{"an error that says nothing", "xmpp", Options{Name: "a"}, `
		c: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a' version='1.0'>
		s: <stream:stream><stream:error/>`, Refused, "<stream:error/>"},
	{"as Prosody says it", "xmpp", Options{Name: "localhost"}, `
		c: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>
		s: <?xml version='1.0'?><stream:stream xmlns='jabber:client' from='localhost' xml:lang='en' id='2c47e77a' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>
		c: <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>
		s: <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`, "", ""},
	{"as Prosody refuses it", "xmpp-server", Options{Name: "nowhere.test"}, `
		c: <?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='nowhere.test' version='1.0'>
		s: <?xml version='1.0'?><stream:stream xmlns='jabber:server' from='nowhere.test' xml:lang='en' id='8b7f26b1' to='' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>This host does not serve nowhere.test</text></stream:error></stream:stream>`, Refused, "host-unknown"},
	{"a web page", "xmpp", Options{Name: "a"}, `
		c: <?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a' version='1.0'>
		s: <html>`, Protocol, "html"},

	{"success", "ldap", Options{}, `
		c: \x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037
		s: \x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00`, "", ""},
	{"long lengths", "ldap", Options{}, `
		c: \x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037
		s: \x30\x84\x00\x00\x00\x10\x02\x01\x01\x78\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00`, "", ""},
	{"unknown", "ldap", Options{}, `
		c: \x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037
		s: \x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\x00\x04\x00`, NotOffered, "resultCode 2"},
	{"refusal", "ldap", Options{}, `
		c: \x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037
		s: \x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x01\x04\x00\x04\x00`, Refused, "resultCode 1"},
	{"another answer", "ldap", Options{}, `
		c: \x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037
		s: \x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00`, Protocol, ""},

	{"yes", "postgres", Options{}, `
		c: \x00\x00\x00\x08\x04\xd2\x16\x2f
		s: S`, "", ""},
	{"no", "postgres", Options{}, `
		c: \x00\x00\x00\x08\x04\xd2\x16\x2f
		s: N`, NotOffered, ""},
	{"error", "postgres", Options{}, `
		c: \x00\x00\x00\x08\x04\xd2\x16\x2f
		s: E`, Refused, ""},
	{"injection", "postgres", Options{}, `
		c: \x00\x00\x00\x08\x04\xd2\x16\x2f
		s: SX`, Protocol, "behind the go-ahead"},

	{"greeting with CLIENT_SSL", "mysql", Options{}, `
		s: \x23\x00\x00\x00\x0a8.0.1\x00\x01\x00\x00\x00saltsalt\x00\xff\xff\x2d\x02\x00\xff\xdf\x15abcdefg
		c: \x20\x00\x00\x01\x01\x8a\x08\x00\x00\x00\x00\x01\x2d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00`, "", ""},
	{"as MariaDB says it", "mysql", Options{}, `
		s: \x64\x00\x00\x00\x0a5.5.5-10.11.19-MariaDB-0+deb12u1\x00\x03\x00\x00\x00Y5<m3S,{\x00\xfe\xff\x08\x02\x00\xff\x81\x15\x00\x00\x00\x00\x00\x00\x1d\x00\x00\x00MLv/%ie<>` + "`" + `L9\x00mysql_native_password\x00
		c: \x20\x00\x00\x01\x01\x8a\x08\x00\x00\x00\x00\x01\x2d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00`, "", ""},
	{"without", "mysql", Options{}, `
		s: \x23\x00\x00\x00\x0a8.0.1\x00\x01\x00\x00\x00saltsalt\x00\xff\xf7\x2d\x02\x00\xff\xdf\x15abcdefg`, NotOffered, "8.0.1"},
	{"host not allowed", "mysql", Options{}, `
		s: \x0b\x00\x00\x00\xff\x6a\x04go home!`, Refused, "go home!"},
	{"too many connections", "mysql", Options{}, `
		s: \x0b\x00\x00\x00\xff\x10\x04too many`, RateLimit, "too many"},

	{"TLS is chosen", "rdp", Options{}, `
		c: \x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00
		s: \x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00`, "", ""},
	{"standard security", "rdp", Options{}, `
		c: \x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00
		s: \x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x00\x00\x00\x00`, NotOffered, ""},
	{"an old server", "rdp", Options{}, `
		c: \x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00
		s: \x03\x00\x00\x0b\x06\xd0\x00\x00\x12\x34\x00`, NotOffered, ""},
	{"no certificate", "rdp", Options{}, `
		c: \x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00
		s: \x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x03\x00\x08\x00\x03\x00\x00\x00`, NotOffered, "failureCode 3"},

	{"encryption", "mssql", Options{}, `
		c: \x12\x01\x00\x20\x00\x00\x00\x00\x00\x00\x10\x00\x06\x01\x00\x16\x00\x01\x02\x00\x17\x00\x01\xff\x0f\x00\x00\x00\x00\x00\x01\x00
		s: \x04\x01\x00\x1a\x00\x00\x01\x00\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x10\x00\x00\x00\x00\x00\x01`, "", ""},
	{"in two packets", "mssql", Options{}, `
		c: \x12\x01\x00\x20\x00\x00\x00\x00\x00\x00\x10\x00\x06\x01\x00\x16\x00\x01\x02\x00\x17\x00\x01\xff\x0f\x00\x00\x00\x00\x00\x01\x00
		s: \x04\x00\x00\x13\x00\x00\x01\x00\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x04\x01\x00\x0f\x00\x00\x02\x00\x10\x00\x00\x00\x00\x00\x00`, "", ""},
	{"no encryption", "mssql", Options{}, `
		c: \x12\x01\x00\x20\x00\x00\x00\x00\x00\x00\x10\x00\x06\x01\x00\x16\x00\x01\x02\x00\x17\x00\x01\xff\x0f\x00\x00\x00\x00\x00\x01\x00
		s: \x04\x01\x00\x1a\x00\x00\x01\x00\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x10\x00\x00\x00\x00\x00\x02`, NotOffered, ""},

	{"other options are declined", "telnet", Options{}, `
		c: \xff\xfb\x2e
		s: welcome\xff\xfd\x18\xff\xfb\x01
		c: \xff\xfc\x18\xff\xfe\x01
		s: \xff\xfd\x2e
		c: \xff\xfa\x2e\x01\xff\xf0
		s: \xff\xfa\x2e\x01\xff\xf0`, "", ""},
	{"no", "telnet", Options{}, `
		c: \xff\xfb\x2e
		s: \xff\xfe\x2e`, NotOffered, "DONT"},

	{"granted", "socks4a", Options{Host: "web.example", Port: 443, User: "me"}, `
		c: \x04\x01\x01\xbb\x00\x00\x00\x01me\x00web.example\x00
		s: \x00\x5a\x00\x00\x00\x00\x00\x00`, "", ""},
	{"an address", "socks4a", Options{Host: "192.0.2.7", Port: 443}, `
		c: \x04\x01\x01\xbb\xc0\x00\x02\x07\x00
		s: \x00\x5a\x00\x00\x00\x00\x00\x00`, "", ""},
	{"refused", "socks4a", Options{Host: "a", Port: 1}, `
		c: \x04\x01\x00\x01\x00\x00\x00\x01\x00a\x00
		s: \x00\x5b\x00\x00\x00\x00\x00\x00`, ProxyRefused, "code 91"},
	{"identd", "socks4a", Options{Host: "a", Port: 1}, `
		c: \x04\x01\x00\x01\x00\x00\x00\x01\x00a\x00
		s: \x00\x5d\x00\x00\x00\x00\x00\x00`, ProxyAuth, ""},

	{"no password", "socks5h", Options{Host: "web.example", Port: 443}, `
		c: \x05\x01\x00
		s: \x05\x00
		c: \x05\x01\x00\x03\x0bweb.example\x01\xbb
		s: \x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38`, "", ""},
	{"password, and a name in the answer", "socks5", Options{Host: "2001:db8::1", Port: 443, User: "me", Password: "pw"}, `
		c: \x05\x02\x00\x02
		s: \x05\x02
		c: \x01\x02me\x02pw
		s: \x01\x00
		c: \x05\x01\x00\x04\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01\xbb
		s: \x05\x00\x00\x03\x03abc\x04\x38`, "", ""},
	{"wrong password", "socks5", Options{Host: "192.0.2.1", Port: 1, User: "me", Password: "pw"}, `
		c: \x05\x02\x00\x02
		s: \x05\x02
		c: \x01\x02me\x02pw
		s: \x01\x01`, ProxyAuth, "does not accept"},
	{"password wanted", "socks5", Options{Host: "192.0.2.1", Port: 1}, `
		c: \x05\x01\x00
		s: \x05\xff`, ProxyAuth, "wants user"},
	{"password chosen that was not offered", "socks5", Options{Host: "192.0.2.1", Port: 1}, `
		c: \x05\x01\x00
		s: \x05\x02`, ProxyProtocol, "not offered"},
	{"refused", "socks5", Options{Host: "192.0.2.1", Port: 1}, `
		c: \x05\x01\x00
		s: \x05\x00
		c: \x05\x01\x00\x01\xc0\x00\x02\x01\x00\x01
		s: \x05\x05\x00\x01\x00\x00\x00\x00\x00\x00`, ProxyRefused, "connection refused"},
	{"HTTP", "socks5", Options{Host: "192.0.2.1", Port: 1}, `
		c: \x05\x01\x00
		s: HTTP/1.1 400`, ProxyProtocol, ""},

	{"200", "http", Options{Host: "web.example", Port: 443}, `
		C: CONNECT web.example:443 HTTP/1.1
		C: Host: web.example:443
		C: 
		S: HTTP/1.1 200 Connection established
		S: Via: 1.1 proxy
		S: `, "", ""},
	{"password, IPv6 and an interim answer", "http", Options{Host: "2001:db8::1", Port: 8443, User: "Aladdin", Password: "open sesame"}, `
		C: CONNECT [2001:db8::1]:8443 HTTP/1.1
		C: Host: [2001:db8::1]:8443
		C: Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
		C: 
		S: HTTP/1.1 100 Continue
		S: 
		S: HTTP/1.0 200 OK
		S: `, "", ""},
	{"407", "http", Options{Host: "a", Port: 1}, `
		C: CONNECT a:1 HTTP/1.1
		C: Host: a:1
		C: 
		S: HTTP/1.1 407 Proxy Authentication Required
		S: Proxy-Authenticate: Basic
		S: `, ProxyAuth, "407"},
	{"401, as tinyproxy says that a password is wrong", "http", Options{Host: "a", Port: 1, User: "me", Password: "no"}, `
		C: CONNECT a:1 HTTP/1.1
		C: Host: a:1
		C: Proxy-Authorization: Basic bWU6bm8=
		C: 
		S: HTTP/1.0 401 Unauthorized
		S: `, ProxyAuth, "does not accept"},
	{"403", "https", Options{Host: "a", Port: 1}, `
		C: CONNECT a:1 HTTP/1.1
		C: Host: a:1
		C: 
		S: HTTP/1.1 403 Forbidden
		S: `, ProxyRefused, "403"},
	{"not HTTP", "http", Options{Host: "a", Port: 1}, `
		C: CONNECT a:1 HTTP/1.1
		C: Host: a:1
		C: 
		S: SSH-2.0-OpenSSH`, ProxyProtocol, "of this protocol"},
}

func TestDialogues(t *testing.T) {
	for _, d := range dialogues {
		t.Run(d.protocol+"/"+d.name, d.run)
	}
}

func TestEveryProtocolHasADialogueThatSucceedsAndOneThatFails(t *testing.T) {
	for _, name := range append(Protocols(), Proxies()...) {
		var good, bad bool
		for _, d := range dialogues {
			if d.protocol == name {
				good, bad = good || d.code == "", bad || d.code != ""
			}
		}
		switch name {
		case "postgres-direct", "submission", "lmtp", "xmpp-server", "socks5h", "https": // share a dialogue
		default:
			require.True(t, good && bad, name)
		}
	}
}

func TestBytesBehindTheGoAheadAreInjection(t *testing.T) {
	for _, d := range dialogues {
		if d.code != "" || proxies[d.protocol] != nil {
			continue
		}
		turns := script(t, d.script)
		for i := len(turns) - 1; i >= 0; i-- {
			if turns[i].server {
				turns[i].say += "250 injected\r\n"
				break
			}
		}
		m := newMachine(t, d.protocol, d.options)
		err := play(t, m, turns, 1<<20)
		var e *Error
		require.True(t, errors.As(err, &e), "%s %s", d.protocol, d.name)
		require.Equal(t, Protocol, e.Code)
		require.Contains(t, e.Error(), "behind the go-ahead")
		require.False(t, m.Done())
	}
}

func TestBytesBehindAProxysAnswerAreTheServers(t *testing.T) {
	m := newMachine(t, "http", Options{Host: "a", Port: 25})
	_, err := m.Receive([]byte("HTTP/1.1 200 OK\r\n\r\n220 mail.example\r\n"))
	require.NoError(t, err)
	require.True(t, m.Done())
	require.Equal(t, "220 mail.example\r\n", string(m.Rest()))
}

func TestPreambleIsBounded(t *testing.T) {
	for _, name := range append(Protocols(), Proxies()...) {
		if name == "postgres-direct" {
			continue
		}
		for _, flood := range []string{"x", "220-x\r\n", "* x\r\n", ":a NOTICE x\r\n", "<stream:stream>", "\"x\" \"y\"\r\n", "\x00", "\xff\xfd\x01", "HTTP/1.1 100 x\r\n\r\n"} {
			m := newMachine(t, name, Options{Host: "a", Port: 1})
			var err error
			for n := 0; n <= MaxBytes && err == nil; n += len(flood) {
				_, err = m.Receive([]byte(flood))
				require.LessOrEqual(t, len(m.in), MaxBytes)
			}
			require.Error(t, err, "%s with %q", name, flood)
			require.Nil(t, m.in)
		}
	}
}

func TestClosedConnection(t *testing.T) {
	m := newMachine(t, "smtp", Options{})
	_, err := m.Receive([]byte("220 mai"))
	require.NoError(t, err)
	var e *Error
	require.True(t, errors.As(m.Closed(), &e))
	require.Equal(t, Refused, e.Code)
	require.Contains(t, e.Error(), "220 mai")
	m = newMachine(t, "http", Options{Host: "a", Port: 1})
	require.True(t, errors.As(m.Closed(), &e))
	require.Equal(t, ProxyRefused, e.Code)
}

func TestServersWordsAreEscaped(t *testing.T) {
	m := newMachine(t, "smtp", Options{})
	_, err := m.Receive([]byte("554 \x1b[31mred\u202e" + strings.Repeat("x", 500) + "\r\n"))
	require.Error(t, err)
	require.Contains(t, err.Error(), `\x1b[31mred\u202e`)
	require.Less(t, len(err.Error()), 300)
}

func TestNamesThatCouldEndALineAreRefused(t *testing.T) {
	for _, name := range []string{"a\r\nRCPT TO:<x>", "a b", "a'b", "<a>", "a\x00"} {
		_, err := New("smtp", Options{Name: name})
		require.Error(t, err, "%q", name)
		_, err = NewProxy("http", Options{Host: name, Port: 1})
		require.Error(t, err, "%q", name)
	}
	_, err := NewProxy("http", Options{Host: "", Port: 1})
	require.Error(t, err)
	_, err = NewProxy("socks5", Options{Host: "a", Port: 1, User: strings.Repeat("x", 256)})
	require.Error(t, err)
	_, err = New("gopher", Options{})
	require.Error(t, err)
	_, err = NewProxy("gopher", Options{})
	require.Error(t, err)
}

func TestPostgresDirectNeedsOnlyALPN(t *testing.T) {
	m := newMachine(t, "postgres-direct", Options{})
	require.True(t, m.Done())
	require.Empty(t, m.Start())
	require.Equal(t, "postgresql", m.ALPN())
}

func TestTDSPacketsHoldTheHandshake(t *testing.T) {
	require.True(t, newMachine(t, "mssql", Options{}).Framed())
	tls := make([]byte, 10000)
	for i := range tls {
		tls[i] = byte(i)
	}
	var tds TDS
	packets := tds.Wrap([]byte("before"), tls)[len("before"):]
	require.Equal(t, len(tls)+3*tdsHeader, len(packets))
	require.EqualValues(t, maxTDS, binary.BigEndian.Uint16(packets[2:]))
	require.EqualValues(t, 0, packets[1])
	require.EqualValues(t, tdsLast, packets[2*maxTDS+1])
	for _, size := range []int{1, 7, 5000, 1 << 20} {
		var in TDS
		var got []byte
		for rest := packets; len(rest) > 0; {
			n := min(size, len(rest))
			var err error
			got, err = in.Unwrap(got, rest[:n])
			require.NoError(t, err)
			rest = rest[n:]
		}
		require.Equal(t, tls, got)
	}
	var in TDS
	_, err := in.Unwrap(nil, []byte("\x16\x03\x03\x00\x7a\x02\x00\x00"))
	require.Error(t, err, "a bare record")
}

// FuzzPreamble gives any bytes to every machine, in pieces: it must end with
// TLS, an error with a known code, or a wait, and hold no more than it may.
func FuzzPreamble(f *testing.F) {
	for _, d := range dialogues {
		var server string
		for l := range strings.Lines(d.script) {
			if l = strings.TrimSpace(l); strings.HasPrefix(l, "S: ") {
				server += l[3:] + "\r\n"
			}
		}
		f.Add([]byte(server), uint8(5))
	}
	f.Add([]byte("\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"), uint8(1))
	f.Add([]byte("\x23\x00\x00\x00\x0a8.0.1\x00\x01\x00\x00\x00saltsalt\x00\xff\xff\x2d\x02\x00\xff\xdf\x15abcdefg"), uint8(3))
	f.Add([]byte("\x05\x02\x01\x00\x05\x00\x00\x03\x03abc\x04\x38"), uint8(2))
	f.Fuzz(func(t *testing.T, in []byte, size uint8) {
		for _, name := range append(Protocols(), Proxies()...) {
			m := newMachine(t, name, Options{Name: "n", Host: "h", Port: 1, User: "u", Password: "p"})
			m.Start()
			for rest := in; len(rest) > 0; {
				n := min(int(size)+1, len(rest))
				_, err := m.Receive(rest[:n])
				rest = rest[n:]
				if err != nil {
					var e *Error
					require.True(t, errors.As(err, &e))
					require.NotEmpty(t, e.Code)
					if e.Code != RateLimit {
						require.Equal(t, proxies[name] != nil, strings.HasPrefix(string(e.Code), "proxy."), "%s: %s", name, e.Code)
					}
					break
				}
				require.LessOrEqual(t, len(m.in), MaxBytes)
			}
			_ = m.Closed()
		}
	})
}

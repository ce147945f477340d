package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
	"github.com/tlsengine/tlsengine/internal/preamble"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// turn is what a server waits for, to the byte, and what it says then.
type turn struct{ hear, say string }

// greeters are servers of the protocols with STARTTLS, up to TLS.
var greeters = map[string][]turn{
	"smtp":       {{"", "220-mail.test\r\n220 ready\r\n"}, {"EHLO probe.test\r\n", "250-mail.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n"}, {"STARTTLS\r\n", "220 go\r\n"}},
	"submission": {{"", "220 mail.test\r\n"}, {"EHLO probe.test\r\n", "250-mail.test\r\n250 STARTTLS\r\n"}, {"STARTTLS\r\n", "220 go\r\n"}},
	"lmtp":       {{"", "220 lmtp\r\n"}, {"LHLO probe.test\r\n", "250-lmtp\r\n250 STARTTLS\r\n"}, {"STARTTLS\r\n", "220 go\r\n"}},
	"imap":       {{"", "* OK ready\r\n"}, {"a1 CAPABILITY\r\n", "* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\n"}, {"a2 STARTTLS\r\n", "a2 OK go\r\n"}},
	"pop3":       {{"", "+OK\r\n"}, {"CAPA\r\n", "+OK\r\nSTLS\r\n.\r\n"}, {"STLS\r\n", "+OK go\r\n"}},
	"ftp":        {{"", "220 ready\r\n"}, {"AUTH TLS\r\n", "234 go\r\n"}},
	"nntp":       {{"", "200 news\r\n"}, {"CAPABILITIES\r\n", "101 list\r\nSTARTTLS\r\n.\r\n"}, {"STARTTLS\r\n", "382 go\r\n"}},
	"sieve":      {{"", "\"STARTTLS\"\r\nOK\r\n"}, {"STARTTLS\r\n", "OK\r\n"}},
	"irc":        {{"CAP LS\r\nSTARTTLS\r\n", ":irc.test 670 * :go\r\n"}},
	"xmpp": {{"<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='probe.test' version='1.0'>",
		"<stream:stream><stream:features><starttls/></stream:features>"},
		{"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed/>"}},
	"xmpp-server": {{"<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='probe.test' version='1.0'>",
		"<stream:stream><stream:features><starttls/></stream:features>"},
		{"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed/>"}},
	"ldap":            {{"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037", "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"}},
	"postgres":        {{"\x00\x00\x00\x08\x04\xd2\x16\x2f", "S"}},
	"postgres-direct": {},
	"mysql": {{"", "\x23\x00\x00\x00\x0a8.0.1\x00\x01\x00\x00\x00saltsalt\x00\xff\xff\x2d\x02\x00\xff\xdf\x15abcdefg"},
		{"\x20\x00\x00\x01\x01\x8a\x08\x00\x00\x00\x00\x01\x2d" + strings.Repeat("\x00", 23), ""}},
	"rdp": {{"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00", "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x1f\x08\x00\x02\x00\x00\x00"}},
	"mssql": {{"\x12\x01\x00\x20\x00\x00\x00\x00\x00\x00\x10\x00\x06\x01\x00\x16\x00\x01\x02\x00\x17\x00\x01\xff\x0f\x00\x00\x00\x00\x00\x01\x00",
		"\x04\x01\x00\x1a\x00\x00\x01\x00\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x10\x00\x00\x00\x00\x00\x01"}},
	"telnet": {{"\xff\xfb\x2e", "\xff\xfd\x2e"}, {"\xff\xfa\x2e\x01\xff\xf0", "\xff\xfa\x2e\x01\xff\xf0"}},
}

// greet plays the turns.
func greet(c net.Conn, turns []turn) error {
	for _, t := range turns {
		heard := make([]byte, len(t.hear))
		if _, err := io.ReadFull(c, heard); err != nil {
			return err
		}
		if string(heard) != t.hear {
			return fmt.Errorf("heard %q, not %q", heard, t.hear)
		}
		if _, err := io.WriteString(c, t.say); err != nil {
			return err
		}
	}
	return nil
}

// behind is a TLS server behind something else.
func (fx *fixtures) behind(before func(net.Conn) (net.Conn, error), change func(*visit.Host)) string {
	h := fx.host(change)
	return fx.raw(func(c net.Conn) {
		inner, err := before(c)
		if err != nil {
			c.Write([]byte(err.Error())) //nolint:errcheck // the client shows it
			return
		}
		h.Serve(inner) //nolint:errcheck // the client says what is wrong
	})
}

// tdsServer is the server's end of TLS in TDS: the handshake in packets, what
// comes behind it bare.
type tdsServer struct {
	net.Conn
	tds  preamble.TDS
	in   []byte
	bare bool
}

func (s *tdsServer) Read(b []byte) (int, error) {
	for len(s.in) == 0 {
		buf := make([]byte, 8192)
		n, err := s.Conn.Read(buf)
		if n == 0 {
			return 0, err
		}
		if buf[0] != 0x12 {
			s.bare = true
		}
		if s.bare {
			s.in = buf[:n]
		} else if s.in, err = s.tds.Unwrap(s.in[:0], buf[:n]); err != nil {
			return 0, err
		}
	}
	n := copy(b, s.in)
	s.in = s.in[n:]
	return n, nil
}

func (s *tdsServer) Write(b []byte) (int, error) {
	if s.bare {
		return s.Conn.Write(b)
	}
	_, err := s.Conn.Write(s.tds.Wrap(nil, b))
	return len(b), err
}

func TestStartTLSOfEveryProtocol(t *testing.T) {
	fx := newFixtures(t)
	fx.expand("{ca}")
	for _, protocol := range preamble.Protocols() {
		t.Run(protocol, func(t *testing.T) {
			turns, ok := greeters[protocol]
			require.True(t, ok, "no server speaks it")
			address := fx.behind(func(c net.Conn) (net.Conn, error) {
				if err := greet(c, turns); err != nil {
					return nil, err
				}
				if protocol == "mssql" {
					return &tdsServer{Conn: c}, nil
				}
				return c, nil
			}, func(h *visit.Host) {
				switch protocol {
				case "mssql":
					h.Config.MaxVersion, h.Config.ALPN = tlsengine.VersionTLS12, nil
				case "postgres-direct":
					h.Config.ALPN = []string{"postgresql"}
				}
			})
			args := []string{"connect", address, "--starttls", protocol, "--ca-file", fx.made["ca"], "--json", "--get", "/healthz"}
			if strings.Contains("smtp submission lmtp xmpp xmpp-server", protocol) {
				args = append(args, "--starttls-name", "probe.test")
			}
			rep := fx.connect(args...)
			require.Equal(t, protocol, *rep.Target.StartTLS)
			require.Contains(t, string(rep.Reply.Bytes), "200 OK", "data goes both ways")
			require.Equal(t, protocol != "postgres-direct", rep.Timing.StartTLS > 0 && protocol != "postgres-direct")
			if protocol == "postgres-direct" {
				require.Equal(t, "postgresql", *rep.Result.ALPN)
			}
		})
	}
}

// report is what a connect that goes well says in JSON.
type connectReport struct {
	Target reportTarget
	Timing struct {
		StartTLS int64 `json:"starttls_us"`
	}
	Result struct {
		ALPN    *string
		Version struct{ Name string }
	}
	Verification struct {
		OK     bool
		Errors []struct{ Code string }
	}
	Certificates []struct{ Names []string }
	Reply        struct {
		Bytes []byte `json:"data_b64"`
		End   string
	}
	Error struct{ Code, Stage, Message, Hint string }
	Exit  int
}

// reportTarget is the target of a report, or in an error a string.
type reportTarget struct {
	StartTLS, Proxy *string
}

func (r *reportTarget) UnmarshalJSON(b []byte) error {
	type plain reportTarget
	if b[0] == '"' || string(b) == "null" {
		return nil
	}
	return json.Unmarshal(b, (*plain)(r))
}

// connect runs a command that must go well, and reads its JSON.
func (fx *fixtures) connect(args ...string) connectReport {
	fx.t.Helper()
	rep, stderr := fx.tries(nil, args...)
	require.Zero(fx.t, rep.Exit, "%v: %+v\n%s", args, rep.Error, stderr)
	return rep
}

// tries runs a command and reads its JSON.
func (fx *fixtures) tries(env map[string]string, args ...string) (rep connectReport, said string) {
	fx.t.Helper()
	var stdout, stderr bytes.Buffer
	p := fx.probe(strings.NewReader(""), &stdout, &stderr)
	p.getenv = func(name string) string { return env[name] }
	exit := p.main(args)
	require.NoError(fx.t, json.Unmarshal(stdout.Bytes(), &rep), "%s\n%s", &stdout, &stderr)
	require.Equal(fx.t, exit, rep.Exit)
	checkJSON(fx.t, stdout.Bytes())
	return rep, stderr.String()
}

func TestSchemesBeginWithSTARTTLS(t *testing.T) {
	fx := newFixtures(t)
	fx.expand("{ca}")
	address := fx.behind(func(c net.Conn) (net.Conn, error) { return c, greet(c, greeters["imap"]) }, func(*visit.Host) {})
	rep := fx.connect("connect", "imap://"+address, "--ca-file", fx.made["ca"], "--json")
	require.Equal(t, "imap", *rep.Target.StartTLS)

	rep, _ = fx.tries(nil, "connect", "localhost", "--resolve", "localhost:25:192.0.2.1", "--starttls", "smtp", "--connect-timeout", "10ms", "--json")
	require.Equal(t, 3, rep.Exit, "port 25, as nobody says another")
}

func TestStartTLSThatFailsIsExit3(t *testing.T) {
	fx := newFixtures(t)
	for name, c := range map[string]struct {
		turns []turn
		code  string
		says  string
	}{
		"not offered":  {[]turn{{"", "220 mail\r\n"}, {"EHLO localhost\r\n", "250 mail \x1b[31m\r\n"}}, "starttls.not_offered", `250 mail \x1b[31m`},
		"refused":      {[]turn{{"", "220 mail\r\n"}, {"EHLO localhost\r\n", "250 STARTTLS\r\n"}, {"STARTTLS\r\n", "454 not now\r\n"}}, "starttls.refused", "454 not now"},
		"not SMTP":     {[]turn{{"", "HTTP/1.1 400\r\n"}}, "starttls.protocol", "HTTP/1.1 400"},
		"rate limit":   {[]turn{{"", "421 slowly\r\n"}}, "limit.rate", "421 slowly"},
		"injection":    {[]turn{{"", "220 mail\r\n"}, {"EHLO localhost\r\n", "250 STARTTLS\r\n"}, {"STARTTLS\r\n", "220 go\r\n250 evil\r\n"}}, "starttls.protocol", "someone in the middle"},
		"hangs up":     {[]turn{{"", "220 mail\r\n"}, {"EHLO localhost\r\n", "\x00hang up"}}, "starttls", ""},
		"says nothing": {[]turn{{"never said", ""}}, "tcp.timeout", "did not answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			address := fx.raw(func(conn net.Conn) {
				if greet(conn, c.turns) == nil && !strings.Contains(name, "hangs") {
					conn.SetDeadline(time.Now().Add(2 * time.Second)) //nolint:errcheck // a socket takes deadlines
					io.Copy(io.Discard, conn)                         //nolint:errcheck // until the client leaves
				}
			})
			rep, _ := fx.tries(nil, "connect", address, "--starttls", "smtp", "--json", "--timeout", "700ms")
			require.Equal(t, 3, rep.Exit, rep.Error.Message)
			require.True(t, strings.HasPrefix(rep.Error.Code, c.code), rep.Error.Code)
			require.Equal(t, "starttls", rep.Error.Stage)
			require.Contains(t, rep.Error.Message, c.says)
		})
	}
}

// proxyServer is a proxy that does as it is told and notes what for.
type proxyServer struct {
	address string
	asked   []string
}

// forward joins two connections.
func forward(a, b net.Conn) {
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{a, b}, {b, a}} {
		go func() {
			io.Copy(pair[0], pair[1]) //nolint:errcheck // until one ends
			if half, ok := pair[0].(interface{ CloseWrite() error }); ok {
				half.CloseWrite() //nolint:errcheck // as above
			}
			done <- struct{}{}
		}()
	}
	<-done
	<-done
}

var errProxy = errors.New("not asked as it should be")

// serve answers one client of a kind of proxy.
func (p *proxyServer) serve(kind, auth string, c net.Conn) error {
	b := make([]byte, 4096)
	n, err := c.Read(b)
	if err != nil {
		return err
	}
	var to string
	switch kind {
	case "http":
		lines := strings.Split(string(b[:n]), "\r\n")
		to = strings.Fields(lines[0])[1]
		if auth != "" && !strings.Contains(string(b[:n]), "Proxy-Authorization: Basic "+auth) {
			io.WriteString(c, "HTTP/1.1 407 who are you\r\n\r\n") //nolint:errcheck // the client says
			return errProxy
		}
		return p.connect(c, to, "HTTP/1.1 200 fine\r\n\r\n")
	case "socks4a":
		rest := b[8:n]
		_, name, _ := bytes.Cut(rest, []byte{0})
		to = fmt.Sprintf("%s:%d", bytes.TrimRight(name, "\x00"), int(b[2])<<8|int(b[3]))
		if b[4] != 0 {
			to = fmt.Sprintf("%d.%d.%d.%d:%d", b[4], b[5], b[6], b[7], int(b[2])<<8|int(b[3]))
		}
		return p.connect(c, to, "\x00\x5a\x00\x00\x00\x00\x00\x00")
	}
	if auth != "" {
		c.Write([]byte{5, 2}) //nolint:errcheck // the client says
		if n, err = c.Read(b); err != nil || string(b[:n]) != "\x01"+auth {
			c.Write([]byte{1, 1}) //nolint:errcheck // as above
			return errProxy
		}
		c.Write([]byte{1, 0}) //nolint:errcheck // as above
	} else {
		c.Write([]byte{5, 0}) //nolint:errcheck // as above
	}
	if n, err = c.Read(b); err != nil || n < 7 {
		return errProxy
	}
	port := int(b[n-2])<<8 | int(b[n-1])
	switch b[3] {
	case 1:
		to = fmt.Sprintf("%s:%d", net.IP(b[4:8]), port)
	case 3:
		to = fmt.Sprintf("%s:%d", b[5:n-2], port)
	case 4:
		to = fmt.Sprintf("[%s]:%d", net.IP(b[4:20]), port)
	}
	return p.connect(c, to, "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38")
}

func (p *proxyServer) connect(c net.Conn, to, yes string) error {
	p.asked = append(p.asked, to)
	up, err := net.Dial("tcp", to)
	if err != nil {
		return err
	}
	defer up.Close()       //nolint:errcheck // it is over
	io.WriteString(c, yes) //nolint:errcheck // the client says
	forward(up, c)
	return nil
}

func (fx *fixtures) proxy(kind, auth string) *proxyServer {
	p := &proxyServer{}
	p.address = fx.raw(func(c net.Conn) { p.serve(kind, auth, c) }) //nolint:errcheck // the client says
	return p
}

func TestProxies(t *testing.T) {
	fx := newFixtures(t)
	server := fx.expand("{engine}")
	fx.expand("{ca}")
	_, port, _ := net.SplitHostPort(server) //nolint:errcheck // it has one
	secret := fx.file("auth", "me:pw\n")
	for name, c := range map[string]struct{ kind, auth, url, want string }{
		"socks5":            {"socks5", "", "socks5://", "127.0.0.1:" + port},
		"socks5h":           {"socks5", "", "socks5h://", "localhost:" + port},
		"socks5 by name":    {"socks5", "\x02me\x02pw", "socks5h://me:pw@", "localhost:" + port},
		"socks4a":           {"socks4a", "", "socks4a://", "localhost:" + port},
		"http":              {"http", "", "http://", "localhost:" + port},
		"http by name":      {"http", "bWU6cHc=", "http://me:pw@", "localhost:" + port},
		"without a scheme":  {"http", "", "", "localhost:" + port},
		"socks5h by a file": {"socks5", "\x02me\x02pw", "file:socks5h://", "localhost:" + port},
	} {
		t.Run(name, func(t *testing.T) {
			p := fx.proxy(c.kind, c.auth)
			args := []string{"connect", server, "--ca-file", fx.made["ca"], "--json", "--get", "/healthz"}
			url, file := strings.CutPrefix(c.url, "file:")
			if file {
				args = append(args, "--proxy-auth-file", secret)
			}
			rep := fx.connect(append(args, "--proxy", url+p.address)...)
			require.Equal(t, []string{c.want}, p.asked)
			require.Contains(t, string(rep.Reply.Bytes), "200 OK")
			require.NotContains(t, *rep.Target.Proxy, "pw", "a password is shown to nobody")
			require.Contains(t, *rep.Target.Proxy, p.address)
		})
	}
}

func TestProxiesInAChainAndOverTLS(t *testing.T) {
	fx := newFixtures(t)
	server := fx.expand("{engine}")
	fx.expand("{ca}")
	first, second := fx.proxy("socks5", ""), &proxyServer{}
	cred := fx.credentialFor("localhost")
	second.address = fx.raw(func(c net.Conn) {
		inner := secureServer(t, c, cred)
		if inner != nil {
			second.serve("http", "", inner) //nolint:errcheck // the client says
		}
	})
	rep := fx.connect("connect", server, "--ca-file", fx.made["ca"], "--json", "--get", "/healthz",
		"--proxy", "socks5h://"+first.address, "--proxy", "https://"+second.address)
	require.Equal(t, []string{second.address}, first.asked)
	require.Equal(t, []string{server}, second.asked)
	require.Contains(t, string(rep.Reply.Bytes), "200 OK")

	rep, _ = fx.tries(nil, "connect", server, "--json", "--proxy", "https://"+second.address)
	require.Equal(t, 3, rep.Exit)
	require.Equal(t, "proxy.refused", rep.Error.Code, "its certificate is not trusted")
}

func TestProxiesThatRefuseAreExit3(t *testing.T) {
	fx := newFixtures(t)
	silent := fx.expand("{silent}")
	for name, c := range map[string]struct{ url, code string }{
		"password wanted":  {"http://" + fx.proxy("http", "x").address, "proxy.auth"},
		"another protocol": {"socks5://" + fx.expand("{ssh}"), "proxy.protocol"},
		"nobody there":     {"http://" + fx.expand("{closed}"), "tcp.refused"},
		"says nothing":     {"http://" + silent, "tcp.timeout"},
		"refuses":          {"http://" + fx.says("HTTP/1.1 403 no\r\n\r\n", true), "proxy.refused"},
	} {
		rep, _ := fx.tries(nil, "connect", "localhost:1", "--json", "--timeout", "500ms", "--proxy", c.url)
		require.Equal(t, 3, rep.Exit, name)
		require.Equal(t, c.code, rep.Error.Code, name)
	}
}

func TestProxiesOfTheEnvironment(t *testing.T) {
	fx := newFixtures(t)
	p := fx.proxy("http", "")
	try := func(env map[string]string, target string, more ...string) (connectReport, string) {
		return fx.tries(env, append([]string{"connect", target, "--json", "--timeout", "5s", "--resolve", "far.test:443:127.0.0.1"}, more...)...)
	}
	_, said := try(map[string]string{"HTTPS_PROXY": "http://" + p.address}, "far.test")
	require.Contains(t, said, "tlsprobe: going through http://"+p.address+", as HTTPS_PROXY says")
	require.Equal(t, []string{"far.test:443"}, p.asked)
	for name, c := range map[string]struct {
		env    map[string]string
		target string
		more   []string
	}{
		"this machine": {map[string]string{"ALL_PROXY": p.address}, fx.expand("{closed}"), nil},
		"NO_PROXY":     {map[string]string{"ALL_PROXY": p.address, "NO_PROXY": "other.test, .test"}, "far.test", nil},
		"NO_PROXY *":   {map[string]string{"https_proxy": p.address, "no_proxy": "*"}, "far.test", nil},
		"a block":      {map[string]string{"https_proxy": p.address, "no_proxy": "192.0.2.0/24"}, "192.0.2.1", []string{"--connect-timeout", "10ms"}},
		"--proxy none": {map[string]string{"ALL_PROXY": p.address}, "far.test", []string{"--proxy", "none"}},
	} {
		p.asked = nil
		_, said := try(c.env, c.target, c.more...)
		require.NotContains(t, said, "going through", name)
		require.Empty(t, p.asked, name)
	}
}

func TestBadWaysAreExit2(t *testing.T) {
	fx := newFixtures(t)
	for line, says := range map[string]string{
		"--starttls smpt":                                   "did you mean smtp?",
		"--starttls gopher":                                 "no STARTTLS is known",
		"--starttls-name a":                                 "without --starttls",
		"--starttls smtp --starttls-name 'a b'":             "cannot stand in a name",
		"--proxy gopher://a:1":                              "no proxy is known",
		"--proxy http://a:99999":                            "port",
		"--proxy http://a/path":                             "want SCHEME://HOST:PORT",
		"--proxy-auth-file {empty}":                         "want one line",
		"--proxy http://a:1 --proxy-auth-file {dir}/no-one": "no such file",
	} {
		var stdout, stderr bytes.Buffer
		args := append([]string{"connect", "localhost:1"}, words(fx.expand(line))...)
		p := fx.probe(strings.NewReader(""), &stdout, &stderr)
		p.getenv = func(string) string { return "" }
		require.Equal(t, 2, p.main(args), line)
		require.Contains(t, stderr.String(), says, line)
	}
}

// credentialFor is a server's, of the fixtures' authority.
func (fx *fixtures) credentialFor(name string) *tlsengine.Credential {
	return fx.credential(x509.ExtKeyUsageServerAuth, time.Hour, name)
}

// secureServer is the server's end of TLS, nil if the client left.
func secureServer(t *testing.T, c net.Conn, cred *tlsengine.Credential) net.Conn {
	conn, err := tlsconn.Server(c, &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}}, tlsconn.Options{})
	require.NoError(t, err)
	if conn.Handshake(context.Background()) != nil {
		return nil
	}
	return conn
}

package main

import (
	"encoding/json"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// TestStableCodes has every code that is promised, by a command that ends with
// it. Those of STARTTLS and proxies are in starttls_test.go, too; "internal" is
// TestABugIsExit70WithoutAStackTrace.
func TestStableCodes(t *testing.T) {
	fx := newFixtures(t)
	fx.expand("{cert}") // and {key}
	for _, c := range []struct {
		line        string
		exit        int
		code, stage string
	}{
		{"demo --resume=x", 2, "usage.flag", "usage"},
		{"connect localhost --timeout 0", 2, "usage.value", "usage"},
		{"connect localhost --sni a --no-sni", 2, "usage.conflict", "usage"},
		{"connect", 2, "usage.argument", "usage"},
		{"conect", 2, "usage.command", "usage"},
		{"connect host:0", 2, "usage.target", "usage"},
		{"connect localhost --ech grease", 2, "usage.absent", "usage"},
		{"connect quic://localhost", 2, "usage.absent", "usage"},
		{"scan localhost", 2, "usage.absent", "usage"},
		{"connect localhost --ca-file {dir}/none", 2, "input.file", "input"},
		{"connect localhost --cert {cert} --key {hello}", 2, "input.key", "input"},
		{"cert {hello}", 2, "input.certificate", "input"},
		{"connect localhost --session-in {hello}", 2, "input.session", "input"},
		{"connect {engine} --ca-file {ca} -o {dir}/none/out", 2, "input.output", "output"},

		{"connect [::1]:1 -4", 3, "dns.not_found", "resolve"},
		{"connect {closed}", 3, "tcp.refused", "connect"},
		{"connect unix:{dir}/none --no-verify", 3, "tcp.refused", "connect"},
		{"connect 255.255.255.255:1 --connect-timeout 1s", 3, "tcp.unreachable", "connect"},
		{"connect {resetting} --starttls smtp", 3, "tcp.reset", "starttls"},
		{"connect {silent} --starttls smtp --timeout 100ms", 3, "tcp.timeout", "starttls"},
		{"connect {alert40} --proxy http://{http}", 3, "proxy.refused", "proxy"},
		{"connect {alert40} --proxy http://{wants407}", 3, "proxy.auth", "proxy"},
		{"connect {alert40} --proxy socks5://{ssh}", 3, "proxy.protocol", "proxy"},
		{"connect {plainmail} --starttls smtp", 3, "starttls.not_offered", "starttls"},
		{"connect {shymail} --starttls smtp", 3, "starttls.refused", "starttls"},
		{"connect {ssh} --starttls smtp", 3, "starttls.protocol", "starttls"},
		{"connect {busymail} --starttls smtp", 3, "limit.rate", "starttls"},

		{"connect {alert40}", 4, "tls.alert", "handshake"},
		{"connect {hangup}", 4, "tls.closed", "handshake"},
		{"connect {closing}", 4, "tls.closed", "handshake"},
		{"cert {closing}", 4, "tls.closed", "handshake"},
		{"connect {closing} --why", 4, "tls.closed", "handshake"},
		{"connect {alert40} --proxy https://{closing}", 3, "proxy.refused", "proxy"},
		{"connect {reset}", 4, "tls.reset", "handshake"},
		{"connect {silent} --timeout 100ms", 4, "tls.timeout", "handshake"},
		{"connect {http}", 4, "tls.not_tls", "handshake"},
		{"connect {malformed}", 4, "tls.decode", "handshake"},
		{"connect {oversize}", 4, "tls.illegal", "handshake"},

		{"connect {expired} --ca-file {ca}", 1, "verify.expired", "verify"},
		{"connect {engine} --ca-file {ca} --at 2001-01-01", 1, "verify.not_yet_valid", "verify"},
		{"connect {othername} --ca-file {ca}", 1, "verify.name", "verify"},
		{"connect {engine}", 1, "verify.unknown_issuer", "verify"},
		{"connect {selfsigned}", 1, "verify.self_signed", "verify"},
		{"connect {clientonly} --ca-file {ca}", 1, "verify.usage", "verify"},
		{"connect {engine} --ca-file {ca} --pin sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", 1, "verify.pin", "verify"},
		{"connect {engine} --ca-file {ca} --tlsa '3 1 1 0000000000000000000000000000000000000000000000000000000000000000'", 1, "verify.tlsa", "verify"},
		{"cert {engine} --ca-file {ca} --warn 1000", 1, "verify.expiring", "verify"},
	} {
		t.Run(c.code+" "+c.line, func(t *testing.T) {
			var stdout, stderr lockedBuffer
			p := fx.probe(strings.NewReader(""), &stdout, &stderr)
			p.getenv = func(string) string { return "" }
			args := append(words(fx.expand(c.line)), "--json")
			require.Equal(t, c.exit, p.main(args), "%s", &stderr)
			if c.code == "input.output" {
				require.Empty(t, stdout.String(), "the answer goes to the file, or nowhere")
				return
			}
			hasCode(t, stdout.String(), c.exit, c.code, c.stage)
			lines := strings.Split(strings.TrimRight(stderr.String(), "\n"), "\n")
			for len(lines) > 0 && strings.HasPrefix(lines[0], "tlsprobe: note: ") {
				lines = lines[1:]
			}
			require.LessOrEqual(t, len(lines), 2, "%s", &stderr)
			require.Regexp(t, "^tlsprobe: [^\n]+$", lines[0])
			if len(lines) == 2 {
				require.Regexp(t, "^hint: [^\n]+$", lines[1])
			}
		})
	}
}

// hasCode holds a document to how it must have ended.
func hasCode(t *testing.T, stdout string, exit int, code, stage string) {
	t.Helper()
	var doc struct {
		Exit  int
		Error struct{ Code, Stage string }
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &doc), "%s", stdout)
	checkJSON(t, []byte(stdout))
	require.Equal(t, exit, doc.Exit)
	require.Equal(t, code, doc.Error.Code)
	require.Equal(t, stage, doc.Error.Stage)
}

// TestStableCodesOfTheResolver, which is a process's.
func TestStableCodesOfTheResolver(t *testing.T) {
	fx := newFixtures(t)
	for code, rcode := range map[string]int{"dns.not_found": 3, "dns.server_failure": 2, "dns.timeout": -1} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, "connect", "host.test", "--json", "--timeout", "1500ms")
			cmd.Env = append(cmd.Env, "TLSPROBE_TEST_RESOLVER="+fx.nameServer(rcode))
			var stdout lockedBuffer
			cmd.Stdout = &stdout
			start := time.Now()
			require.Error(t, cmd.Run())
			require.Less(t, time.Since(start), 5*time.Second)
			require.Equal(t, 3, cmd.ProcessState.ExitCode())
			hasCode(t, stdout.String(), 3, code, "resolve")
		})
	}
}

// nameServer answers every question with the same code, or not at all.
func (fx *fixtures) nameServer(rcode int) string {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(fx.t, err)
	fx.t.Cleanup(func() { pc.Close() }) //nolint:errcheck // the test is over
	go func() {
		b := make([]byte, 512)
		for {
			n, from, err := pc.ReadFrom(b)
			if err != nil {
				return
			}
			end := 12
			for end < n && b[end] != 0 {
				end += int(b[end]) + 1
			}
			if end += 5; rcode < 0 || end > n {
				continue
			}
			answer := append([]byte{b[0], b[1], 0x81, 0x80 | byte(rcode), 0, 1, 0, 0, 0, 0, 0, 0}, b[12:end]...)
			pc.WriteTo(answer, from) //nolint:errcheck // it asks again
		}
	}()
	return netip.MustParseAddrPort(pc.LocalAddr().String()).String()
}

func init() { //nolint:gochecknoinits // fixtures of these tests
	makers["malformed"] = func(fx *fixtures) string { // a ServerHello of one byte
		return fx.says("\x16\x03\x03\x00\x05\x02\x00\x00\x01\x00", true)
	}
	makers["resetting"] = func(fx *fixtures) string {
		return fx.raw(func(c net.Conn) {
			time.Sleep(50 * time.Millisecond)
			c.(*net.TCPConn).SetLinger(0) //nolint:errcheck // then Close resets
		})
	}
	makers["wants407"] = func(fx *fixtures) string { return fx.says("HTTP/1.1 407 who are you\r\n\r\n", true) }
	makers["plainmail"] = func(fx *fixtures) string { return fx.mail("250 mail.test\r\n") }
	makers["shymail"] = func(fx *fixtures) string { return fx.mail("250 STARTTLS\r\n", "454 not now\r\n") }
	makers["busymail"] = func(fx *fixtures) string { return fx.says("421 come back later\r\n", false) }
}

// mail is a mail server that greets and then gives these answers.
func (fx *fixtures) mail(answers ...string) string {
	return fx.raw(func(c net.Conn) {
		for _, answer := range append([]string{"220 mail.test\r\n"}, answers...) {
			c.Write([]byte(answer))                               //nolint:errcheck // the client says
			c.SetReadDeadline(time.Now().Add(5 * time.Second))    //nolint:errcheck // a socket takes deadlines
			if _, err := c.Read(make([]byte, 1024)); err != nil { // what it is does not matter
				return
			}
		}
	})
}

// TestTheTimeoutIsForAllThatIsDoneWithATarget: --timeout is for all of it, however
// many connections there are.
func TestTheTimeoutIsForAllThatIsDoneWithATarget(t *testing.T) {
	fx := newFixtures(t)
	for _, line := range []string{
		"connect {silent} --why", "connect {drip} --why", "connect {drip} --resume", "cert {drip}", "show {drip}", "connect {silent} --starttls smtp",
		"connect {alert40} --proxy http://{silent}", "connect {alert40} --proxy https://{silent}", "connect {slowreply} --ca-file {ca} --get /",
	} {
		expanded := fx.expand(line) // one after the other
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr lockedBuffer
			p := fx.probe(strings.NewReader(""), &stdout, &stderr)
			p.getenv = func(string) string { return "" }
			start := time.Now()
			exit := p.main(append(words(expanded), "--timeout", "600ms"))
			require.Contains(t, []int{fault.NotReached, fault.TLSFailed}, exit)
			require.Less(t, time.Since(start), 4*time.Second, "and not 15 s, on a busy machine either")
			require.Greater(t, time.Since(start), 100*time.Millisecond)
		})
	}
}

func init() { //nolint:gochecknoinits // as above
	makers["slowreply"] = func(fx *fixtures) string { // which never comes to its end
		cred := fx.credentialFor("localhost")
		return fx.raw(func(c net.Conn) {
			conn, err := tlsServer(c, &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}})
			for err == nil {
				_, err = conn.Write([]byte("."))
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
}

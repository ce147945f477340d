package main

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// A row is a command line, how it ends, and what it must say on stderr.
type row struct {
	line string
	exit int
	says string
}

func (r row) run(t *testing.T, fx *fixtures) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	p := fx.probe(strings.NewReader(""), &stdout, &stderr)
	p.getenv = func(string) string { return "" }
	line := r.line
	for _, name := range []string{"{cert}"} { // it makes others
		if strings.Contains(line, "{key}") {
			fx.expand(name)
		}
	}
	require.Equal(t, r.exit, p.main(words(fx.expand(line))), "%s\n%s", r.line, &stderr)
	require.Contains(t, stderr.String(), fx.expand(r.says), r.line)
	require.False(t, hasControls(stdout.String()+stderr.String()), "%s: what a peer says is never let through", r.line)
}

// hasControls reports whether a text could do anything to a terminal.
func hasControls(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfffd
	})
}

// TestEveryExitCode: process_test.go has those of bugs and interrupts; 5 is
// scan's.
func TestEveryExitCode(t *testing.T) {
	fx := newFixtures(t)
	for code, rows := range map[int][]row{
		fault.OK: {
			{"connect {engine} --ca-file {ca}", 0, ""}, {"cert {engine} --ca-file {ca}", 0, ""}, {"show {engine} --ca-file {ca}", 0, ""}, {"demo", 0, ""},
			{"explain 0x1301", 0, ""}, {"schema connect", 0, ""}, {"version", 0, ""}, {"completion bash", 0, ""}, {"connect {selfsigned} --no-verify", 0, ""},
		},
		fault.CheckFailed: {
			{"connect {selfsigned}", 1, "certificate not valid"}, {"cert {selfsigned}", 1, "certificate not valid"}, {"show {selfsigned}", 1, "certificate not valid"},
			{"cert {engine} --ca-file {ca} --warn 1000", 1, "fewer than 1000"}, {"vectors {forged}", 1, ""}, {"connect {ticketless} --ca-file {ca} --resume", 1, "no ticket"},
			{"connect {tls12} --ca-file {ca} --key-update", 1, "TLS 1.2 cannot"},
		},
		fault.Usage: {
			{"", 2, "no command"}, {"connect", 2, "needs a target"}, {"connect {engine} --colour red", 2, "unknown flag"}, {"connect {engine} --ca-file {dir}/none", 2, "no such file"},
			{"show {hello}", 2, ""}, {"vectors {hello}", 2, ""}, {"diff {hello} {hello}", 2, ""}, {"cert {hello}", 2, "holds no certificate"}, {"explain no-such-thing", 2, ""},
		},
		fault.NotReached: {
			{"connect {closed}", 3, "refused the connection"}, {"connect no-such-host.invalid", 3, "name not resolved"}, {"cert {closed}", 3, ""}, {"show {closed}", 3, ""},
			{"connect localhost:1 --proxy http://{closed}", 3, "refused"}, {"connect {ssh} --starttls smtp", 3, "not of this protocol"},
			{"connect {silent} --starttls smtp --timeout 200ms", 3, "did not answer in time, before TLS"},
		},
		fault.TLSFailed: {
			{"connect {alert40}", 4, "handshake_failure"}, {"connect {oversize}", 4, ""}, {"connect {silent} --timeout 200ms", 4, "said nothing"}, {"connect {http}", 4, "looks like HTTP"},
			{"connect {hangup}", 4, "closed the connection"}, {"connect {reset}", 4, "reset"}, {"cert {alert40}", 4, ""}, {"show {alert40}", 4, ""},
		},
	} {
		for _, r := range rows {
			require.Equal(t, code, r.exit)
			r.run(t, fx)
		}
	}
}

func TestBadInput(t *testing.T) {
	fx := newFixtures(t)
	for _, r := range []row{
		// Targets.
		{"connect ''", 2, "an empty target"}, {"connect 'a b:1'", 2, "a blank in the host"}, {"connect localhost:0", 2, "port"}, {"connect localhost:70000", 2, "port"},
		{"connect [::1", 2, "not closed"}, {"connect https://localhost/path", 2, "drop /path"}, {"connect http://localhost", 2, "did you mean https?"},
		{"connect gopher://localhost", 2, "unknown scheme"}, {"connect ::1:443", 2, "an IPv6 address goes in brackets"}, {"connect user@host", 2, "drop what is before the @"},
		{"connect :443", 2, "no host"}, {"connect localhost:", 2, "no port"}, {"connect unix:", 2, "no path"},

		// Names, and what disagrees.
		{"connect localhost --suites TLS_AES_128_GCM_SHA25", 2, "TLS_AES_128_GCM_SHA256"}, {"connect localhost --groups x2551", 2, "x25519"}, {"connect localhost --sigalgs ed2551", 2, "ed25519"},
		{"connect {engine} --ca-file {ca} --suites 0x1301,0xfafb", 0, "0xfafb"}, {"connect localhost --min-version 1.3 --max-version 1.2", 2, "is above"},
		{"connect localhost --max-version 1.2 --suites TLS_AES_128_GCM_SHA256", 2, ""}, {"connect localhost --sni a --no-sni", 2, "disagree"}, {"connect localhost --timeout 2h", 2, "want a time from"},

		// Certificates and keys.
		{"connect localhost --cert {cert}", 2, "--cert without --key"}, {"connect localhost --cert {cert} --key {ca}", 2, "no PRIVATE KEY"}, {"connect localhost --cert {ca} --key {key}", 2, ""},
		{"connect {engine} --ca-file {ca} --cert {cert} --key {openkey}", 0, "warning: others may read"},

		// Answers that cannot be written.
		{"demo -o {dir}/none/out", 2, "writing"}, {"connect {engine} --ca-file {ca} -o {dir}/none/out --json", 2, "writing"}, {"connect {engine} --keylog {dir}/none/out", 2, ""},

		// Time.
		{"connect {engine} --ca-file {ca} --at 2001-01-01", 1, "valid from"}, {"connect {engine} --ca-file {ca} --at 2101-01-01", 1, "expired on"},

		// Peers.
		{"connect {ssh}", 4, "SSH"}, {"connect {smtp}", 4, "try --starttls smtp"}, {"connect {mirror}", 4, "echo"}, {"connect {binary}", 4, "does not speak TLS"},
		{"connect {drip} --timeout 300ms", 4, "in time"}, {"connect {rude}", 1, `\x1b[31mevil.test`}, {"cert {rude}", 1, `\x1b[31mevil.test`}, {"show {rude} --no-verify", 0, ""},
	} {
		r.run(t, fx)
	}
}

// TestPeersThatSayTooMuch runs in a process of its own each time, whose memory
// can be looked at.
func TestPeersThatSayTooMuch(t *testing.T) {
	t.Parallel()
	fx := newFixtures(t)
	for _, r := range []row{
		{"connect {flood} --timeout 10s", 4, "empty handshake record"},
		{"connect {ccs} --timeout 10s", 4, "more than 32 records without content"},
		{"connect {warnings} --timeout 10s", 4, "more than 4 warnings"},
		{"connect {bigcert} --timeout 10s", 4, "announces 16777215 bytes, more than 131072"},
		{"connect {tickets} --ca-file {ca} --timeout 10s --get /", 4, "more than 32 messages without data"},
		{"connect {torrent} --ca-file {ca} --timeout 10s --get / -o {dir}/reply", 0, ""},
		{"connect {oversize} --timeout 10s", 4, ""},
	} {
		cmd := program(t, words(fx.expand(r.line))...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		start := time.Now()
		require.NoError(t, cmd.Start())
		memory := watchMemory(cmd.Process.Pid)
		cmd.Wait() //nolint:errcheck // the exit code is looked at
		require.Equal(t, r.exit, cmd.ProcessState.ExitCode(), "%s\n%s", r.line, &stderr)
		require.Contains(t, stderr.String(), r.says, r.line)
		require.Less(t, time.Since(start), 10*time.Second, r.line)
		if most := <-memory; !race.Enabled { // which wants memory of its own
			require.LessOrEqual(t, most, 64<<10, "%s: KiB", r.line)
		}
	}
}

// watchMemory looks how much memory a process has at most, in KiB, until it
// ends. Its rusage would count what its parent had when it was forked.
func watchMemory(pid int) <-chan int {
	most := make(chan int, 1)
	go func() {
		n := 0
		for {
			b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(b)
			if err != nil || m == nil {
				most <- n
				return
			}
			n, _ = strconv.Atoi(string(m[1]))
			time.Sleep(2 * time.Millisecond)
		}
	}()
	return most
}

func init() { //nolint:gochecknoinits // fixtures of these tests
	makers["rude"] = func(fx *fixtures) string { // whose certificate is full of what terminals act on
		return fx.engine(func(h *visit.Host) {
			h.Config.Credentials = []*tlsengine.Credential{fx.credential(x509.ExtKeyUsageServerAuth, time.Hour, "other.test", "\x1b[31mevil.test")}
		})
	}
	makers["warnings"] = func(fx *fixtures) string { return fx.endless("\x15\x03\x03\x00\x02\x01\x5a") }
	makers["ccs"] = func(fx *fixtures) string { return fx.endless("\x14\x03\x03\x00\x01\x01") }
	makers["bigcert"] = func(fx *fixtures) string { // TLS 1.2, with a Certificate of 16 MiB
		return fx.raw(func(c net.Conn) {
			c.Read(make([]byte, 8192)) //nolint:errcheck // whatever it is
			hello := handshake.ServerHello{LegacyVersion: tlsengine.VersionTLS12, CipherSuite: cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, Extensions: handshake.Extensions{}}
			var w record.Writer
			out, err := w.Append(nil, record.Handshake, append(hello.Append(nil), 11, 0xff, 0xff, 0xff))
			piece := make([]byte, 1<<14)
			for err == nil {
				if _, err = c.Write(out); err == nil {
					out, err = w.Append(out[:0], record.Handshake, piece)
				}
			}
		})
	}
	makers["tickets"] = func(fx *fixtures) string {
		return fx.afterwards(func(c *tlsconn.Conn) error { return c.Engine().SendTicket(nil) }, nil)
	}
	makers["torrent"] = func(fx *fixtures) string {
		data := make([]byte, 1<<16)
		return fx.afterwards(nil, data)
	}
}

// endless is a server that says the same for ever.
func (fx *fixtures) endless(what string) string {
	return fx.raw(func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, what); err != nil {
				return
			}
		}
	})
}

// afterwards is a server that does the same for ever once the handshake is
// done, or sends 64 MiB.
func (fx *fixtures) afterwards(do func(*tlsconn.Conn) error, data []byte) string {
	cred := fx.credentialFor("localhost")
	return fx.raw(func(c net.Conn) {
		conn, err := tlsconn.Server(c, &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}, TicketKeys: tlsengine.NewTicketKeys()}, tlsconn.Options{})
		if err != nil {
			return
		}
		if _, err := conn.Read(make([]byte, 100)); err != nil {
			return
		}
		for i := 0; i < 1000; i++ {
			if do != nil {
				err = do(conn)
			}
			if err == nil && (do == nil || i%50 == 49) {
				_, err = conn.Write(data)
			}
			if err != nil {
				return
			}
		}
		conn.Close() //nolint:errcheck // it is over
	})
}

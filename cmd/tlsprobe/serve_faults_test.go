package main

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/visit"
	"github.com/tlsengine/tlsengine/internal/testproc"
	"github.com/tlsengine/tlsengine/trace"
)

// faults are what serve can do wrong, and what connect says of it.
var faults = map[string]struct{ code, says string }{
	"bad-finished":            {"tls.illegal", "Finished is wrong"},
	"bad-mac":                 {"tls.illegal", "does not decrypt"},
	"bad-signature":           {"tls.illegal", "is wrong"},
	"close-after-hello":       {"tls.closed", "closed the connection after the ClientHello"},
	"wrong-version":           {"tls.illegal", ""},
	"alert=40":                {"tls.alert", "handshake_failure (40)"},
	"alert=unrecognized_name": {"tls.alert", "unrecognized_name (112)"},
	"truncate":                {"", ""},
	"slow":                    {"", ""},
}

func TestFaultsAreFoundByConnect(t *testing.T) {
	t.Parallel()
	fx := newFixtures(t)
	for name, want := range faults {
		for _, version := range []string{"1.3", "1.2"} {
			s := startServe(t, "--fault", name, "--max-version", version, "--min-version", version, "--tickets", "0")
			ca := fx.file("ca-"+name+".pem", s.about.Certificate.PEM)
			rep, said := fx.tries(nil, "connect", s.about.Address, "--sni", "localhost", "--ca-file", ca, "--json", "--get", "/healthz", "--timeout", "20s")
			require.Equal(t, want.code, rep.Error.Code, "%s in TLS %s: %s", name, version, said)
			require.Contains(t, rep.Error.Message, want.says, "%s in TLS %s", name, version)
			if name == "truncate" {
				require.Equal(t, "cut", rep.Reply.End)
				require.Contains(t, said, "the reply may be cut off")
			} else if want.code == "" {
				require.Equal(t, "close_notify", rep.Reply.End)
			}
		}
	}
	for _, name := range strings.Split(visit.FaultList, ", ") {
		if name != "alert=N" {
			require.Contains(t, faults, name, "a fault without a test")
		}
	}
}

func TestFaultsAreFoundByOthers(t *testing.T) {
	openssl(t)
	for name, want := range faults {
		if want.code == "" {
			continue
		}
		s := startServe(t, "--fault", name)
		for program, args := range map[string][]string{
			"openssl":    {"s_client", "-connect", s.about.Address, "-quiet", "-no_ign_eof"},
			"gnutls-cli": {"--insecure", s.about.Address},
			"curl":       {"-sk", "--max-time", "5", "https://" + s.about.Address + "/healthz"},
		} {
			installed(t, program)
			cmd := exec.Command(program, args...)
			cmd.Stdin = strings.NewReader("")
			out, err := cmd.CombinedOutput()
			require.Error(t, err, "%s does not mind %s: %s", program, name, out)
		}
	}
}

// TestATruncatedAnswerIsFoundByCurl: the end is missing, and so is close_notify.
func TestATruncatedAnswerIsFoundByCurl(t *testing.T) {
	installed(t, "curl")
	s := startServe(t, "--fault", "truncate")
	for _, path := range []string{"/", "/healthz"} {
		out, err := exec.Command("curl", "-sk", "--max-time", "5", "https://"+s.about.Address+path).CombinedOutput() //nolint:gosec // our own words
		require.Error(t, err, "curl does not mind: %s", out)
	}
}

// installed skips the test where a program is missing; in CI it must be there.
func installed(t *testing.T, program string) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves the other implementations out")
	}
	testproc.Find(t, program, "see .ci/run")
}

func TestServeBehindSTARTTLS(t *testing.T) {
	fx := newFixtures(t)
	for _, protocol := range visit.StartTLS {
		s := startServe(t, "--starttls", protocol)
		ca := fx.file("ca-"+protocol+".pem", s.about.Certificate.PEM)
		rep := fx.connect("connect", s.about.Address, "--sni", "localhost", "--starttls", protocol, "--ca-file", ca, "--json", "--get", "/healthz")
		require.Contains(t, string(rep.Reply.Bytes), "200 OK")
		rep, _ = fx.tries(nil, "connect", s.about.Address, "--no-verify", "--json", "--timeout", "2s")
		require.NotZero(t, rep.Exit, "TLS at once")
	}
	t.Run("net/smtp", func(t *testing.T) {
		s := startServe(t, "--starttls", "smtp", "--once")
		conn, err := net.Dial("tcp", s.about.Address)
		require.NoError(t, err)
		c, err := smtp.NewClient(conn, "localhost")
		require.NoError(t, err)
		require.Error(t, c.Mail("me@example.test"), "not without TLS")
		conn.SetDeadline(time.Now().Add(time.Second))                      //nolint:errcheck // a socket takes deadlines
		c.StartTLS(&tls.Config{RootCAs: s.roots, ServerName: "localhost"}) //nolint:errcheck // behind TLS it is no mail server
		state, ok := c.TLSConnectionState()
		require.True(t, ok)
		require.True(t, state.HandshakeComplete)
		c.Close() //nolint:errcheck // it is over
	})
	t.Run("openssl s_client", func(t *testing.T) {
		openssl(t)
		for _, protocol := range visit.StartTLS {
			s := startServe(t, "--starttls", protocol)
			ca := fx.file("ca.pem", s.about.Certificate.PEM)
			cmd := exec.Command("openssl", "s_client", "-connect", s.about.Address, "-starttls", protocol, "-servername", "localhost", "-CAfile", ca, "-verify_return_error", "-quiet", "-ign_eof")
			cmd.Stdin = strings.NewReader("GET /healthz HTTP/1.1\r\n\r\n")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s: %s", protocol, out)
			require.Contains(t, string(out), "200 OK", protocol)
		}
	})
	t.Run("a client that does not come to it", func(t *testing.T) {
		s := startServe(t, "--starttls", "smtp", "--once")
		c, err := net.Dial("tcp", s.about.Address)
		require.NoError(t, err)
		c.Write([]byte("QUIT\r\n")) //nolint:errcheck // what follows says
		require.Equal(t, 3, <-s.exit)
		require.Contains(t, s.stderr.String(), "no TLS: before STARTTLS of smtp")
		c.Close() //nolint:errcheck // it is over
	})
}

func TestServeWritesTraces(t *testing.T) {
	for _, echo := range []bool{false, true} {
		dir := t.TempDir()
		args := []string{"--trace-dir", dir}
		if echo {
			args = append(args, "--echo")
		}
		s := startServe(t, args...)
		conn, err := tls.Dial("tcp", s.about.Address, &tls.Config{RootCAs: s.roots, ServerName: "localhost"})
		require.NoError(t, err)
		conn.Write([]byte("GET /healthz HTTP/1.1\r\n\r\n")) //nolint:errcheck // what follows says
		b := make([]byte, 12)
		_, err = conn.Read(b)
		require.NoError(t, err)
		conn.Close() //nolint:errcheck // it is over
		var files []string
		require.Eventually(t, func() bool {
			files, _ = filepath.Glob(filepath.Join(dir, "000001-127.0.0.1-*.json"))
			return len(files) == 1
		}, 5*time.Second, 10*time.Millisecond)
		content, err := os.ReadFile(files[0])
		require.NoError(t, err)
		tr, err := trace.Load(content)
		require.NoError(t, err)
		require.Empty(t, trace.Check(tr.Connections[0]).Mismatches)
		require.NotNil(t, tr.Connections[0].FindSecret("main"))
		var said []byte
		for _, r := range tr.Connections[0].Records {
			if r.Inner != nil && r.Inner.Type == 23 {
				said = append(said, tr.Connections[0].Slice(r.Inner.Span)...)
			}
		}
		require.True(t, bytes.Contains(said, []byte("GET /healthz")), "the data too")
		info, err := os.Stat(files[0])
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

func TestWhatServeWillNotDoForOthers(t *testing.T) {
	for line, says := range map[string]string{
		"--addr 0.0.0.0:0 --fault slow":             "--fault is for tests on this machine",
		"--addr 0.0.0.0:0 --trace-dir .":            "--yes says that this is meant",
		"--fault bad-finnished":                     "did you mean bad-finished?",
		"--fault alert=300":                         "want an alert's number or name",
		"--trace-dir /no/such/dir":                  "is not a directory",
		"--starttls gopher":                         "want smtp, imap or postgres",
		"--client-ca x":                             "without --client-auth",
		"--cert x --self-signed y":                  "exclude each other",
		"--min-version 1.3 --max-version 1.2":       "is above",
		"--addr nowhere.invalid:1 --tickets 3 more": "takes no argument",
	} {
		var stdout, stderr bytes.Buffer
		p := newFixtures(t).probe(strings.NewReader(""), &stdout, &stderr)
		p.getenv = func(string) string { return "" }
		require.Equal(t, 2, p.main(append([]string{"serve"}, words(line)...)), line)
		require.Contains(t, stderr.String(), says, line)
	}
}

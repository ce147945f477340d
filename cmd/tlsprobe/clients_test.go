package main

import (
	"context"
	"encoding/json"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/testproc"
)

// caller is what a client of serve is told. It asks for a page.
type caller struct {
	address, port, path string
	ca                  string
	version             string // 1.2 or 1.3, and no other
	cert, key           string
	alpn                string
	session             string // file: keep the session, or use the one that is kept
	early               string // file: what is sent as early data
}

// callers are clients of other implementations: what they are called and told.
var callers = map[string]func(v caller) (args []string, stdin string){
	"curl": func(v caller) ([]string, string) {
		args := []string{"curl", "-sS", "--http1.1", "--max-time", "20", "--cacert", v.ca, "--resolve", "localhost:" + v.port + ":127.0.0.1", "https://localhost:" + v.port + v.path}
		if v.version != "" {
			args = append(args, "--tlsv"+v.version, "--tls-max", v.version)
		}
		if v.cert != "" {
			args = append(args, "--cert", v.cert, "--key", v.key)
		}
		if v.session != "" { // the same twice, for the server closes each connection
			args = append(args, "https://localhost:"+v.port+v.path)
		}
		return args, ""
	},
	"openssl s_client": func(v caller) ([]string, string) {
		args := []string{"openssl", "s_client", "-connect", v.address, "-servername", "localhost", "-CAfile", v.ca, "-verify_return_error", "-verify_hostname", "localhost", "-quiet", "-ign_eof"}
		if v.version != "" {
			args = append(args, "-tls"+strings.ReplaceAll(v.version, ".", "_"))
		}
		if v.cert != "" {
			args = append(args, "-cert", v.cert, "-key", v.key)
		}
		if v.alpn != "" {
			args = append(args, "-alpn", v.alpn)
		}
		if v.early != "" {
			return append(args, "-early_data", v.early, "-sess_in", v.session), ""
		}
		if v.session != "" {
			args = append(args, "-sess_out", v.session)
		}
		return args, "GET " + v.path + " HTTP/1.1\r\n\r\n"
	},
	"gnutls-cli": func(v caller) ([]string, string) {
		args := []string{"gnutls-cli", "--logfile", "/dev/null", "--x509cafile", v.ca, "--port", v.port}
		if v.version != "" {
			args = append(args, "--priority", "NORMAL:-VERS-ALL:+VERS-TLS"+v.version)
		}
		if v.cert != "" {
			args = append(args, "--x509certfile", v.cert, "--x509keyfile", v.key)
		}
		if v.alpn != "" {
			args = append(args, "--alpn", v.alpn)
		}
		if v.session != "" {
			args = append(args, "--resume", "--waitresumption")
		}
		if v.early != "" {
			return append(args, "--earlydata", v.early, "localhost"), ""
		}
		return append(args, "localhost"), "GET " + v.path + " HTTP/1.1\r\n\r\n"
	},
}

// visit runs a client to its end and returns what it said.
func (v caller) visit(t *testing.T, name string) (said string, err error) {
	args, stdin := callers[name](v)
	program := testproc.Find(t, args[0], "see .ci/run")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args[1:]...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// welcome is a way to serve, and what comes of a client that is told something.
type welcome struct {
	name   string
	serve  string
	client func(fx *fixtures, v *caller)
	ends   string                            // what serve says of who is not served
	check  func(t *testing.T, r visitResult) // of who is
	only   string                            // these can
}

// visitResult is what serve knows of a connection.
type visitResult struct {
	resultReport
	ALPN *string
}

func wants(version string) func(*fixtures, *caller) {
	return func(_ *fixtures, v *caller) { v.version = version }
}

var welcomes = []welcome{
	{name: "TLS 1.3", check: func(t *testing.T, r visitResult) { require.Equal(t, "TLS 1.3", r.Version.Name) }},
	{name: "TLS 1.2", client: wants("1.2"), check: func(t *testing.T, r visitResult) { require.Equal(t, "TLS 1.2", r.Version.Name) }},
	{name: "TLS 1.2 and no other", serve: "--max-version 1.2", check: func(t *testing.T, r visitResult) { require.Equal(t, "TLS 1.2", r.Version.Name) }},
	{name: "TLS 1.2 and no other, of who wants 1.3", serve: "--max-version 1.2", client: wants("1.3"), ends: "(alert protocol_version)"},
	{name: "TLS 1.3 and no other, of who wants 1.2", serve: "--min-version 1.3", client: wants("1.2"), ends: "(alert protocol_version)"},
	{name: "HelloRetryRequest", serve: "--groups P-521", check: func(t *testing.T, r visitResult) { require.True(t, r.HRR) }},
	{name: "RSA", serve: "--cert {dir}/rsa.pem --key {dir}/rsa.key", client: func(fx *fixtures, v *caller) { v.ca = fx.dir + "/rsa.pem" }, check: func(t *testing.T, r visitResult) {
		require.Equal(t, "rsa_pss_rsae_sha256", r.Signature.Name)
	}},
	{name: "a root that is not its", client: func(fx *fixtures, v *caller) { v.ca = fx.made["other-ca"] }, ends: "the client "},
	{name: "an expired certificate", serve: "--cert {dir}/expired.pem --key {dir}/expired.key", client: func(fx *fixtures, v *caller) { v.ca = fx.made["ca"] }, ends: "the client "},
	{name: "a client certificate", serve: "--client-auth require --client-ca {ca}", client: func(fx *fixtures, v *caller) { v.cert, v.key = fx.made["cert"], fx.made["key"] },
		check: func(t *testing.T, r visitResult) { require.True(t, r.ClientAuth.Sent) }},
	{name: "no client certificate", serve: "--client-auth require --client-ca {ca}", ends: "client sent no certificate, which is required (alert certificate_required)"},
	{name: "no client certificate in TLS 1.2", serve: "--client-auth require --client-ca {ca} --max-version 1.2", ends: "client sent no certificate, which is required (alert handshake_failure)"},
	{name: "a client certificate of another root", serve: "--client-auth require --client-ca {other-ca}", client: func(fx *fixtures, v *caller) { v.cert, v.key = fx.made["cert"], fx.made["key"] },
		ends: "(alert unknown_ca)"},
	{name: "no common application protocol", serve: "--alpn http/1.1", client: func(_ *fixtures, v *caller) { v.alpn = "gopher/1" }, ends: "(alert no_application_protocol)", only: "openssl gnutls"},
}

func TestOthersAsClientsOfServe(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves the other implementations out")
	}
	for _, w := range welcomes {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			fx := newFixtures(t)
			fx.expand("{ca} {cert}")
			fx.made["other-ca"] = fx.file("other.pem", certPEM(newFixtures(t).ca.Cert.Raw))
			if strings.Contains(w.serve, "rsa.pem") {
				ofRSA(fx)
			}
			expired(fx)
			for name := range callers {
				if program, _, _ := strings.Cut(name, " "); w.only != "" && !strings.Contains(w.only, strings.TrimSuffix(program, "-cli")) {
					continue
				}
				w.run(t, fx, name)
			}
		})
	}
}

// newcomer is a caller of a server.
func newcomer(fx *fixtures, s *server) caller {
	v := caller{address: s.about.Address, path: "/client.json", ca: fx.file("serve.pem", s.about.Certificate.PEM)}
	_, v.port, _ = net.SplitHostPort(v.address) //nolint:errcheck // it has one
	return v
}

func (w *welcome) run(t *testing.T, fx *fixtures, name string) {
	s := startServe(t, words(fx.expand(w.serve))...)
	v := newcomer(fx, s)
	if w.client != nil {
		w.client(fx, &v)
	}
	said, err := v.visit(t, name)
	if w.ends != "" {
		require.Error(t, err, "%s: %s", name, said)
		require.Eventually(t, func() bool { return strings.Contains(s.stderr.String(), w.ends) }, 5*time.Second, time.Millisecond, "%s: %s", name, &s.stderr)
		require.Contains(t, s.stderr.String(), "TLS failed: ", name)
		return
	}
	require.NoError(t, err, "%s: %s", name, said)
	w.check(t, pageOf(t, name, said))
}

// pageOf is the result in the page that a client printed, among other things.
func pageOf(t *testing.T, name, said string) visitResult {
	var page struct{ Result visitResult }
	start := strings.LastIndex(said, "{\n  \"schema\"")
	require.GreaterOrEqual(t, start, 0, "%s: %s", name, said)
	require.NoError(t, json.NewDecoder(strings.NewReader(said[start:])).Decode(&page))
	return page.Result
}

// callersInClear begin as clients of their protocol do; behind TLS they find no
// such server, but an echo.
var callersInClear = []struct{ protocol, line string }{
	{"smtp", "curl -sS --max-time 2 --cacert {ca} --ssl-reqd smtp://localhost:{port}"},
	{"imap", "curl -sS --max-time 2 --cacert {ca} --ssl-reqd imap://localhost:{port}"},
	{"smtp", "gnutls-cli --x509cafile {ca} --port {port} --starttls-proto smtp localhost"},
	{"imap", "gnutls-cli --x509cafile {ca} --port {port} --starttls-proto imap localhost"},
	{"postgres", "gnutls-cli --x509cafile {ca} --port {port} --starttls-proto postgres localhost"},
	{"postgres", "psql 'host=localhost port={port} sslmode=verify-full sslrootcert={ca}' -c 'select 1'"},
}

func TestOthersBeginInTheClearWithServe(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves the other implementations out")
	}
	for _, x := range callersInClear {
		program, _, _ := strings.Cut(x.line, " ")
		t.Run(x.protocol+"/"+program, func(t *testing.T) {
			t.Parallel()
			fx := newFixtures(t)
			for _, trusted := range []bool{true, false} {
				s := startServe(t, "--starttls", x.protocol, "--echo")
				v := newcomer(fx, s)
				fx.made["port"], fx.made["ca"] = v.port, v.ca
				want := "TLS 1.3"
				if !trusted {
					fx.made["ca"], want = fx.file("other.pem", certPEM(newFixtures(t).ca.Cert.Raw)), "TLS failed: the client "
				}
				args := words(fx.expand(x.line))
				cmd := exec.Command(testproc.Find(t, program, "see .ci/run"), args[1:]...)
				cmd.WaitDelay = time.Second
				out, _ := cmd.CombinedOutput() //nolint:errcheck // serve says
				require.Eventually(t, func() bool { return strings.Contains(s.stderr.String(), want) }, 5*time.Second, time.Millisecond, "%s\n%s", &s.stderr, out)
			}
		})
	}
}

// TestChromiumIsShownItsConnection, if it is told which key to believe, and
// not otherwise.
func TestChromiumIsShownItsConnection(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves the other implementations out")
	}
	program := testproc.Find(t, "chromium", apt("chromium"))
	for _, trusted := range []bool{true, false} {
		s := startServe(t)
		args := []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--user-data-dir=" + t.TempDir(), "--virtual-time-budget=3000", "--dump-dom", "https://" + s.about.Address + "/"}
		if trusted {
			args = append([]string{"--ignore-certificate-errors-spki-list=" + strings.TrimPrefix(s.about.Pin, "sha256/")}, args...)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.WaitDelay = time.Second
		page, err := cmd.Output()
		cancel()
		require.NoError(t, err)
		if trusted {
			has(t, string(page), "X25519MLKEM768")
			has(t, string(page), "ClientHello")
			has(t, string(page), "GET / HTTP/1.1")
			has(t, string(page), `<span class="script">`) // no longer hidden: the page's policy lets its script run
			continue
		}
		require.False(t, strings.Contains(string(page), "ClientHello"))
		require.Eventually(t, func() bool { return strings.Contains(s.stderr.String(), "TLS failed: the client ") }, 5*time.Second, time.Millisecond, "%s", &s.stderr)
	}
}

func TestOthersComeAgainToServe(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves the other implementations out")
	}
	for _, version := range []string{"1.3", "1.2"} {
		for name := range callers {
			if name == "curl" && version == "1.2" {
				continue // it does not ask for tickets
			}
			t.Run(name+"/"+version, func(t *testing.T) {
				t.Parallel()
				fx := newFixtures(t)
				s := startServe(t, "--max-version", version)
				v := newcomer(fx, s)
				v.session = fx.dir + "/session"
				said, err := v.visit(t, name)
				require.NoError(t, err, said)
				if name == "openssl s_client" {
					args, stdin := callers[name](v)
					cmd := exec.Command(args[0], append(args[1:len(args)-2], "-sess_in", v.session)...)
					cmd.Stdin = strings.NewReader(stdin)
					said = testproc.Run(t, cmd)
				}
				require.True(t, pageOf(t, name, said).Resumed, said)
			})
		}
	}
}

func TestOthersSendEarlyDataToServe(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves the other implementations out")
	}
	for _, name := range []string{"openssl s_client", "gnutls-cli"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fx := newFixtures(t)
			s := startServe(t, "--early-data", "4096")
			v := newcomer(fx, s)
			v.session = fx.dir + "/session"
			if name == "openssl s_client" {
				said, err := v.visit(t, name)
				require.NoError(t, err, said)
			}
			v.early = fx.file("request", "GET /client.json HTTP/1.1\r\n\r\n")
			said, err := v.visit(t, name)
			require.NoError(t, err, said)
			require.Equal(t, "accepted", pageOf(t, name, said).EarlyData)
		})
	}
}

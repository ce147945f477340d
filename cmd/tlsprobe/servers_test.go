package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/testproc"
)

// setup is what a server is told.
type setup struct {
	cert, key string // of localhost, unless there are some
	clients   string // the roots of its clients, which must have a certificate then
	version   string // 1.2 or 1.3, and no other
	only384   bool   // no other group than P-384
	alpn      string // and no other
	early     bool   // takes early data
}

// stranger is a server of another implementation, which answers an HTTP
// request.
type stranger struct {
	start  func(fx *fixtures, s setup) (address string)
	groups []string // that it takes in TLS 1.3
}

var strangers = map[string]stranger{
	"openssl s_server": {startOpenSSL, []string{"x25519", "secp256r1", "x448"}},
	"gnutls-serv":      {startGnuTLS, []string{"x25519", "secp256r1", "x448"}},
	"nginx":            {startNginx, []string{"x25519", "secp256r1"}},
	"crypto/tls":       {startStd, []string{"X25519MLKEM768", "x25519", "secp256r1", "secp521r1"}},
}

// stranger starts a server, with a certificate of the fixtures' authority if
// it has none.
func (fx *fixtures) stranger(name string, s setup) (address string) {
	if s.cert == "" {
		cred := fx.credential(x509.ExtKeyUsageServerAuth, 90*24*time.Hour, "localhost")
		s.cert, s.key = fx.file("server.pem", chainPEM(cred.Chain)), fx.file("server.key", keyPEM(fx.t, cred))
	}
	return strangers[name].start(fx, s)
}

// process starts a server that is a program, and waits until it listens.
func (fx *fixtures) process(port int, name string, args ...string) string {
	testproc.Serve(fx.t, exec.Command(name, args...), port)
	return fmt.Sprintf("localhost:%d", port)
}

func startOpenSSL(fx *fixtures, s setup) string {
	installed(fx.t, "openssl")
	port := testproc.FreePort(fx.t)
	args := []string{"s_server", "-accept", strconv.Itoa(port), "-quiet", "-cert", s.cert, "-cert_chain", s.cert, "-key", s.key}
	if s.clients != "" {
		args = append(args, "-Verify", "1", "-verify_return_error", "-CAfile", s.clients)
	}
	if s.version != "" {
		args = append(args, "-tls"+strings.ReplaceAll(s.version, ".", "_"))
	}
	if s.only384 {
		args = append(args, "-groups", "P-384")
	}
	if s.alpn != "" {
		args = append(args, "-alpn", s.alpn)
	}
	if s.early { // which -www does not go with
		args = append(args, "-early_data", "-max_early_data", "4096")
	} else {
		args = append(args, "-www")
	}
	return fx.process(port, "openssl", args...)
}

func startGnuTLS(fx *fixtures, s setup) string {
	installed(fx.t, "gnutls-serv")
	port, priority := testproc.FreePort(fx.t), "NORMAL"
	args := []string{"--http", "--quiet", "--port", strconv.Itoa(port), "--x509certfile", s.cert, "--x509keyfile", s.key}
	if s.clients != "" {
		args = append(args, "--require-client-cert", "--verify-client-cert", "--x509cafile", s.clients)
	} else {
		args = append(args, "--disable-client-cert")
	}
	if s.version != "" {
		priority += ":-VERS-ALL:+VERS-TLS" + s.version
	}
	if s.only384 {
		priority += ":-GROUP-ALL:+GROUP-SECP384R1"
	}
	if s.alpn != "" {
		args = append(args, "--alpn", s.alpn, "--alpn-fatal")
	}
	if s.early {
		args = append(args, "--earlydata", "--maxearlydata", "4096")
	}
	return fx.process(port, "gnutls-serv", append(args, "--priority", priority)...)
}

func startNginx(fx *fixtures, s setup) string {
	installed(fx.t, "nginx")
	port, versions, more := testproc.FreePort(fx.t), "TLSv1.2 TLSv1.3", ""
	if s.clients != "" {
		more += "ssl_verify_client on; ssl_client_certificate " + s.clients + "; "
	}
	if s.version != "" {
		versions = "TLSv" + s.version
	}
	if s.only384 {
		more += "ssl_ecdh_curve secp384r1; "
	}
	if s.early {
		more += "ssl_early_data on; "
	}
	conf := fx.file("nginx.conf", fmt.Sprintf(`
		daemon off; master_process off; pid %[1]s/nginx.pid; error_log stderr; events {}
		http {
			access_log off;
			client_body_temp_path %[1]s/a; proxy_temp_path %[1]s/b; fastcgi_temp_path %[1]s/c; uwsgi_temp_path %[1]s/d; scgi_temp_path %[1]s/e;
			server {
				listen 127.0.0.1:%[2]d ssl http2; ssl_certificate %[3]s; ssl_certificate_key %[4]s; ssl_protocols %[5]s; %[6]s
				ssl_session_cache shared:a:1m;
				location / { return 200 "hello from nginx"; }
			}
		}`, fx.dir, port, s.cert, s.key, versions, more))
	return fx.process(port, "nginx", "-p", fx.dir, "-c", conf)
}

func startStd(fx *fixtures, s setup) string {
	pair, err := tls.LoadX509KeyPair(s.cert, s.key)
	require.NoError(fx.t, err)
	cfg := &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}
	if s.clients != "" {
		pem, err := os.ReadFile(s.clients)
		require.NoError(fx.t, err)
		cfg.ClientAuth, cfg.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		cfg.ClientCAs.AppendCertsFromPEM(pem)
	}
	switch s.version {
	case "1.2":
		cfg.MaxVersion = tls.VersionTLS12
	case "1.3":
		cfg.MinVersion = tls.VersionTLS13
	}
	if s.only384 {
		cfg.CurvePreferences = []tls.CurveID{tls.CurveP384}
	}
	if s.alpn != "" {
		cfg.NextProtos = []string{s.alpn}
	}
	return fx.raw(func(raw net.Conn) {
		c := tls.Server(raw, cfg)
		defer c.Close()                                                     //nolint:errcheck // it is over
		c.Read(make([]byte, 4096))                                          //nolint:errcheck // whatever it is
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") //nolint:errcheck // the client says
	})
}

func TestConnectToOthers(t *testing.T) {
	for name, s := range strangers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fx := newFixtures(t)
			ca := fx.expand("{ca}")
			address := fx.stranger(name, setup{})
			for _, version := range []string{"1.3", "1.2"} {
				rep := fx.connectTo(address, "--ca-file", ca, "--min-version", version, "--max-version", version, "--alpn", "http/1.1", "--get", "/")
				require.Equal(t, "TLS "+version, rep.Result.Version.Name)
				require.True(t, rep.Verification.OK)
				require.Contains(t, string(rep.Reply.Bytes), "HTTP/1.", "data both ways")
				if name != "openssl s_server" { // which closes a -www connection as it likes
					require.NotEqual(t, "open", rep.Reply.End)
				}
				rep = fx.connectTo(address, "--ca-file", ca, "--min-version", version, "--max-version", version, "--alpn", "http/1.1", "--resume", "--get", "/")
				require.True(t, rep.Second.Result.Resumed, version)
			}
			for _, group := range s.groups {
				rep := fx.connectTo(address, "--ca-file", ca, "--min-version", "1.3", "--groups", group)
				require.True(t, strings.EqualFold(group, rep.Result.Group.Name), rep.Result.Group.Name)
			}
			for _, suite := range []string{"TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"} {
				rep := fx.connectTo(address, "--ca-file", ca, "--suites", suite)
				require.Equal(t, suite, rep.Result.Suite.Name)
			}
			trace := filepath.Join(fx.dir, "trace.json")
			fx.connectTo(address, "--ca-file", ca, "--resume", "--save-trace", trace, "--get", "/", "--alpn", "http/1.1")
			var stdout, stderr bytes.Buffer
			p := fx.probe(strings.NewReader(""), &stdout, &stderr)
			p.getenv = func(string) string { return "" }
			require.Zero(t, p.main([]string{"vectors", trace}), "what was traced can be computed again: %s", &stdout)
			require.Contains(t, stdout.String(), " 0 failed, 0 skipped", "but for the PSK everything: %s", &stdout)
		})
	}
}

// fullReport is a report as far as these tests look at it.
type fullReport struct {
	Exit         int
	Result       resultReport
	Second       struct{ Result resultReport }
	Verification struct {
		OK     bool
		Errors []struct{ Code string }
	}
	Reply struct {
		Bytes []byte `json:"data_b64"`
		End   string
	}
	Error struct{ Code, Message string }
}

type resultReport struct {
	Version, Suite, Group, Signature struct{ Name string }
	Resumed, HRR                     bool
	EarlyData                        string                         `json:"early_data"`
	ClientAuth                       struct{ Requested, Sent bool } `json:"client_auth"`
}

// connectTo makes a connection that must go well.
func (fx *fixtures) connectTo(address string, args ...string) fullReport {
	fx.t.Helper()
	rep, said := fx.full(append([]string{"connect", address, "--json"}, args...)...)
	require.Zero(fx.t, rep.Exit, "%v: %s", args, said)
	return rep
}

// full runs a command and reads its JSON.
func (fx *fixtures) full(args ...string) (rep fullReport, said string) {
	fx.t.Helper()
	var stdout, stderr bytes.Buffer
	p := fx.probe(strings.NewReader(""), &stdout, &stderr)
	p.getenv = func(string) string { return "" }
	exit := p.main(args)
	checkJSON(fx.t, stdout.Bytes())
	require.NoError(fx.t, json.Unmarshal(stdout.Bytes(), &rep))
	require.Equal(fx.t, exit, rep.Exit)
	return rep, stderr.String()
}

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	stdtls "crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// lab is a running Server and what a client needs to know of it.
type lab struct {
	url, ca string // "https://localhost:port", and a file
	leaf    *x509.Certificate
	roots   *x509.CertPool
	server  *Server
	served  chan error
}

func newLab(t *testing.T, alpn ...string) *lab {
	cert, err := selfSigned("localhost")
	require.NoError(t, err)
	cred, err := tlsconn.CredentialFrom(&cert)
	require.NoError(t, err)
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := &lab{roots: x509.NewCertPool(), ca: filepath.Join(t.TempDir(), "ca.pem"), served: make(chan error, 1)}
	l.leaf, err = x509.ParseCertificate(cert.Certificate[0])
	require.NoError(t, err)
	l.roots.AddCert(l.leaf)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	require.NoError(t, os.WriteFile(l.ca, ca, 0o600))
	l.url = fmt.Sprintf("https://localhost:%d", raw.Addr().(*net.TCPAddr).Port)

	l.server, err = NewServer(&http.Server{Handler: http.HandlerFunc(say)})
	require.NoError(t, err)
	cfg := &tls.Config{ALPN: alpn, Credentials: []*tls.Credential{cred}, TicketKeys: tls.NewTicketKeys()}
	go func() { l.served <- l.server.Serve(tlsconn.NewListener(raw, cfg)) }()
	t.Cleanup(func() { l.server.Close() })
	return l
}

func (l *lab) transport() *Transport {
	return NewTransport(tlsconn.Dialer{Config: &tls.Config{ALPN: protocols, Roots: l.roots}})
}

// program is the path of one that may be missing, but not in CI.
func program(t *testing.T, name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

func run(t *testing.T, name string, args ...string) string {
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t, name), args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	require.NoError(t, err, "%s%s", out, &stderr)
	return string(out)
}

func TestGoClientsAndServersSpeakBothVersions(t *testing.T) {
	for _, alpn := range [][]string{protocols, {"http/1.1"}} {
		proto := map[string]string{"h2": "HTTP/2.0", "http/1.1": "HTTP/1.1"}[alpn[0]]
		l := newLab(t, alpn...)
		std := &http.Transport{TLSClientConfig: &stdtls.Config{RootCAs: l.roots}, ForceAttemptHTTP2: true}
		for name, transport := range map[string]http.RoundTripper{"ours": l.transport(), "net/http": std} {
			client := &http.Client{Transport: transport}
			var wg sync.WaitGroup
			for i := range 20 {
				wg.Go(func() {
					resp, err := client.Post(fmt.Sprint(l.url, "/", i), "text/plain", bytes.NewReader(make([]byte, 100_000)))
					if err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
					defer resp.Body.Close()
					body, err := io.ReadAll(resp.Body)
					if want := fmt.Sprintf("POST /%d over %s, TLS 1.3, X25519MLKEM768, 100000 bytes\n", i, proto); err != nil || string(body) != want {
						t.Errorf("%s: %v %q, not %q", name, err, body, want)
					}
				})
			}
			wg.Wait()
		}
	}
}

func TestOurTransportSpeaksToNetHTTP(t *testing.T) {
	cert, err := selfSigned("localhost")
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	srv := &http.Server{Handler: http.HandlerFunc(say), TLSConfig: &stdtls.Config{Certificates: []stdtls.Certificate{cert}}}
	go srv.ServeTLS(raw, "", "")
	defer srv.Close()
	client := &http.Client{Transport: NewTransport(tlsconn.Dialer{Config: &tls.Config{ALPN: protocols, Roots: roots}})}
	resp, err := client.Get(fmt.Sprintf("https://localhost:%d/", raw.Addr().(*net.TCPAddr).Port))
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 2, resp.ProtoMajor)
	require.NotNil(t, resp.TLS)
	require.True(t, resp.TLS.HandshakeComplete)
}

func TestShutdownWaitsForRequestsAndCloseDoesNot(t *testing.T) {
	for _, alpn := range protocols {
		for _, end := range []string{"Shutdown", "Close"} {
			l := newLab(t, alpn)
			begun, release := make(chan struct{}), make(chan struct{})
			l.server.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				close(begun)
				<-release
				io.WriteString(w, "done")
			})
			got := make(chan error, 1)
			go func() {
				resp, err := (&http.Client{Transport: l.transport()}).Get(l.url)
				if err == nil {
					_, err = io.ReadAll(resp.Body)
					resp.Body.Close()
				}
				got <- err
			}()
			<-begun
			if end == "Close" {
				require.NoError(t, l.server.Close())
				require.Error(t, <-got, alpn)
				close(release)
			} else {
				ended := make(chan error, 1)
				go func() { ended <- l.server.Shutdown(t.Context()) }()
				require.ErrorIs(t, <-l.served, http.ErrServerClosed)
				close(release)
				require.NoError(t, <-got, alpn)
				require.NoError(t, <-ended)
			}
		}
	}
}

func TestCurl(t *testing.T) {
	l := newLab(t, protocols...)
	for option, proto := range map[string]string{"--http1.1": "HTTP/1.1", "--http2": "HTTP/2.0"} {
		for _, version := range []string{"1.2", "1.3"} {
			out := run(t, "curl", "--silent", "--show-error", "--cacert", l.ca, option, "--tlsv1.2", "--tls-max", version,
				"--data-binary", "@"+os.Args[0], l.url+"/a", "--next", "--silent", "--cacert", l.ca, option, l.url+"/b")
			require.Regexp(t, "^POST /a over "+proto+", TLS "+version+", .*, [0-9]{7,} bytes\nGET /b over "+proto, out)
		}
	}
}

func TestNghttp(t *testing.T) {
	l := newLab(t, protocols...)
	out := run(t, "nghttp", "--no-verify-peer", "--multiply=50", l.url+"/many")
	require.Equal(t, 50, strings.Count(out, "GET /many over HTTP/2.0"), out)
}

func TestH2load(t *testing.T) {
	l := newLab(t, protocols...)
	for _, args := range [][]string{
		{"--requests=2000", "--clients=10", "--max-concurrent-streams=20"},
		{"--requests=300", "--clients=10", "--h1"},
	} {
		out := run(t, "h2load", append(args, l.url+"/")...)
		require.Regexp(t, `requests: (\d+) total, (\d+) started, (\d+) done, (\d+) succeeded, 0 failed, 0 errored, 0 timeout`, out)
		require.Contains(t, out, "TLSv1.3")
	}
}

func TestChromium(t *testing.T) {
	l := newLab(t, protocols...)
	spki := sha256.Sum256(l.leaf.RawSubjectPublicKeyInfo)
	for _, c := range []struct{ option, want string }{
		{"--no-pings", "over HTTP/2.0, TLS 1.3, X25519MLKEM768"},
		{"--disable-http2", "over HTTP/1.1, TLS 1.3, X25519MLKEM768"},
	} {
		out := run(t, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
			"--ignore-certificate-errors-spki-list="+base64.StdEncoding.EncodeToString(spki[:]), c.option, "--dump-dom", l.url+"/page")
		require.Contains(t, out, "GET /page "+c.want)
	}
}

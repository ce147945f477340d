package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/trace"
)

// lockedBuffer is a buffer that a command may write while a test reads.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// server is `tlsprobe serve` in this process.
type server struct {
	t      *testing.T
	about  serveReport
	roots  *x509.CertPool
	stop   context.CancelFunc
	exit   chan int
	stderr lockedBuffer
}

// startServe runs the command until the test ends.
func startServe(t *testing.T, args ...string) *server {
	s := &server{t: t, exit: make(chan int, 1)}
	var stdout lockedBuffer
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	p := &probe{ctx: ctx, stdin: strings.NewReader(""), stdout: &stdout, stderr: &s.stderr, getenv: func(string) string { return "" }, now: time.Now}
	go func() { s.exit <- p.main(append([]string{"serve", "--addr", "127.0.0.1:0", "--json"}, args...)) }()
	t.Cleanup(stop)
	require.Eventually(t, func() bool { return json.Unmarshal([]byte(stdout.String()), &s.about) == nil }, 5*time.Second, time.Millisecond, "%s", &s.stderr)
	s.roots = x509.NewCertPool()
	require.True(t, s.roots.AppendCertsFromPEM([]byte(s.about.Certificate.PEM)))
	return s
}

// get fetches a page with net/http.
func (s *server) get(path string, change func(*tls.Config)) (*http.Response, string) {
	cfg := &tls.Config{RootCAs: s.roots, ServerName: "localhost"}
	change(cfg)
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: cfg}, Timeout: 10 * time.Second}
	res, err := c.Get("https://" + s.about.Address + path)
	require.NoError(s.t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return res, string(body)
}

// has is require.Contains for long texts, which it does not print.
func has(t *testing.T, s, want string) {
	t.Helper()
	require.True(t, strings.Contains(s, want), "%q is missing", want)
}

func asIs(*tls.Config) {}

func TestServeShowsTheConnectionToItsVisitor(t *testing.T) {
	s := startServe(t)
	res, body := s.get("/", asIs)
	require.Equal(t, 200, res.StatusCode)
	has(t, body, "ClientHello")
	has(t, body, "default-src &#39;none&#39;")

	has(t, body, `<nav><a href="/client">what your client offered</a>`)

	res, body = s.get("/client", func(cfg *tls.Config) { cfg.NextProtos = []string{"http/1.1", "spdy/1"} })
	has(t, body, "<dt>key exchange</dt><dd>post-quantum")
	has(t, body, "<dt>ALPN</dt><dd><code>http/1.1</code> <code>spdy/1</code> </dd>")
	has(t, body, "<dt>ECH</dt><dd>no")
	_, style, _ := strings.Cut(body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	has(t, res.Header.Get("Content-Security-Policy"), "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	require.NotContains(t, res.Header.Get("Content-Security-Policy"), "unsafe")

	res, body = s.get("/json", asIs)
	require.Equal(t, "application/json", res.Header.Get("Content-Type"))
	tr, err := trace.Load([]byte(body))
	require.NoError(t, err)
	require.Equal(t, "server", tr.Connections[0].Role)
	require.Empty(t, trace.Check(tr.Connections[0]).Mismatches)

	_, body = s.get("/client.json", asIs)
	var v struct {
		Schema   string
		Judgment struct {
			PostQuantum bool `json:"post_quantum"`
		}
		Offer struct{ Groups []struct{ Name string } }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &v))
	require.Equal(t, "tlsprobe.visit/1", v.Schema)
	require.True(t, v.Judgment.PostQuantum)
	require.Equal(t, "X25519MLKEM768", v.Offer.Groups[0].Name)

	_, body = s.get("/text", asIs)
	has(t, body, "◀─ {CertificateVerify}")
	_, body = s.get("/cert.pem", asIs)
	require.Equal(t, s.about.Certificate.PEM, body)
	_, body = s.get("/healthz", asIs)
	require.Equal(t, "ok\n", body)
	res, _ = s.get("/nothing", asIs)
	require.Equal(t, 404, res.StatusCode)
}

func TestServeEscapesWhatAClientSays(t *testing.T) {
	s := startServe(t)
	evil := func(cfg *tls.Config) {
		cfg.ServerName, cfg.InsecureSkipVerify = "", true
		cfg.NextProtos = []string{"<script>alert(1)</script>", "http/1.1"}
	}
	for _, path := range []string{"/", "/client"} {
		_, body := s.get(path, evil)
		require.False(t, strings.Contains(body, "<script>alert"), path)
	}
}

func TestServeTakesWhatItsFlagsSay(t *testing.T) {
	s := startServe(t, "--max-version", "1.2", "--suites", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")
	res, _ := s.get("/healthz", asIs)
	require.EqualValues(t, tls.VersionTLS12, res.TLS.Version)
	require.Equal(t, tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, res.TLS.CipherSuite)

	s = startServe(t, "--force-hrr", "--groups", "x25519,P-256")
	_, body := s.get("/text", func(cfg *tls.Config) { cfg.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256} })
	has(t, body, "HelloRetryRequest")
	has(t, body, "wants a key share of secp256r1")

	s = startServe(t, "--tickets", "0", "--record-size", "100")
	_, body = s.get("/client.json", asIs)
	require.False(t, strings.Contains(body, "NewSessionTicket"))
}

func TestServeAnswersOnlyGETAndHEADOfHTTP(t *testing.T) {
	s := startServe(t)
	for request, want := range map[string]string{
		"POST / HTTP/1.1\r\n\r\n":       "HTTP/1.1 405 ",
		"HEAD /text HTTP/1.1\r\n\r\n":   "HTTP/1.1 200 ",
		"nonsense\r\n\r\n":              "HTTP/1.1 400 ",
		"GET / HTTP/2.0\r\n\r\n":        "HTTP/1.1 400 ",
		"GET /healthz?x=1 HTTP/1.0\n\n": "HTTP/1.1 200 ",
		strings.Repeat("x", 20000):      "HTTP/1.1 431 ",
		"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 16<<10) + "\r\n\r\n": "HTTP/1.1 431 ",
	} {
		c, err := tls.Dial("tcp", s.about.Address, &tls.Config{RootCAs: s.roots, ServerName: "localhost"})
		require.NoError(t, err)
		_, err = c.Write([]byte(request))
		require.NoError(t, err)
		reply, err := io.ReadAll(c)
		require.NoError(t, err, request)
		require.Contains(t, string(reply), want)
		head, body, _ := strings.Cut(string(reply), "\r\n\r\n")
		require.Contains(t, head, "Content-Length: ")
		if strings.HasPrefix(request, "HEAD") {
			require.Empty(t, body)
		}
	}
}

// TestServeSaysHowToTestAndTrustIt: in lines that fit how it is run.
func TestServeSaysHowToTestAndTrustIt(t *testing.T) {
	cert, err := pki.SelfSigned(nil, time.Now(), time.Hour, "localhost")
	require.NoError(t, err)
	for _, c := range []struct {
		s    *serve
		addr string
		want []string
	}{
		{&serve{}, "127.0.0.1:8443", []string{"https://localhost:8443/\n", "\n  SHA-256      ", "\n  test it      tlsprobe connect localhost:8443 --no-verify --pin sha256/",
			"\n               curl -k --pinnedpubkey 'sha256//", "\n  trust it     curl -k --pinnedpubkey", "curl --cacert cert.pem https://localhost:8443/\n"}},
		{&serve{}, "[::1]:8443", []string{"https://[::1]:8443/\n"}},
		{&serve{}, "127.0.0.2:8443", []string{"https://127.0.0.2:8443/\n"}},
		{&serve{starttls: "smtp"}, "127.0.0.1:25", []string{"--starttls smtp\n               openssl s_client -connect localhost:25 -starttls smtp\n"}},
		{&serve{echo: true}, "127.0.0.1:7", []string{" -i\n               openssl s_client -connect localhost:7\n"}},
	} {
		var out, errs bytes.Buffer
		p := &probe{stdout: &out, stderr: &errs, getenv: func(string) string { return "" }, now: time.Now}
		c.s.cred = cert
		addr, err := net.ResolveTCPAddr("tcp", c.addr)
		require.NoError(t, err)
		require.NoError(t, c.s.announce(p, addr))
		for _, want := range c.want {
			require.Contains(t, out.String(), want)
		}
		require.Empty(t, errs.String())
	}
}

// TestServeBoundsTheHandshake: a client with more certificates than fit into
// 64 KiB, which the engine would take, is one too many.
func TestServeBoundsTheHandshake(t *testing.T) {
	s := startServe(t, "--once", "--client-auth", "require")
	cert, err := pki.SelfSigned(nil, time.Now(), time.Hour, "client.test")
	require.NoError(t, err)
	long := tls.Certificate{PrivateKey: cert.Signer}
	for range 65 << 10 / len(cert.Chain[0]) {
		long.Certificate = append(long.Certificate, cert.Chain[0])
	}
	c, err := tls.Dial("tcp", s.about.Address, &tls.Config{RootCAs: s.roots, ServerName: "localhost", Certificates: []tls.Certificate{long}})
	if err == nil {
		_, err = c.Read(make([]byte, 1))
		require.Error(t, err)
	}
	require.Equal(t, 4, <-s.exit)
	require.Contains(t, s.stderr.String(), "more than 64 KiB before the handshake was done")
}

// TestServeStaplesAndCutsRecords: --ocsp-file and --record-size.
func TestServeStaplesAndCutsRecords(t *testing.T) {
	staple := filepath.Join(t.TempDir(), "staple.der")
	require.NoError(t, os.WriteFile(staple, []byte("0\x03\x0a\x01\x06"), 0o600)) // OCSPResponse: unauthorized
	s := startServe(t, "--ocsp-file", staple, "--record-size", "100")
	var got []byte
	_, body := s.get("/json", func(cfg *tls.Config) {
		cfg.VerifyConnection = func(state tls.ConnectionState) error { got = state.OCSPResponse; return nil }
	})
	require.Equal(t, "0\x03\x0a\x01\x06", string(got))
	tr, err := trace.Load([]byte(body))
	require.NoError(t, err)
	most := 0
	for _, r := range tr.Connections[0].Records {
		if r.Dir == trace.S2C {
			most = max(most, r.At.Len)
		}
	}
	require.Equal(t, 5+100+1+16, most, "header, content, type and tag")
}

func TestServeOnceEndsWithTheExitCodeOfItsConnection(t *testing.T) {
	s := startServe(t, "--once")
	s.get("/healthz", asIs)
	require.Equal(t, 0, <-s.exit)

	s = startServe(t, "--once")
	c, err := net.Dial("tcp", s.about.Address)
	require.NoError(t, err)
	_, err = c.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
	require.NoError(t, err)
	require.NoError(t, c.(*net.TCPConn).CloseWrite())
	require.Equal(t, 4, <-s.exit)
	require.Contains(t, s.stderr.String(), "does not speak TLS")
}

func TestServeStopsWithinASecond(t *testing.T) {
	s := startServe(t, "--echo")
	c, err := tls.Dial("tcp", s.about.Address, &tls.Config{RootCAs: s.roots, ServerName: "localhost"})
	require.NoError(t, err)
	defer c.Close() //nolint:errcheck // the server closes it
	start := time.Now()
	s.stop()
	require.Equal(t, 130, <-s.exit)
	require.Less(t, time.Since(start), 5*time.Second) // a busy machine adds to the second
	require.Contains(t, s.stderr.String(), "stopped after 1 connection")
}

func TestServeGivesUpOnClientsThatSayNothing(t *testing.T) {
	s := startServe(t, "--echo", "--idle", "100ms", "--once")
	c, err := tls.Dial("tcp", s.about.Address, &tls.Config{RootCAs: s.roots, ServerName: "localhost"})
	require.NoError(t, err)
	_, err = io.ReadAll(c)
	require.NoError(t, err, "an idle connection ends with close_notify")
	require.NoError(t, c.Close())
	require.Equal(t, 0, <-s.exit)
}

func TestServeManyAtOnce(t *testing.T) {
	s := startServe(t, "--max-conns", "4")
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			c, err := tls.Dial("tcp", s.about.Address, &tls.Config{RootCAs: s.roots, ServerName: "localhost", NextProtos: []string{"http/1.1"}})
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()                                    //nolint:errcheck // read to its end
			io.WriteString(c, "GET /healthz HTTP/1.1\r\n\r\n") //nolint:errcheck // the reply tells
			reply, err := io.ReadAll(c)
			if err != nil || !strings.HasSuffix(string(reply), "ok\n") {
				t.Errorf("got %q, %v", reply, err)
			}
		})
	}
	all.Wait()
}

//go:build !js

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// targetServer is a web server over tlsconn, and its root.
func targetServer(t *testing.T, body string) (addr, roots string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"target.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	cred, err := tls.NewCredential([][]byte{der}, key)
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, body) })}
	go srv.Serve(tlsconn.NewListener(l, &tls.Config{Credentials: []*tls.Credential{cred}}))
	t.Cleanup(func() { srv.Close() })
	return l.Addr().String(), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestAPageInChromiumSpeaksTLSOverAWebSocket(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds for another machine")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("chromium is not installed")
	}
	require.NoError(t, err)
	wasm := filepath.Join(t.TempDir(), "client.wasm")
	build := exec.Command("go", "build", "-o", wasm, ".")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)

	addr, roots := targetServer(t, "hello from the target")
	_, strangers := targetServer(t, "")
	for _, c := range []struct{ roots, want string }{
		{roots, "page: TLS 1.3, X25519MLKEM768, TLS_AES_128_GCM_SHA256\nhello from the target"},
		{strangers, "error: no path from the peer's certificate to a root"},
	} {
		reports := make(chan string, 1)
		r := &Relay{Target: addr, Host: "target.test", Roots: c.roots, WASM: wasm,
			Glue: filepath.Join(strings.TrimSpace(string(root)), "lib/wasm/wasm_exec.js"), Report: func(text string) { reports <- text }}
		web := httptest.NewServer(r.Handler())
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
			"--remote-debugging-port=0", web.URL) // with a debugger it stays until it is ended
		var stderr bytes.Buffer
		cmd.Stderr, cmd.WaitDelay = &stderr, time.Second
		require.NoError(t, cmd.Start())
		select {
		case got := <-reports:
			require.Contains(t, got, c.want)
		case <-ctx.Done():
			t.Errorf("no report: %s", &stderr)
		}
		cancel()
		cmd.Wait()
		web.CloseClientConnections()
		web.Close()
	}
}

// dialWebSocket is the client's end, in so far as the tests need it.
func dialWebSocket(t *testing.T, url, origin string) (net.Conn, *bufio.Reader, string) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	host := strings.TrimPrefix(url, "http://")
	fmt.Fprintf(conn, "GET /relay HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", host, origin)
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	require.NoError(t, err)
	return conn, r, fmt.Sprint(resp.StatusCode, " ", resp.Header.Get("Sec-WebSocket-Accept"))
}

func frame(op byte, data string) []byte {
	head := []byte{final | op, masked | byte(len(data)), 1, 2, 3, 4}
	for i := range len(data) {
		head = append(head, data[i]^head[2+i%4])
	}
	return head
}

func TestTheRelayCarriesBytesAndAnswersPings(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	go func() {
		if c, err := l.Accept(); err == nil {
			io.Copy(c, c)
			c.Close()
		}
	}()
	web := httptest.NewServer((&Relay{Target: l.Addr().String()}).Handler())
	defer web.Close()
	conn, r, status := dialWebSocket(t, web.URL, web.URL)
	require.Equal(t, "101 s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", status, "the example of RFC 6455, Section 1.3")
	conn.Write(append(frame(opPing, "are you there"), frame(opBinary, "hello")...))
	got := make([]byte, 2+13+2+5)
	_, err = io.ReadFull(r, got)
	require.NoError(t, err)
	require.Contains(t, string(got), "\x8a\x0dare you there")
	require.Contains(t, string(got), "\x82\x05hello")
	conn.Write(frame(opClose, ""))
	rest, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "\x88\x00", string(rest))
}

func TestTheRelayIsForItsOwnPage(t *testing.T) {
	web := httptest.NewServer((&Relay{}).Handler())
	defer web.Close()
	_, _, status := dialWebSocket(t, web.URL, "http://elsewhere.example")
	require.Equal(t, "400 ", status)
}

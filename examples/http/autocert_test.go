package main

import (
	"bytes"
	"context"
	stdtls "crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/acme/autocert"

	"github.com/tlsengine/tlsengine/tlsconn"
)

// cache is autocert's, in memory.
type cache map[string][]byte

func (c cache) Get(_ context.Context, key string) ([]byte, error) {
	if b, ok := c[key]; ok {
		return b, nil
	}
	return nil, autocert.ErrCacheMiss
}
func (c cache) Put(context.Context, string, []byte) error { return nil }
func (c cache) Delete(context.Context, string) error      { return nil }

// A certificate manager made for crypto/tls is taken as it is: autocert looks
// at the whole ClientHello to choose between ECDSA and RSA, and to tell an ACME
// challenge.
func TestAutocert(t *testing.T) {
	cert, err := selfSigned("managed.example")
	require.NoError(t, err)
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	require.NoError(t, err)
	var both bytes.Buffer
	pem.Encode(&both, &pem.Block{Type: "PRIVATE KEY", Bytes: key})
	pem.Encode(&both, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})
	manager := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: cache{"managed.example": both.Bytes()},
		HostPolicy: autocert.HostWhitelist("managed.example"),
	}
	s, err := tlsconn.NewStdServer(manager.TLSConfig())
	require.NoError(t, err)
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "managed") })}
	go srv.Serve(s.Listener(raw))
	defer srv.Close()

	roots := x509.NewCertPool()
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	require.NoError(t, err)
	roots.AddCert(leaf)
	d, err := tlsconn.NewStdClient(&stdtls.Config{RootCAs: roots, ServerName: "managed.example", NextProtos: []string{"http/1.1"}})
	require.NoError(t, err)
	resp, err := (&http.Client{Transport: &http.Transport{DialTLSContext: d.DialContext}}).Get("https://" + raw.Addr().String())
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "managed", string(body))

	other, err := tlsconn.NewStdClient(&stdtls.Config{InsecureSkipVerify: true, ServerName: "stranger.example"})
	require.NoError(t, err)
	_, err = other.Dial(t.Context(), "tcp", raw.Addr().String())
	require.Error(t, err, "the manager's policy refuses the name")
}

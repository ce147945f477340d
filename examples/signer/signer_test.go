package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// lab is a signer, a hub, and what a client needs.
type lab struct {
	hub    *Hub
	addr   string
	client *tls.Config
	key    *ecdsa.PrivateKey
	ended  chan error
}

func newLab(t *testing.T) *lab {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"example.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)

	socket := filepath.Join(t.TempDir(), "signer")
	signers, err := net.Listen("unix", socket)
	require.NoError(t, err)
	go serveKey(signers, key)
	cfg, err := config([][]byte{der})
	require.NoError(t, err)
	cfg.ClientAuth = tls.RequestClientCert
	l := &lab{hub: NewHub(t.Context(), cfg), key: key, ended: make(chan error, 100)}
	l.hub.Signer, l.hub.Verdict = remote("unix", socket), verifier(roots)
	l.hub.Ended = func(err error) { l.ended <- err }
	servers, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go l.hub.Serve(servers)
	t.Cleanup(func() { signers.Close(); servers.Close() })
	l.addr = servers.Addr().String()
	cred, err := tls.NewCredential([][]byte{der}, key)
	require.NoError(t, err)
	l.client = &tls.Config{Roots: roots, ServerName: "example.test", Credentials: []*tls.Credential{cred}}
	return l
}

// echo sends a message and waits for it to come back.
func (l *lab) echo(ctx context.Context) error {
	conn, err := tlsconn.Dial(ctx, "tcp", l.addr, l.client)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("hello")); err != nil {
		return err
	}
	_, err = io.ReadFull(conn, make([]byte, 5))
	return err
}

func TestOneGoroutineServesOthersWhileSignerAndVerifierTakeTheirTime(t *testing.T) {
	const n, delay = 30, 300 * time.Millisecond
	l := newLab(t)
	sign, verify := l.hub.Signer, l.hub.Verdict
	var mu sync.Mutex
	var now, most int
	wait := func() {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(delay)
		mu.Lock()
		now--
		mu.Unlock()
	}
	l.hub.Signer = func(ctx context.Context, q *tls.SignatureRequest) ([]byte, error) { wait(); return sign(ctx, q) }
	l.hub.Verdict = func(ctx context.Context, q *tls.VerdictRequest) error { wait(); return verify(ctx, q) }
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := l.echo(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Greater(t, most, n/3, "questions of so many connections were open at once")
	for range n {
		require.NoError(t, <-l.ended)
	}
}

func TestASignerThatRefusesEndsTheHandshake(t *testing.T) {
	l := newLab(t)
	l.hub.Signer = func(context.Context, *tls.SignatureRequest) ([]byte, error) { return nil, errors.New("out of paper") }
	var told *tls.PeerAlertError
	require.ErrorAs(t, l.echo(t.Context()), &told)
	require.Equal(t, "internal_error", told.Alert.String())
	require.ErrorContains(t, <-l.ended, "out of paper")
}

func TestAWrongSignatureEndsTheHandshake(t *testing.T) {
	l := newLab(t)
	l.hub.Signer = func(_ context.Context, q *tls.SignatureRequest) ([]byte, error) {
		return signature.Sign(rand.Reader, q.Scheme, l.key, []byte("something else"))
	}
	require.Error(t, l.echo(t.Context()))
	require.Error(t, <-l.ended)
}

func TestAVerdictRefusesTheClient(t *testing.T) {
	l := newLab(t)
	l.hub.Verdict = func(context.Context, *tls.VerdictRequest) error { return errors.New("not in the directory") }
	var told *tls.PeerAlertError
	require.ErrorAs(t, l.echo(t.Context()), &told)
	require.Equal(t, "certificate_unknown", told.Alert.String())
	require.ErrorContains(t, <-l.ended, "not in the directory")
}

func TestAClientThatHangsUpCancelsTheQuestion(t *testing.T) {
	l := newLab(t)
	asked, cancelled := make(chan bool), make(chan bool)
	l.hub.Signer = func(ctx context.Context, _ *tls.SignatureRequest) ([]byte, error) {
		close(asked)
		<-ctx.Done()
		close(cancelled)
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithCancel(t.Context())
	go l.echo(ctx)
	<-asked
	cancel()
	<-cancelled
	require.ErrorIs(t, <-l.ended, tls.ErrTruncated)
}

// Whoever may ask the signer could else have it sign a certificate, or be
// another server's client.
func TestTheSignerSignsForServersOnly(t *testing.T) {
	l := newLab(t)
	ask := func(message string) error {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer listener.Close()
		go serveKey(listener, l.key)
		_, err = remote("tcp", listener.Addr().String())(t.Context(),
			&tls.SignatureRequest{Scheme: signature.ECDSASecp256r1SHA256, Message: []byte(message)})
		return err
	}
	spaces := strings.Repeat(" ", 64)
	require.NoError(t, ask(spaces+mark+strings.Repeat("h", 32)))
	require.ErrorContains(t, ask("a certificate"), "not a message of TLS 1.3")
	require.ErrorContains(t, ask(spaces+strings.Replace(mark, "server", "client", 1)+"hash"), "not a server's message")
}

package tlsconn

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	stdtls "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
)

// lab is a certificate for "example.test" and Configs that use it.
type lab struct {
	server, client *tls.Config
	std            stdtls.Certificate
	roots          *x509.CertPool
}

func newLab(t testing.TB) *lab {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "example.test"}, DNSNames: []string{"example.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	cred, err := tls.NewCredential([][]byte{der}, key)
	require.NoError(t, err)
	return &lab{
		server: &tls.Config{Credentials: []*tls.Credential{cred}, TicketKeys: tls.NewTicketKeys()},
		client: &tls.Config{Roots: roots, ServerName: "example.test"},
		std:    stdtls.Certificate{Certificate: [][]byte{der}, PrivateKey: key},
		roots:  roots,
	}
}

// pair is two connected ends over loopback.
func (l *lab) pair(t testing.TB) (client, server *Conn) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	raw, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	other, err := listener.Accept()
	require.NoError(t, err)
	client, err = Client(raw, l.client, Options{})
	require.NoError(t, err)
	server, err = Server(other, l.server, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { raw.Close(); other.Close() })
	return client, server
}

func TestMegabytesBothWaysAtOnce(t *testing.T) {
	client, server := newLab(t).pair(t)
	const size = 10 << 20
	go io.Copy(server, server)
	sent := make([]byte, size)
	rand.Read(sent)
	go func() {
		client.Write(sent)
		client.CloseWrite()
	}()
	got, err := io.ReadAll(io.LimitReader(client, size))
	require.NoError(t, err)
	require.True(t, bytes.Equal(sent, got))
}

func TestHTTPOverTheConn(t *testing.T) {
	l := newLab(t)
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%d bytes", len(body))
	})}
	go srv.Serve(NewListener(raw, l.server))
	defer srv.Close()

	d := &Dialer{Config: l.client}
	for name, client := range map[string]*http.Client{
		"ours":       {Transport: &http.Transport{DialTLSContext: d.DialContext}},
		"crypto/tls": {Transport: &http.Transport{TLSClientConfig: &stdtls.Config{RootCAs: l.roots, ServerName: "example.test"}}},
	} {
		for range 3 {
			resp, err := client.Post("https://"+raw.Addr().String(), "text/plain", bytes.NewReader(make([]byte, 100_000)))
			require.NoError(t, err, name)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.Equal(t, "100000 bytes", string(body))
			resp.Body.Close()
		}
	}
}

func TestReadDeadlineDoesNotEndTheConnection(t *testing.T) {
	client, server := newLab(t).pair(t)
	go server.Handshake(context.Background())
	require.NoError(t, client.Handshake(context.Background()))
	client.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	_, err := client.Read(make([]byte, 10))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	client.SetReadDeadline(time.Time{})
	_, err = server.Write([]byte("later"))
	require.NoError(t, err)
	buf := make([]byte, 10)
	n, err := client.Read(buf)
	require.NoError(t, err)
	require.Equal(t, "later", string(buf[:n]))
}

func TestHalfClose(t *testing.T) {
	client, server := newLab(t).pair(t)
	go func() {
		client.Write([]byte("question"))
		client.CloseWrite()
	}()
	got, err := io.ReadAll(server)
	require.NoError(t, err)
	require.Equal(t, "question", string(got))
	_, err = server.Write([]byte("answer"))
	require.NoError(t, err)
	require.NoError(t, server.Close())
	got, err = io.ReadAll(client)
	require.NoError(t, err)
	require.Equal(t, "answer", string(got))
}

func TestTruncationIsNotAnEnd(t *testing.T) {
	client, server := newLab(t).pair(t)
	go server.Write([]byte("some"))
	buf := make([]byte, 4)
	_, err := io.ReadFull(client, buf)
	require.NoError(t, err)
	server.NetConn().Close()
	_, err = client.Read(buf)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorIs(t, err, tls.ErrTruncated)
}

func TestCancelledHandshake(t *testing.T) {
	client, _ := newLab(t).pair(t)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, client.Handshake(ctx), context.DeadlineExceeded)
}

func TestAnUntrustedServerIsRefusedBeforeAnyData(t *testing.T) {
	l := newLab(t)
	l.client.Roots = x509.NewCertPool()
	client, server := l.pair(t)
	errs := make(chan error, 1)
	go func() { errs <- server.Handshake(context.Background()) }()
	_, err := client.Write([]byte("secret"))
	var refused *tls.AlertError
	require.True(t, errors.As(err, &refused))
	var told *tls.PeerAlertError
	require.True(t, errors.As(<-errs, &told))
	require.Equal(t, "unknown_ca", told.Alert.String())
}

func TestSessionsAreResumed(t *testing.T) {
	l := newLab(t)
	var session []byte
	for i := range 2 {
		l.client.Session = session
		client, server := l.pair(t)
		client.sess = func(s []byte) { session = s }
		go server.Write([]byte("x"))
		_, err := client.Read(make([]byte, 1))
		require.NoError(t, err)
		require.Equal(t, i == 1, client.ConnectionState().DidResume)
	}
}

func TestAConnStartsNoGoroutineAndHoldsNoBufferWhenIdle(t *testing.T) {
	client, server := newLab(t).pair(t)
	before := runtime.NumGoroutine()
	done := make(chan error, 1)
	go func() { done <- server.Handshake(context.Background()) }()
	require.NoError(t, client.Handshake(context.Background()))
	require.NoError(t, <-done)
	go client.Write(make([]byte, 30_000))
	_, err := io.ReadFull(server, make([]byte, 30_000))
	require.NoError(t, err)
	for range 100 {
		if runtime.NumGoroutine() <= before {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
	require.Nil(t, server.input.buf)
}

func TestCloseNotifyBeforeTheHandshakeIsDoneIsNoEnd(t *testing.T) {
	for _, role := range []string{"client", "server"} {
		l := newLab(t)
		client, server := l.pair(t)
		conn, other := client, server.NetConn()
		if role == "server" {
			conn, other = server, client.NetConn()
		}
		_, err := other.Write([]byte{21, 3, 3, 0, 2, 1, 0})
		require.NoError(t, err)
		got, err := io.ReadAll(conn)
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, role)
		require.Empty(t, got)
	}
}

func TestEarlyDataIsNotReadAsData(t *testing.T) {
	l := newLab(t)
	l.server.MaxEarlyData, l.server.AntiReplay = 1000, tls.NewReplayMemory(10)
	client, server := l.pair(t)
	var session []byte
	client.sess = func(s []byte) { session = s }
	go server.Write([]byte("x"))
	_, err := client.Read(make([]byte, 1))
	require.NoError(t, err)
	info, err := tls.ReadSession(session)
	require.NoError(t, err)
	require.Zero(t, info.MaxEarlyData, "tickets of a Conn promise nothing")
	require.EqualValues(t, 1000, l.server.MaxEarlyData, "the Config is as it was")
}

func TestARecordThatIsAHeaderOnlyIsEaten(t *testing.T) {
	in := input{head: [headerLen]byte{23, 3, 3, 0, 0}, n: headerLen}
	in.eaten(headerLen)
	require.Empty(t, in.bytes())
}

// stubborn is a connection that deadlines do not move.
type stubborn struct{ net.Conn }

func (stubborn) SetDeadline(time.Time) error { return nil }

func TestAHandshakeThatOutlivesItsContextSaysSo(t *testing.T) {
	client, server := newLab(t).pair(t)
	client.conn = stubborn{client.conn}
	go server.Handshake(context.Background())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, client.Handshake(ctx), context.Canceled, "with the deadline that it left behind nothing can be read")
}

// A peer asks for new keys and then talks, and reads nothing until it is heard:
// who waits to answer it before reading on waits for ever.
func TestAKeyUpdateIsNoReasonToStopReading(t *testing.T) {
	l := newLab(t)
	l.server.Tickets = -1
	raw, other := net.Pipe()
	defer raw.Close()
	defer other.Close()
	client, err := Client(raw, l.client, Options{})
	require.NoError(t, err)
	server, err := Server(other, l.server, Options{})
	require.NoError(t, err)
	shaken := make(chan error, 1)
	go func() { shaken <- server.Handshake(context.Background()) }()
	require.NoError(t, client.Handshake(context.Background()))
	require.NoError(t, <-shaken)

	written := make(chan error, 1)
	go func() { // more than the pipe holds, which is nothing
		_, err := client.Write(make([]byte, 1<<20))
		written <- err
	}()
	served := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(server, make([]byte, 1))
		update, err2 := server.Engine().UpdateKeys(nil, handshake.UpdateRequested)
		_, err3 := other.Write(update)
		_, err4 := server.Write([]byte("news"))
		_, err5 := io.CopyN(io.Discard, server, 1<<20-1)
		served <- errors.Join(err, err2, err3, err4, err5)
	}()
	require.NoError(t, client.SetReadDeadline(time.Now().Add(5*time.Second)))
	news := make([]byte, 4)
	_, err = io.ReadFull(client, news)
	require.NoError(t, err)
	require.Equal(t, "news", string(news))
	require.NoError(t, <-written)
	require.NoError(t, <-served)
	require.False(t, client.Engine().Owes(), "the peer's request is answered")
}

func TestAWriteThatRanIntoItsDeadlineCanGoOn(t *testing.T) {
	l := newLab(t)
	l.server.Tickets = -1
	raw, other := net.Pipe()
	defer raw.Close()
	defer other.Close()
	client, err := Client(raw, l.client, Options{})
	require.NoError(t, err)
	server, err := Server(other, l.server, Options{})
	require.NoError(t, err)
	shaken := make(chan error, 1)
	go func() { shaken <- server.Handshake(context.Background()) }()
	require.NoError(t, client.Handshake(context.Background()))
	require.NoError(t, <-shaken)

	require.NoError(t, client.SetWriteDeadline(time.Now().Add(-time.Second)))
	n, err := client.Write([]byte("too late"))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.Zero(t, n, "nothing of it is encrypted")

	head := make(chan []byte, 1)
	go func() { // a part of the first record leaves
		part := make([]byte, 1000)
		io.ReadFull(other, part)
		head <- part
	}()
	require.NoError(t, client.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
	message := bytes.Repeat([]byte("0123456789"), 4000)
	n, err = client.Write(message)
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	require.Equal(t, maxWrite, n, "the record that was begun will be sent")

	server.conn = &prefixed{other, <-head}
	require.NoError(t, client.SetWriteDeadline(time.Time{}))
	go func() {
		client.Write(message[n:])
		client.Close()
	}()
	got, err := io.ReadAll(server)
	require.NoError(t, err)
	require.True(t, bytes.Equal(message, got))
}

// prefixed is a connection of which a part was read already.
type prefixed struct {
	net.Conn
	head []byte
}

func (c *prefixed) Read(b []byte) (int, error) {
	if len(c.head) == 0 {
		return c.Conn.Read(b)
	}
	n := copy(b, c.head)
	c.head = c.head[n:]
	return n, nil
}

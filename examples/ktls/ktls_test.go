//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	stdtls "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// needKernel skips where the kernel has no TLS, and says whether it takes new
// keys.
func needKernel(t *testing.T) (rekeys bool) {
	rekeys, err := Rekeys()
	if err == ErrNoTLS {
		t.Skip("this kernel has no TLS module; README.md says how to test with one that has")
	}
	require.NoError(t, err)
	t.Logf("the kernel takes new keys: %v", rekeys)
	return rekeys
}

// setup are Configs of both sides.
func setup(t *testing.T, rsaKey bool) (client, server *tlsengine.Config, certPEM, keyPEM []byte) {
	var pub, key any
	if rsaKey {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		pub, key = k.Public(), k
	} else {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		pub, key = k.Public(), k
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, pub, key)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	certPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	credential, err := tlsengine.CredentialFromPEM(certPEM, keyPEM)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certPEM)
	client = &tlsengine.Config{Roots: roots, ServerName: "localhost", AllowDetach: true}
	server = &tlsengine.Config{
		Credentials: []*tlsengine.Credential{credential}, TicketKeys: tlsengine.NewTicketKeys(), AllowDetach: true,
	}
	return client, server, certPEM, keyPEM
}

// tcpPair is both ends of a connection.
func tcpPair(t *testing.T) (a, b *net.TCPConn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	x, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	y, err := l.Accept()
	require.NoError(t, err)
	for _, c := range []net.Conn{x, y} {
		require.NoError(t, c.SetDeadline(time.Now().Add(20*time.Second)))
		t.Cleanup(func() { c.Close() })
	}
	return x.(*net.TCPConn), y.(*net.TCPConn)
}

// offloaded is a server whose keys the kernel has, and its client, which makes
// its records itself.
func offloaded(t *testing.T, client, server *tlsengine.Config) (peer *tlsconn.Conn, tcp *net.TCPConn, k *Conn) {
	a, b := tcpPair(t)
	peer, err := tlsconn.Client(a, client, tlsconn.Options{})
	require.NoError(t, err)
	shaken := make(chan error, 1)
	go func() { shaken <- peer.Handshake(context.Background()) }()
	engine, err := tlsengine.NewServer(server)
	require.NoError(t, err)
	require.NoError(t, Shake(b, engine))
	require.NoError(t, <-shaken)
	k, err = Offload(b, engine)
	require.NoError(t, err)
	return peer, a, k
}

// exchange sends data both ways at once, and compares.
func exchange(t *testing.T, a, b io.ReadWriter, n int) {
	t.Helper()
	data := make([]byte, n)
	rand.Read(data)
	written := make(chan error, 2)
	for _, c := range []io.ReadWriter{a, b} {
		go func() { _, err := c.Write(data); written <- err }()
	}
	read := make(chan []byte, 2)
	for _, c := range []io.ReadWriter{a, b} {
		go func() {
			got := make([]byte, n)
			if _, err := io.ReadFull(c, got); err != nil {
				got = []byte(err.Error())
			}
			read <- got
		}()
	}
	for range 2 {
		require.NoError(t, <-written)
		got := <-read
		require.True(t, bytes.Equal(data, got), "%.100q came", got)
	}
}

func TestEverySuite(t *testing.T) {
	needKernel(t)
	for _, suite := range cipher.Suites() {
		t.Run(suite.String(), func(t *testing.T) {
			client, server, _, _ := setup(t, suite.Auth == cipher.AuthRSA)
			client.Suites = []*cipher.Suite{suite}
			if !suite.TLS13() {
				client.MaxVersion = tlsengine.VersionTLS12
			}
			peer, _, k := offloaded(t, client, server)
			for _, n := range []int{1, 100, 1 << 14, 1<<14 + 1, 1 << 20} {
				exchange(t, peer, k, n)
			}
			// The end, in both directions.
			require.NoError(t, peer.CloseWrite())
			_, err := k.Read(make([]byte, 1))
			require.Equal(t, io.EOF, err)
			_, err = k.Write([]byte("the last word"))
			require.NoError(t, err)
			require.NoError(t, k.Close())
			rest, err := io.ReadAll(peer)
			require.NoError(t, err)
			require.Equal(t, "the last word", string(rest))
		})
	}
}

func TestKeyUpdates(t *testing.T) {
	rekeys := needKernel(t)
	for _, suite := range cipher.Suites() {
		if !suite.TLS13() {
			continue
		}
		t.Run(suite.String(), func(t *testing.T) {
			client, server, _, _ := setup(t, false)
			client.Suites = []*cipher.Suite{suite}
			peer, tcp, k := offloaded(t, client, server)
			exchange(t, peer, k, 1000)
			update := func() {
				out, err := peer.Engine().UpdateKeys(nil, handshake.UpdateRequested)
				require.NoError(t, err)
				_, err = tcp.Write(out)
				require.NoError(t, err)
			}
			if !rekeys {
				require.ErrorIs(t, k.UpdateKeys(handshake.UpdateRequested), ErrNoRekey)
				exchange(t, peer, k, 1000)
				update()
				_, err := k.Read(make([]byte, 1))
				require.ErrorIs(t, err, ErrNoRekey)
				_, err = peer.Read(make([]byte, 1))
				require.Equal(t, io.EOF, err, "the peer hears that this was all")
				_, err = k.Write([]byte("more"))
				require.ErrorIs(t, err, net.ErrClosed)
				return
			}
			for range 3 {
				before := k.d.SendKeys()
				update()
				exchange(t, peer, k, 100_000)
				require.NotEqual(t, before.Key, k.d.SendKeys().Key, "the request is answered")

				before = k.d.ReceiveKeys()
				require.NoError(t, k.UpdateKeys(handshake.UpdateRequested))
				exchange(t, peer, k, 100_000)
				exchange(t, peer, k, 1) // the answer has come before it
				require.NotEqual(t, before.Key, k.d.ReceiveKeys().Key)
			}
			// A key that has sealed enough is changed in between.
			before := k.d.SendKeys()
			k.left, k.limited = 3, true
			exchange(t, peer, k, 1<<20)
			require.NotEqual(t, before.Key, k.d.SendKeys().Key)
			exchange(t, peer, k, 1<<20)
		})
	}
}

// Both ends in the kernel: tickets and alerts go from one Detached to the
// other.
func TestBothInTheKernel(t *testing.T) {
	rekeys := needKernel(t)
	client, server, _, _ := setup(t, false)
	connect := func() (c, s *Conn) {
		a, b := tcpPair(t)
		ce, err := tlsengine.NewClient(client)
		require.NoError(t, err)
		se, err := tlsengine.NewServer(server)
		require.NoError(t, err)
		shaken := make(chan error, 1)
		go func() { shaken <- Shake(a, ce) }()
		require.NoError(t, Shake(b, se))
		require.NoError(t, <-shaken)
		c, err = Offload(a, ce)
		require.NoError(t, err)
		s, err = Offload(b, se)
		require.NoError(t, err)
		return c, s
	}
	c, s := connect()
	var sessions [][]byte
	c.Session = func(b []byte) { sessions = append(sessions, b) }
	require.NoError(t, s.d.SendTicket([]byte("application data")))
	exchange(t, c, s, 1<<20) // and the ticket before it
	require.NotEmpty(t, sessions)
	if rekeys {
		for range 3 {
			require.NoError(t, c.UpdateKeys(handshake.UpdateRequested))
			require.NoError(t, s.UpdateKeys(handshake.UpdateRequested))
			exchange(t, c, s, 1<<16)
		}
	}
	require.NoError(t, c.Close())
	_, err := s.Read(make([]byte, 1))
	require.Equal(t, io.EOF, err)

	client.Session = sessions[len(sessions)-1]
	c, s = connect()
	require.True(t, s.d.ConnectionState().Resumed)
	exchange(t, c, s, 1000)
	// An end without close_notify is no end.
	require.NoError(t, c.Conn.Close())
	_, err = s.Read(make([]byte, 1))
	require.ErrorIs(t, err, tlsengine.ErrTruncated)
}

// What the kernel refuses, and what the Detached refuses, the peer is told.
func TestRefusals(t *testing.T) {
	needKernel(t)
	for name, c := range map[string]struct {
		wire  []byte // nil: the Detached gets a Finished
		err   error
		alert tlsengine.Alert
	}{
		"a forged record":     {append([]byte{23, 3, 3, 0, 40}, make([]byte, 40)...), syscall.EBADMSG, 20},
		"a record too long":   {[]byte{23, 3, 3, 0x50, 0}, syscall.EMSGSIZE, 22},
		"a Finished too many": {nil, nil, 10},
	} {
		t.Run(name, func(t *testing.T) {
			client, server, _, _ := setup(t, false)
			peer, tcp, k := offloaded(t, client, server)
			if c.wire == nil {
				require.Error(t, k.control(record.Handshake, []byte{20, 0, 0, 1, 1}))
			} else {
				_, err := tcp.Write(c.wire)
				require.NoError(t, err)
				_, err = k.Read(make([]byte, 1))
				require.ErrorIs(t, err, c.err)
				t.Log(err)
			}
			_, err := peer.Read(make([]byte, 1))
			var told *tlsengine.PeerAlertError
			require.ErrorAs(t, err, &told)
			require.Equal(t, c.alert, told.Alert)
		})
	}
}

// The program, with crypto/tls as the client.
func TestFilesAreServed(t *testing.T) {
	needKernel(t)
	client, _, certPEM, keyPEM := setup(t, false)
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	require.NoError(t, os.WriteFile(cert, certPEM, 0o600))
	require.NoError(t, os.WriteFile(key, keyPEM, 0o600))
	file := make([]byte, 5<<20+123)
	rand.Read(file)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "files"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "files", "file"), file, 0o600))
	cfg, err := config(cert, key)
	require.NoError(t, err)
	for _, version := range []uint16{stdtls.VersionTLS12, stdtls.VersionTLS13} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		server := &http.Server{Handler: http.FileServer(http.Dir(filepath.Join(dir, "files")))}
		go server.Serve(newListener(l, cfg))
		transport := &http.Transport{TLSClientConfig: &stdtls.Config{RootCAs: client.Roots, ServerName: "localhost", MinVersion: version, MaxVersion: version}}
		get := &http.Client{Transport: transport, Timeout: 30 * time.Second}
		for range 3 { // over one connection
			resp, err := get.Get("https://" + l.Addr().String() + "/file")
			require.NoError(t, err)
			body, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.True(t, bytes.Equal(file, body), "%d bytes", len(body))
		}
		get.CloseIdleConnections()
		server.Close()
	}
}

// What of this needs no kernel.
func TestTypeMessage(t *testing.T) {
	messages, err := syscall.ParseSocketControlMessage(typeMessage(record.Handshake))
	require.NoError(t, err)
	require.Len(t, messages, 1)
	require.Equal(t, int32(solTLS), messages[0].Header.Level)
	require.Equal(t, int32(tlsSetRecordType), messages[0].Header.Type)
	require.Equal(t, byte(record.Handshake), messages[0].Data[0])
}

// ReadFrom looks through one LimitedReader, as net does for sendfile, and gives
// it back as it would be after reading.
func TestReadFromTakesAsMuchAsItMay(t *testing.T) {
	client, server, _, _ := setup(t, false)
	a, b := tcpPair(t)
	c, err := tlsengine.NewClient(client)
	require.NoError(t, err)
	s, err := tlsengine.NewServer(server)
	require.NoError(t, err)
	shaken := make(chan error, 1)
	go func() { shaken <- Shake(a, c) }()
	require.NoError(t, Shake(b, s))
	require.NoError(t, <-shaken)
	d, err := s.Detach()
	require.NoError(t, err)
	k := &Conn{Conn: b, d: d} // whose keys nobody has
	from := &io.LimitedReader{R: bytes.NewReader(make([]byte, 5000)), N: 3000}
	n, err := k.ReadFrom(from)
	require.NoError(t, err)
	require.Equal(t, int64(3000), n)
	require.Zero(t, from.N)
	n, err = k.ReadFrom(from.R)
	require.NoError(t, err)
	require.Equal(t, int64(2000), n)
}

// Shake reads nothing of what comes after the handshake.
func TestShakeReadsNoByteTooMany(t *testing.T) {
	client, server, _, _ := setup(t, false)
	for _, version := range []tlsengine.Version{tlsengine.VersionTLS12, tlsengine.VersionTLS13} {
		client.MaxVersion = version
		a, b := tcpPair(t)
		peer, err := tlsconn.Client(a, client, tlsconn.Options{})
		require.NoError(t, err)
		written := make(chan error, 1)
		go func() { _, err := peer.Write([]byte("at once")); written <- err }()
		engine, err := tlsengine.NewServer(server)
		require.NoError(t, err)
		require.NoError(t, Shake(b, engine))
		require.NoError(t, <-written)
		_, err = engine.Detach()
		require.NoError(t, err)
		rest := make([]byte, 5)
		_, err = io.ReadFull(b, rest)
		require.NoError(t, err)
		require.Equal(t, []byte{23, 3, 3}, rest[:3], "the record of data is still in the socket")
	}
}

package nettest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/nettest"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/tlsconn"
)

func configs(t *testing.T) (client, server *tls.Config) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"example.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	cred, err := tls.NewCredential([][]byte{der}, key)
	require.NoError(t, err)
	client = &tls.Config{Roots: x509.NewCertPool(), ServerName: "example.test"}
	client.Roots.AddCert(leaf)
	// A net.Pipe holds nothing: tickets would wait until the client reads.
	return client, &tls.Config{Credentials: []*tls.Credential{cred}, Tickets: -1}
}

// transports connect two ends.
var transports = map[string]func(t *testing.T) (a, b net.Conn){
	"over a net.Pipe": func(*testing.T) (a, b net.Conn) { return net.Pipe() },
	"over TCP": func(t *testing.T) (a, b net.Conn) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		a, err = net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		b, err = l.Accept()
		require.NoError(t, err)
		return a, b
	},
}

func TestAConnIsANetConn(t *testing.T) {
	clientConfig, serverConfig := configs(t)
	for name, transport := range transports {
		for _, version := range []tls.Version{tls.VersionTLS12, tls.VersionTLS13} {
			cfg := *clientConfig
			cfg.MaxVersion = version
			pipe := func(t *testing.T, c1IsClient bool) nettest.MakePipe {
				return func() (c1, c2 net.Conn, stop func(), err error) {
					a, b := transport(t)
					client, err := tlsconn.Client(a, &cfg, tlsconn.Options{})
					require.NoError(t, err)
					server, err := tlsconn.Server(b, serverConfig, tlsconn.Options{})
					require.NoError(t, err)
					done := make(chan error, 1)
					go func() { done <- server.Handshake(context.Background()) }()
					require.NoError(t, client.Handshake(context.Background()))
					require.NoError(t, <-done)
					stop = func() { a.Close(); b.Close() } // a Close that nobody hears would wait
					if c1IsClient {
						return client, server, stop, nil
					}
					return server, client, stop, nil
				}
			}
			t.Run(name+", "+version.String()+", client", func(t *testing.T) { nettest.TestConn(t, pipe(t, true)) })
			t.Run(name+", "+version.String()+", server", func(t *testing.T) { nettest.TestConn(t, pipe(t, false)) })
		}
	}
}

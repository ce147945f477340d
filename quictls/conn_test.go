package quictls

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
)

// quicConn is what a QUIC implementation uses: the method set.
type quicConn interface {
	Start(context.Context) error
	NextEvent() tls.QUICEvent
	Close() error
	HandleData(tls.QUICEncryptionLevel, []byte) error
	SendSessionTicket(tls.QUICSessionTicketOptions) error
	ConnectionState() tls.ConnectionState
	SetTransportParameters([]byte)
	StoreSession(*tls.SessionState) error
}

var (
	_ quicConn = (*tls.QUICConn)(nil)
	_ quicConn = (*Conn)(nil)
)

func certificate(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func configs(t *testing.T) (client, server *tls.Config) {
	cert, roots := certificate(t, "example.test")
	client = &tls.Config{
		RootCAs: roots, ServerName: "example.test", NextProtos: []string{"h3"}, MinVersion: tls.VersionTLS13,
		ClientSessionCache: tls.NewLRUClientSessionCache(4),
	}
	return client, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h3"}, MinVersion: tls.VersionTLS13}
}

// world makes the two sides of a connection, each of crypto/tls or of this
// package.
type world struct {
	name           string
	client, server func(*tls.QUICConfig) quicConn
	keys           *tlsengine.TicketKeys
}

func worlds() []world {
	keys := tlsengine.NewTicketKeys()
	ownClient := func(cfg *tls.QUICConfig) quicConn { return QUICClient(cfg) }
	ownServer := func(cfg *tls.QUICConfig) quicConn {
		return QUICServer(cfg, func(cfg *tlsengine.Config) { cfg.TicketKeys = keys })
	}
	stdClient := func(cfg *tls.QUICConfig) quicConn { return tls.QUICClient(cfg) }
	stdServer := func(cfg *tls.QUICConfig) quicConn { return tls.QUICServer(cfg) }
	return []world{
		{"own client, own server", ownClient, ownServer, keys},
		{"own client, crypto/tls's server", ownClient, stdServer, keys},
		{"crypto/tls's client, own server", stdClient, ownServer, keys},
		{"crypto/tls alone", stdClient, stdServer, keys},
	}
}

// quicStack does what a QUIC implementation does with events, and writes down
// what it saw.
type quicStack struct {
	conn    quicConn
	kinds   []tls.QUICEventKind
	read    map[tls.QUICEncryptionLevel][]byte
	write   map[tls.QUICEncryptionLevel][]byte
	peer    string
	own     []byte // set when they are asked for
	decline bool   // 0-RTT
	resumed *tls.SessionState
	done    bool
	refused bool
	err     error // QUICErrorEvent
}

func (s *quicStack) drain(t *testing.T, to *quicStack) (moved bool, err error) {
	for {
		ev := s.conn.NextEvent()
		if ev.Kind == tls.QUICNoEvent {
			return moved, err
		}
		moved = true
		s.kinds = append(s.kinds, ev.Kind)
		data := append([]byte{}, ev.Data...)
		switch ev.Kind {
		case tls.QUICSetReadSecret:
			s.read[ev.Level] = data
		case tls.QUICSetWriteSecret:
			s.write[ev.Level] = data
		case tls.QUICTransportParameters:
			s.peer = string(data)
		case tls.QUICTransportParametersRequired:
			s.conn.SetTransportParameters(s.own)
		case tls.QUICWriteData:
			if err == nil {
				err = to.conn.HandleData(ev.Level, data)
			}
		case tls.QUICErrorEvent:
			s.err = ev.Err
		case tls.QUICRejectedEarlyData:
			s.refused = true
		case tls.QUICHandshakeDone:
			s.done = true
		case tls.QUICResumeSession:
			s.resumed = ev.SessionState
			if s.decline {
				ev.SessionState.EarlyData = false
			}
		case tls.QUICStoreSession:
			ev.SessionState.Extra = append(ev.SessionState.Extra, []byte("client's own"))
			require.NoError(t, s.conn.StoreSession(ev.SessionState))
		}
	}
}

func start(t *testing.T, conn quicConn, own string) *quicStack {
	require.NoError(t, conn.Start(context.Background()))
	t.Cleanup(func() { _ = conn.Close() })
	return &quicStack{conn: conn, own: []byte(own), read: map[tls.QUICEncryptionLevel][]byte{}, write: map[tls.QUICEncryptionLevel][]byte{}}
}

func run(t *testing.T, client, server *quicStack) (clientErr, serverErr error) {
	for {
		a, toServer := client.drain(t, server)
		b, toClient := server.drain(t, client)
		serverErr, clientErr = errors.Join(serverErr, toServer, server.err), errors.Join(clientErr, toClient, client.err)
		if !a && !b || serverErr != nil || clientErr != nil {
			return clientErr, serverErr
		}
	}
}

func handshake(t *testing.T, w world, client, server *tls.Config, change func(c, s *quicStack)) (c, s *quicStack) {
	c = start(t, w.client(&tls.QUICConfig{TLSConfig: client, EnableSessionEvents: true}), "client")
	s = start(t, w.server(&tls.QUICConfig{TLSConfig: server, EnableSessionEvents: true}), "server")
	change(c, s)
	ce, se := run(t, c, s)
	require.NoError(t, ce)
	require.NoError(t, se)
	require.True(t, c.done && s.done)
	for level, secret := range c.read {
		require.Equal(t, s.write[level], secret, "%v", level)
	}
	for level, secret := range s.read {
		require.Equal(t, c.write[level], secret, "%v", level)
	}
	require.Equal(t, "server", c.peer)
	require.Equal(t, "client", s.peer)
	return c, s
}

func nothing(c, s *quicStack) {}

func TestHandshakeIsThatOfCryptoTLS(t *testing.T) {
	for _, w := range worlds() {
		t.Run(w.name, func(t *testing.T) {
			client, server := configs(t)
			c, s := handshake(t, w, client, server, nothing)
			for _, state := range []tls.ConnectionState{c.conn.ConnectionState(), s.conn.ConnectionState()} {
				require.True(t, state.HandshakeComplete)
				require.Equal(t, "h3", state.NegotiatedProtocol)
				require.Equal(t, uint16(tls.VersionTLS13), state.Version)
				require.Equal(t, tls.X25519MLKEM768, state.CurveID)
				require.Equal(t, "example.test", state.ServerName)
			}
			require.Len(t, c.conn.ConnectionState().PeerCertificates, 1)
			require.Len(t, c.conn.ConnectionState().VerifiedChains, 1)
		})
	}
}

func TestSessionsResumeWithEarlyData(t *testing.T) {
	for _, w := range worlds() {
		for _, decline := range []string{"nobody", "the client", "the server"} {
			t.Run(w.name+", declined by "+decline, func(t *testing.T) {
				client, server := configs(t)
				c, s := handshake(t, w, client, server, nothing)
				require.NoError(t, s.conn.SendSessionTicket(tls.QUICSessionTicketOptions{EarlyData: true, Extra: [][]byte{[]byte("server's own"), {}}}))
				_, err := s.drain(t, c)
				require.NoError(t, err)
				_, err = c.drain(t, s)
				require.NoError(t, err)

				c, s = handshake(t, w, client, server, func(c, s *quicStack) {
					c.decline, s.decline = decline == "the client", decline == "the server"
				})
				require.True(t, c.conn.ConnectionState().DidResume)
				require.True(t, s.conn.ConnectionState().DidResume)
				require.Equal(t, [][]byte{[]byte("client's own")}, c.resumed.Extra)
				require.Equal(t, [][]byte{[]byte("server's own"), {}}, s.resumed.Extra)
				require.Equal(t, decline != "the client", c.write[tls.QUICEncryptionLevelEarly] != nil)
				require.Equal(t, decline == "nobody", s.read[tls.QUICEncryptionLevelEarly] != nil)
				require.Equal(t, decline == "the server", c.refused)
			})
		}
	}
}

func TestSessionsResumeWithoutSessionEvents(t *testing.T) {
	for _, w := range worlds()[:3] {
		t.Run(w.name, func(t *testing.T) {
			client, server := configs(t)
			for i := range 2 {
				c := start(t, w.client(&tls.QUICConfig{TLSConfig: client}), "client")
				s := start(t, w.server(&tls.QUICConfig{TLSConfig: server}), "server")
				ce, se := run(t, c, s)
				require.NoError(t, errors.Join(ce, se))
				require.NoError(t, s.conn.SendSessionTicket(tls.QUICSessionTicketOptions{}))
				_, err := s.drain(t, c)
				require.NoError(t, err)
				_, err = c.drain(t, s)
				require.NoError(t, err)
				require.Equal(t, i == 1, c.conn.ConnectionState().DidResume)
				require.NotContains(t, c.kinds, tls.QUICStoreSession)
			}
		})
	}
}

func TestClientAuthIsThatOfCryptoTLS(t *testing.T) {
	cert, roots := certificate(t, "client.test")
	_, others := certificate(t, "client.test")
	for _, auth := range []tls.ClientAuthType{tls.NoClientCert, tls.RequestClientCert, tls.RequireAnyClientCert, tls.VerifyClientCertIfGiven, tls.RequireAndVerifyClientCert} {
		for _, given := range []bool{false, true} {
			for _, pool := range []*x509.CertPool{roots, others} {
				var want []string
				for _, w := range worlds() {
					client, server := configs(t)
					server.ClientAuth, server.ClientCAs = auth, pool
					client.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
						if given {
							return &cert, nil
						}
						return &tls.Certificate{}, nil
					}
					c := start(t, w.client(&tls.QUICConfig{TLSConfig: client}), "client")
					s := start(t, w.server(&tls.QUICConfig{TLSConfig: server}), "server")
					_, err := run(t, c, s)
					got := "ok"
					var a tls.AlertError
					if errors.As(err, &a) {
						got = a.Error()
					} else {
						require.NoError(t, err)
						require.Equal(t, given && auth != tls.NoClientCert, len(s.conn.ConnectionState().PeerCertificates) == 1)
					}
					want = append(want, got)
				}
				require.Equal(t, want[3], want[0], "%v, given %v", auth, given)
				require.Equal(t, want[3], want[1], "%v, given %v", auth, given)
				require.Equal(t, want[3], want[2], "%v, given %v", auth, given)
			}
		}
	}
}

func TestErrorsAreFoundWhereQUICLooks(t *testing.T) {
	w := worlds()[0]
	t.Run("another name", func(t *testing.T) {
		client, server := configs(t)
		client.ServerName = "other.test"
		c := start(t, w.client(&tls.QUICConfig{TLSConfig: client}), "client")
		err, _ := run(t, c, start(t, w.server(&tls.QUICConfig{TLSConfig: server}), "server"))
		var verification *tls.CertificateVerificationError
		require.ErrorAs(t, err, &verification)
		require.ErrorContains(t, err, "x509: certificate is valid for example.test, not other.test")
		var a tls.AlertError
		require.ErrorAs(t, err, &a)
		require.Equal(t, tls.AlertError(42), a)
	})
	t.Run("data at a wrong level", func(t *testing.T) {
		client, _ := configs(t)
		c := start(t, w.client(&tls.QUICConfig{TLSConfig: client}), "client")
		c.conn.SetTransportParameters(nil)
		err := c.conn.HandleData(tls.QUICEncryptionLevelApplication, []byte{1})
		require.EqualError(t, err, "tls: handshake data received at wrong level")
		var code *tlsengine.QUICError
		require.ErrorAs(t, err, &code)
		require.Equal(t, tlsengine.QUICProtocolViolation, code.Code)
		require.ErrorIs(t, c.conn.HandleData(tls.QUICEncryptionLevelInitial, []byte{1}), code)
	})
	t.Run("a bad ALPN name", func(t *testing.T) {
		client, _ := configs(t)
		client.NextProtos = []string{""}
		err := w.client(&tls.QUICConfig{TLSConfig: client}).Start(context.Background())
		require.ErrorContains(t, err, "tls: invalid NextProtos value")
		var a tls.AlertError
		require.ErrorAs(t, err, &a)
		require.Equal(t, tls.AlertError(80), a)
	})
	t.Run("no common ALPN", func(t *testing.T) {
		client, server := configs(t)
		server.NextProtos = []string{"h2"}
		c := start(t, w.client(&tls.QUICConfig{TLSConfig: client}), "client")
		_, err := run(t, c, start(t, w.server(&tls.QUICConfig{TLSConfig: server}), "server"))
		var a tls.AlertError
		require.ErrorAs(t, err, &a)
		require.Equal(t, tls.AlertError(120), a)
	})
	t.Run("after Close", func(t *testing.T) {
		client, _ := configs(t)
		c := start(t, w.client(&tls.QUICConfig{TLSConfig: client}), "client")
		require.NoError(t, c.conn.Close())
		require.NoError(t, c.conn.Close())
		require.Error(t, c.conn.HandleData(tls.QUICEncryptionLevelInitial, []byte{1}))
	})
}

func TestServerChoosesItsConfigAndCertificate(t *testing.T) {
	for _, w := range []world{worlds()[0], worlds()[2]} {
		client, server := configs(t)
		var asked []string
		chosen := &tls.Config{
			NextProtos: server.NextProtos, MinVersion: tls.VersionTLS13,
			GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
				asked = append(asked, hello.ServerName)
				return &server.Certificates[0], hello.SupportsCertificate(&server.Certificates[0])
			},
		}
		outer := &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			asked = append(asked, hello.SupportedProtos[0])
			return chosen, nil
		}}
		handshake(t, w, client, outer, nothing)
		require.Equal(t, []string{"h3", "example.test"}, asked)
	}
}

//lint:file-ignore SA1019 deprecated fields are converted too

package tlsconn

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	stdtls "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
)

// authority issues certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	a := &authority{key: key, pool: x509.NewCertPool()}
	a.cert, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	a.pool.AddCert(a.cert)
	return a
}

// issue makes a certificate for a name, of an ECDSA key or an RSA one.
func (a *authority) issue(t *testing.T, name string, algorithm x509.PublicKeyAlgorithm) stdtls.Certificate {
	var cert stdtls.Certificate
	var pub any
	if algorithm == x509.RSA {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		cert.PrivateKey, pub = key, key.Public()
	} else {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		cert.PrivateKey, pub = key, key.Public()
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, pub, a.key)
	require.NoError(t, err)
	cert.Certificate = [][]byte{der}
	return cert
}

// shaker is a Conn of ours or of crypto/tls.
type shaker interface {
	net.Conn
	HandshakeContext(context.Context) error
	ConnectionState() stdtls.ConnectionState
}

// stack makes the two ends of a connection.
type stack struct {
	name   string
	client func(*testing.T, net.Conn, *stdtls.Config) shaker
	server func(*testing.T, net.Conn, *stdtls.Config) shaker
}

func ourClient(t *testing.T, conn net.Conn, from *stdtls.Config) shaker {
	s, err := NewStdClient(from)
	require.NoError(t, err)
	c, err := s.Client(conn)
	require.NoError(t, err)
	return c
}

func ourServer(t *testing.T, conn net.Conn, from *stdtls.Config) shaker {
	s, err := NewStdServer(from)
	require.NoError(t, err)
	return serve(s)(t, conn, nil)
}

func serve(s *StdServer) func(*testing.T, net.Conn, *stdtls.Config) shaker {
	return func(t *testing.T, conn net.Conn, _ *stdtls.Config) shaker {
		c, err := s.Server(conn)
		require.NoError(t, err)
		return c
	}
}

func theirClient(_ *testing.T, conn net.Conn, from *stdtls.Config) shaker {
	return stdtls.Client(conn, from)
}

func theirServer(_ *testing.T, conn net.Conn, from *stdtls.Config) shaker {
	return stdtls.Server(conn, from)
}

var stacks = []stack{
	{"crypto/tls and crypto/tls", theirClient, theirServer}, // it is what the others are held to
	{"ours and crypto/tls", ourClient, theirServer},
	{"crypto/tls and ours", theirClient, ourServer},
	{"ours and ours", ourClient, ourServer},
}

// result is what came of a connection.
type result struct {
	client, server       stdtls.ConnectionState
	clientErr, serverErr error
}

// sockets are the two ends of a TCP connection.
func sockets(t *testing.T) (a, b net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	a, err = net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	b, err = l.Accept()
	require.NoError(t, err)
	return a, b
}

// connect runs a handshake and sends a byte each way.
func (s *stack) connect(t *testing.T, client, server *stdtls.Config) (r result) {
	t.Helper()
	a, b := sockets(t)
	deadline := time.Now().Add(10 * time.Second)
	a.SetDeadline(deadline)
	b.SetDeadline(deadline)
	c, d := s.client(t, a, client), s.server(t, b, server)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.serverErr = exchange(d)
		b.Close()
	}()
	r.clientErr = exchange(c)
	a.Close()
	<-done
	r.client, r.server = c.ConnectionState(), d.ConnectionState()
	return r
}

func exchange(c shaker) error {
	if err := c.HandshakeContext(context.Background()); err != nil {
		return err
	}
	_, err := c.Write([]byte("x"))
	_, err2 := c.Read(make([]byte, 1))
	return errors.Join(err2, err)
}

func versions(t *testing.T, f func(t *testing.T, s stack, version uint16)) {
	for _, s := range stacks {
		for _, v := range []uint16{stdtls.VersionTLS12, stdtls.VersionTLS13} {
			t.Run(s.name+", "+stdtls.VersionName(v), func(t *testing.T) { f(t, s, v) })
		}
	}
}

func TestConvertedConfigsServeCryptoTLS(t *testing.T) {
	ca := newAuthority(t)
	cert := ca.issue(t, "example.test", x509.ECDSA)
	versions(t, func(t *testing.T, s stack, version uint16) {
		server := &stdtls.Config{Certificates: []stdtls.Certificate{cert}, NextProtos: []string{"b", "a"}}
		client := &stdtls.Config{RootCAs: ca.pool, ServerName: "example.test", MaxVersion: version, NextProtos: []string{"a"}}
		r := s.connect(t, client, server)
		require.NoError(t, r.clientErr)
		require.NoError(t, r.serverErr)
		for _, st := range []stdtls.ConnectionState{r.client, r.server} {
			require.True(t, st.HandshakeComplete)
			require.Equal(t, version, st.Version)
			require.Equal(t, "a", st.NegotiatedProtocol)
			require.Equal(t, "example.test", st.ServerName)
			require.NotZero(t, st.CipherSuite)
			require.NotZero(t, st.CurveID)
		}
		require.Len(t, r.client.PeerCertificates, 1)
		require.Len(t, r.client.VerifiedChains, 1)

		client = &stdtls.Config{RootCAs: x509.NewCertPool(), ServerName: "example.test", MaxVersion: version}
		r = s.connect(t, client, server)
		var unknown x509.UnknownAuthorityError
		require.True(t, errors.As(r.clientErr, &unknown), "%v", r.clientErr)
		require.Error(t, r.serverErr)
	})
}

func TestInsecureSkipVerifyNeedsNoNameAndNoRoots(t *testing.T) {
	ca := newAuthority(t)
	server := &stdtls.Config{Certificates: []stdtls.Certificate{ca.issue(t, "example.test", x509.ECDSA)}}
	versions(t, func(t *testing.T, s stack, version uint16) {
		r := s.connect(t, &stdtls.Config{InsecureSkipVerify: true, MaxVersion: version}, server)
		require.NoError(t, r.clientErr)
		require.Empty(t, r.client.VerifiedChains)
	})
	c, err := NewStdClient(&stdtls.Config{})
	require.NoError(t, err)
	_, err = c.Client(nowhere{})
	require.ErrorIs(t, err, errNoName)
}

func TestNamesAreSentAsCryptoTLSSendsThem(t *testing.T) {
	ca := newAuthority(t)
	for _, name := range []string{"example.test", "example.test.", "192.0.2.1", "[2001:db8::1]", "2001:db8::1%eth0", ""} {
		var sent []string
		for _, s := range stacks[:2] {
			server := &stdtls.Config{Certificates: []stdtls.Certificate{ca.issue(t, "example.test", x509.ECDSA)}}
			server.GetConfigForClient = func(info *stdtls.ClientHelloInfo) (*stdtls.Config, error) {
				sent = append(sent, info.ServerName)
				return nil, nil
			}
			r := s.connect(t, &stdtls.Config{InsecureSkipVerify: true, ServerName: name}, server)
			require.NoError(t, r.clientErr)
		}
		require.Len(t, sent, 2)
		require.Equal(t, sent[0], sent[1], name)
	}
}

func TestTheServersCertificateIsChosenAsCryptoTLSDoes(t *testing.T) {
	ca := newAuthority(t)
	certs := make(map[string]*stdtls.Certificate)
	for _, name := range []string{"one.test", "two.test", "any.wild.test", "dynamic.test"} {
		cert := ca.issue(t, name, x509.ECDSA)
		certs[name] = &cert
	}
	rsaCert := ca.issue(t, "two.test", x509.RSA)
	list := []stdtls.Certificate{*certs["one.test"], *certs["two.test"], rsaCert}
	get := func(info *stdtls.ClientHelloInfo) (*stdtls.Certificate, error) {
		switch {
		case info.ServerName == "wrong.test":
			return nil, errors.New("no such name")
		case info.Context() == nil || info.Context().Err() != nil:
			return nil, errors.New("no context")
		case info.Conn == nil || len(info.SupportedProtos) != 1 || len(info.CipherSuites) == 0 || len(info.Extensions) == 0:
			return nil, errors.New("an info without everything")
		case info.ServerName == "dynamic.test" && info.SupportsCertificate(certs["dynamic.test"]) != nil:
			return nil, errors.New("the client takes ECDSA")
		}
		return certs[info.ServerName], nil
	}
	versions(t, func(t *testing.T, s stack, version uint16) {
		for _, c := range []struct {
			ask, want string
			server    *stdtls.Config
		}{
			{"one.test", "one.test", &stdtls.Config{Certificates: list}},
			{"two.test", "two.test", &stdtls.Config{Certificates: list}},
			{"other.test", "one.test", &stdtls.Config{Certificates: list}},
			{"dynamic.test", "dynamic.test", &stdtls.Config{Certificates: list, GetCertificate: get}},
			{"two.test", "two.test", &stdtls.Config{Certificates: list, GetCertificate: get}},
			{"", "one.test", &stdtls.Config{Certificates: list, GetCertificate: get}},
			{"dynamic.test", "dynamic.test", &stdtls.Config{GetCertificate: get}},
			{"wrong.test", "", &stdtls.Config{GetCertificate: get, Certificates: list}},
			{"none.test", "", &stdtls.Config{GetCertificate: get}},
			{"x.wild.test", "any.wild.test", &stdtls.Config{Certificates: list,
				NameToCertificate: map[string]*stdtls.Certificate{"*.wild.test": certs["any.wild.test"]}}},
			{"named.test", "dynamic.test", &stdtls.Config{Certificates: list,
				NameToCertificate: map[string]*stdtls.Certificate{"named.test": certs["dynamic.test"]}}},
		} {
			c.server.NextProtos = []string{"a"}
			client := &stdtls.Config{InsecureSkipVerify: true, ServerName: c.ask, MaxVersion: version, NextProtos: []string{"a"}}
			r := s.connect(t, client, c.server)
			if c.want == "" {
				require.Error(t, r.clientErr, c.ask)
				require.Error(t, r.serverErr, c.ask)
				continue
			}
			require.NoError(t, r.clientErr, c.ask)
			require.NoError(t, r.serverErr, c.ask)
			require.Equal(t, c.want, r.client.PeerCertificates[0].Subject.CommonName, c.ask)
		}
	})
}

func TestGetConfigForClientIsAsked(t *testing.T) {
	ca := newAuthority(t)
	cert := ca.issue(t, "example.test", x509.ECDSA)
	type key struct{}
	versions(t, func(t *testing.T, s stack, version uint16) {
		server := &stdtls.Config{GetConfigForClient: func(info *stdtls.ClientHelloInfo) (*stdtls.Config, error) {
			switch info.ServerName {
			case "refused.test":
				return nil, errors.New("not this one")
			case "unchanged.test":
				return nil, nil
			}
			return &stdtls.Config{
				NextProtos:     []string{"inner"},
				GetCertificate: func(*stdtls.ClientHelloInfo) (*stdtls.Certificate, error) { return &cert, nil },
			}, nil
		}}
		client := &stdtls.Config{RootCAs: ca.pool, ServerName: "example.test", MaxVersion: version, NextProtos: []string{"outer", "inner"}}
		r := s.connect(t, client, server)
		require.NoError(t, r.clientErr)
		require.Equal(t, "inner", r.server.NegotiatedProtocol)
		for _, name := range []string{"refused.test", "unchanged.test"} {
			client.ServerName = name
			r = s.connect(t, client.Clone(), server)
			require.Error(t, r.clientErr)
			require.Error(t, r.serverErr)
		}
	})
	s, err := NewStdServer(&stdtls.Config{GetConfigForClient: func(info *stdtls.ClientHelloInfo) (*stdtls.Config, error) {
		require.Equal(t, "value", info.Context().Value(key{}))
		return &stdtls.Config{Renegotiation: stdtls.RenegotiateFreelyAsClient}, nil
	}})
	require.NoError(t, err)
	a, b := net.Pipe()
	go stdtls.Client(a, &stdtls.Config{InsecureSkipVerify: true}).Handshake()
	conn, err := s.Server(b)
	require.NoError(t, err)
	requireRefusal(t, "Config.Renegotiation", conn.Handshake(context.WithValue(context.Background(), key{}, "value")))
}

func TestClientCertificatesAreChosenAsCryptoTLSDoes(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	cert := ca.issue(t, "example.test", x509.ECDSA)
	mine, stranger := ca.issue(t, "me", x509.ECDSA), other.issue(t, "me elsewhere", x509.ECDSA)
	stranger.Leaf, mine.Leaf = nil, nil
	other.cert.RawSubject = nil
	versions(t, func(t *testing.T, s stack, version uint16) {
		server := &stdtls.Config{
			Certificates: []stdtls.Certificate{cert}, ClientAuth: stdtls.RequireAndVerifyClientCert, ClientCAs: ca.pool,
			MaxVersion: version,
		}
		base := stdtls.Config{RootCAs: ca.pool, ServerName: "example.test"}
		get := base.Clone()
		get.GetClientCertificate = func(info *stdtls.CertificateRequestInfo) (*stdtls.Certificate, error) {
			if info.Version != version || len(info.AcceptableCAs) != 1 || info.SupportsCertificate(&mine) != nil {
				return nil, errors.New("an info without everything")
			}
			return &mine, nil
		}
		listed := base.Clone()
		listed.Certificates = []stdtls.Certificate{mine}
		for _, client := range []*stdtls.Config{get, listed} {
			r := s.connect(t, client, server)
			require.NoError(t, r.clientErr)
			require.NoError(t, r.serverErr)
			require.Equal(t, "me", r.server.PeerCertificates[0].Subject.CommonName)
			require.Len(t, r.server.VerifiedChains, 1)
		}
		failing, none := base.Clone(), base.Clone()
		failing.GetClientCertificate = func(*stdtls.CertificateRequestInfo) (*stdtls.Certificate, error) {
			return nil, errors.New("the card is out of its reader")
		}
		none.GetClientCertificate = func(*stdtls.CertificateRequestInfo) (*stdtls.Certificate, error) {
			return new(stdtls.Certificate), nil
		}
		for _, client := range []*stdtls.Config{failing, none} {
			r := s.connect(t, client, server)
			require.Error(t, r.clientErr)
			require.Error(t, r.serverErr)
		}
	})
}

func TestClientAuthMeansWhatItMeansThere(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	cert, mine, stranger := ca.issue(t, "example.test", x509.ECDSA), ca.issue(t, "me", x509.ECDSA), other.issue(t, "stranger", x509.ECDSA)
	give := func(cert stdtls.Certificate) func(*stdtls.CertificateRequestInfo) (*stdtls.Certificate, error) {
		return func(*stdtls.CertificateRequestInfo) (*stdtls.Certificate, error) { return &cert, nil }
	}
	versions(t, func(t *testing.T, s stack, version uint16) {
		for auth, good := range map[stdtls.ClientAuthType][3]bool{ // with none, mine, a stranger's
			stdtls.NoClientCert:               {true, true, true},
			stdtls.RequestClientCert:          {true, true, true},
			stdtls.RequireAnyClientCert:       {false, true, true},
			stdtls.VerifyClientCertIfGiven:    {true, true, false},
			stdtls.RequireAndVerifyClientCert: {false, true, false},
		} {
			server := &stdtls.Config{Certificates: []stdtls.Certificate{cert}, ClientAuth: auth, ClientCAs: ca.pool, MaxVersion: version}
			for i, cert := range []stdtls.Certificate{{}, mine, stranger} {
				client := &stdtls.Config{RootCAs: ca.pool, ServerName: "example.test", GetClientCertificate: give(cert)}
				r := s.connect(t, client, server)
				require.Equal(t, good[i], r.serverErr == nil, "%v with certificate %d: %v", auth, i, r.serverErr)
				require.Equal(t, good[i], r.clientErr == nil, "%v with certificate %d: %v", auth, i, r.clientErr)
			}
		}
	})
}

func TestVerifyCallbacksAreAskedWhenCryptoTLSAsksThem(t *testing.T) {
	ca := newAuthority(t)
	cert := ca.issue(t, "example.test", x509.ECDSA)
	mine := ca.issue(t, "me", x509.ECDSA)
	for _, v := range []uint16{stdtls.VersionTLS12, stdtls.VersionTLS13} {
		for _, auth := range []stdtls.ClientAuthType{stdtls.NoClientCert, stdtls.RequireAndVerifyClientCert} {
			var want []string
			for _, s := range stacks {
				var calls []string
				var mu sync.Mutex
				add := func(call string) { mu.Lock(); calls = append(calls, call); mu.Unlock() }
				note := func(who string, cfg *stdtls.Config) {
					cfg.VerifyPeerCertificate = func(raw [][]byte, chains [][]*x509.Certificate) error {
						require.Len(t, raw, 1)
						require.Len(t, chains, 1)
						add(who + " peer")
						return nil
					}
					cfg.VerifyConnection = func(st stdtls.ConnectionState) error {
						require.Equal(t, "example.test", st.ServerName)
						require.Equal(t, v, st.Version)
						add(who + " connection")
						return nil
					}
				}
				server := &stdtls.Config{Certificates: []stdtls.Certificate{cert}, ClientAuth: auth, ClientCAs: ca.pool, MaxVersion: v}
				client := &stdtls.Config{RootCAs: ca.pool, ServerName: "example.test", Certificates: []stdtls.Certificate{mine},
					ClientSessionCache: stdtls.NewLRUClientSessionCache(0)}
				note("client", client)
				note("server", server)
				fixed := s
				if s.server != nil && s.name[len(s.name)-4:] == "ours" {
					ours, err := NewStdServer(server)
					require.NoError(t, err)
					fixed.server = serve(ours)
				}
				for i := range 2 {
					r := fixed.connect(t, client, server)
					require.NoError(t, r.clientErr, s.name)
					require.NoError(t, r.serverErr, s.name)
					require.Equal(t, i == 1, r.client.DidResume, s.name)
				}
				if want == nil {
					want = calls
				}
				require.ElementsMatch(t, want, calls, "%s, %s, %v", s.name, stdtls.VersionName(v), auth)
			}
		}
	}
	no := errors.New("not this one")
	versions(t, func(t *testing.T, s stack, version uint16) {
		for _, refuse := range []func(*stdtls.Config){
			func(c *stdtls.Config) { c.VerifyConnection = func(stdtls.ConnectionState) error { return no } },
			func(c *stdtls.Config) {
				c.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { return no }
			},
		} {
			server := &stdtls.Config{Certificates: []stdtls.Certificate{cert}, MaxVersion: version}
			client := &stdtls.Config{RootCAs: ca.pool, ServerName: "example.test"}
			refuse(client)
			r := s.connect(t, client, server)
			require.ErrorIs(t, r.clientErr, no)
			require.Error(t, r.serverErr)
		}
		server := &stdtls.Config{Certificates: []stdtls.Certificate{cert}, MaxVersion: version,
			VerifyConnection: func(stdtls.ConnectionState) error { return no }}
		r := s.connect(t, &stdtls.Config{RootCAs: ca.pool, ServerName: "example.test"}, server)
		require.Error(t, r.clientErr)
		require.ErrorIs(t, r.serverErr, no)
	})
}

func TestSessionsOfAConvertedConfigAreResumed(t *testing.T) {
	ca := newAuthority(t)
	cert := ca.issue(t, "example.test", x509.ECDSA)
	for _, disabled := range []string{"nobody", "client", "server"} {
		versions(t, func(t *testing.T, s stack, version uint16) {
			server := &stdtls.Config{Certificates: []stdtls.Certificate{cert}, SessionTicketsDisabled: disabled == "server"}
			client := &stdtls.Config{RootCAs: ca.pool, ServerName: "example.test", MaxVersion: version,
				ClientSessionCache: stdtls.NewLRUClientSessionCache(0), SessionTicketsDisabled: disabled == "client"}
			if s.name[len(s.name)-4:] == "ours" {
				ours, err := NewStdServer(server)
				require.NoError(t, err)
				s.server = serve(ours)
			}
			for i := range 3 {
				r := s.connect(t, client, server)
				require.NoError(t, r.clientErr)
				require.NoError(t, r.serverErr)
				require.Equal(t, i > 0 && disabled == "nobody", r.client.DidResume, "connection %d", i)
				require.Equal(t, r.client.DidResume, r.server.DidResume)
				require.Len(t, r.client.VerifiedChains, 1)
			}
		})
	}
}

func TestASessionWhoseChainIsNotTrustedAnyMoreIsLeftAside(t *testing.T) {
	ca := newAuthority(t)
	server := &stdtls.Config{Certificates: []stdtls.Certificate{ca.issue(t, "example.test", x509.ECDSA)}}
	ours, err := NewStdServer(server)
	require.NoError(t, err)
	now := time.Now()
	client := &stdtls.Config{RootCAs: ca.pool, ServerName: "example.test", ClientSessionCache: stdtls.NewLRUClientSessionCache(0),
		Time: func() time.Time { return now }}
	s := stack{"", ourClient, serve(ours)}
	require.NoError(t, s.connect(t, client, server).clientErr)
	now = now.Add(2 * time.Hour)
	r := s.connect(t, client, server)
	var invalid x509.CertificateInvalidError
	require.True(t, errors.As(r.clientErr, &invalid), "the certificate is judged anew: %v", r.clientErr)
}

func TestSessionTicketKeysAreShared(t *testing.T) {
	ca := newAuthority(t)
	server := &stdtls.Config{Certificates: []stdtls.Certificate{ca.issue(t, "example.test", x509.ECDSA)}}
	//lint:ignore SA1019 this is about it
	server.SessionTicketKey = [32]byte{1, 2, 3}
	client := &stdtls.Config{RootCAs: ca.pool, ServerName: "example.test", ClientSessionCache: stdtls.NewLRUClientSessionCache(0)}
	s := stack{"", ourClient, ourServer} // a new StdServer each time
	require.False(t, s.connect(t, client, server).client.DidResume)
	require.True(t, s.connect(t, client, server).client.DidResume)
}

func TestStdDialAndListen(t *testing.T) {
	ca := newAuthority(t)
	s, err := NewStdServer(&stdtls.Config{Certificates: []stdtls.Certificate{ca.issue(t, "localhost", x509.ECDSA)}})
	require.NoError(t, err)
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := s.Listener(raw)
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err == nil {
			conn.Write([]byte("x"))
			conn.Close()
		}
	}()
	c, err := NewStdClient(&stdtls.Config{RootCAs: ca.pool})
	require.NoError(t, err)
	_, port, _ := net.SplitHostPort(raw.Addr().String())
	conn, err := c.DialContext(t.Context(), "tcp", net.JoinHostPort("localhost", port))
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Read(make([]byte, 1))
	require.NoError(t, err)
	material, err := conn.(*Conn).ExportKeyingMaterial("EXPERIMENTAL-label", nil, 32)
	require.NoError(t, err)
	require.Len(t, material, 32)
	require.Equal(t, "localhost", conn.(*Conn).ConnectionState().ServerName)
	require.Equal(t, tls.Version(tls.VersionTLS13), conn.(*Conn).Engine().ConnectionState().Version)
}

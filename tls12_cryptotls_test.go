package tlsengine_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/tls"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// foreignCert is a credential for crypto/tls.
func foreignCert(c *tlsengine.Credential) tls.Certificate {
	return tls.Certificate{Certificate: c.Chain, PrivateKey: c.Signer.(crypto.PrivateKey), OCSPStaple: c.Staple}
}

// foreign12 is a Config of crypto/tls with TLS 1.2 alone.
func foreign12(certs ...*tlsengine.Credential) *tls.Config {
	cfg := &tls.Config{
		MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, Time: testpeer.Now,
		RootCAs: testpeer.Roots(), ClientCAs: testpeer.Roots(), ServerName: testpeer.Name,
	}
	for _, c := range certs {
		cfg.Certificates = append(cfg.Certificates, foreignCert(c))
	}
	return cfg
}

var payload = func() []byte {
	b := make([]byte, 100_000)
	_, _ = testpeer.Rand("payload").Read(b)
	return b
}()

// credentials12 are a server's, by the kind of key.
func credentials12(auth cipher.Auth) []*tlsengine.Credential {
	if auth == cipher.AuthRSA {
		return []*tlsengine.Credential{rsaCredential()}
	}
	return []*tlsengine.Credential{
		ecCredential(elliptic.P256()), ecCredential(elliptic.P384()), ecCredential(elliptic.P521()),
		testpeer.EdIdentity(testpeer.Name).Credential(),
	}
}

func TestTLS12CryptoTLSEverySuiteGroupAndKey(t *testing.T) {
	for _, suite := range suites12() {
		for i, cred := range credentials12(suite.Auth) {
			for _, curve := range []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521} {
				name := fmt.Sprintf("%v/%d/%v", suite, i, curve)
				t.Run("client/"+name, func(t *testing.T) {
					cfg := foreign12(cred)
					cfg.CurvePreferences = []tls.CurveID{curve}
					cfg.CipherSuites = []uint16{uint16(suite.ID)}
					f := againstServer(t, client12(), cfg)
					f.shake(t)
					f.checkFacts(t, suite, group.ID(curve))
				})
				t.Run("server/"+name, func(t *testing.T) {
					s := server12()
					s.Groups = []*group.Group{group.Lookup(group.ID(curve))}
					s.Credentials = []*tlsengine.Credential{cred}
					cfg := foreign12()
					cfg.CipherSuites = []uint16{uint16(suite.ID)}
					f := againstClient(t, s, cfg)
					f.shake(t)
					f.checkFacts(t, suite, group.ID(curve))
				})
			}
		}
	}
}

// checkFacts checks what was agreed on, the exporters and data both ways.
func (f *foreign) checkFacts(t *testing.T, suite *cipher.Suite, g group.ID) {
	t.Helper()
	ours, theirs := f.ConnectionState(), f.other.ConnectionState()
	require.Equal(t, tlsengine.VersionTLS12, ours.Version)
	require.Equal(t, suite.ID, ours.Suite.ID)
	require.Equal(t, uint16(suite.ID), theirs.CipherSuite)
	require.Equal(t, g, ours.Group)
	require.True(t, ours.EMS)
	for _, context := range [][]byte{nil, {}, []byte("context")} {
		a, err := f.Export("EXPORTER-test", context, 77)
		require.NoError(t, err)
		b, err := theirs.ExportKeyingMaterial("EXPORTER-test", context, 77)
		require.NoError(t, err)
		require.Equal(t, b, a)
	}
	f.echo(t, payload)
}

func TestTLS12CryptoTLSClientAuthentication(t *testing.T) {
	creds := append(credentials12(cipher.AuthECDSA), rsaCredential())
	for i, cred := range creds {
		t.Run(fmt.Sprint("client/", i), func(t *testing.T) {
			c := client12()
			c.Credentials = []*tlsengine.Credential{cred}
			cfg := foreign12(rsaCredential())
			cfg.ClientAuth = tls.RequireAndVerifyClientCert
			f := againstServer(t, c, cfg)
			f.shake(t)
			require.Equal(t, cred.Chain[0], f.other.ConnectionState().PeerCertificates[0].Raw)
			f.echo(t, payload)
		})
		t.Run(fmt.Sprint("server/", i), func(t *testing.T) {
			s := server12()
			s.ClientAuth = tlsengine.RequireClientCert
			f := againstClient(t, s, foreign12(cred))
			f.shake(t)
			require.Equal(t, cred.Chain, f.ConnectionState().PeerChain)
			f.echo(t, payload)
		})
	}
}

func TestTLS12CryptoTLSWithoutAClientCertificate(t *testing.T) {
	t.Run("a client that has none says so", func(t *testing.T) {
		cfg := foreign12(rsaCredential())
		cfg.ClientAuth = tls.RequestClientCert
		f := againstServer(t, client12(), cfg)
		f.shake(t)
		require.Empty(t, f.other.ConnectionState().PeerCertificates)
	})
	t.Run("a server that asks goes on without", func(t *testing.T) {
		s := server12()
		s.ClientAuth = tlsengine.RequestClientCert
		f := againstClient(t, s, foreign12())
		f.shake(t)
		require.Nil(t, f.ConnectionState().PeerChain)
	})
	t.Run("a server that requires does not", func(t *testing.T) {
		s := server12()
		s.ClientAuth = tlsengine.RequireClientCert
		f := againstClient(t, s, foreign12())
		f.until(t, func() bool { return false })
		require.Equal(t, tlsengine.Alert(40), f.refusal(t).Alert)
		require.ErrorContains(t, <-f.errs, "handshake failure")
	})
}

func TestTLS12CryptoTLSResumesByTicket(t *testing.T) {
	t.Run("client", func(t *testing.T) {
		c, cfg := client12(), foreign12(rsaCredential())
		for i := range 4 {
			f := againstServer(t, c, cfg)
			f.shake(t)
			require.Equal(t, i > 0, f.ConnectionState().Resumed)
			require.Equal(t, i > 0, f.other.ConnectionState().DidResume)
			require.Equal(t, rsaCredential().Chain, f.ConnectionState().PeerChain)
			require.Equal(t, group.X25519, f.ConnectionState().Group, "the group of the first handshake")
			f.echo(t, payload)
			if len(f.sessions) > 0 {
				c.Session = f.sessions[0]
			}
			require.NotNil(t, c.Session)
		}
	})
	t.Run("server", func(t *testing.T) {
		s, cfg := server12(), foreign12()
		cfg.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		for i := range 4 {
			f := againstClient(t, s, cfg)
			f.shake(t)
			require.Equal(t, i > 0, f.ConnectionState().Resumed)
			require.Equal(t, i > 0, f.other.ConnectionState().DidResume)
			f.echo(t, payload)
		}
	})
}

func TestTLS12CryptoTLSResumesWithTheClientsChain(t *testing.T) {
	s, cfg := server12(), foreign12(rsaCredential())
	s.ClientAuth = tlsengine.RequireClientCert
	cfg.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	for i := range 2 {
		f := againstClient(t, s, cfg)
		f.shake(t)
		require.Equal(t, i > 0, f.ConnectionState().Resumed)
		require.Equal(t, rsaCredential().Chain, f.ConnectionState().PeerChain)
	}
}

func TestTLS12CryptoTLSProtocolNameStapleAndSNI(t *testing.T) {
	cred := *rsaCredential()
	cred.Staple = []byte("a response")
	t.Run("client", func(t *testing.T) {
		c, cfg := client12(), foreign12(&cred)
		c.ALPN, c.RequestStatus = []string{"a", "b"}, true
		var asked string
		cfg.NextProtos = []string{"b"}
		cfg.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			asked = hello.ServerName
			return nil, nil
		}
		f := againstServer(t, c, cfg)
		f.shake(t)
		require.Equal(t, "b", f.ConnectionState().ALPN)
		require.Equal(t, "a response", string(f.ConnectionState().PeerStaple))
		require.Equal(t, testpeer.Name, asked)
	})
	t.Run("server", func(t *testing.T) {
		s, cfg := server12(), foreign12()
		s.Credentials, s.ALPN = []*tlsengine.Credential{&cred}, []string{"c", "b"}
		cfg.NextProtos = []string{"a", "b"}
		f := againstClient(t, s, cfg)
		f.shake(t)
		require.Equal(t, "b", f.other.ConnectionState().NegotiatedProtocol)
		require.Equal(t, "a response", string(f.other.ConnectionState().OCSPResponse))
		require.Equal(t, testpeer.Name, f.ConnectionState().ServerName)
	})
}

// Each side speaks TLS 1.2 to 1.3, or one of them alone.
func TestCryptoTLSVersionNegotiation(t *testing.T) {
	bounds := [][2]uint16{
		{tls.VersionTLS12, tls.VersionTLS12}, {tls.VersionTLS12, tls.VersionTLS13}, {tls.VersionTLS13, tls.VersionTLS13},
	}
	for _, ours := range bounds {
		for _, theirs := range bounds {
			want := min(ours[1], theirs[1])
			possible := want >= max(ours[0], theirs[0])
			set := func(cfg *tlsengine.Config) *tlsengine.Config {
				cfg.MinVersion, cfg.MaxVersion = tlsengine.Version(ours[0]), tlsengine.Version(ours[1])
				return cfg
			}
			cfg := foreign12(rsaCredential())
			cfg.MinVersion, cfg.MaxVersion = theirs[0], theirs[1]
			check := func(t *testing.T, f *foreign) {
				if possible {
					f.shake(t)
					require.Equal(t, tlsengine.Version(want), f.ConnectionState().Version)
					f.echo(t, payload)
					return
				}
				f.until(t, func() bool { return false })
				require.Error(t, f.err)
				require.Error(t, <-f.errs)
			}
			t.Run(fmt.Sprintf("client %x, server %x", ours, theirs), func(t *testing.T) {
				check(t, againstServer(t, set(testpeer.ClientConfig()), cfg))
			})
			t.Run(fmt.Sprintf("server %x, client %x", ours, theirs), func(t *testing.T) {
				check(t, againstClient(t, set(testpeer.ServerConfig()), cfg))
			})
		}
	}
}

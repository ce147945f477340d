package tlsengine

import (
	"crypto/tls"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
)

// The same handshakes with crypto/tls's QUICConn as the other side.

// stdConfigs are the configurations of crypto/tls that go with Configs.
func stdConfigs(client, server *Config) (*tls.Config, *tls.Config) {
	cred := server.Credentials[0]
	return &tls.Config{
			RootCAs: client.Roots, ServerName: client.ServerName, NextProtos: client.ALPN,
			MinVersion: tls.VersionTLS13, ClientSessionCache: tls.NewLRUClientSessionCache(4),
		}, &tls.Config{
			Certificates: []tls.Certificate{{Certificate: cred.Chain, PrivateKey: cred.Signer}},
			NextProtos:   server.ALPN, MinVersion: tls.VersionTLS13,
		}
}

// stdPair is a pair with crypto/tls on one side.
type stdPair struct {
	*quicPair
	own ours
	std *theirs
}

// stdPairs makes the pairs in which crypto/tls is the client, and the server.
func stdPairs(t *testing.T, test func(t *testing.T, weAreClient bool, make func() stdPair)) {
	stdPairsOf(t, func(*Config, *Config, *tls.Config, *tls.Config) {}, test)
}

func stdPairsOf(t *testing.T, change func(client, server *Config, stdClient, stdServer *tls.Config),
	test func(t *testing.T, weAreClient bool, make func() stdPair)) {
	fresh := func() (client, server *Config, sc, ss *tls.Config) {
		client, server = quicConfigs(t)
		client.KeyShares = []group.ID{group.X25519} // short hellos
		sc, ss = stdConfigs(client, server)
		sc.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256}
		ss.CurvePreferences = sc.CurvePreferences
		change(client, server, sc, ss)
		return client, server, sc, ss
	}
	t.Run("our client", func(t *testing.T) {
		client, _, _, ss := fresh()
		test(t, true, func() stdPair {
			own, std := quicClient(t, client), stdServer(t, ss)
			return stdPair{newQUICPair(t, own, std), own, std}
		})
	})
	t.Run("our server", func(t *testing.T) {
		_, server, sc, _ := fresh()
		test(t, false, func() stdPair {
			own, std := quicServer(t, server), stdClient(t, sc)
			return stdPair{newQUICPair(t, std, own), own, std}
		})
	})
}

// agree runs the handshake, and checks that the two sides think the same of the connection.
func (p stdPair) agree() {
	p.t.Helper()
	p.run().done()
	own, std := p.own.ConnectionState(), p.std.ConnectionState()
	require.Equal(p.t, std.CipherSuite, uint16(own.Suite.ID))
	require.Equal(p.t, std.NegotiatedProtocol, own.ALPN)
	require.Equal(p.t, std.DidResume, own.Resumed)
	require.Equal(p.t, uint16(std.CurveID), uint16(own.Group))
	want, err := std.ExportKeyingMaterial("label", []byte("context"), 24)
	require.NoError(p.t, err)
	got, err := p.own.Export("label", []byte("context"), 24)
	require.NoError(p.t, err)
	require.Equal(p.t, want, got, "exported keying material")
}

func TestQUICWithCryptoTLS(t *testing.T) {
	stdPairs(t, func(t *testing.T, _ bool, make func() stdPair) {
		p := make()
		p.agree()
		mine, his := 0, 1
		if p.client != quicSide(p.own) {
			mine, his = 1, 0
		}
		require.Contains(t, string(p.events(mine, QUICPeerParameters)[0].Data), "std ")
		require.Contains(t, string(p.events(his, QUICPeerParameters)[0].Data), "our ")
	})
}

func TestQUICWithCryptoTLSInEverySplit(t *testing.T) {
	step := 1
	if testing.Short() {
		step = 17
	}
	stdPairs(t, func(t *testing.T, _ bool, make func() stdPair) {
		longest := 1
		for cut := 1; cut <= longest; cut += step {
			p := make()
			p.split = func(_ int, _ QUICLevel, data []byte) [][]byte {
				longest = max(longest, len(data)-1)
				n := min(cut, len(data))
				return slices.DeleteFunc([][]byte{data[:n], data[n:]}, func(b []byte) bool { return len(b) == 0 })
			}
			p.agree()
		}
		require.Greater(t, longest, 400)
	})
}

func TestQUICWithCryptoTLSInSmallPieces(t *testing.T) {
	stdPairs(t, func(t *testing.T, _ bool, make func() stdPair) {
		for _, size := range []int{1, 2, 3, 4, 5, 64} {
			p := make()
			p.split = func(_ int, _ QUICLevel, data []byte) (out [][]byte) {
				return slices.Collect(slices.Chunk(data, size))
			}
			p.agree()
		}
	})
}

func TestQUICWithCryptoTLSInEverySuite(t *testing.T) {
	for _, suite := range cipher.Suites()[:3] {
		t.Run(suite.String(), func(t *testing.T) {
			stdPairsOf(t, func(client, server *Config, _, _ *tls.Config) {
				client.Suites, server.Suites = []*cipher.Suite{suite}, []*cipher.Suite{suite}
			}, func(t *testing.T, _ bool, make func() stdPair) {
				p := make()
				p.agree()
				require.Equal(t, suite.ID, p.own.ConnectionState().Suite.ID)
			})
		})
	}
}

func TestQUICWithCryptoTLSInEveryGroup(t *testing.T) {
	for _, id := range []group.ID{group.X25519MLKEM768, group.SecP256r1MLKEM768, group.SecP384r1MLKEM1024, group.X25519, group.P256, group.P384, group.P521} {
		t.Run(id.String(), func(t *testing.T) {
			stdPairsOf(t, func(client, server *Config, sc, ss *tls.Config) {
				client.KeyShares = nil
				client.Groups, server.Groups = []*group.Group{group.Lookup(id)}, []*group.Group{group.Lookup(id)}
				sc.CurvePreferences, ss.CurvePreferences = []tls.CurveID{tls.CurveID(id)}, []tls.CurveID{tls.CurveID(id)}
			}, func(t *testing.T, _ bool, make func() stdPair) {
				p := make()
				p.agree()
				require.Equal(t, id, p.own.ConnectionState().Group)
			})
		})
	}
}

func TestQUICWithCryptoTLSAfterHelloRetryRequest(t *testing.T) {
	stdPairsOf(t, func(client, server *Config, sc, ss *tls.Config) {
		server.Groups = []*group.Group{group.Lookup(group.P256)}
		ss.CurvePreferences = []tls.CurveID{tls.CurveP256}
	}, func(t *testing.T, _ bool, make func() stdPair) {
		p := make()
		p.agree()
		require.True(t, p.own.ConnectionState().Retried)
	})
}

func TestQUICWithCryptoTLSAndClientCertificate(t *testing.T) {
	stdPairsOf(t, func(client, server *Config, sc, ss *tls.Config) {
		cred, roots := selfSigned(t, "client.test")
		client.Credentials = []*Credential{cred}
		server.Roots, server.ClientAuth = roots, RequireClientCert
		sc.Certificates = []tls.Certificate{{Certificate: cred.Chain, PrivateKey: cred.Signer}}
		ss.ClientCAs, ss.ClientAuth = roots, tls.RequireAndVerifyClientCert
	}, func(t *testing.T, _ bool, make func() stdPair) {
		p := make()
		p.agree()
		if p.own.m.IsClient() {
			require.Len(t, p.std.ConnectionState().PeerCertificates, 1)
		} else {
			require.Len(t, p.own.ConnectionState().PeerChain, 1)
		}
	})
}

// resumeStd completes a handshake, has the server send a ticket, and makes
// the next pair, which resumes.
func resumeStd(t *testing.T, weAreClient, early bool, client *Config, make func() stdPair) {
	p := make()
	p.agree()
	if weAreClient {
		require.NoError(t, p.std.SendSessionTicket(tls.QUICSessionTicketOptions{EarlyData: early, Extra: [][]byte{[]byte("x")}}))
	} else {
		require.NoError(t, p.own.SendTicket(QUICTicket{NoEarlyData: !early, Application: []byte("application")}))
	}
	p.run()
	require.NoError(t, p.errs[0])
	if weAreClient {
		client.Session = p.events(0, QUICNewSession)[0].Data
	}
}

func TestQUICWithCryptoTLSResumes(t *testing.T) {
	for _, early := range []bool{false, true} {
		t.Run(fmt.Sprintf("0-RTT %v", early), func(t *testing.T) {
			var cfg *Config
			stdPairsOf(t, func(client, _ *Config, _, _ *tls.Config) { cfg = client },
				func(t *testing.T, weAreClient bool, make func() stdPair) {
					resumeStd(t, weAreClient, early, cfg, make)
					p := make()
					p.agree()
					require.True(t, p.own.ConnectionState().Resumed)
					require.Equal(t, early, p.own.m.Facts().EarlyAccepted(), p.own.m.Facts().EarlyData)
					require.Equal(t, early, p.secret(1, QUICReadSecret, QUICEarly) != nil, p)
				})
		})
	}
}

func TestQUICWithCryptoTLSRefuses0RTT(t *testing.T) {
	var cfg, scfg *Config
	stdPairsOf(t, func(client, server *Config, _, _ *tls.Config) { cfg, scfg = client, server },
		func(t *testing.T, weAreClient bool, make func() stdPair) {
			resumeStd(t, weAreClient, true, cfg, make)
			scfg.MaxEarlyData = 0
			p := make()
			p.std.decline = weAreClient
			p.agree()
			require.True(t, p.own.ConnectionState().Resumed)
			require.False(t, p.own.m.Facts().EarlyAccepted())
			require.NotNil(t, p.secret(0, QUICWriteSecret, QUICEarly), "0-RTT was offered")
			require.Len(t, p.events(0, QUICEarlyRejected), 1)
		})
}

// Here crypto/tls (Go 1.26) computes the binder before it takes early_data
// out, so it fails as a client; a server that let it pass would be wrong.
func TestQUICWithCryptoTLSRetriesAfter0RTT(t *testing.T) {
	var cfg, scfg *Config
	var std *tls.Config
	stdPairsOf(t, func(client, server *Config, _, ss *tls.Config) { cfg, scfg, std = client, server, ss },
		func(t *testing.T, weAreClient bool, make func() stdPair) {
			resumeStd(t, weAreClient, true, cfg, make)
			scfg.Groups = []*group.Group{group.Lookup(group.P256)}
			std.CurvePreferences = []tls.CurveID{tls.CurveP256}
			p := make()
			p.run()
			if !weAreClient {
				p.refused(1, QUICCryptoError+51, "the binder must be checked")
				return
			}
			p.agree()
			require.True(t, p.own.ConnectionState().Resumed)
			require.True(t, p.own.ConnectionState().Retried)
			require.Len(t, p.events(0, QUICEarlyRejected), 1)
		})
}

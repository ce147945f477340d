package tlsengine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// What two sides agree on: RFC 9846, Section 4.2.1, and RFC 7301.

var suites13 = []cipher.ID{cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_AES_256_GCM_SHA384, cipher.TLS_CHACHA20_POLY1305_SHA256}

func TestEverySuiteWithEveryGroup(t *testing.T) {
	if race.Enabled {
		t.Skip("nothing happens at the same time")
	}
	for _, id := range suites13 {
		for _, g := range group.All() {
			t.Run(id.String()+" "+g.Name, func(t *testing.T) {
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					cfg := testpeer.ServerConfig()
					cfg.Groups = []*group.Group{g}
					p := testpeer.Client(t, drive, cfg)
					p.Group = g.ID
					p.Send(p.ClientHello(supports(g.ID), func(m *handshake.ClientHello) { m.CipherSuites = handshake.List16Of(id) }))
					p.Want("the server takes what it gets", &handshake.ServerHello{CipherSuite: id})
					p.Send(p.Finished())
					p.WantDone("the handshake is complete")
					agreed := p.Engine.ConnectionState()
					require.Equal(t, g.ID, agreed.Group)
					require.Equal(t, id, agreed.Suite.ID)
				})
				testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
					cfg := testpeer.ClientConfig()
					cfg.Groups = []*group.Group{g}
					cfg.KeyShares = []group.ID{g.ID}
					p := testpeer.Server(t, drive, cfg)
					p.Suite, p.Group = suiteOf(id), g.ID
					p.Send(p.Flight()...)
					p.WantDone("the handshake is complete")
					agreed := p.Engine.ConnectionState()
					require.Equal(t, g.ID, agreed.Group)
					require.Equal(t, id, agreed.Suite.ID)
				})
			})
		}
	}
}

func TestServerChoosesTheSuite(t *testing.T) {
	reversed := func(m *handshake.ClientHello) {
		m.CipherSuites = handshake.List16Of(cipher.TLS_CHACHA20_POLY1305_SHA256, cipher.TLS_AES_256_GCM_SHA384, cipher.TLS_AES_128_GCM_SHA256)
	}
	for name, c := range map[string]struct {
		config func(*tlsengine.Config)
		want   cipher.ID
	}{
		"by its own order":       {func(*tlsengine.Config) {}, cipher.TLS_AES_128_GCM_SHA256},
		"by the Config's order":  {func(c *tlsengine.Config) { c.Suites = []*cipher.Suite{suiteOf(suites13[1]), suiteOf(suites13[0])} }, cipher.TLS_AES_256_GCM_SHA384},
		"by the client's order":  {func(c *tlsengine.Config) { c.ClientOrder = true }, cipher.TLS_CHACHA20_POLY1305_SHA256},
		"the only one that both": {func(c *tlsengine.Config) { c.Suites = []*cipher.Suite{suiteOf(suites13[2])} }, cipher.TLS_CHACHA20_POLY1305_SHA256},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				c.config(cfg)
				p := testpeer.Client(t, drive, cfg)
				p.Send(p.ClientHello(reversed))
				p.Want("the server chooses", &handshake.ServerHello{CipherSuite: c.want})
			})
		})
	}
}

func TestServerFindsNoSuiteInTheClientsOrder(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.ClientOrder = true
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello(func(m *handshake.ClientHello) { m.CipherSuites = handshake.List16Of[cipher.ID](0x2a2a, 0x1304) }))
		p.WantAlert("RFC 9846, Section 4.2.1: handshake_failure", alert.HandshakeFailure, alert.NoSharedCipher)
	})
}

func TestServerChoosesTheGroup(t *testing.T) {
	for name, c := range map[string]struct {
		order  []group.ID
		client bool // the client's order
		lists  []group.ID
		share  group.ID
		want   group.ID
		retry  bool
	}{
		"the client's share is good enough": {nil, false, []group.ID{group.P256, group.X25519}, group.P256, group.P256, false},
		"a hybrid with a share":             {nil, false, []group.ID{group.X25519, group.X25519MLKEM768}, group.X25519MLKEM768, group.X25519MLKEM768, false},
		"a hybrid without one":              {nil, false, []group.ID{group.X25519, group.X25519MLKEM768}, group.X25519, group.X25519MLKEM768, true},
		"no hybrid on this side":            {[]group.ID{group.P256, group.X25519}, false, []group.ID{group.X25519, group.X25519MLKEM768}, group.X25519, group.X25519, false},
		"by the client's order":             {nil, true, []group.ID{group.P256, group.X25519}, group.X25519, group.P256, true},
		"by the client's order, at once":    {nil, true, []group.ID{group.P256, group.X25519MLKEM768}, group.P256, group.P256, false},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				cfg.ClientOrder = c.client
				for _, id := range c.order {
					cfg.Groups = append(cfg.Groups, group.Lookup(id))
				}
				p := testpeer.Client(t, drive, cfg)
				p.Group = c.share
				p.Send(p.ClientHello(supports(c.lists...)))
				if c.retry {
					p.Want("the server asks for another share", &testpeer.HelloRetryRequest{})
					p.Send(p.ClientHello(supports(c.lists...)))
				}
				p.Want("the server agrees", &handshake.ServerHello{})
				require.Equal(t, c.want, p.Engine.ConnectionState().Group)
			})
		})
	}
}

func alpn(names ...string) func(*handshake.ClientHello) {
	return func(m *handshake.ClientHello) {
		m.Extensions = handshake.AppendALPN(m.Extensions, handshake.OpaqueList8Of(names...))
	}
}

func TestServerChoosesTheProtocol(t *testing.T) {
	for name, c := range map[string]struct {
		server []string
		client []string
		want   string
	}{
		"the server's order":       {[]string{"h2", "http/1.1"}, []string{"http/1.1", "h2"}, "h2"},
		"the one in common":        {[]string{"h2", "http/1.1"}, []string{"h3", "http/1.1"}, "http/1.1"},
		"a server that has none":   {nil, []string{"h2"}, ""},
		"a client that names none": {[]string{"h2"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				cfg.ALPN = c.server
				p := testpeer.Client(t, drive, cfg)
				if c.client == nil {
					p.Send(p.ClientHello())
				} else {
					p.Send(p.ClientHello(alpn(c.client...)))
				}
				p.WantFlight("the server answers", handshake.MsgServerHello)
				var ee handshake.EncryptedExtensions
				p.Want("in EncryptedExtensions", &ee)
				data, ok := ee.Extensions.Get(handshake.ExtApplicationLayerProtocolNegotiation)
				require.Equal(t, c.want != "", ok)
				if ok {
					got, err := handshake.ParseALPNSelected(data)
					require.NoError(t, err)
					require.Equal(t, c.want, string(got))
				}
				require.Equal(t, c.want, p.Engine.ConnectionState().ALPN)
			})
		})
	}
}

func TestServerRefusesProtocols(t *testing.T) {
	for name, c := range map[string]helloCase{
		"none in common": {change: alpn("h3", "imap"), sentence: "RFC 7301, Section 3.2: the server SHALL respond with a fatal no_application_protocol alert",
			alert: alert.NoApplicationProtocol, reason: alert.NoApplicationProtocolShared},
		"an empty list": {change: put(handshake.ExtApplicationLayerProtocolNegotiation, 0, 0), sentence: "RFC 7301, Section 3.1: protocol_name_list<2..2^16-1>",
			alert: alert.DecodeError, reason: alert.MalformedExtension},
		"an empty name": {change: put(handshake.ExtApplicationLayerProtocolNegotiation, 0, 4, 2, 'h', '2', 0), sentence: "RFC 7301, Section 3.1: ProtocolName<1..2^8-1>",
			alert: alert.DecodeError, reason: alert.MalformedExtension},
		"a name cut short": {change: put(handshake.ExtApplicationLayerProtocolNegotiation, 0, 3, 5, 'h', '2'), sentence: "RFC 7301, Section 3.1: ProtocolName<1..2^8-1>",
			alert: alert.DecodeError, reason: alert.MalformedExtension},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				cfg.ALPN = []string{"h2"}
				p := testpeer.Client(t, drive, cfg)
				p.Send(p.ClientHello(c.change))
				p.WantAlert(c.sentence, c.alert, c.reason)
				require.NotContains(t, p.Engine.Err().Error(), "imap", "an error holds no bytes of the peer's choice")
			})
		})
	}
}

// A protocol that a session was for is chosen anew: "extensions are negotiated
// for each handshake even when in resumption-PSK mode". RFC 9846, Section 4.3.
func TestProtocolsAreChosenAnewOnResumption(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.ALPN = []string{"h2", "http/1.1"}
		psk := ticketsOf(t, drive, cfg, alpn("h2"))[0]
		p := testpeer.Client(t, drive, cfg)
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.ClientHello(alpn("http/1.1")))
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
		require.True(t, p.Engine.ConnectionState().Resumed)
		require.Equal(t, "http/1.1", p.Engine.ConnectionState().ALPN)
	})
}

func TestServerRefusesProtocolsOnResumptionToo(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.ALPN = []string{"h2"}
		psk := ticketsOf(t, drive, cfg, alpn("h2"))[0]
		p := testpeer.Client(t, drive, cfg)
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.ClientHello(alpn("h3")))
		p.WantAlert("RFC 7301, Section 3.2: the server SHALL respond with a fatal no_application_protocol alert",
			alert.NoApplicationProtocol, alert.NoApplicationProtocolShared)
	})
}

func TestServerEchoesTheSessionID(t *testing.T) {
	for _, n := range []int{0, 1, 31, 32} {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			p := testpeer.Client(t, drive, testpeer.ServerConfig())
			p.Send(p.ClientHello(func(m *handshake.ClientHello) { m.LegacySessionID = make([]byte, n) }))
			var sh handshake.ServerHello
			p.Want("the server answers", &sh)
			require.Len(t, sh.LegacySessionIDEcho, n, "RFC 9846, Section 4.2.3: the contents of the client's legacy_session_id field")
			p.WantCCS("RFC 9846, Appendix E.4: immediately after the first handshake message")
		})
	}
}

func TestServerNamesAreAcknowledged(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello())
		p.WantFlight("the server answers", handshake.MsgServerHello)
		var ee handshake.EncryptedExtensions
		p.Want("in EncryptedExtensions", &ee)
		data, ok := ee.Extensions.Get(handshake.ExtServerName)
		require.True(t, ok && len(data) == 0, "RFC 6066, Section 3: the server SHALL include an extension of type server_name, which SHALL be empty")
		require.Equal(t, testpeer.Name, p.Engine.ConnectionState().ServerName)
	})
}

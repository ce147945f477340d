package tlsengine_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// Each side allows TLS 1.2 to 1.3, or one of them alone.
func TestVersionNegotiation(t *testing.T) {
	bounds := [][2]tlsengine.Version{
		{tlsengine.VersionTLS12, tlsengine.VersionTLS12}, {tlsengine.VersionTLS12, tlsengine.VersionTLS13},
		{tlsengine.VersionTLS13, tlsengine.VersionTLS13}, {0, 0}, {0, tlsengine.VersionTLS12}, {tlsengine.VersionTLS13, 0},
	}
	low := func(v tlsengine.Version) tlsengine.Version { return max(v, tlsengine.VersionTLS12) }
	high := func(v tlsengine.Version) tlsengine.Version {
		if v == 0 {
			return tlsengine.VersionTLS13
		}
		return v
	}
	for _, ours := range bounds {
		for _, theirs := range bounds {
			t.Run(fmt.Sprintf("%x-%x", ours, theirs), func(t *testing.T) {
				c, s := testpeer.ClientConfig(), testpeer.ServerConfig()
				c.MinVersion, c.MaxVersion = ours[0], ours[1]
				s.MinVersion, s.MaxVersion = theirs[0], theirs[1]
				want := min(high(ours[1]), high(theirs[1]))
				if want < max(low(ours[0]), low(theirs[0])) {
					p := newPair(t, c, s)
					p.run()
					require.Equal(t, alert.UnsupportedVersion, p.server.refusal(t).Reason)
					require.Equal(t, alert.ProtocolVersion, p.client.heard(t))
					return
				}
				p := meet(t, c, s)
				require.Equal(t, want, p.client.ConnectionState().Version)
				require.Equal(t, want, p.server.ConnectionState().Version)
				p.exchange(payload)
				p.sameSecrets()
			})
		}
	}
}

// The server reads supported_versions, and without it legacy_version.
func TestServerReadsTheVersionWhereItIs(t *testing.T) {
	versions := func(list ...handshake.Version) handshake.Extensions {
		return handshake.AppendSupportedVersionsCH(nil, handshake.List16Of(list...))
	}
	for _, c := range []struct {
		name       string
		legacy     handshake.Version
		extension  handshake.Extensions
		want       handshake.Version
		handshakes bool // the client's view stays the same: it can be completed
	}{
		{"1.2 in the old field", 0x0303, nil, tlsengine.VersionTLS12, true},
		{"1.3 in the old field", 0x0304, nil, tlsengine.VersionTLS12, false},
		{"more than there is", 0x03ff, nil, tlsengine.VersionTLS12, false},
		{"another major version", 0x0400, nil, tlsengine.VersionTLS12, false},
		{"1.1", 0x0302, nil, 0, false},
		{"1.0", 0x0301, nil, 0, false},
		{"SSL 3.0", 0x0300, nil, 0, false},
		{"SSL 2.0", 0x0002, nil, 0, false},
		{"the extension counts", 0x0301, versions(0x0303), tlsengine.VersionTLS12, false},
		{"in any order", 0x0303, versions(0x7a7a, 0x0303, 0x0304), tlsengine.VersionTLS13, false},
		{"only old ones", 0x0303, versions(0x0302, 0x0301), 0, false},
		{"only unknown ones", 0x0303, versions(0x0305, 0x7f1c), 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPair(t, testpeer.ClientConfig(), testpeer.ServerConfig())
			p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) {
				m.LegacyVersion = c.legacy
				m.Extensions = append(m.Extensions.Without(handshake.ExtSupportedVersions), c.extension...)
			})
			p.server.take(t, p.client.Flush(nil))
			if c.want == 0 {
				require.Equal(t, alert.ProtocolVersion, p.server.refusal(t).Alert)
				return
			}
			require.NoError(t, p.server.err)
			require.Equal(t, c.want, p.server.ConnectionState().Version)
		})
	}
}

func TestClientRefusesVersionsBelowTLS12(t *testing.T) {
	for _, v := range []handshake.Version{0x0302, 0x0301, 0x0300, 0x0304, 0x1234} {
		for _, cfg := range []*tlsengine.Config{testpeer.ClientConfig(), client12()} {
			p := newPair(t, cfg, server12())
			p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { m.LegacyVersion = v })
			p.run()
			require.Equal(t, alert.ProtocolVersion, p.client.refusal(t).Alert, "%v", v)
			require.Equal(t, alert.ProtocolVersion, p.server.heard(t))
		}
	}
}

func TestClientRefusesAnotherVersionInSupportedVersions(t *testing.T) {
	for _, v := range []handshake.Version{0x0303, 0x0302, 0x0305} {
		p := newPair(t, testpeer.ClientConfig(), testpeer.ServerConfig())
		p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) {
			m.Extensions = m.Extensions.With(handshake.ExtSupportedVersions, []byte{byte(v >> 8), byte(v)})
		})
		p.run()
		require.Equal(t, alert.IllegalParameter, p.client.refusal(t).Alert)
	}
	p := newPair(t, client12(), server12())
	p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) {
		m.Extensions = handshake.AppendSupportedVersionsSH(m.Extensions, 0x0303)
	})
	p.run()
	require.Equal(t, alert.UnsupportedExtension, p.client.refusal(t).Alert, "a client of TLS 1.2 alone did not ask")
}

// Two sides that both have TLS 1.3, and somebody between them who would have
// them speak TLS 1.2.
func TestDowngradeAttacks(t *testing.T) {
	remove := func(m *handshake.ClientHello) {
		m.Extensions = m.Extensions.Without(handshake.ExtSupportedVersions)
	}
	for name, edit := range map[string]func(*handshake.ClientHello){
		"supported_versions removed": remove,
		"supported_versions of TLS 1.2": func(m *handshake.ClientHello) {
			m.Extensions = m.Extensions.With(handshake.ExtSupportedVersions, []byte{2, 3, 3})
		},
		"legacy_version raised": func(m *handshake.ClientHello) {
			remove(m)
			m.LegacyVersion = 0x0304
		},
		"no trace of TLS 1.3": func(m *handshake.ClientHello) {
			for _, t := range []handshake.ExtensionType{
				handshake.ExtSupportedVersions, handshake.ExtKeyShare, handshake.ExtPSKKeyExchangeModes, handshake.ExtPreSharedKey,
			} {
				m.Extensions = m.Extensions.Without(t)
			}
			m.LegacySessionID = nil
			m.CipherSuites = handshake.List16Of(cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
		},
		"and no extended main secret": func(m *handshake.ClientHello) {
			remove(m)
			m.Extensions = m.Extensions.Without(handshake.ExtExtendedMainSecret)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, testpeer.ClientConfig(), testpeer.ServerConfig())
			p.server.rewrite = editClientHello(t, edit)
			p.run()
			require.Equal(t, tlsengine.VersionTLS12, p.server.ConnectionState().Version, "the server was led astray")
			require.Equal(t, alert.Downgrade, p.client.refusal(t).Reason)
			require.Equal(t, alert.IllegalParameter, p.client.refusal(t).Alert)
			require.Equal(t, alert.IllegalParameter, p.server.heard(t))
		})
	}
}

// The same in the second ClientHello: a HelloRetryRequest fixes TLS 1.3.
func TestDowngradeAttacksAfterARetry(t *testing.T) {
	retried := func(t *testing.T) *pair {
		c, s := testpeer.ClientConfig(), testpeer.ServerConfig()
		c.KeyShares, c.NoCompatibility, s.NoCompatibility = []group.ID{}, true, true
		p := newPair(t, c, s)
		p.server.take(t, p.client.Flush(nil))
		return p
	}
	t.Run("the ClientHello", func(t *testing.T) {
		p := retried(t)
		p.client.take(t, p.server.Flush(nil))
		p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) {
			m.Extensions = m.Extensions.Without(handshake.ExtSupportedVersions)
		})
		p.run()
		require.Equal(t, alert.IllegalParameter, p.server.refusal(t).Alert)
	})
	t.Run("the ServerHello", func(t *testing.T) {
		p := retried(t)
		hellos := 0
		p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) {
			if hellos++; hellos == 2 {
				m.Extensions, m.CipherSuite = nil, cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
			}
		})
		p.client.take(t, p.server.Flush(nil))
		p.server.take(t, p.client.Flush(nil))
		p.client.take(t, p.server.Flush(nil))
		require.Equal(t, alert.VersionChanged, p.client.refusal(t).Reason)
		require.Equal(t, alert.IllegalParameter, p.client.refusal(t).Alert)
	})
}

// Somebody edits the ServerHello of TLS 1.3 into one of TLS 1.2.
func TestDowngradeAttacksOnTheServerHello(t *testing.T) {
	for name, edit := range map[string]func(*handshake.ServerHello){
		"supported_versions removed": func(m *handshake.ServerHello) {
			m.Extensions = m.Extensions.Without(handshake.ExtSupportedVersions)
		},
		"all extensions removed": func(m *handshake.ServerHello) { m.Extensions = nil },
		"and another suite": func(m *handshake.ServerHello) {
			m.Extensions, m.CipherSuite = nil, cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, testpeer.ClientConfig(), testpeer.ServerConfig())
			p.server.take(t, p.client.Flush(nil))
			p.client.rewrite = editServerHello(t, edit)
			p.client.take(t, p.server.Flush(nil))
			require.Equal(t, alert.IllegalParameter, p.client.refusal(t).Alert)
		})
	}
}

// Who takes the sentinel away changes what the server signed.
func TestDowngradeSentinelsAreSigned(t *testing.T) {
	p := newPair(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) {
		m.Extensions = m.Extensions.Without(handshake.ExtSupportedVersions)
	})
	p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { copy(m.Random[24:], "harmless") })
	p.run()
	require.Equal(t, alert.BadSignature, p.client.refusal(t).Reason)
}

func TestDowngradeSentinelsAreMadeByWhoHasTLS13(t *testing.T) {
	for _, c := range []struct {
		server *tlsengine.Config
		want   bool
	}{{testpeer.ServerConfig(), true}, {server12(), false}} {
		p := newPair(t, client12(), c.server)
		var random [32]byte
		p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { random = m.Random })
		p.run()
		require.NoError(t, p.client.err, "a client of TLS 1.2 alone is not downgraded")
		require.Equal(t, c.want, string(random[24:]) == "DOWNGRD\x01")
	}
}

func TestDowngradeSentinelsAreBothChecked(t *testing.T) {
	for _, sentinel := range []string{handshake.DowngradeTLS12, handshake.DowngradeTLS11} {
		p := newPair(t, testpeer.ClientConfig(), server12())
		p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { copy(m.Random[24:], sentinel) })
		p.run()
		require.Equal(t, alert.Downgrade, p.client.refusal(t).Reason)
	}
}

// RFC 7507.
func TestFallbackSCSV(t *testing.T) {
	fallback := func(cfg *tlsengine.Config) *tlsengine.Config {
		cfg.Fallback = true
		return cfg
	}
	p := newPair(t, fallback(client12()), testpeer.ServerConfig())
	p.run()
	require.Equal(t, alert.Fallback, p.server.refusal(t).Reason)
	require.Equal(t, alert.InappropriateFallback, p.client.heard(t))
	meet(t, fallback(client12()), server12())
	meet(t, fallback(testpeer.ClientConfig()), testpeer.ServerConfig())
	meet(t, client12(), testpeer.ServerConfig())
	require.False(t, clientHello(t, client12()).CipherSuites.Has(cipher.TLS_FALLBACK_SCSV))
}

// "A client that attempts to send 0-RTT data MUST fail a connection if it
// receives a ServerHello with TLS 1.2 or older." RFC 9846, Appendix E.3.
func TestEarlyDataAndTLS12DoNotGoTogether(t *testing.T) {
	c, s := testpeer.ClientConfig(), testpeer.ServerConfig()
	s.MaxEarlyData, s.AntiReplay = 1000, tlsengine.NewReplayMemory(10)
	first := meet(t, c, s)
	c.Session, c.MaxEarlyData = first.client.sessions[0], 1000
	p := newPair(t, c, server12())
	p.server.take(t, p.client.Flush(nil))
	p.client.take(t, p.server.Flush(nil))
	require.Equal(t, alert.EarlyDataVersionMismatch, p.client.refusal(t).Reason)
	require.Equal(t, alert.ProtocolVersion, p.client.refusal(t).Alert)
	require.Equal(t, handshake.EarlyDataOldVersion, meet(t, client12(), s).server.ConnectionState().EarlyData)
}

// What a ClientHello of one version alone says of the other: nothing.
func TestClientHellosOfOneVersionAlone(t *testing.T) {
	only13 := testpeer.ClientConfig()
	only13.MinVersion = tlsengine.VersionTLS13
	hello := clientHello(t, only13)
	for _, x := range []handshake.ExtensionType{
		handshake.ExtECPointFormats, handshake.ExtExtendedMainSecret, handshake.ExtRenegotiationInfo, handshake.ExtSessionTicket,
	} {
		require.False(t, hello.Extensions.Has(x), "%v", x)
		require.True(t, clientHello(t, client12()).Extensions.Has(x), "%v", x)
		require.True(t, clientHello(t, testpeer.ClientConfig()).Extensions.Has(x), "%v", x)
	}
	for id := range hello.CipherSuites.All() {
		require.True(t, cipher.Lookup(id).TLS13())
	}
	hello = clientHello(t, client12())
	for _, x := range []handshake.ExtensionType{handshake.ExtSupportedVersions, handshake.ExtKeyShare, handshake.ExtPSKKeyExchangeModes} {
		require.False(t, hello.Extensions.Has(x), "%v", x)
	}
	require.Empty(t, hello.LegacySessionID)
	for id := range hello.CipherSuites.All() {
		require.False(t, cipher.Lookup(id).TLS13())
	}
}

// A version without a suite is none: who offered it would have it chosen.
func TestVersionsWithoutASuiteAreNotSpoken(t *testing.T) {
	suites := map[tlsengine.Version][]*cipher.Suite{
		tlsengine.VersionTLS12: {cipher.Lookup(cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)},
		tlsengine.VersionTLS13: {cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)},
	}
	for version, only := range suites {
		t.Run(fmt.Sprintf("%x", version), func(t *testing.T) {
			c, s := testpeer.ClientConfig(), testpeer.ServerConfig()
			c.Suites = only
			require.Equal(t, version, meet(t, c, s).client.ConnectionState().Version)
			require.Equal(t, version == tlsengine.VersionTLS13, clientHello(t, c).Extensions.Has(handshake.ExtSupportedVersions))
			c, s = testpeer.ClientConfig(), testpeer.ServerConfig()
			s.Suites = only
			require.Equal(t, version, meet(t, c, s).client.ConnectionState().Version)
		})
	}
}

package tlsengine_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// What a client makes of the server's parameters: RFC 9846, Sections 4.2.3,
// 4.3 and 4.4.

// answerCase is a ServerHello that is changed in one thing.
type answerCase struct {
	name     string
	change   func(*handshake.ServerHello)
	sentence string
	alert    alert.Alert
	reason   alert.Reason
}

func putSH(t handshake.ExtensionType, data ...byte) func(*handshake.ServerHello) {
	return func(m *handshake.ServerHello) { m.Extensions = m.Extensions.With(t, data) }
}

func cutOutSH(t handshake.ExtensionType) func(*handshake.ServerHello) {
	return func(m *handshake.ServerHello) { m.Extensions = m.Extensions.Without(t) }
}

func shareSH(g group.ID, key []byte) func(*handshake.ServerHello) {
	return func(m *handshake.ServerHello) {
		x := m.Extensions.Without(handshake.ExtKeyShare)
		m.Extensions = handshake.AppendKeyShareSH(x, handshake.KeyShareEntry{Group: g, KeyExchange: key})
	}
}

// wrongInBoth is what neither a ServerHello nor a HelloRetryRequest may say.
var wrongInBoth = []answerCase{
	{"legacy_version", func(m *handshake.ServerHello) { m.LegacyVersion = 0x0304 },
		"RFC 9846, Section 4.2.3: a legacy_version value not equal to 0x0303", alert.ProtocolVersion, alert.UnsupportedVersion},
	{"another session id", func(m *handshake.ServerHello) { m.LegacySessionIDEcho = make([]byte, 32) },
		"RFC 9846, Section 4.2.3: a legacy_session_id_echo that does not match", alert.IllegalParameter, alert.BadSessionIDEcho},
	{"no session id", func(m *handshake.ServerHello) { m.LegacySessionIDEcho = nil },
		"RFC 9846, Section 4.2.3: a legacy_session_id_echo that does not match", alert.IllegalParameter, alert.BadSessionIDEcho},
	{"session id of 33 bytes", func(m *handshake.ServerHello) { m.LegacySessionIDEcho = make([]byte, 33) },
		"RFC 9846, Section 4.2.3: legacy_session_id_echo<0..32>", alert.DecodeError, alert.SessionIDTooLong},
	{"compression", func(m *handshake.ServerHello) { m.LegacyCompressionMethod = 1 },
		"legacy_compression_method is 0 (RFC 9846, Section 4.2.3, says illegal_parameter; BoringSSL's tests want decode_error)", alert.DecodeError, alert.CompressionNotNull},
	{"a suite nobody knows", func(m *handshake.ServerHello) { m.CipherSuite = 0x2a2a },
		"RFC 9846, Section 4.2.3: a cipher suite that was not offered", alert.IllegalParameter, alert.WrongCipher},
	{"a suite that was not offered", func(m *handshake.ServerHello) { m.CipherSuite = cipher.TLS_AES_256_GCM_SHA384 },
		"RFC 9846, Section 4.2.3: a cipher suite that was not offered", alert.IllegalParameter, alert.WrongCipher},
	{"a suite of TLS 1.2", func(m *handshake.ServerHello) { m.CipherSuite = cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 },
		"RFC 9846, Section 4.2.3: a suite that TLS 1.3 does not have", alert.IllegalParameter, alert.WrongCipher},
	{"TLS 1.2 in supported_versions", putSH(handshake.ExtSupportedVersions, 3, 3),
		"RFC 9846, Section 4.3.1: a version prior to TLS 1.3 in supported_versions", alert.IllegalParameter, alert.VersionNotOffered},
	{"a version nobody knows", putSH(handshake.ExtSupportedVersions, 3, 5),
		"RFC 9846, Section 4.3.1: a version not offered by the client", alert.IllegalParameter, alert.VersionNotOffered},
	{"a list of versions", putSH(handshake.ExtSupportedVersions, 2, 3, 4),
		"RFC 9846, Section 4.3: data left over after parsing the structure", alert.DecodeError, alert.MalformedExtension},
	{"an extension twice", func(m *handshake.ServerHello) {
		m.Extensions = handshake.AppendSupportedVersionsSH(m.Extensions, handshake.VersionTLS13)
	}, "RFC 9846, Section 4.3: there MUST NOT be more than one extension of the same type", alert.DecodeError, alert.DuplicateExtension},
	{"an extension that was not offered", putSH(0x2a2a),
		"RFC 9846, Section 4.3: upon receiving such an extension, an endpoint MUST abort", alert.UnsupportedExtension, alert.UnsolicitedExtension},
	{"a known extension that was not offered", putSH(handshake.ExtRecordSizeLimit, 1, 0),
		"RFC 9846, Section 4.3: upon receiving such an extension, an endpoint MUST abort", alert.UnsupportedExtension, alert.UnsolicitedExtension},
	{"an extension of EncryptedExtensions", putSH(handshake.ExtServerName),
		"RFC 9846, Section 4.3: an extension not specified for the message in which it appears", alert.IllegalParameter, alert.MisplacedExtension},
	{"supported_groups", putSH(handshake.ExtSupportedGroups, 0, 2, 0, 29),
		"RFC 9846, Section 4.3: an extension not specified for the message in which it appears", alert.IllegalParameter, alert.MisplacedExtension},
	{"half an extension", func(m *handshake.ServerHello) { m.Extensions = append(m.Extensions, 0, 51, 0, 9) },
		"RFC 9846, Section 6: a length extending beyond the boundary is a decode_error", alert.DecodeError, alert.MalformedExtension},
	{"malformed key_share", putSH(handshake.ExtKeyShare, 0),
		"RFC 9846, Section 4.3.8: the group is two bytes", alert.DecodeError, alert.MalformedExtension},
}

var wrongServerHellos = []answerCase{
	{"a PSK that was not offered", putSH(handshake.ExtPreSharedKey, 0, 0),
		"RFC 9846, Section 4.3: pre_shared_key answers to nothing", alert.UnsupportedExtension, alert.UnsolicitedExtension},
	{"no key_share", cutOutSH(handshake.ExtKeyShare),
		"RFC 9846, Section 9.2: key_share is REQUIRED for key exchange", alert.MissingExtension, alert.MissingKeyShare},
	{"a cookie", putSH(handshake.ExtCookie, 0, 1, 1),
		"RFC 9846, Section 4.3.2: only a HelloRetryRequest brings a cookie", alert.UnsupportedExtension, alert.UnsolicitedExtension},
	{"a group of which there is no share", shareSH(group.P256, make([]byte, 65)),
		"RFC 9846, Section 4.3.8: the share MUST be in the same group as one of the client's", alert.IllegalParameter, alert.WrongGroup},
	{"a group nobody knows", shareSH(0x2a2a, []byte{1}),
		"RFC 9846, Section 4.3.8: the share MUST be in the same group as one of the client's", alert.IllegalParameter, alert.WrongGroup},
	{"a share of zeros", shareSH(group.X25519, make([]byte, 32)),
		"RFC 9846, Section 7.4.2: the all-zero value", alert.IllegalParameter, alert.BadKeyShare},
	{"a share cut short", shareSH(group.X25519, bytes.Repeat([]byte{7}, 31)),
		"RFC 9846, Section 4.3.8.2: 32 bytes", alert.IllegalParameter, alert.BadKeyShare},
	{"a share without a key", putSH(handshake.ExtKeyShare, 0, 29, 0, 0),
		"RFC 9846, Section 4.3.8: key_exchange<1..2^16-1>", alert.DecodeError, alert.MalformedExtension},
	{"a hybrid share cut short", shareSH(group.X25519MLKEM768, bytes.Repeat([]byte{7}, 1088)),
		"the share of a hybrid is the two together", alert.IllegalParameter, alert.BadKeyShare},
	{"a hybrid share with zeros", shareSH(group.X25519MLKEM768, make([]byte, 1088+32)),
		"RFC 9846, Section 7.4.2: the all-zero value, in a hybrid too", alert.IllegalParameter, alert.BadKeyShare},
}

// fewSuites is a client that leaves one suite out.
func fewSuites() *tlsengine.Config {
	cfg := testpeer.ClientConfig()
	cfg.Suites = []*cipher.Suite{cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256), cipher.Lookup(cipher.TLS_CHACHA20_POLY1305_SHA256)}
	cfg.MinVersion = tlsengine.VersionTLS13
	return cfg
}

func TestClientRefusesServerHellos(t *testing.T) {
	for _, c := range append(wrongInBoth, wrongServerHellos...) {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, fewSuites())
				p.Send(p.ServerHello(c.change))
				p.WantAlert(c.sentence, c.alert, c.reason)
				p.WantNoEvent("nothing happened before")
			})
		})
	}
}

func TestClientRefusesHelloRetryRequests(t *testing.T) {
	for _, c := range wrongInBoth {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, fewSuites())
				p.Send(p.HelloRetryRequest(c.change))
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

func TestClientRefusesOlderVersions(t *testing.T) {
	for name, change := range map[string]func(*handshake.ServerHello){
		"TLS 1.2":             func(m *handshake.ServerHello) { m.Extensions = nil },
		"TLS 1.2, extensions": cutOutSH(handshake.ExtSupportedVersions),
		"TLS 1.1":             func(m *handshake.ServerHello) { m.LegacyVersion, m.Extensions = 0x0302, nil },
		"SSL 3.0":             func(m *handshake.ServerHello) { m.LegacyVersion, m.Extensions = 0x0300, nil },
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, fewSuites())
				p.Send(p.ServerHello(change))
				p.WantAlert("RFC 9846, Section 4.2.3: all TLS 1.3 ServerHello messages MUST contain supported_versions",
					alert.ProtocolVersion, alert.UnsupportedVersion)
			})
		})
	}
}

func TestClientRefusesMangledServerHellos(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"a byte too many": func(body []byte) []byte { return append(body, 0) },
		"cut short":       func(body []byte) []byte { return body[:40] },
		"empty":           func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, fewSuites())
				p.Send(testpeer.Inert(testpeer.Body(p.ServerHello(), change)))
				p.WantAlert("RFC 9846, Section 6: a message which cannot be parsed", alert.DecodeError, alert.Malformed)
			})
		})
	}
}

func TestClientRefusesMangledParameters(t *testing.T) {
	for name, mangle := range map[string]func([]byte) []byte{
		"a byte too many": func(b []byte) []byte { return append(b, 0) },
		"cut short":       func(b []byte) []byte { return b[:len(b)-1] },
		"empty":           func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, fewSuites())
				p.Send(p.ServerHello(), testpeer.Body(p.EncryptedExtensions(), mangle))
				p.WantAlert("RFC 9846, Section 6: a message which cannot be parsed", alert.DecodeError, alert.Malformed)
			})
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Server(t, drive, fewSuites())
				p.Send(p.ServerHello(), p.EncryptedExtensions(), testpeer.Body(p.CertificateRequest(), mangle))
				p.WantAlert("RFC 9846, Section 6: a message which cannot be parsed", alert.DecodeError, alert.Malformed)
			})
		})
	}
}

// EncryptedExtensions.

type eeCase struct {
	name     string
	typ      handshake.ExtensionType
	data     []byte
	sentence string
	alert    alert.Alert
	reason   alert.Reason
}

var wrongEncryptedExtensions = []eeCase{
	{"an extension that was not offered", 0x2a2a, nil,
		"RFC 9846, Section 4.3: extension responses that were not requested", alert.UnsupportedExtension, alert.UnsolicitedExtension},
	{"early_data that was not offered", handshake.ExtEarlyData, nil,
		"RFC 9846, Section 4.3: extension responses that were not requested", alert.UnsupportedExtension, alert.UnsolicitedExtension},
	{"key_share", handshake.ExtKeyShare, []byte{0, 29, 0, 1, 1},
		"RFC 9846, Section 4.4.1: the client MUST check for the presence of any forbidden extensions", alert.IllegalParameter, alert.MisplacedExtension},
	{"supported_versions", handshake.ExtSupportedVersions, []byte{3, 4},
		"RFC 9846, Section 4.4.1: the client MUST check for the presence of any forbidden extensions", alert.IllegalParameter, alert.MisplacedExtension},
	{"signature_algorithms", handshake.ExtSignatureAlgorithms, []byte{0, 2, 4, 3},
		"RFC 9846, Section 4.4.1: the client MUST check for the presence of any forbidden extensions", alert.IllegalParameter, alert.MisplacedExtension},
	{"psk_key_exchange_modes", handshake.ExtPSKKeyExchangeModes, []byte{1, 1},
		"RFC 9846, Section 4.3.9: the server MUST NOT send psk_key_exchange_modes", alert.IllegalParameter, alert.MisplacedExtension},
	{"a server name that is said back", handshake.ExtServerName, []byte("server"),
		"RFC 6066, Section 3: the extension_data field SHALL be empty", alert.DecodeError, alert.MalformedExtension},
	{"a protocol that was not offered", handshake.ExtApplicationLayerProtocolNegotiation, []byte{0, 3, 2, 'h', '3'},
		"RFC 7301, Section 3.1: one of the client's protocols", alert.IllegalParameter, alert.BadALPN},
	{"two protocols", handshake.ExtApplicationLayerProtocolNegotiation, []byte{0, 6, 2, 'h', '2', 2, 'h', '2'},
		"RFC 7301, Section 3.1: exactly one ProtocolName", alert.DecodeError, alert.MalformedExtension},
	{"no protocol", handshake.ExtApplicationLayerProtocolNegotiation, []byte{0, 0},
		"RFC 7301, Section 3.1: exactly one ProtocolName", alert.DecodeError, alert.MalformedExtension},
	{"an empty protocol", handshake.ExtApplicationLayerProtocolNegotiation, []byte{0, 1, 0},
		"RFC 7301, Section 3.1: ProtocolName<1..2^8-1>", alert.DecodeError, alert.MalformedExtension},
}

func TestClientRefusesEncryptedExtensions(t *testing.T) {
	for _, c := range wrongEncryptedExtensions {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				cfg.ALPN = []string{"h2"}
				p := testpeer.Server(t, drive, cfg)
				p.Send(p.ServerHello(), p.EncryptedExtensions(func(m *handshake.EncryptedExtensions) {
					m.Extensions = handshake.AppendExtension(m.Extensions, c.typ, c.data)
				}))
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

func TestClientTakesWhatMayBeInEncryptedExtensions(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.ALPN = []string{"h3", "h2"}
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.ServerHello(), p.EncryptedExtensions(func(m *handshake.EncryptedExtensions) {
			m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtServerName)
			m.Extensions = handshake.AppendALPN(m.Extensions, handshake.OpaqueList8Of("h2"))
			m.Extensions = handshake.AppendSupportedGroups(m.Extensions, handshake.List16Of(group.X448))
		}), p.Certificate(), p.CertificateVerify(), p.Finished())
		p.WantDone("the handshake is complete")
		require.Equal(t, "h2", p.Engine.ConnectionState().ALPN)
	})
}

// What a ClientHello looks like.

func TestClientHelloIsWhatTheConfigSays(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.ALPN = []string{"h2", "http/1.1"}
		cfg.RequestStatus = true
		p := testpeer.Server(t, drive, cfg)
		var m handshake.ClientHello
		p.Want("the client opens the handshake", &m)
		require.Equal(t, handshake.VersionTLS12, m.LegacyVersion, "RFC 9846, Section 4.2.2: legacy_version MUST be 0x0303")
		require.Len(t, m.LegacySessionID, 32, "RFC 9846, Section 4.2.2: in compatibility mode a new 32-byte value")
		require.Equal(t, []byte{0}, []byte(m.LegacyCompressionMethods), "RFC 9846, Section 4.2.2: exactly one byte, set to zero")
		name, _ := m.Extensions.Get(handshake.ExtServerName)
		host, err := handshake.ParseServerName(name)
		require.NoError(t, err)
		require.Equal(t, testpeer.Name, string(host))
		data, _ := m.Extensions.Get(handshake.ExtKeyShare)
		list, err := handshake.ParseKeyShareCH(data)
		require.NoError(t, err)
		var groups []group.ID
		for e := range list.All() {
			groups = append(groups, e.Group)
		}
		require.Equal(t, []group.ID{group.X25519MLKEM768, group.X25519}, groups)
		data, _ = m.Extensions.Get(handshake.ExtApplicationLayerProtocolNegotiation)
		protocols, err := handshake.ParseALPN(data)
		require.NoError(t, err)
		require.Equal(t, handshake.OpaqueList8Of("h2", "http/1.1"), protocols)
		require.True(t, m.Extensions.Has(handshake.ExtStatusRequest))
		data, _ = m.Extensions.Get(handshake.ExtPSKKeyExchangeModes)
		require.Equal(t, []byte{1, 1}, data, "psk_dhe_ke, and no more")
		require.False(t, m.Extensions.Has(handshake.ExtCookie), "RFC 9846, Section 4.3.2: clients MUST NOT use cookies in their initial ClientHello")
	})
}

func TestClientWithoutCompatibility(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.NoCompatibility, cfg.NoSNI = true, true
		p := testpeer.Server(t, drive, cfg)
		var m handshake.ClientHello
		p.Want("the client opens the handshake", &m)
		require.Empty(t, m.LegacySessionID, "RFC 9846, Section 4.2.2: otherwise, a zero-length list")
		require.False(t, m.Extensions.Has(handshake.ExtServerName))
		p.Send(p.Flight()...)
		p.WantNoCCS("RFC 9846, Appendix E.4: outside of compatibility mode there is no change_cipher_spec")
		p.Want("the client finishes", &handshake.Finished{})
		p.WantDone("the handshake is complete")
	})
}

func TestClientNamesNoAddress(t *testing.T) {
	for _, name := range []string{"192.0.2.1", "2001:db8::1"} {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			cfg := testpeer.ClientConfig()
			cfg.ServerName = name
			p := testpeer.Server(t, drive, cfg)
			var m handshake.ClientHello
			p.Want("the client opens the handshake", &m)
			require.False(t, m.Extensions.Has(handshake.ExtServerName), "RFC 6066, Section 3: literal addresses are not permitted")
		})
	}
}

package tlsengine_test

import (
	"bytes"
	"testing"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// What a server makes of a ClientHello: RFC 9846, Section 4.2.2.

// helloCase is a ClientHello that is changed in one thing, and what that gets.
type helloCase struct {
	name     string
	change   func(*handshake.ClientHello)
	sentence string
	alert    alert.Alert
	reason   alert.Reason
}

// put sets an extension.
func put(t handshake.ExtensionType, data ...byte) func(*handshake.ClientHello) {
	return func(m *handshake.ClientHello) { m.Extensions = m.Extensions.With(t, data) }
}

// cutOut removes an extension.
func cutOut(t handshake.ExtensionType) func(*handshake.ClientHello) {
	return func(m *handshake.ClientHello) { m.Extensions = m.Extensions.Without(t) }
}

// shares replaces the key shares.
func shares(list ...handshake.KeyShareEntry) func(*handshake.ClientHello) {
	return func(m *handshake.ClientHello) {
		m.Extensions = handshake.AppendKeyShareCH(m.Extensions.Without(handshake.ExtKeyShare), list...)
	}
}

// supports replaces the groups.
func supports(list ...group.ID) func(*handshake.ClientHello) {
	x := handshake.AppendSupportedGroups(nil, handshake.List16Of(list...))
	data, _ := x.Get(handshake.ExtSupportedGroups)
	return put(handshake.ExtSupportedGroups, data...)
}

// and makes several changes.
func and(changes ...func(*handshake.ClientHello)) func(*handshake.ClientHello) {
	return func(m *handshake.ClientHello) {
		for _, change := range changes {
			change(m)
		}
	}
}

func share(g group.ID, n int) handshake.KeyShareEntry {
	return handshake.KeyShareEntry{Group: g, KeyExchange: bytes.Repeat([]byte{7}, n)}
}

func manyShares(m *handshake.ClientHello) {
	var groups []group.ID
	var list []handshake.KeyShareEntry
	for i := range group.ID(handshake.MaxKeyShares + 1) {
		groups, list = append(groups, 0x2a2a+i), append(list, share(0x2a2a+i, 1))
	}
	supports(append(groups, group.X25519)...)(m)
	shares(list...)(m)
}

var refusedHellos = []helloCase{
	// Syntax.
	{"session id of 33 bytes", func(m *handshake.ClientHello) { m.LegacySessionID = make([]byte, 33) },
		"RFC 9846, Section 4.2.2: legacy_session_id<0..32>", alert.DecodeError, alert.SessionIDTooLong},
	{"no cipher suites", func(m *handshake.ClientHello) { m.CipherSuites = nil },
		"RFC 9846, Section 4.2.2: cipher_suites<2..2^16-2>", alert.DecodeError, alert.Malformed},
	{"half a cipher suite", func(m *handshake.ClientHello) { m.CipherSuites = append(m.CipherSuites, 1) },
		"RFC 9846, Section 3.4: the length must be an exact multiple of the length of an element", alert.DecodeError, alert.Malformed},
	{"no compression methods", func(m *handshake.ClientHello) { m.LegacyCompressionMethods = nil },
		"RFC 9846, Section 4.2.2: legacy_compression_methods<1..2^8-1>", alert.DecodeError, alert.Malformed},
	{"half an extension", func(m *handshake.ClientHello) { m.Extensions = append(m.Extensions, 0, 10, 0) },
		"RFC 9846, Section 6: a length extending beyond the boundary is a decode_error", alert.DecodeError, alert.MalformedExtension},
	{"an extension twice", func(m *handshake.ClientHello) {
		m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtPSKKeyExchangeModes)
	}, "RFC 9846, Section 4.3: there MUST NOT be more than one extension of the same type", alert.DecodeError, alert.DuplicateExtension},
	{"an extension of another message", put(handshake.ExtOIDFilters, 0, 0),
		"RFC 9846, Section 4.3: an extension not specified for the message in which it appears", alert.IllegalParameter, alert.MisplacedExtension},
	{"empty server_name", put(handshake.ExtServerName),
		"RFC 9846, Section 4.3: an extension that cannot be parsed is a decode_error", alert.DecodeError, alert.MalformedExtension},
	{"server_name that is no name", put(handshake.ExtServerName, 0, 4, 0, 0, 1, ' '),
		"RFC 6066, Section 3: HostName is the DNS hostname of the server", alert.DecodeError, alert.BadServerName},
	{"empty supported_groups", put(handshake.ExtSupportedGroups, 0, 0),
		"RFC 9846, Section 4.3.7: named_group_list<2..2^16-1>", alert.DecodeError, alert.MalformedExtension},
	{"empty signature_algorithms", put(handshake.ExtSignatureAlgorithms, 0, 0),
		"RFC 9846, Section 4.3.3: supported_signature_algorithms<2..2^16-2>", alert.DecodeError, alert.MalformedExtension},
	{"empty supported_versions", put(handshake.ExtSupportedVersions, 0),
		"RFC 9846, Section 4.3.1: versions<2..254>", alert.DecodeError, alert.MalformedExtension},
	{"half a version", put(handshake.ExtSupportedVersions, 3, 3, 4, 3),
		"RFC 9846, Section 4.3.1: versions<2..254>", alert.DecodeError, alert.MalformedExtension},
	{"empty psk_key_exchange_modes", put(handshake.ExtPSKKeyExchangeModes, 0),
		"RFC 9846, Section 4.3.9: ke_modes<1..255>", alert.DecodeError, alert.MalformedExtension},
	{"key_share cut short", put(handshake.ExtKeyShare, 0, 5, 0, 29, 0, 32, 1),
		"RFC 9846, Section 4.3.8: client_shares<0..2^16-1>", alert.DecodeError, alert.MalformedExtension},
	{"key share without a key", put(handshake.ExtKeyShare, 0, 4, 0, 29, 0, 0),
		"RFC 9846, Section 4.3.8: key_exchange<1..2^16-1>", alert.DecodeError, alert.MalformedExtension},
	{"early_data with something in it", put(handshake.ExtEarlyData, 1),
		"RFC 9846, Section 4.3.10: in a ClientHello early_data is empty", alert.DecodeError, alert.MalformedExtension},
	{"malformed certificate_authorities", put(handshake.ExtCertificateAuthorities, 0, 9),
		"RFC 9846, Section 4.3.4: authorities<3..2^16-1>", alert.DecodeError, alert.MalformedExtension},

	// Meaning.
	{"compression", func(m *handshake.ClientHello) { m.LegacyCompressionMethods = handshake.List8[uint8]{1, 0} },
		"RFC 9846, Section 4.2.2: with any other value in legacy_compression_methods the server MUST abort", alert.IllegalParameter, alert.BadCompression},
	{"compression without null", func(m *handshake.ClientHello) { m.LegacyCompressionMethods = handshake.List8[uint8]{1} },
		"RFC 9846, Section 4.2.2: this list MUST contain exactly one byte, set to zero", alert.IllegalParameter, alert.BadCompression},
	{"no signature_algorithms", cutOut(handshake.ExtSignatureAlgorithms),
		"RFC 9846, Section 9.2: if not containing pre_shared_key, it MUST contain signature_algorithms", alert.MissingExtension, alert.MissingRequiredExtension},
	{"no supported_groups", cutOut(handshake.ExtSupportedGroups),
		"RFC 9846, Section 9.2: if containing key_share, it MUST also contain supported_groups", alert.MissingExtension, alert.MissingRequiredExtension},
	{"no key_share", cutOut(handshake.ExtKeyShare),
		"RFC 9846, Section 9.2: if containing supported_groups, it MUST also contain key_share", alert.MissingExtension, alert.MissingKeyShare},
	{"no suite of TLS 1.3", func(m *handshake.ClientHello) {
		m.CipherSuites = handshake.List16Of[cipher.ID](0x002f, 0x0035, cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	}, "RFC 9846, Section 4.2.1: if no common parameters can be negotiated, handshake_failure", alert.HandshakeFailure, alert.NoSharedCipher},
	{"no group of ours", and(supports(0x0100, 0x2a2a), shares()),
		"RFC 9846, Section 4.2.1: if no common parameters can be negotiated, handshake_failure", alert.HandshakeFailure, alert.NoSharedGroup},
	{"no scheme of ours", func(m *handshake.ClientHello) {
		x := m.Extensions.Without(handshake.ExtSignatureAlgorithms)
		m.Extensions = handshake.AppendSignatureAlgorithms(x, handshake.List16Of(signature.RSAPSSRsaeSHA256, signature.Ed25519))
	}, "RFC 9846, Section 4.2.1: no certificate can be signed for this client", alert.HandshakeFailure, alert.NoCredential},

	// Key shares: RFC 9846, Section 4.3.8.
	{"two shares of a group", shares(share(group.X25519, 32), share(group.X25519, 32)),
		"clients MUST NOT offer multiple KeyShareEntry values for the same group", alert.IllegalParameter, alert.DuplicateKeyShare},
	{"a share of a group that is not listed", shares(share(group.X448, 56), share(group.X25519, 32)),
		"clients MUST NOT offer any KeyShareEntry values for groups not listed", alert.IllegalParameter, alert.KeyShareNotListed},
	{"seventeen shares", manyShares,
		"a server looks at a bounded number of shares", alert.IllegalParameter, alert.TooManyKeyShares},
	{"X25519 of order 1", shares(handshake.KeyShareEntry{Group: group.X25519, KeyExchange: make([]byte, 32)}),
		"RFC 9846, Section 7.4.2: implementations MUST check whether the shared secret is the all-zero value and abort if so", alert.IllegalParameter, alert.BadKeyShare},
	{"X25519 of 31 bytes", shares(share(group.X25519, 31)),
		"RFC 9846, Section 4.3.8.2: for X25519 the content is the 32 bytes", alert.IllegalParameter, alert.BadKeyShare},
	{"a point off the curve", shares(handshake.KeyShareEntry{Group: group.P256, KeyExchange: append([]byte{4}, make([]byte, 64)...)}),
		"RFC 9846, Section 4.3.8.2: peers MUST validate each other's public value", alert.IllegalParameter, alert.BadKeyShare},
	{"a compressed point", shares(handshake.KeyShareEntry{Group: group.P256, KeyExchange: append([]byte{2}, make([]byte, 32)...)}),
		"RFC 9846, Section 4.3.8.2: the uncompressed form is the only one", alert.IllegalParameter, alert.BadKeyShare},
	{"an ML-KEM key beyond the modulus", and(supports(group.X25519MLKEM768), shares(handshake.KeyShareEntry{
		Group: group.X25519MLKEM768, KeyExchange: bytes.Repeat([]byte{0xff}, 1184+32)})),
		"FIPS 203, Section 7.2: the modulus check", alert.IllegalParameter, alert.BadKeyShare},
}

func TestServerRefusesClientHellos(t *testing.T) {
	for _, c := range refusedHellos {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Client(t, drive, testpeer.ServerConfig())
				p.Send(p.ClientHello(c.change))
				p.WantAlert(c.sentence, c.alert, c.reason)
				p.WantNoEvent("nothing happened before")
			})
		})
	}
}

var grease = [...]byte{0x2a, 0x2a}

// RFC 9846, Section 9.3: "A server receiving a ClientHello MUST correctly
// ignore all unrecognized cipher suites, extensions, and other parameters."
var toleratedHellos = []helloCase{
	{name: "as it is", change: func(*handshake.ClientHello) {}},
	{name: "unknown suites", change: func(m *handshake.ClientHello) {
		m.CipherSuites = append(append(handshake.List16[cipher.ID]{}, grease[:]...), m.CipherSuites...)
	}},
	{name: "unknown versions", change: put(handshake.ExtSupportedVersions, 8, 0x2a, 0x2a, 0x7f, 0xff, 3, 4, 3, 1)},
	{name: "unknown extensions", change: and(put(0x2a2a, 1, 2, 3), put(0xfafa))},
	{name: "an unknown group and its share", change: and(supports(0x2a2a, group.X25519), func(m *handshake.ClientHello) {
		data, _ := m.Extensions.Get(handshake.ExtKeyShare)
		list, _ := handshake.ParseKeyShareCH(data)
		key, _ := list.Get(group.X25519)
		key = bytes.Clone(key)
		shares(share(0x2a2a, 1), handshake.KeyShareEntry{Group: group.X25519, KeyExchange: key})(m)
	})},
	{name: "unknown schemes", change: func(m *handshake.ClientHello) {
		x := m.Extensions.Without(handshake.ExtSignatureAlgorithms)
		m.Extensions = handshake.AppendSignatureAlgorithms(x, handshake.List16Of(signature.Scheme(0x2a2a), signature.ECDSASecp256r1SHA256))
	}},
	{name: "an unknown psk mode", change: put(handshake.ExtPSKKeyExchangeModes, 2, 0x2a, 1)},
	{name: "no psk modes", change: cutOut(handshake.ExtPSKKeyExchangeModes)},
	{name: "no session id", change: func(m *handshake.ClientHello) { m.LegacySessionID = nil }},
	{name: "no server_name", change: cutOut(handshake.ExtServerName)},
	{name: "an unknown kind of name", change: put(handshake.ExtServerName, 0, 4, 77, 0, 1, 'x')},
	{name: "an unknown kind of status", change: put(handshake.ExtStatusRequest, 77, 1)},
	{name: "padding", change: put(handshake.ExtPadding, make([]byte, 300)...)},
	{name: "a cookie nobody gave", change: put(handshake.ExtCookie, 0, 1, 1)},
	{name: "ALPN where the server has none", change: put(handshake.ExtApplicationLayerProtocolNegotiation, 0, 3, 2, 'h', '2')},
	{name: "early_data without a PSK", change: put(handshake.ExtEarlyData)},
	{name: "legacy_version that says nothing", change: func(m *handshake.ClientHello) { m.LegacyVersion = 0x0302 }},
}

func TestServerIgnoresWhatItDoesNotKnow(t *testing.T) {
	for _, c := range toleratedHellos {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := testpeer.Client(t, drive, testpeer.ServerConfig())
				p.Send(p.ClientHello(c.change))
				p.Want("the server answers", &handshake.ServerHello{LegacySessionIDEcho: p.Hello.LegacySessionID})
				var ee handshake.EncryptedExtensions
				p.Want("the server goes on", &ee)
				p.Send(p.Finished())
				p.WantDone("the handshake is complete")
				for typ := range ee.Extensions.All() {
					if !p.Hello.Extensions.Has(typ) {
						t.Errorf("RFC 9846, Section 4.3: %v was not asked for", typ)
					}
				}
			})
		})
	}
}

func TestServerRefusesVersions(t *testing.T) {
	cases := []helloCase{
		{name: "no supported_versions", change: cutOut(handshake.ExtSupportedVersions)},
		{name: "TLS 1.1 at most", change: put(handshake.ExtSupportedVersions, 4, 3, 2, 3, 1)},
		{name: "TLS 1.2 at most", change: put(handshake.ExtSupportedVersions, 2, 3, 3)},
		{name: "drafts and GREASE", change: put(handshake.ExtSupportedVersions, 4, 0x7f, 28, 0x2a, 0x2a)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				cfg.MinVersion = tlsengine.VersionTLS13
				p := testpeer.Client(t, drive, cfg)
				p.Send(p.ClientHello(c.change))
				p.WantAlert("RFC 9846, Section 4.3.1: servers MUST only select a version of TLS present in that extension",
					alert.ProtocolVersion, alert.UnsupportedVersion)
			})
		})
	}
}

func TestServerRefusesMangledClientHellos(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(testpeer.Body(p.ClientHello(), func(body []byte) []byte { return append(body, 0) }))
		p.WantAlert("RFC 9846, Section 4.3: data left over after parsing the structure", alert.DecodeError, alert.Malformed)
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(testpeer.Body(p.ClientHello(), func([]byte) []byte { return nil }))
		p.WantAlert("a ClientHello of no bytes", alert.DecodeError, alert.Malformed)
	})
}

func TestServerRefusesPSKThatIsNotLast(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello(func(m *handshake.ClientHello) {
			m.Extensions = handshake.AppendEmpty(handshake.AppendExtension(m.Extensions, handshake.ExtPreSharedKey, []byte{1}), 0x2a2a)
		}))
		p.WantAlert("RFC 9846, Section 4.3.11: servers MUST check that it is the last extension", alert.IllegalParameter, alert.PSKNotLast)
	})
}

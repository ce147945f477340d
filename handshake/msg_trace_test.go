package handshake

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/vectors"
)

// traced returns a handshake of RFC 8448.
func traced(t testing.TB, name string) *vectors.Trace {
	traces, err := vectors.Traces()
	require.NoError(t, err)
	for _, trace := range traces {
		if trace.Name == name {
			return trace
		}
	}
	t.Fatalf("no trace is called %s", name)
	return nil
}

// sentMessages are the handshake messages of a trace in order, with their
// headers, out of the plaintext of the records.
func sentMessages(t testing.TB, trace *vectors.Trace) (all [][]byte) {
	for i := range trace.Steps {
		s := &trace.Steps[i]
		if s.Kind != vectors.Record || s.Name != "handshake" {
			continue
		}
		for rest := s.Get("payload"); len(rest) > 0; {
			n := headerLen + int(rest[1])<<16 + int(rest[2])<<8 + int(rest[3])
			require.LessOrEqual(t, n, len(rest), "a message of %s is whole", s)
			all = append(all, rest[:n])
			rest = rest[n:]
		}
	}
	return all
}

func TestTracesDecodeAndEncode(t *testing.T) {
	traces, err := vectors.Traces()
	require.NoError(t, err)
	seen := map[MessageType]int{}
	for _, trace := range traces {
		for i, msg := range sentMessages(t, trace) {
			typ, body, err := SplitMessage(msg)
			require.NoError(t, err)
			again, err := named(typ.String()).again(body)
			require.NoError(t, err, "%s: message %d, %v, parses", trace.Name, i, typ)
			require.Equal(t, body, again, "%s: message %d, %v, is encoded as it came", trace.Name, i, typ)
			seen[typ]++
		}
	}
	require.Equal(t, map[MessageType]int{
		MsgClientHello: 6, MsgServerHello: 6, MsgEncryptedExtensions: 5, MsgCertificateRequest: 1,
		MsgCertificate: 5, MsgCertificateVerify: 5, MsgFinished: 10, MsgNewSessionTicket: 1, MsgEndOfEarlyData: 1,
	}, seen, "RFC 8448 has these messages")
}

func TestTracedExtensionsAreLegal(t *testing.T) {
	traces, err := vectors.Traces()
	require.NoError(t, err)
	for _, trace := range traces {
		for _, msg := range sentMessages(t, trace) {
			typ, body, err := SplitMessage(msg)
			require.NoError(t, err)
			x, in := extensionsOf(t, typ, body)
			require.NoError(t, x.Legal(in), "%s: %v", trace.Name, typ)
		}
	}
}

// extensionsOf is the extensions of a message, and where they stand.
func extensionsOf(t *testing.T, typ MessageType, body []byte) (Extensions, Place) {
	switch typ {
	case MsgClientHello:
		m, err := ParseClientHello(body)
		require.NoError(t, err)
		return m.Extensions, InCH
	case MsgServerHello:
		m, err := ParseServerHello(body)
		require.NoError(t, err)
		if m.IsHelloRetryRequest() {
			return m.Extensions, InHRR
		}
		return m.Extensions, InSH
	case MsgEncryptedExtensions:
		m, err := ParseEncryptedExtensions(body)
		require.NoError(t, err)
		return m.Extensions, InEE
	case MsgCertificateRequest:
		m, err := ParseCertificateRequest(body)
		require.NoError(t, err)
		return m.Extensions, InCR
	case MsgNewSessionTicket:
		m, err := ParseNewSessionTicket(body)
		require.NoError(t, err)
		return m.Extensions, InNST
	}
	return nil, InCH
}

// get parses the extension of that type, which has to be there.
func get[V any](t *testing.T, x Extensions, typ ExtensionType, parse func([]byte) (V, error)) V {
	t.Helper()
	data, ok := x.Get(typ)
	require.True(t, ok, "%v is there", typ)
	v, err := parse(data)
	require.NoError(t, err)
	return v
}

func TestSimpleHandshakeSaysWhatTheRFCSays(t *testing.T) {
	trace := traced(t, "3-simple-1rtt")
	msgs := sentMessages(t, trace)

	ch, err := ParseClientHello(msgs[0][headerLen:])
	require.NoError(t, err)
	require.Equal(t, VersionTLS12, ch.LegacyVersion)
	require.Equal(t, trace.Input("client random"), ch.Random[:])
	require.Empty(t, ch.LegacySessionID)
	require.Equal(t, []cipher.ID{
		cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_CHACHA20_POLY1305_SHA256, cipher.TLS_AES_256_GCM_SHA384,
	}, ch.CipherSuites.Slice())
	require.Equal(t, List8Of[uint8](0), ch.LegacyCompressionMethods)
	x := ch.Extensions
	require.Equal(t, "server", string(get(t, x, ExtServerName, ParseServerName)))
	require.Empty(t, get(t, x, ExtRenegotiationInfo, ParseRenegotiationInfo))
	groups := get(t, x, ExtSupportedGroups, ParseSupportedGroups)
	require.Equal(t, []group.ID{group.X25519, group.P256, group.P384, group.P521, 0x100, 0x101, 0x102, 0x103, 0x104}, groups.Slice())
	data, ok := x.Get(ExtSessionTicket)
	require.True(t, ok && data != nil && len(data) == 0, "the client has no TLS 1.2 ticket and wants one")
	require.Equal(t, List16Of(VersionTLS13), get(t, x, ExtSupportedVersions, ParseSupportedVersionsCH))
	schemes := get(t, x, ExtSignatureAlgorithms, ParseSignatureAlgorithms)
	require.Equal(t, 15, schemes.Len())
	require.Equal(t, signature.Scheme(0x0403), schemes.At(0))
	require.Equal(t, List8Of(PSKDHEKE), get(t, x, ExtPSKKeyExchangeModes, ParsePSKKeyExchangeModes))
	require.EqualValues(t, 16385, get(t, x, ExtRecordSizeLimit, ParseRecordSizeLimit))
	shares := get(t, x, ExtKeyShare, ParseKeyShareCH)
	require.Equal(t, 1, shares.Len())
	share, ok := shares.Get(group.X25519)
	require.True(t, ok)
	require.Equal(t, trace.Step(vectors.Client, vectors.KeyPair, "x25519").Get("public"), share)

	sh, err := ParseServerHello(msgs[1][headerLen:])
	require.NoError(t, err)
	require.False(t, sh.IsHelloRetryRequest())
	require.False(t, sh.HasDowngradeSentinel())
	require.Equal(t, trace.Input("server random"), sh.Random[:])
	require.Equal(t, cipher.TLS_AES_128_GCM_SHA256, sh.CipherSuite)
	require.Equal(t, VersionTLS13, get(t, sh.Extensions, ExtSupportedVersions, ParseSupportedVersionsSH))
	entry := get(t, sh.Extensions, ExtKeyShare, ParseKeyShareSH)
	require.Equal(t, group.X25519, entry.Group)
	require.Equal(t, trace.Step(vectors.Server, vectors.KeyPair, "x25519").Get("public"), entry.KeyExchange)
}

func TestTracedTicketAllowsEarlyData(t *testing.T) {
	msgs := sentMessages(t, traced(t, "3-simple-1rtt"))
	for _, msg := range msgs {
		if MessageType(msg[0]) != MsgNewSessionTicket {
			continue
		}
		m, err := ParseNewSessionTicket(msg[headerLen:])
		require.NoError(t, err)
		require.EqualValues(t, 30, m.TicketLifetime)
		require.EqualValues(t, uint32(0xfad6aac5), m.TicketAgeAdd)
		require.Equal(t, []byte{0, 0}, m.TicketNonce)
		require.EqualValues(t, 1024, get(t, m.Extensions, ExtEarlyData, ParseEarlyDataNST))
		return
	}
	t.Fatal("the trace has a ticket")
}

func TestTracedHelloRetryRequestIsOne(t *testing.T) {
	msgs := sentMessages(t, traced(t, "5-hello-retry-request"))
	hrr, err := ParseServerHello(msgs[1][headerLen:])
	require.NoError(t, err)
	require.True(t, hrr.IsHelloRetryRequest())
	require.Equal(t, group.P256, get(t, hrr.Extensions, ExtKeyShare, ParseKeyShareHRR))
	cookie := get(t, hrr.Extensions, ExtCookie, ParseCookie)
	require.Len(t, cookie, 114)

	ch, err := ParseClientHello(msgs[2][headerLen:])
	require.NoError(t, err)
	require.Equal(t, cookie, get(t, ch.Extensions, ExtCookie, ParseCookie), "the client copies the cookie")
}

func TestTracedBinderBindsAllButTheBinders(t *testing.T) {
	trace := traced(t, "4-resumed-0rtt")
	msg := sentMessages(t, trace)[0]
	binder := trace.Step(vectors.Client, vectors.Binder, "")

	ch, err := ParseClientHello(msg[headerLen:])
	require.NoError(t, err)
	psks := get(t, ch.Extensions, ExtPreSharedKey, ParsePreSharedKeyCH)
	require.Equal(t, binder.Get("prefix"), psks.Truncate(msg))
	require.Equal(t, 35, psks.BindersLen())
	require.Equal(t, 1, psks.Identities.Len())
	require.Equal(t, OpaqueList8Of(binder.Get("finished")), psks.Binders)
	for id := range psks.Identities.All() {
		require.EqualValues(t, uint32(0xfad6aacb), id.ObfuscatedTicketAge)
		require.Len(t, id.Identity, 178)
	}

	ch.Extensions = AppendPreSharedKeyCH(ch.Extensions.Without(ExtPreSharedKey),
		OfferedPSKs{Identities: psks.Identities, Binders: BlankBinders(32)})
	blank := ch.Append(nil)
	require.Equal(t, binder.Get("prefix"), psks.Truncate(blank), "a hello with blank binders is the same up to there")
	SetBinders(blank, binder.Get("finished"))
	require.Equal(t, msg, blank, "and the same altogether when they are filled in")
}

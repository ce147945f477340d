package handshake

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/race"
)

func TestHellosParseWithoutAllocating(t *testing.T) {
	trace := sentMessages(t, traced(t, "4-resumed-0rtt"))
	client, server := trace[0][headerLen:], trace[1][headerLen:]
	require.Zero(t, testing.AllocsPerRun(100, func() {
		ch, err := ParseClientHello(client)
		if err != nil || !readAll(ch.Extensions) {
			t.Fatal(err)
		}
		sh, err := ParseServerHello(server)
		if err != nil || sh.IsHelloRetryRequest() {
			t.Fatal(err)
		}
	}))
}

// readAll reads what a server needs of a ClientHello.
func readAll(x Extensions) bool {
	data, _ := x.Get(ExtSupportedVersions)
	versions, _ := ParseSupportedVersionsCH(data)
	data, _ = x.Get(ExtServerName)
	host, _ := ParseServerName(data)
	data, _ = x.Get(ExtSupportedGroups)
	groups, _ := ParseSupportedGroups(data)
	data, _ = x.Get(ExtKeyShare)
	shares, _ := ParseKeyShareCH(data)
	share, _ := shares.Get(group.X25519)
	data, _ = x.Get(ExtSignatureAlgorithms)
	schemes, _ := ParseSignatureAlgorithms(data)
	data, _ = x.Get(ExtPreSharedKey)
	psks, _ := ParsePreSharedKeyCH(data)
	return versions.Has(VersionTLS13) && host != nil && groups.Has(group.X25519) && share != nil &&
		schemes.Has(0x0804) && psks.Identities.Len() == 1 && x.Legal(InCH) == nil
}

func TestManyExtensionsCostOneAllocation(t *testing.T) {
	ch := helloOf(distinct(maxCount))
	body := ch.Append(nil)[headerLen:]
	require.LessOrEqual(t, testing.AllocsPerRun(20, func() { ParseClientHello(body) }), 1.0)
}

func TestMessagesAreAppendedWithOneAllocationOrNone(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	msg := sentMessages(t, traced(t, "4-resumed-0rtt"))[0]
	ch, err := ParseClientHello(msg[headerLen:])
	require.NoError(t, err)
	room := make([]byte, 0, len(msg))
	require.Zero(t, testing.AllocsPerRun(100, func() { ch.Append(room) }), "into room that is there")
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { ch.Append(nil) }), 1.0)

	x := make(Extensions, 0, 1000)
	share := KeyShareEntry{Group: group.X25519, KeyExchange: make([]byte, 32)}
	groups, versions := List16Of(group.X25519), List16Of(VersionTLS13)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		x = AppendServerName(x[:0], "example.com")
		x = AppendSupportedGroups(x, groups)
		x = AppendSupportedVersionsCH(x, versions)
		x = AppendKeyShareCH(x, share)
		x = AppendKeyShareSH(x, share)
		x = AppendSupportedVersionsSH(x, VersionTLS13)
	}), "extensions too")
}

func TestCertificateAllocatesItsListOnly(t *testing.T) {
	body := unhex("00 000012 000001300000*3")
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { ParseCertificate(body) }), 1.0)
}

func BenchmarkParseClientHello(b *testing.B) {
	body := sentMessages(b, traced(b, "4-resumed-0rtt"))[0][headerLen:]
	b.ReportAllocs()
	for b.Loop() {
		ch, err := ParseClientHello(body)
		if err != nil || !readAll(ch.Extensions) {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseClientHelloOfManyExtensions(b *testing.B) {
	ch := helloOf(distinct(maxCount))
	body := ch.Append(nil)[headerLen:]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseClientHello(body); err != nil {
			b.Fatal(err)
		}
	}
}

package tlsengine_test

import (
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/race"
)

func TestRecordsAreSentAndReceivedWithoutAllocating(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for _, suite := range cipher.Suites() {
		if suite.Auth == cipher.AuthRSA {
			continue
		}
		k := plainChat()
		k.limit(suite)
		c, s := k.handshake(t)
		for _, n := range []int{1, 64, 16 << 10, 20 << 10} {
			plain := make([]byte, n)
			require.Zero(t, testing.AllocsPerRun(20, func() {
				k.record(t, c, s, plain)
				k.record(t, s, c, plain)
			}), "%d bytes each way, %v", n, suite)
		}
	}
}

func TestBothSidesOfAHandshakeAllocateLittle(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	k := plainChat()
	k.client.Groups, k.server.Groups = k.client.Groups[:1], k.server.Groups[:1]
	require.LessOrEqual(t, testing.AllocsPerRun(20, func() { k.handshake(t) }), 250.0)
	require.LessOrEqual(t, bytesPerRun(20, func() { k.handshake(t) }), uint64(30<<10))
}

// What each kind of handshake allocates on both sides, the client knowing the
// server's chain: a little above what it does. Of the full ones some 60 are the
// standard library's for a signature and its verification.
func TestEachKindOfHandshakeAllocatesLittle(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for name, most := range map[string]struct{ allocs, bytes float64 }{
		"1.3":             {165, 24 << 10},
		"1.3-mlkem":       {180, 54 << 10},
		"1.3-client-auth": {250, 32 << 10},
		"1.3-resumed":     {135, 27 << 10},
		"1.2":             {185, 28 << 10},
		"1.2-resumed":     {90, 20 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			i := slices.IndexFunc(flavours, func(f flavour) bool { return f.name == name })
			k := flavoured(t, flavours[i])
			require.LessOrEqual(t, testing.AllocsPerRun(20, func() { k.handshake(t) }), most.allocs)
			require.LessOrEqual(t, float64(bytesPerRun(20, func() { k.handshake(t) })), most.bytes)
		})
	}
}

func TestAClientHelloAllocatesLittle(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	k := plainChat()
	require.LessOrEqual(t, testing.AllocsPerRun(20, func() {
		c, err := tlsengine.NewClient(k.client)
		if err != nil {
			t.Fatal(err)
		}
		c.Flush(k.c2s)
	}), 35.0)
}

func bytesPerRun(n int, f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / uint64(n)
}

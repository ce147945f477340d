package tlsengine_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

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

func bytesPerRun(n int, f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / uint64(n)
}

package quic

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/race"
)

// burst returns n sealed packets of different lengths, whose packet numbers of
// 1 to 4 bytes start at pnOffset.
func burst(k *Keys, n, pnOffset int) [][]byte {
	packets := make([][]byte, n)
	for i := range packets {
		header := append([]byte{0x40 | byte(i%4)}, random(pnOffset-1+i%4+1)...)
		packets[i] = k.Seal(slices.Clone(header), header, random(4+source.IntN(100)), int64(i))
	}
	return packets
}

func clones(packets [][]byte) [][]byte {
	all := make([][]byte, len(packets))
	for i, p := range packets {
		all[i] = bytes.Clone(p)
	}
	return all
}

func TestABurstIsProtectedLikeItsPackets(t *testing.T) {
	for _, suite := range suites {
		keys := newKeysFor(t, suite)
		for n := range 4*lanes + 2 {
			pnOffset := 1 + n
			packets := burst(keys, n, pnOffset)
			want := clones(packets)
			for _, p := range want {
				require.NoError(t, keys.ProtectHeader(p, pnOffset))
			}
			require.NoError(t, keys.ProtectHeaders(packets, pnOffset))
			require.Equal(t, want, packets, "%v, %d packets", suite, n)
		}
	}
}

func TestABurstWithAShortPacketStaysAsItWas(t *testing.T) {
	keys := newKeysFor(t, chacha)
	for short := range lanes + 2 {
		packets := burst(keys, lanes+2, 9)
		packets[short] = packets[short][:9+sampleOffset+SampleSize-1]
		before := clones(packets)
		require.ErrorIs(t, keys.ProtectHeaders(packets, 9), ErrShort)
		require.Equal(t, before, packets)
	}
	require.ErrorIs(t, keys.ProtectHeaders(burst(keys, 1, 9), 0), ErrShort)
	require.ErrorIs(t, keys.ProtectHeaders(burst(keys, 1, 9), -1), ErrShort)
}

func TestABurstDoesNotAllocate(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for _, suite := range suites {
		keys := newKeysFor(t, suite)
		packets := burst(keys, 2*lanes+1, 9)
		require.Zero(t, testing.AllocsPerRun(100, func() { _ = keys.ProtectHeaders(packets, 9) }), suite)
	}
}

func BenchmarkBurst(b *testing.B) {
	for _, suite := range suites {
		keys := newKeysFor(b, suite)
		packets := burst(keys, 2*lanes, 9)
		b.Run(suite.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = keys.ProtectHeaders(packets, 9)
			}
		})
	}
}

package handshake

import (
	"crypto/ed25519"
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/signature"
)

// helloID is a binder.
func helloID(n int) []byte { return binary.BigEndian.AppendUint64(make([]byte, 8, 16), uint64(n)) }

func TestReplayMemoryRemembersUntilTheTimeIsOver(t *testing.T) {
	start := time.Unix(1e9, 0)
	m := NewReplayMemory(40)
	for n := range 1000 {
		now := start.Add(time.Duration(n) * time.Second)
		require.True(t, m.Fresh(helloID(n), now, now.Add(30*time.Second)), n)
		for back := 0; back <= min(n, 30); back++ {
			require.False(t, m.Fresh(helloID(n-back), now, now.Add(30*time.Second)), "%d after %d", n-back, n)
		}
		if n > 30 && n%7 == 0 {
			require.LessOrEqual(t, len(m.seen), 31, "what is over is let go of")
		}
	}
	require.False(t, m.Fresh([]byte("too short"), start, start))
}

func TestAFullReplayMemoryTakesNothing(t *testing.T) {
	now := time.Unix(1e9, 0)
	m := NewReplayMemory(20)
	for n := range 20 {
		require.True(t, m.Fresh(helloID(n), now, now.Add(time.Minute)))
	}
	require.False(t, m.Fresh(helloID(20), now, now.Add(time.Minute)))
	require.False(t, m.Fresh(helloID(20), now.Add(time.Minute), now.Add(2*time.Minute)), "the last moment counts")
	now = now.Add(time.Minute + 1)
	require.True(t, m.Fresh(helloID(20), now, now.Add(time.Minute)))
	require.False(t, NewReplayMemory(0).Fresh(helloID(0), now, now))
}

// fastest is the shortest time that f took.
func fastest(f func()) time.Duration {
	best := time.Hour
	for range 7 {
		start := time.Now()
		f()
		best = min(best, time.Since(start))
	}
	return best
}

// Early data that is refused because the memory is full must not cost more
// the larger the memory is: anybody with a ticket can make it full.
func TestAFullReplayMemoryIsNotSearched(t *testing.T) {
	now := time.Unix(1e9, 0)
	cost := func(most int) time.Duration {
		m := NewReplayMemory(most)
		for n := range most {
			m.Fresh(helloID(n), now, now.Add(time.Minute))
		}
		return fastest(func() {
			for n := range 100 {
				m.Fresh(helloID(most+n), now, now.Add(time.Minute))
			}
		})
	}
	require.Less(t, cost(100_000), 50*cost(100))
}

// A client's list of schemes may have 32 thousand entries.
func TestALongListOfSchemesCostsNoMoreThanItsLength(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	c := &Credential{Signer: key}
	cost := func(n int) time.Duration {
		list := make([]signature.Scheme, n)
		for i := range list {
			list[i] = signature.Scheme(0x3000 + i)
		}
		return fastest(func() { require.Zero(t, c.scheme(VersionTLS13, list)) })
	}
	require.Less(t, cost(32_000), 9*cost(4_000)*2)
}

package handshake

import (
	"crypto"
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

// Early data that is refused because the memory is full must not cost more
// the larger the memory is: anybody with a ticket can make it full. Only the
// oldest entry is looked at: behind it, all but one could go.
func TestAFullReplayMemoryIsNotSearched(t *testing.T) {
	now := time.Unix(1e9, 0)
	m := NewReplayMemory(1000)
	require.True(t, m.Fresh(helloID(0), now, now.Add(time.Minute)))
	for n := 1; n < 1000; n++ {
		require.True(t, m.Fresh(helloID(n), now, now.Add(-time.Second)))
	}
	for n := range 100 {
		require.False(t, m.Fresh(helloID(1000+n), now, now.Add(time.Minute)))
	}
	require.Len(t, m.seen, 1000, "the rest was not looked at")
	require.True(t, m.Fresh(helloID(2000), now.Add(time.Minute+1), now.Add(time.Hour)))
	require.Len(t, m.seen, 1, "each entry goes when it is the oldest, once")
}

// counted is a key that counts how often it is asked for.
type counted struct {
	ed25519.PrivateKey
	asked *int
}

func (k counted) Public() crypto.PublicKey {
	*k.asked++
	return k.PrivateKey.Public()
}

// A client's list of schemes may have 32 thousand entries. A credential looks
// at each once, at its key once for all, and searches the list only for what
// the key can sign with.
func TestALongListOfSchemesCostsNoMoreThanItsLength(t *testing.T) {
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	asked := 0
	c := &Credential{Signer: counted{key, &asked}}
	list := make([]signature.Scheme, 32_000)
	for i := range list {
		list[i] = signature.Scheme(0x3000 + i)
	}
	require.Zero(t, c.scheme(VersionTLS13, list))
	require.Equal(t, 1, asked)
	require.Equal(t, signature.Ed25519, c.scheme(VersionTLS13, append(list, signature.Ed25519)))
	require.Equal(t, 2, asked)
	for _, s := range list {
		require.False(t, c.signs(VersionTLS13, s, key.Public()), "which comes before the search")
	}
}

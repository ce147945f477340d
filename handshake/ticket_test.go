package handshake

import (
	"bytes"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/chacha20poly1305"
)

var someTime = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// stream is randomness that is the same in each run.
func stream(name string) io.Reader { return rand.NewChaCha8(sha256.Sum256([]byte(name))) }

func TestTicketKeysRotate(t *testing.T) {
	keys, rand := NewTicketKeys(), stream("tickets")
	seal := func(now time.Time) []byte {
		ticket, err := keys.Seal(now, rand, []byte("session"))
		require.NoError(t, err)
		return ticket
	}
	first := seal(someTime)
	require.Equal(t, first[:16], seal(someTime.Add(ticketKeyAge - 1))[:16], "a key seals for a day")
	require.False(t, keys.Stale(someTime, first))
	next := seal(someTime.Add(ticketKeyAge))
	require.NotEqual(t, first[:16], next[:16], "and then another does")
	require.True(t, keys.Stale(someTime.Add(ticketKeyAge), first))
	require.Equal(t, "session", string(keys.Open(someTime.Add(ticketKeyAge), first)), "the old one still opens")
	last := someTime.Add(ticketKeyAge + ticketKeyOpen)
	require.Equal(t, "session", string(keys.Open(last, first)))
	require.Nil(t, keys.Open(last.Add(1), first), "but not for ever")
	require.Equal(t, "session", string(keys.Open(last, next)))
}

func TestTicketsAreNeverTheSame(t *testing.T) {
	keys, rand := NewTicketKeys(), stream("tickets")
	seen := make(map[string]bool)
	for range 10000 {
		ticket, err := keys.Seal(someTime, rand, []byte("the same session"))
		require.NoError(t, err)
		nonce := string(ticket[16 : 16+chacha20poly1305.NonceSizeX])
		require.False(t, seen[nonce], "a nonce is never used twice")
		seen[nonce] = true
	}
}

func TestTicketsOfOthersAreNotOpened(t *testing.T) {
	keys := NewTicketKeys()
	ticket, err := keys.Seal(someTime, stream("a"), []byte("session"))
	require.NoError(t, err)
	require.Nil(t, NewTicketKeys().Open(someTime, ticket), "two servers share no key unless told")

	for n := range ticket {
		require.Nil(t, keys.Open(someTime, ticket[:n]), "cut to %d bytes", n)
		changed := bytes.Clone(ticket)
		changed[n] ^= 1
		require.Nil(t, keys.Open(someTime, changed), "byte %d changed", n)
	}
	require.Nil(t, keys.Open(someTime, append(bytes.Clone(ticket), 0)))

	// A ticket under a key of zeros, such as one that nobody ever set.
	zero := newTicketKey([32]byte{})
	aead, err := chacha20poly1305.NewX(zero.key[:])
	require.NoError(t, err)
	forged := append(bytes.Clone(zero.name[:]), make([]byte, chacha20poly1305.NonceSizeX)...)
	forged = aead.Seal(forged, forged[16:], []byte("session"), zero.name[:])
	require.Nil(t, keys.Open(someTime, forged))
	require.Nil(t, NewTicketKeys().Open(someTime, forged))
}

func TestTicketKeysCanBeShared(t *testing.T) {
	here, there := NewTicketKeys(), NewTicketKeys()
	a, b, c := [32]byte{1}, [32]byte{2}, [32]byte{3}
	require.NoError(t, here.SetKeys(a))
	require.NoError(t, there.SetKeys(b, a))
	ticket, err := here.Seal(someTime, stream("x"), []byte("session"))
	require.NoError(t, err)
	later := someTime.Add(1000 * time.Hour)
	require.Equal(t, "session", string(there.Open(later, ticket)), "who sets keys rotates them too")
	require.True(t, there.Stale(later, ticket))
	require.NoError(t, there.SetKeys(c, b))
	require.Nil(t, there.Open(later, ticket))

	require.Error(t, here.SetKeys(), "no keys")
	require.Error(t, here.SetKeys(a, [32]byte{}), "a key of zeros")
	require.Equal(t, "session", string(here.Open(later, ticket)), "a refusal changes nothing")
}

func TestTicketsNeedRandomness(t *testing.T) {
	_, err := NewTicketKeys().Seal(someTime, bytes.NewReader(make([]byte, 31)), nil)
	require.Error(t, err, "for the key")
	keys := NewTicketKeys()
	require.NoError(t, keys.SetKeys([32]byte{1}))
	_, err = keys.Seal(someTime, bytes.NewReader(make([]byte, 23)), nil)
	require.Error(t, err, "for the nonce")
}

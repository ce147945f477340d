package handshake

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What comes back as a ticket is opened whole or not at all, and what is in it
// is a session or nothing.
func FuzzTicket(f *testing.F) {
	keys := NewTicketKeys()
	require.NoError(f, keys.SetKeys([32]byte{1}, [32]byte{2}))
	ticket, err := keys.Seal(someTime, stream("ticket"), []byte("session"))
	require.NoError(f, err)
	f.Add(ticket, true)
	f.Add(ticket[:40], true)
	f.Add([]byte("session"), false)
	f.Fuzz(func(t *testing.T, b []byte, open bool) {
		if open {
			if got := keys.Open(someTime, b); got != nil {
				require.Equal(t, ticket, b, "only what was sealed opens")
				require.Equal(t, "session", string(got))
			}
			keys.Stale(someTime, b)
			return
		}
		sealed, err := keys.Seal(someTime, stream("another"), b)
		require.NoError(t, err)
		require.Equal(t, string(b), string(keys.Open(someTime, sealed)))
		_, _ = ReadSession(b)
		_, _ = AttachToSession(b, []byte("data"))
	})
}

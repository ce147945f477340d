package tlsengine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/handshake"
)

// Keys are wiped where they are, not only let go: when others take their
// place, and when the connection ends.
func TestKeysAreWipedWhereTheyWere(t *testing.T) {
	client, server := old(t, 0)
	sends, receives := client.send.keys, server.recv.keys
	require.NotZero(t, sends.Secret)
	require.Equal(t, sends.Secret, receives.Secret)
	out, err := client.UpdateKeys(nil, handshake.UpdateNotRequested)
	require.NoError(t, err)
	require.Zero(t, *sends)
	_, updates := hears(t, server, out)
	require.Equal(t, 1, updates)
	require.Zero(t, *receives)

	sends, receives = client.send.keys, client.recv.keys
	require.NotZero(t, sends.Secret)
	require.NotZero(t, receives.Secret)
	require.ErrorIs(t, client.TransportEOF(), ErrTruncated)
	require.Zero(t, *receives)
	client.Flush(nil)
	require.Zero(t, *sends)
}

package tlsengine_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// Both sides end TLS and go on in the clear over the same transport: what
// stands behind the peer's close_notify is the application's, to the byte.

func TestDownshiftWithReceive(t *testing.T) {
	for _, bothVersions := range []func(*tlsengine.Config){func(*tlsengine.Config) {}, speaks12} {
		client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
		bothVersions(server)
		p := meet(t, client, server)
		wire, err := p.client.Send(nil, []byte("the last of TLS"))
		require.NoError(t, err)
		wire = append(p.client.Close(wire), "the first in the clear"...)
		data, rest := receiveUntilClosed(t, p.server.Engine, slices.Clone(wire))
		require.Equal(t, "the last of TLS", string(data))
		require.Equal(t, "the first in the clear", string(rest))
		require.NoError(t, p.server.TransportEOF(), "TLS is complete")

		// The other direction is still TLS, until it is closed too.
		wire, err = p.server.Send(nil, []byte("from the server"))
		require.NoError(t, err)
		wire = append(p.server.Close(wire), "220 in the clear"...)
		data, rest = receiveUntilClosed(t, p.client.Engine, wire)
		require.Equal(t, "from the server", string(data))
		require.Equal(t, "220 in the clear", string(rest))
		for _, e := range []*end{p.client, p.server} {
			_, err = e.Send(nil, []byte("data"))
			require.Equal(t, tlsengine.ErrClosed, err)
			n, ev, err := e.Receive([]byte("in the clear"))
			require.Equal(t, 0, n)
			require.Equal(t, tlsengine.EventPeerClosed, ev.Kind)
			require.NoError(t, err)
		}
	}
}

// receiveUntilClosed returns the data, and what was not eaten.
func receiveUntilClosed(t *testing.T, e *tlsengine.Engine, in []byte) (data, rest []byte) {
	for {
		n, ev, err := e.Receive(in)
		require.NoError(t, err)
		data = append(data, ev.Data...)
		in = in[n:]
		if ev.Kind == tlsengine.EventPeerClosed {
			return data, in
		}
		require.NotEqual(t, tlsengine.EventNeedMore, ev.Kind)
	}
}

func TestDownshiftWithFeed(t *testing.T) {
	for size := 1; size < 60; size += 7 {
		p := meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
		wire, err := p.client.Send(nil, []byte("the last of TLS"))
		require.NoError(t, err)
		wire = append(p.client.Close(wire), "in the clear"...)
		var clear []byte
		for piece := range slices.Chunk(wire, size) {
			if slices.Contains(p.server.events, tlsengine.EventPeerClosed) {
				clear = append(clear, piece...) // the engine eats no more
				continue
			}
			p.server.take(t, piece)
			p.server.Engine = testpeer.Thawed(t, p.server.Engine)
			clear = append(clear, p.server.Unread()...)
			if !slices.Contains(p.server.events, tlsengine.EventPeerClosed) {
				clear = nil // a piece of a record
			}
		}
		require.Equal(t, "the last of TLS", string(p.server.data))
		require.Equal(t, "in the clear", string(clear), "in pieces of %d", size)
		require.NoError(t, p.server.TransportEOF())
	}
}

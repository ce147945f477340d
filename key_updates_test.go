package tlsengine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/record"
)

// old is a connection whose client has changed its keys so often, and been
// frozen. The suite's keys seal ten records.
func old(t *testing.T, updates uint64) (client, server *Engine) {
	suite := *cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	suite.ConfidentialityLimit = 11
	cred, roots := selfSigned(t, "server.test")
	cfg := &Config{Roots: roots, ServerName: "server.test", Suites: []*cipher.Suite{&suite}, MaxFragment: 64, AllowDetach: true}
	client, err := NewClient(cfg)
	require.NoError(t, err)
	server, err = NewServer(&Config{Credentials: []*Credential{cred}})
	require.NoError(t, err)
	for client.Owes() || server.Owes() {
		hears(t, server, client.Flush(nil))
		hears(t, client, server.Flush(nil))
	}
	client.send.updates = updates
	state, err := client.Freeze(nil)
	require.NoError(t, err)
	client, err = Thaw(cfg, state)
	require.NoError(t, err)
	return client, server
}

// hears gives an engine bytes, and returns the data in them and how often the
// keys changed.
func hears(t *testing.T, e *Engine, in []byte) (data string, updates int) {
	t.Helper()
	for ev, err := range e.Feed(in) {
		require.NoError(t, err)
		switch ev.Kind {
		case EventData:
			data += string(ev.Data)
		case EventKeyUpdated:
			updates++
		}
	}
	return data, updates
}

// "sending implementations MUST NOT allow the epoch -- and hence the number of
// key updates -- to exceed 2^48-1." RFC 9846, Section 4.7.3.
func TestKeysChangeABoundedNumberOfTimes(t *testing.T) {
	client, server := old(t, 1<<48-2)
	out, err := client.UpdateKeys(nil, handshake.UpdateNotRequested)
	require.NoError(t, err)
	_, updates := hears(t, server, out)
	require.Equal(t, 1, updates, "the last")
	out, err = client.UpdateKeys(nil, handshake.UpdateNotRequested)
	require.ErrorIs(t, err, ErrKeyUpdate)
	require.Empty(t, out)

	// "it MUST NOT send its own KeyUpdate if that would cause it to exceed these
	// limits and SHOULD instead ignore the "update_requested" flag."
	out, err = server.UpdateKeys(nil, handshake.UpdateRequested)
	require.NoError(t, err)
	hears(t, client, out)
	out, err = client.Send(nil, []byte("data"))
	require.NoError(t, err)
	data, updates := hears(t, server, out)
	require.Equal(t, "data", data)
	require.Zero(t, updates)

	// "This may result in an eventual need to terminate the connection when the
	// limits in Section 5.5 are reached."
	out, err = client.Send(nil, make([]byte, 64*8))
	require.ErrorIs(t, err, ErrKeyLimit)
	require.Empty(t, out, "nothing was sent")
	out, err = client.Send(nil, make([]byte, 64*7))
	require.NoError(t, err)
	data, _ = hears(t, server, out)
	require.Len(t, data, 64*7)
	hears(t, server, client.Close(nil))
	require.NoError(t, server.TransportEOF())
}

func TestKeysOfADetachedChangeABoundedNumberOfTimes(t *testing.T) {
	client, _ := old(t, 1<<48-2)
	d, err := client.Detach()
	require.NoError(t, err)
	require.NoError(t, d.UpdateKeys(handshake.UpdateNotRequested))
	require.ErrorIs(t, d.UpdateKeys(handshake.UpdateNotRequested), ErrKeyUpdate)
	_, ok := d.Next()
	require.True(t, ok)
	m := handshake.KeyUpdate{RequestUpdate: handshake.UpdateRequested}
	for _, err := range d.Receive(record.Handshake, m.Append(nil)) {
		require.NoError(t, err)
	}
	_, ok = d.Next()
	require.False(t, ok, "the request is ignored")
}

func TestASnapshotWithMoreKeyUpdatesThanThereCanBeIsDamaged(t *testing.T) {
	client, _ := old(t, 1<<48-1)
	client.send.updates++
	cfg := client.Config()
	state, err := client.Freeze(nil)
	require.NoError(t, err)
	_, err = Thaw(cfg, state)
	require.ErrorIs(t, err, ErrSnapshotDamaged)
}

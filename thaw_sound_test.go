package tlsengine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// Snapshots of engines that cannot be are damaged, whoever made them: what is
// wrong would be wrong at the next call.
func TestEnginesThatCannotBeAreNotThawed(t *testing.T) {
	update, asked := handshake.Output{Kind: handshake.OutUpdateRecvKeys}, handshake.Output{Kind: handshake.OutUpdateSendKeys}
	for name, change := range map[string]func(e *Engine){
		"new keys before there are any":               func(e *Engine) { e.recv.outputs = []handshake.Output{update} },
		"an answer to a KeyUpdate before there are":   func(e *Engine) { e.mail.items = []handshake.Output{asked} },
		"the end of the handshake before there are":   func(e *Engine) { e.mail.items = []handshake.Output{{Kind: handshake.OutDone}} },
		"data before there are keys":                  func(e *Engine) { e.send.done = true },
		"an error in one half, and none in the other": func(e *Engine) { e.m.End(ErrTruncated); e.recv.err = ErrTruncated },
		"an error that did not end the handshake":     func(e *Engine) { e.mail.err = ErrTruncated },
		"an alert of no error":                        func(e *Engine) { e.mail.alert = new(alert.InternalError) },
		"more warnings than are taken":                func(e *Engine) { e.recv.warnings = MaxWarningAlerts + 1 },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := &Config{ServerName: "server.test"}
			e, err := NewClient(cfg)
			require.NoError(t, err)
			change(e)
			content, err := sealSnapshot(nil, engineSnapshot, e.freeze)
			require.NoError(t, err)
			_, err = Thaw(cfg, content)
			require.ErrorIs(t, err, ErrSnapshotDamaged)
		})
	}
}

// A failed engine needs no keys that fit anything.
func TestAFailedEngineThawsWhateverItHad(t *testing.T) {
	client, _ := old(t, 0)
	cfg := client.Config()
	require.Error(t, client.refuse(alert.BadFinished.Errorf("so it is")))
	state, err := client.Freeze(nil)
	require.NoError(t, err)
	client, err = Thaw(cfg, state)
	require.NoError(t, err)
	require.True(t, client.Owes())
	require.ErrorContains(t, client.Err(), "so it is")
}

func TestADetachedThatCannotBeIsNotThawed(t *testing.T) {
	for name, change := range map[string]func(d *Detached){
		"an empty record": func(d *Detached) { d.queue = []unsent{{typ: record.Handshake}} },
		"a record too long": func(d *Detached) {
			d.queue = []unsent{{typ: record.Handshake, content: make([]byte, record.MaxPlaintext+1)}}
		},
		"an event that was not delivered": func(d *Detached) { d.e.recv.outputs = []handshake.Output{{Kind: handshake.OutFlight}} },
	} {
		t.Run(name, func(t *testing.T) {
			client, _ := old(t, 0)
			cfg := client.Config()
			d, err := client.Detach()
			require.NoError(t, err)
			change(d)
			state, err := d.Freeze(nil)
			require.NoError(t, err)
			_, err = ThawDetached(cfg, state)
			require.ErrorIs(t, err, ErrSnapshotDamaged)
		})
	}
}

// A Detached that has failed is frozen with its error, once.
func TestADetachedThatFailedIsFrozenOnce(t *testing.T) {
	client, _ := old(t, 0)
	cfg := client.Config()
	d, err := client.Detach()
	require.NoError(t, err)
	for _, err := range d.Receive(record.Handshake, []byte{99, 0, 0, 0}) {
		require.Error(t, err)
	}
	want := d.Err()
	require.Error(t, want)
	state, err := d.Freeze(nil)
	require.NoError(t, err)
	_, err = d.Freeze(nil)
	require.ErrorIs(t, err, ErrFrozen)
	d, err = ThawDetached(cfg, state)
	require.NoError(t, err)
	require.Equal(t, want.Error(), d.Err().Error())
	out, ok := d.Next()
	require.True(t, ok)
	require.Equal(t, record.Alert, out.Type, "the alert is owed")
}

// Both halves may find an engine parked at once: one wakes it, the other finds
// it whole.
func TestAnEngineIsWokenOnce(t *testing.T) {
	client, _ := old(t, 0)
	client.Park()
	client.unpark()
	whole := client.active
	client.unpark()
	require.Same(t, whole, client.active)
}

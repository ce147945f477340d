package tlsengine_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// kept is the content of a snapshot, and what it was thawed with.
type kept struct {
	name    string
	cfg     *tlsengine.Config
	content []byte
}

// snapshotsOfEveryState are of both sides, one for each state that a course
// comes to, and each kind of snapshot.
func snapshotsOfEveryState(t testing.TB) (list []kept) {
	seen := make(map[string]bool)
	note := func(cfg *tlsengine.Config, data []byte, way string) {
		info, err := tlsengine.ReadSnapshot(data)
		require.NoError(t, err)
		name := fmt.Sprintf("client %t, %v, %s", info.Client, info.State, way)
		if everySnapshot { // and each way to get there, more or less
			name += fmt.Sprintf(", %d", len(data)/100)
		}
		if !seen[name] {
			seen[name] = true
			list = append(list, kept{name, cfg, data[1 : len(data)-8]})
		}
	}
	for _, c := range courses() {
		c.play(t, manner{piece: 300, between: alone, sees: func(d *duet, side int, _ []byte) {
			cfg := d.engines[side].Config()
			data := freeze(t, d.engines[side])
			note(cfg, data, fmt.Sprint(d.engines[0].Config().Session != nil))
			d.engines[side] = thaw(t, cfg, data)
		}})
	}
	d := detach(t, detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)).server.Engine).d
	require.NoError(t, d.UpdateKeys(handshake.UpdateRequested))
	cfg := testpeer.ServerConfig()
	data, err := d.Freeze(nil)
	require.NoError(t, err)
	list = append(list, kept{"detached", cfg, data[1 : len(data)-8]})
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	client.ALPN, server.ALPN = []string{"h3"}, []string{"h3"}
	for i, data := range quicSnapshots(t) {
		cfg := client
		if info, err := tlsengine.ReadSnapshot(data); err != nil || !info.Client {
			cfg = server
		}
		if i%5 == 0 || everySnapshot {
			note(cfg, data, "QUIC")
		}
	}
	return list
}

// thaws thaws what is some kind of snapshot.
func thaws(cfg *tlsengine.Config, data []byte) error {
	_, err := tlsengine.Thaw(cfg, data)
	if errors.Is(err, tlsengine.ErrSnapshotKind) {
		_, err = tlsengine.ThawDetached(cfg, data)
	}
	if errors.Is(err, tlsengine.ErrSnapshotKind) {
		_, err = tlsengine.ThawQUIC(cfg, data)
	}
	return err
}

// everySnapshot takes a snapshot of each way to get to a state, and changes more
// of it: minutes.
var everySnapshot = os.Getenv("TLSENGINE_FLIPS") == "all"

// Who changes a snapshot and its digest gets an error, or an engine that could
// be: no panic. It takes some seconds, because each byte is one of something
// else.
func TestSnapshotsThatWereChanged(t *testing.T) {
	refused := 0
	for _, s := range snapshotsOfEveryState(t) {
		require.NoError(t, thaws(s.cfg, resealed(s.content)), s.name)
		for i := range s.content {
			if race.Enabled && i%8 != 0 {
				continue
			}
			values := []byte{0xff, s.content[i] ^ 1}
			if s.content[i] > 4 && !everySnapshot { // no flag, and no small number
				values = values[:1]
			}
			for _, b := range values {
				changed := slices.Clone(s.content)
				changed[i] = b
				data := resealed(changed)
				if _, err := tlsengine.ReadSnapshot(data); i < 64 && err != nil {
					require.ErrorIs(t, err, tlsengine.ErrSnapshotDamaged)
				}
				if err := thaws(s.cfg, data); err != nil {
					refused++
					require.True(t, errors.Is(err, tlsengine.ErrSnapshotDamaged) || errors.Is(err, tlsengine.ErrSnapshotConfig) ||
						errors.Is(err, tlsengine.ErrSnapshotKind), "%s: byte %d: %v", s.name, i, err)
				}
			}
			if i%9 == 0 || everySnapshot {
				require.Error(t, thaws(s.cfg, resealed(s.content[:i])), "%s: the first %d bytes", s.name, i)
			}
		}
	}
	require.Greater(t, refused, 1000)
}

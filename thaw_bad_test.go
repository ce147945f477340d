package tlsengine_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// A thawing is a snapshot of some kind, what thaws it, and what others would
// thaw it as.
type thawing struct {
	data    []byte
	cfg     *tlsengine.Config
	thaw    thawer
	another []thawer
}

type thawer func(*tlsengine.Config, []byte) (any, error)

func thawings(t testing.TB) map[string]thawing {
	engine := func(c *tlsengine.Config, b []byte) (any, error) { return tlsengine.Thaw(c, b) }
	quic := func(c *tlsengine.Config, b []byte) (any, error) { return tlsengine.ThawQUIC(c, b) }
	detached := func(c *tlsengine.Config, b []byte) (any, error) { return tlsengine.ThawDetached(c, b) }
	out := make(map[string]thawing)
	for name, data := range snapshots(t) {
		out[name] = thawing{data, configOf(name), engine, []thawer{quic, detached}}
	}
	list := quicSnapshots(t)
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	client.ALPN, server.ALPN = []string{"h3"}, []string{"h3"}
	for name, data := range map[string][]byte{"first": list[0], "last": list[len(list)-1]} {
		info, err := tlsengine.ReadSnapshot(data)
		require.NoError(t, err)
		cfg := server
		if info.Client {
			cfg = client
		}
		out[name+" under QUIC"] = thawing{data, cfg, quic, []thawer{engine, detached}}
	}
	p := detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	cfg := p.server.Config()
	k := detach(t, p.server.Engine)
	require.NoError(t, k.d.UpdateKeys(handshake.UpdateRequested))
	data, err := k.d.Freeze(nil)
	require.NoError(t, err)
	out["detached"] = thawing{data, cfg, detached, []thawer{engine, quic}}
	return out
}

func TestDamagedSnapshotsAreRefused(t *testing.T) {
	for name, c := range thawings(t) {
		t.Run(name, func(t *testing.T) {
			refused := func(want error, data []byte, what string, n int) {
				t.Helper()
				_, err := c.thaw(c.cfg, data)
				if !errors.Is(err, want) {
					require.ErrorIs(t, err, want, what, n)
				}
				if _, err = tlsengine.ReadSnapshot(data); !errors.Is(err, want) {
					require.ErrorIs(t, err, want, what, n)
				}
			}
			_, err := c.thaw(c.cfg, c.data)
			require.NoError(t, err)
			for n := range c.data {
				refused(tlsengine.ErrSnapshotDamaged, c.data[:n], "the first %d bytes", n)
			}
			refused(tlsengine.ErrSnapshotDamaged, append(slices.Clone(c.data), 0), "a byte too many", 0)
			for i := 1; i < len(c.data); i++ {
				flipped := slices.Clone(c.data)
				flipped[i] ^= 1 << (i % 8)
				refused(tlsengine.ErrSnapshotDamaged, flipped, "byte %d flipped", i)
			}
			for format := range 256 {
				if byte(format) != c.data[0] {
					other := slices.Clone(c.data)
					other[0] = byte(format)
					refused(tlsengine.ErrSnapshotVersion, other, "format %d", format)
				}
			}
			for _, another := range c.another {
				_, err := another(c.cfg, c.data)
				require.ErrorIs(t, err, tlsengine.ErrSnapshotKind)
			}
		})
	}
}

// Nothing in the bytes prevents that they are thawed twice. This is what comes
// of it, and why the caller must not.
func TestTwoOfOneSnapshotSealUnderTheSameNonce(t *testing.T) {
	_, data, _ := established(t)
	seal := func(plain string) []byte {
		out, err := thaw(t, testpeer.ClientConfig(), data).Send(nil, []byte(plain))
		require.NoError(t, err)
		return out[5:]
	}
	one, other := seal("attack at dawn"), seal("attack at dusk")
	require.True(t, bytes.Equal(one[:10], other[:10]), "who sees both knows where they are the same")
	for i := 10; i < 14; i++ {
		require.Equal(t, "attack at dawn"[i]^"attack at dusk"[i], one[i]^other[i], "and what one is, if he knows the other")
	}
}

package damage

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

// What has ended knows nothing that its keys were made of: not in a snapshot,
// which has all that an engine is.
func TestEndedEnginesForget(t *testing.T) {
	for name, finish := range map[string]func(t *testing.T, e *tlsengine.Engine){
		"refused": func(t *testing.T, e *tlsengine.Engine) {
			_, err := swallow(e, []byte{byte(record.ApplicationData), 3, 3, 0xff, 0xff})
			require.Error(t, err)
		},
		"truncated": func(t *testing.T, e *tlsengine.Engine) { require.Error(t, e.TransportEOF()) },
	} {
		for side := range 2 {
			t.Run(name+" "+sides[side], func(t *testing.T) {
				var secrets [][]byte
				keep := func(_ string, _, secret []byte) { secrets = append(secrets, bytes.Clone(secret)) }
				client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
				server.KeyLog = keep
				cfg := []*tlsengine.Config{client, server}[side]
				e := pairOf(t, client, server)[side]
				suite := cipher.Lookup(e.ConnectionState().Suite.ID)
				for _, s := range secrets[:4] {
					k := keyschedule.TrafficKeys(suite, keyschedule.SecretOf(s))
					secrets = append(secrets, bytes.Clone(k.Key[:k.KeyLen]))
				}
				knows := func(state []byte) (n int) {
					for _, s := range secrets {
						if bytes.Contains(state, s) {
							n++
						}
					}
					return n
				}
				alive, err := e.Freeze(nil)
				require.NoError(t, err)
				require.NotZero(t, knows(alive), "a living engine has its secrets")
				e, err = tlsengine.Thaw(cfg, alive)
				require.NoError(t, err)
				finish(t, e)
				e.Flush(nil)
				_, err = e.Export("EXPORTER-test", nil, 10)
				require.True(t, err != nil && !errors.Is(err, tlsengine.ErrHandshakeNotDone), "nothing is exported any more: %v", err)
				dead, err := e.Freeze(nil)
				require.NoError(t, err)
				require.Zero(t, knows(dead))
			})
		}
	}
}

// pairOf is a client and a server that have shaken hands.
func pairOf(t testing.TB, client, server *tlsengine.Config) [2]*tlsengine.Engine {
	c, err := tlsengine.NewClient(client)
	require.NoError(t, err)
	s, err := tlsengine.NewServer(server)
	require.NoError(t, err)
	for c.Owes() || s.Owes() {
		for _, way := range [][2]*tlsengine.Engine{{c, s}, {s, c}} {
			_, err := swallow(way[1], way[0].Flush(nil))
			require.NoError(t, err)
		}
	}
	return [2]*tlsengine.Engine{c, s}
}

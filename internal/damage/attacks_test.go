package damage

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/record"
)

// Attacks of docs/attacks.md that no dialogue is about.

// brokenSuites are what attacks were about, by IANA's numbers.
var brokenSuites = map[string][]cipher.ID{
	"no encryption":                           {0x0000, 0x0001, 0x0002, 0x003b, 0xc006, 0xc010},
	"export: FREAK, Logjam":                   {0x0003, 0x0006, 0x0008, 0x000b, 0x000e, 0x0011, 0x0014, 0x0019, 0x0062, 0x0064},
	"RC4: Bar Mitzvah, NOMORE":                {0x0004, 0x0005, 0x0018, 0xc007, 0xc011, 0xc016},
	"blocks of 64 bits: Sweet32":              {0x0007, 0x0009, 0x000a, 0x0016, 0xc008, 0xc012},
	"static RSA: Bleichenbacher":              {0x002f, 0x0035, 0x003c, 0x003d, 0x009c, 0x009d, 0xc09c},
	"finite fields: Raccoon, DHEat":           {0x0033, 0x0039, 0x0067, 0x006b, 0x009e, 0x009f, 0xccaa},
	"CBC: BEAST, Lucky 13, POODLE":            {0xc009, 0xc00a, 0xc013, 0xc014, 0xc023, 0xc024, 0xc027, 0xc028},
	"nobody proves anything":                  {0x001b, 0x0034, 0x006c, 0x00a6, 0xc017, 0xc018, 0xc019},
	"static Diffie-Hellman":                   {0x000d, 0x0030, 0x00a0, 0xc004, 0xc00e, 0xc02d},
	"pre-shared keys without forward secrecy": {0x008c, 0x00a8, 0x00ac, 0xccab},
}

func TestBrokenSuitesAreUnknown(t *testing.T) {
	var offered handshake.ClientHello
	cfg := testpeer.ClientConfig()
	cfg.Suites = cipher.Suites()
	cfg.Rewrite = func(_ handshake.MessageType, msg []byte) []byte {
		var err error
		offered, err = handshake.ParseClientHello(bytes.Clone(msg)[4:])
		require.NoError(t, err)
		return msg
	}
	_, err := tlsengine.NewClient(cfg)
	require.NoError(t, err)
	for name, list := range brokenSuites {
		t.Run(name, func(t *testing.T) {
			for _, id := range list {
				require.Nil(t, cipher.Lookup(id), "%v is not implemented", id)
				require.False(t, offered.CipherSuites.Has(id), "%v is not offered", id)
				for _, only12 := range []bool{true, false} {
					hello := helloWith(nil, func(m *handshake.ClientHello) {
						m.CipherSuites = handshake.List16Of(id)
						if only12 {
							m.Extensions = m.Extensions.Without(handshake.ExtSupportedVersions)
						}
					})
					e, err := tlsengine.NewServer(testpeer.ServerConfig())
					require.NoError(t, err)
					_, err = swallow(e, clearRecords(hello))
					var refusal *tlsengine.AlertError
					require.ErrorAs(t, err, &refusal, "%v", id)
					require.Equal(t, alert.HandshakeFailure, refusal.Alert, "%v", id)
				}
			}
		})
	}
}

// What a side said comes back to it. Selfie, for pre-shared keys; reflection
// for all else.
func TestReflectedFlightsAreRefused(t *testing.T) {
	skipUnderRace(t)
	n := 0
	for _, f := range flavours() {
		if f.large {
			continue
		}
		hops, honest := f.record()
		for _, h := range hops {
			c := &strike{&f, h, whole(reflected, h.wire, nil, 0), honest}
			require.NoError(t, c.play(f.script()), "%s: %v", f.name, c)
			n++
		}
	}
	t.Logf("%d flights", n)
}

// counted is an AEAD that remembers what it sealed under.
type counted struct {
	cipher.AEAD
	key  string
	seen map[string]int
}

func (c counted) Seal(dst, nonce, plaintext, additional []byte) []byte {
	c.seen[c.key+string(nonce)]++
	return c.AEAD.Seal(dst, nonce, plaintext, additional)
}

// No key seals twice under one nonce: over retries, early data, new keys,
// resumptions, and engines that are frozen and thawed before each flight.
func TestNoncesAreUsedOnce(t *testing.T) {
	skipUnderRace(t)
	total := 0
	for _, f := range flavours() {
		if f.quic || f.large {
			continue
		}
		seen := map[string]int{}
		watch := func(c *tlsengine.Config) {
			suites := c.Suites
			if suites == nil {
				suites = cipher.Suites()
			}
			c.Suites = nil
			for _, s := range suites {
				watched := *s
				watched.New = func(key []byte) (cipher.AEAD, error) {
					aead, err := s.New(key)
					return counted{aead, string(key), seen}, err
				}
				c.Suites = append(c.Suites, &watched)
			}
		}
		for _, side := range []*change{&f.client, &f.server, &f.first} {
			before := *side
			if before == nil {
				before = func(*tlsengine.Config) {}
			}
			if side != &f.first || f.first != nil {
				*side = also(before, watch)
			}
		}
		_, o := f.record()
		require.NoError(t, o.err[0], f.name)
		for key, n := range seen {
			require.Equal(t, 1, n, "%s: key and nonce %x", f.name, key)
		}
		require.NotEmpty(t, seen, f.name)
		total += len(seen)
	}
	t.Logf("%d records sealed", total)
}

// Heartbeats, RFC 6520: not spoken. The extension is passed over and the
// record is refused, so that no length in it is ever read.
func TestHeartbeatsAreUnknown(t *testing.T) {
	const heartbeat = 24
	hello := helloWith(handshake.AppendExtension(nil, 15, []byte{1}))
	e, err := tlsengine.NewServer(testpeer.ServerConfig())
	require.NoError(t, err)
	_, err = swallow(e, clearRecords(hello))
	require.NoError(t, err)
	for _, p := range pieces(e.Flush(nil)) {
		require.NotContains(t, string(p), "\x00\x0f\x00\x01", "not answered")
	}
	for name, at := range map[string]*tlsengine.Engine{"in the handshake": e, "before it": mustServer(t), "after it": pairOf(t, testpeer.ClientConfig(), testpeer.ServerConfig())[1]} {
		_, err = swallow(at, []byte{heartbeat, 3, 3, 0, 3, 1, 0x40, 0})
		var refusal *tlsengine.AlertError
		require.ErrorAs(t, err, &refusal, name)
		require.Equal(t, alert.UnexpectedMessage, refusal.Alert, name)
		require.LessOrEqual(t, len(at.Flush(nil)), 7+1+16, "an alert is all that is said")
	}
}

func mustServer(t *testing.T) *tlsengine.Engine {
	e, err := tlsengine.NewServer(testpeer.ServerConfig())
	require.NoError(t, err)
	return e
}

// Any number of connections leaves nothing in the Configs, the ticket keys and
// the memories that they share, but what those are bounded to.
func TestConnectionsLeaveNothingBehind(t *testing.T) {
	skipUnderRace(t)
	const most = 10
	for name, change := range map[string]func(client, server *tlsengine.Config){
		"tickets": func(_, _ *tlsengine.Config) {},
		"early data": func(c, s *tlsengine.Config) {
			c.MaxEarlyData, s.MaxEarlyData, s.AntiReplay = 1000, 1000, tlsengine.NewReplayMemory(most)
		},
		"session ids": func(_, s *tlsengine.Config) {
			s.MaxVersion, s.TicketKeys, s.SessionCache = tlsengine.VersionTLS12, nil, tlsengine.NewSessionMemory(most)
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
			client.Groups = []*group.Group{group.Lookup(group.X25519), group.Lookup(group.P256)}
			change(client, server)
			run := func(n int) (live int64) {
				for range n {
					first := pairOfSession(t, client, server, nil)
					require.NotNil(t, first)
					pairOfSession(t, client, server, first)
				}
				live, _ = heap()
				runtime.KeepAlive(client)
				runtime.KeepAlive(server)
				return live
			}
			before := run(2 * most)
			require.Less(t, run(3*most)-before, int64(20_000))
		})
	}
}

// pairOfSession shakes hands, and returns the client's session.
func pairOfSession(t *testing.T, client, server *tlsengine.Config, before []byte) (session []byte) {
	mine := *client
	mine.Session = before
	c, err := tlsengine.NewClient(&mine)
	require.NoError(t, err)
	s, err := tlsengine.NewServer(server)
	require.NoError(t, err)
	for c.Owes() || s.Owes() {
		_, err := swallow(s, c.Flush(nil))
		require.NoError(t, err)
		for ev, err := range c.Feed(s.Flush(nil)) {
			require.NoError(t, err)
			if ev.Kind == tlsengine.EventNewSession {
				session = ev.Data
			}
		}
	}
	require.Equal(t, before != nil, c.ConnectionState().Resumed)
	return session
}

// Noise is refused at once, and by name: no prefix of it makes a server wait
// for more than a record.
func TestNoiseIsRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		e := mustServer(t)
		noise := make([]byte, record.HeaderLen+record.MaxPlaintext)
		for j := range noise {
			noise[j] = byte(r.Uint32())
		}
		_, err := swallow(e, noise)
		var refusal *tlsengine.AlertError
		require.ErrorAs(t, err, &refusal, fmt.Sprint(i))
		require.NotEqual(t, alert.InternalError, refusal.Alert)
	}
}

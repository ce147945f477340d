package tlsengine

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// zeros is a Rand that makes two engines the same.
type zeros struct{ n byte }

func (z *zeros) Read(b []byte) (int, error) {
	for i := range b {
		z.n = z.n*5 + 1
		b[i] = z.n
	}
	return len(b), nil
}

// outcome is all that can be seen of a QUICConn that was fed.
type outcome struct {
	code   QUICErrorCode // 0: none
	level  QUICLevel
	state  string
	events []QUICEvent
}

func feedQUIC(t *testing.T, q *QUICConn, level QUICLevel, data []byte, size int) outcome {
	var out outcome
	for part := range slices.Chunk(data, size) {
		if err := q.HandleCrypto(level, part); err != nil {
			var refusal *QUICError
			require.ErrorAs(t, err, &refusal)
			out.code = refusal.Code
			break
		}
		require.LessOrEqual(t, len(q.asm.Unread()), q.MaxCrypto(q.level))
	}
	for ev, ok := q.Next(); ok; ev, ok = q.Next() {
		out.events = append(out.events, ev)
	}
	out.level, out.state = q.ReadLevel(), q.m.State().String()
	return out
}

func FuzzQUICServer(f *testing.F) {
	client, server := quicConfigs(f)
	fixed := time.Now()
	server.Time, client.Time = func() time.Time { return fixed }, func() time.Time { return fixed }
	client.Session = quicSession(f, client, server, QUICTicket{})
	server.Ask, server.AntiReplay = AskResume, nil
	hello, _ := quicClient(f, client).Next()
	f.Add(hello.Data, uint8(0))
	f.Add(append(hello.Data, 1), uint8(2))
	f.Add([]byte{1, 0, 0, 4, 3, 3, 0, 0}, uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, level uint8) {
		make := func() *QUICConn {
			cfg := *server
			cfg.Rand = &zeros{}
			return quicServer(t, &cfg).QUICConn
		}
		whole := feedQUIC(t, make(), QUICLevel(level), data, max(1, len(data)))
		for _, size := range []int{1, 7} {
			again := feedQUIC(t, make(), QUICLevel(level), data, size)
			require.Equal(t, whole.code, again.code, "the split must not matter")
			if whole.code == 0 {
				require.Equal(t, whole, again, "the split must not matter")
			}
		}
	})
}

func FuzzQUICClient(f *testing.F) {
	client, server := quicConfigs(f)
	client.Rand, server.Rand = &zeros{}, &zeros{n: 9}
	fixed := time.Now()
	client.Time = func() time.Time { return fixed }
	p := newQUICPair(f, quicClient(f, client), quicServer(f, server)).run().done()
	var flight [][]byte
	for _, ev := range p.events(1, QUICCrypto) {
		flight = append(flight, ev.Data)
	}
	f.Add(flight[0], flight[1])
	f.Add(bytes.Clone(flight[0]), []byte{11, 2, 0, 0})
	f.Fuzz(func(t *testing.T, initial, handshake []byte) {
		cfg := *client
		cfg.Rand = &zeros{}
		q := quicClient(t, &cfg).QUICConn
		if out := feedQUIC(t, q, QUICInitial, initial, max(1, len(initial))); out.code != 0 {
			return
		}
		feedQUIC(t, q, q.ReadLevel(), handshake, 3)
	})
}

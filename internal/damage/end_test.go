package damage

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// An end is one side of a conversation: an engine of either carrier, its
// Config, and what its application saw.
type end struct {
	engine
	side int
	cfg  *tlsengine.Config // its own: it may be told where its randomness goes on
	log  []string          // what the application heard
	data []byte            // and read
	err  error
	over bool // this side has said close_notify

	session []byte                            // the latest that it was given
	asked   func(e *end, q tlsengine.Request) // before a question is answered; may be nil
}

// engine is what is the same under both carriers.
type engine interface {
	answers
	feed(in []byte, saw func(what string, data []byte)) error // up to a question or the end
	owes() bool
	flush() []byte
	eof() error
	freeze() ([]byte, error)
}

// frozen is an end between two calls.
type frozen struct {
	quic  bool
	side  int
	cfg   *tlsengine.Config
	drawn int
	state []byte
	out   []byte // of QUIC: CRYPTO bytes that were not carried yet
	log   []string
	data  []byte
	err   error
	over  bool
}

// tape is randomness that can be had again from anywhere.
type tape struct {
	bytes []byte
	drawn int
}

func newTape(seed string) *tape {
	t := &tape{bytes: make([]byte, 4096)}
	_, _ = testpeer.Rand(seed).Read(t.bytes)
	return t
}

func (t *tape) Read(p []byte) (int, error) {
	if t.drawn+len(p) > len(t.bytes) {
		return 0, errors.New("the tape has come to its end")
	}
	t.drawn += copy(p, t.bytes[t.drawn:])
	return len(p), nil
}

// memory is a SessionCache that can be copied.
type memory map[string][]byte

func (m memory) Put(id, session []byte, _ time.Duration) { m[string(id)] = session }
func (m memory) Get(id []byte) []byte                    { return m[string(id)] }
func (m memory) Delete(id []byte)                        { delete(m, string(id)) }

// own is a copy of a Config that shares nothing that changes.
func own(cfg *tlsengine.Config, seed string, drawn int) *tlsengine.Config {
	c := *cfg
	if t, ok := cfg.Rand.(*tape); ok {
		c.Rand = &tape{t.bytes, drawn}
	} else {
		c.Rand = newTape(seed)
	}
	if c.AntiReplay != nil {
		c.AntiReplay = tlsengine.NewReplayMemory(10)
	}
	if m, ok := c.SessionCache.(memory); ok {
		c.SessionCache = maps.Clone(m)
	}
	return &c
}

// frozen ends the end; thaw gives it back, any number of times.
func (e *end) frozen() *frozen {
	z := &frozen{side: e.side, cfg: own(e.cfg, "", e.drawn()), drawn: e.drawn(), log: slices.Clone(e.log), data: bytes.Clone(e.data), err: e.err, over: e.over}
	if q, ok := e.engine.(*quicEnd); ok {
		z.quic, z.out = true, bytes.Clone(q.out)
	}
	state, err := e.freeze()
	if err != nil {
		panic(err)
	}
	z.state = state
	return z
}

func (e *end) drawn() int { return e.cfg.Rand.(*tape).drawn }

func (z *frozen) thaw() *end {
	e := &end{side: z.side, cfg: own(z.cfg, "", z.drawn), log: slices.Clone(z.log), data: bytes.Clone(z.data), err: z.err, over: z.over}
	if z.quic {
		q, err := tlsengine.ThawQUIC(e.cfg, z.state)
		if err != nil {
			panic(err)
		}
		e.engine = &quicEnd{QUICConn: q, out: bytes.Clone(z.out)}
		return e
	}
	r, err := tlsengine.Thaw(e.cfg, z.state)
	if err != nil {
		panic(err)
	}
	e.engine = &recordsEnd{r}
	return e
}

// equal reports whether two frozen ends are the same to the byte.
func (z *frozen) equal(other *frozen) bool {
	return bytes.Equal(z.state, other.state) && bytes.Equal(z.out, other.out) && bytes.Equal(z.data, other.data) && slices.Equal(z.log, other.log)
}

// take receives all of in, and answers questions.
func (e *end) take(in []byte) {
	in = bytes.Clone(in)
	for e.err == nil {
		err := e.feed(in, e.saw)
		if err != nil {
			e.err = err
			return
		}
		in = nil
		q := e.Pending()
		if q == nil {
			return
		}
		if e.asked != nil {
			e.asked(e, q)
		}
		if err := answer(q, e.side, e.cfg, e.engine); err != nil {
			e.err = err
		}
	}
}

func (e *end) saw(what string, data []byte) {
	switch what {
	case "Data", "EarlyData":
		e.data = append(e.data, data...)
	case "NewSession":
		e.session = bytes.Clone(data)
	}
	e.log = append(e.log, fmt.Sprintf("%s %x", what, data))
}

func (e *end) records() *tlsengine.Engine { return e.engine.(*recordsEnd).Engine }

func (e *end) quic() *tlsengine.QUICConn { return e.engine.(*quicEnd).QUICConn }

func (e *end) drain() { e.engine.(*quicEnd).drain(e.saw) }

// recordsEnd is an Engine.
type recordsEnd struct{ *tlsengine.Engine }

func (r *recordsEnd) feed(in []byte, saw func(string, []byte)) error {
	for ev, err := range r.Feed(in) {
		if err != nil {
			return err
		}
		if ev.Kind != tlsengine.EventRequest {
			saw(ev.Kind.String(), ev.Data)
		}
	}
	return nil
}

func (r *recordsEnd) owes() bool              { return r.Owes() }
func (r *recordsEnd) flush() []byte           { return r.Flush(nil) }
func (r *recordsEnd) eof() error              { return r.TransportEOF() }
func (r *recordsEnd) freeze() ([]byte, error) { return r.Freeze(nil) }

// quicEnd is a QUICConn. CRYPTO bytes go in pieces with a header like that of
// a record, whose type is the level: what carries them cannot be damaged.
type quicEnd struct {
	*tlsengine.QUICConn
	out   []byte
	head  []byte // of an incomplete piece
	left  int    // of its body
	level tlsengine.QUICLevel
}

func (q *quicEnd) feed(in []byte, saw func(string, []byte)) error {
	defer q.drain(saw)
	for len(in) > 0 {
		if q.left == 0 {
			n := min(len(in), 5-len(q.head))
			q.head, in = append(q.head, in[:n]...), in[n:]
			if len(q.head) < 5 {
				return nil
			}
			q.level, q.left = tlsengine.QUICLevel(q.head[0]), int(q.head[3])<<8|int(q.head[4])
			q.head = nil
		}
		n := min(q.left, len(in))
		err := q.HandleCrypto(q.level, in[:n])
		if err != nil {
			return err
		}
		q.left, in = q.left-n, in[n:]
	}
	return nil
}

// drain takes the events, of which CRYPTO bytes are owed to the peer.
func (q *quicEnd) drain(saw func(string, []byte)) {
	for ev, ok := q.Next(); ok; ev, ok = q.Next() {
		if ev.Kind != tlsengine.QUICCrypto {
			saw(ev.Kind.String(), ev.Data)
			continue
		}
		q.out = append(q.out, byte(ev.Level), 0, 0, byte(len(ev.Data)>>8), byte(len(ev.Data)))
		q.out = append(q.out, ev.Data...)
	}
}

func (q *quicEnd) owes() bool { return len(q.out) > 0 }

func (q *quicEnd) flush() []byte {
	out := q.out
	q.out = nil
	return out
}

// eof of a QUIC connection is a timeout.
func (q *quicEnd) eof() error {
	switch {
	case q.Err() != nil:
		return q.Err()
	case !q.ConnectionState().HandshakeDone:
		return tlsengine.ErrTruncated
	}
	return nil
}

func (q *quicEnd) freeze() ([]byte, error) { return q.Freeze(nil) }

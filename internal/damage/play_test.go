package damage

import (
	"github.com/tlsengine/tlsengine"
)

// A play is a conversation, between two of its flights.
type play struct {
	ends   [2]*end // client, server
	script []turn
	at     int // in the script
}

// A hop is a flight on its way: who sends it, and both sides while it is.
type hop struct {
	from     int
	wire     []byte
	sender   *frozen // after sending
	receiver *frozen // before receiving
	after    *frozen // after receiving it undamaged
	at       int
}

// start makes both engines.
func (f *flavour) start(before *past) *play {
	client, server := f.configs(before)
	p := &play{script: f.script()}
	for side, cfg := range []*tlsengine.Config{client, server} {
		cfg.Rand = nil
		cfg = own(cfg, f.name+[]string{"client", "server"}[side], 0)
		e := &end{side: side, cfg: cfg}
		var err error
		switch {
		case f.quic && side == 0:
			var q *tlsengine.QUICConn
			q, err = tlsengine.NewQUICClient(cfg, []byte("client"))
			e.engine = &quicEnd{QUICConn: q}
			e.drain()
		case f.quic:
			var q *tlsengine.QUICConn
			q, err = tlsengine.NewQUICServer(cfg, nil)
			e.engine = &quicEnd{QUICConn: q}
		case side == 0:
			var r *tlsengine.Engine
			r, err = tlsengine.NewClient(cfg)
			e.engine = &recordsEnd{r}
		default:
			var r *tlsengine.Engine
			r, err = tlsengine.NewServer(cfg)
			e.engine = &recordsEnd{r}
		}
		if err != nil {
			panic(err)
		}
		p.ends[side] = e
	}
	return p
}

// next is the flight that is sent next, if any is.
func (p *play) next() (from int, wire []byte, ok bool) {
	for {
		if p.at < len(p.script) && p.script[p.at].now {
			from, wire, err := p.act()
			return from, wire, err == nil
		}
		for _, e := range p.ends {
			if e.owes() {
				return e.side, e.flush(), true
			}
		}
		if p.at == len(p.script) || p.ends[0].err != nil || p.ends[1].err != nil {
			return 0, nil, false
		}
		from, wire, err := p.act()
		if err != nil {
			return 0, nil, false
		}
		if len(wire) > 0 {
			return from, wire, true
		}
	}
}

func (p *play) act() (from int, wire []byte, err error) {
	t := p.script[p.at]
	p.at++
	wire, err = t.do(p.ends[t.side])
	return t.side, wire, err
}

// finish plays on until nobody has anything to say, and ends the transport.
func (p *play) finish() *outcome {
	for range 100 {
		from, wire, ok := p.next()
		if !ok {
			return p.outcome()
		}
		p.ends[1-from].take(wire)
	}
	panic("the conversation does not come to an end")
}

// An outcome is what came of a conversation.
type outcome struct {
	log      [2][]string
	data     [2][]byte
	err      [2]error // nil: all is well, and the peer said that it was done
	done     [2]bool
	exported [2]string
	state    [2]tlsengine.ConnectionState
}

func (p *play) outcome() *outcome {
	o := &outcome{}
	for i, e := range p.ends {
		if e.err == nil {
			e.err = e.eof()
		}
		o.log[i], o.data[i], o.err[i], o.state[i] = e.log, e.data, e.err, e.ConnectionState()
		o.done[i] = o.state[i].HandshakeDone
		if secret, err := e.Export("EXPORTER-test", []byte("context"), 32); err == nil {
			o.exported[i] = string(secret)
		}
	}
	return o
}

// record plays an undamaged conversation, and freezes both sides at each hop.
func (f *flavour) record() ([]*hop, *outcome) {
	var before *past
	if f.resumed {
		before = f.past()
	}
	p := f.start(before)
	var hops []*hop
	for {
		from, wire, ok := p.next()
		if !ok {
			return hops, p.outcome()
		}
		h := &hop{from: from, wire: wire, sender: p.ends[from].frozen(), receiver: p.ends[1-from].frozen(), at: p.at}
		p.ends[from], p.ends[1-from] = h.sender.thaw(), h.receiver.thaw()
		p.ends[1-from].take(wire)
		h.after = p.ends[1-from].frozen()
		p.ends[1-from] = h.after.thaw()
		hops = append(hops, h)
	}
}

// again is the play before a hop is received.
func (h *hop) again(script []turn) *play {
	p := &play{script: script, at: h.at}
	p.ends[1-h.from] = h.receiver.thaw()
	p.ends[h.from] = h.sender.thaw()
	return p
}

package tlsengine

import (
	"sync"
	"sync/atomic"
	"unique"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// sleep is what is left of an engine while it is parked.
type sleep struct {
	parked atomic.Pointer[parked] // nil: awake
	mu     sync.Mutex             // of waking up
}

// parkedRoom is enough for an engine that is worth parking.
const parkedRoom = 512

// parked is an engine as bytes.
type parked struct {
	cfg    *Config
	tracer *hook.Tracer // nil for none: a word less
	state  []byte
	owes   bool

	// The peer's certificates and staple, once the handshake is done; zero if
	// there are none.
	leaf, rest unique.Handle[string]
}

// Park lets go of everything that can be made again, and keeps the secrets,
// the sequence numbers and what has not been delivered yet as a few hundred
// bytes. It is for connections that say nothing for a while, and may be
// called at any moment of both halves' silence: no other call may be under
// way, and no loop over Feed. The next call of any method but Owes makes the
// engine whole again, which costs some microseconds, and the first record in
// each direction the key setup of its AEAD.
//
// Nothing is lost: what could be asked can be asked afterwards, the peer's
// certificates among it. After the handshake these are kept once for all
// parked engines that have the same ones, so a hundred thousand connections to
// one server keep its chain once; a chain that no other has costs its length.
//
// An engine that has failed, or was frozen or detached, is not parked.
func (e *Engine) Park() {
	if e.sleep.parked.Load() != nil || e.recv.err != nil || e.send.err != nil {
		return
	}
	p := &parked{cfg: e.m.Config(), owes: e.Owes()}
	if t := e.m.Tracer(); t != nil {
		p.tracer = &t
	}
	chain, staple := e.m.PeerChain(), e.m.PeerStaple()
	if e.m.Done() {
		p.share(chain, staple)
		e.m.SetPeer(nil, nil)
	}
	f := handshake.NewFreezer(make([]byte, 0, parkedRoom))
	e.freeze(f)
	state, err := f.Done()
	if err != nil { // a key that cannot be frozen: nothing is lost but the room
		e.m.SetPeer(chain, staple)
		return
	}
	p.state = append([]byte(nil), state...)
	clear(state)
	e.active = nil
	e.sleep.parked.Store(p)
}

// share keeps what is not secret and the same for many. The leaf is by itself:
// peers of one issuer have the rest in common.
//
//	struct {
//	    opaque staple<0..2^24-1>;
//	    opaque certificate<0..2^24-1>;          /* each but the leaf             */
//	} Rest;
func (p *parked) share(chain [][]byte, staple []byte) {
	if len(chain) == 0 {
		return
	}
	p.leaf = unique.Make(string(chain[0]))
	w := wire.NewBuilder(nil)
	w.Opaque24(staple)
	for _, cert := range chain[1:] {
		w.Opaque24(cert)
	}
	p.rest = unique.Make(string(w.Result()))
}

// shared gives back what share kept.
func (p *parked) shared() (chain [][]byte, staple []byte) {
	if p.leaf == (unique.Handle[string]{}) {
		return nil, nil
	}
	chain = [][]byte{[]byte(p.leaf.Value())}
	r := wire.NewReader([]byte(p.rest.Value()))
	staple = copied(r.Vector24())
	for !r.Empty() && !r.Failed() {
		chain = append(chain, r.Vector24())
	}
	return chain, staple
}

// wake makes a parked engine whole. Both halves may find it parked at once.
func (e *Engine) wake() {
	if e.sleep.parked.Load() != nil {
		e.unpark()
	}
}

func (e *Engine) unpark() {
	e.sleep.mu.Lock()
	defer e.sleep.mu.Unlock()
	p := e.sleep.parked.Load()
	if p == nil {
		return
	}
	a, err := thaw(handshake.NewThawer(p.cfg, snapshotFormat, p.state))
	if err != nil {
		a = ended(p.cfg, alert.Internal.Wrap(err, "what was parked is lost"))
	} else if a.m.Done() {
		a.m.SetPeer(p.shared())
	}
	var tracer hook.Tracer
	if p.tracer != nil {
		tracer = *p.tracer
	}
	a.m.SetTracer(tracer)
	a.chooseWay()
	clear(p.state)
	e.active = a
	e.sleep.parked.Store(nil)
}

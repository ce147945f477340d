package tlsengine

import (
	"sync"
	"sync/atomic"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// sleep is what is left of an engine while it is parked.
type sleep struct {
	parked atomic.Pointer[parked] // nil: awake
	mu     sync.Mutex             // of waking up
}

// parked is an engine as bytes.
type parked struct {
	cfg   *Config
	state []byte
	owes  bool
}

// Park lets go of everything that can be made again, and keeps the secrets,
// the sequence numbers and what has not been delivered yet as a few hundred
// bytes. It is for connections that say nothing for a while, and may be
// called at any moment of both halves' silence: no other call may be under
// way, and no loop over Feed. The next call of any method but Owes makes the
// engine whole again, which costs some microseconds, and the first record in
// each direction the key setup of its AEAD.
//
// An engine that has failed, or was frozen or detached, is not parked.
func (e *Engine) Park() {
	if e.sleep.parked.Load() != nil || e.recv.err != nil || e.send.err != nil {
		return
	}
	f := handshake.NewFreezer(nil)
	e.freeze(f)
	state, err := f.Done()
	if err != nil {
		return // a key that cannot be frozen: nothing is lost but the room
	}
	p := &parked{cfg: e.m.Config(), state: append([]byte(nil), state...), owes: e.Owes()}
	e.active = nil
	e.sleep.parked.Store(p)
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
	}
	clear(p.state)
	e.active = a
	e.sleep.parked.Store(nil)
}

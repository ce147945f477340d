package damage

import (
	"bytes"
	"errors"
	"testing"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// What holds whatever comes: no panic, no end without an end, no two sides
// with different views, no data that nobody wrote, no alert about oneself.
func check(t *testing.T, p *play, honest *outcome) {
	o := p.finish()
	if o.done[0] && o.done[1] && o.exported[0] != "" && o.exported[1] != "" && o.exported[0] != o.exported[1] {
		t.Errorf("both sides are done, and export other secrets")
	}
	for side := range 2 {
		late := bytes.TrimPrefix(honest.data[side], []byte("earlymore")) // which may have been refused
		if !bytes.HasPrefix(honest.data[side], o.data[side]) && !bytes.HasPrefix(late, o.data[side]) {
			t.Errorf("the %s read %q, which nobody wrote", sides[side], o.data[side])
		}
	}
}

// internal reports whether an engine refused with internal_error.
func internal(err error) bool {
	var own *tlsengine.AlertError
	return errors.As(err, &own) && own.Alert == alert.InternalError
}

// Anything in place of a flight. What is not protected is as good as any
// peer's; in the other flights it is little more than noise, for which there
// is FuzzPeer.
func FuzzFlight(f *testing.F) {
	type take struct {
		hops   []*hop
		honest *outcome
	}
	list := flavours()
	takes := make([]take, len(list))
	for i := range list {
		if list[i].large {
			continue
		}
		takes[i].hops, takes[i].honest = list[i].record()
		for j, h := range takes[i].hops {
			if j < 3 {
				f.Add(uint8(i), uint8(j), h.wire)
			}
		}
	}
	f.Fuzz(func(t *testing.T, flavour, at uint8, wire []byte) {
		i := int(flavour) % len(list)
		if list[i].large || list[i].quic {
			return // QUIC's pieces cannot be damaged
		}
		h := takes[i].hops[int(at)%len(takes[i].hops)]
		p := h.again(list[i].script())
		to := p.ends[1-h.from]
		to.take(wire)
		if to.err != nil {
			if internal(to.err) {
				t.Errorf("refused with internal_error: %v", to.err)
			}
			said, err := ended(to)
			if err != nil {
				t.Error(err)
			}
			p.ends[h.from].take(said)
		}
		check(t, p, takes[i].honest)
	})
}

// A peer that says one message otherwise, and goes on as if it had said that:
// its transcript, signatures and MACs are right.
func FuzzPeer(f *testing.F) {
	list := flavours()
	outcomes := make([]*outcome, len(list))
	pasts := make([]*past, len(list))
	for i := range list {
		if list[i].large {
			continue
		}
		if list[i].resumed {
			pasts[i] = list[i].past()
		}
		for side := range uint8(2) {
			var said [][]byte
			p := list[i].rewriting(pasts[i], side, func(n int, msg []byte) []byte {
				said = append(said, bytes.Clone(msg))
				return msg
			})
			outcomes[i] = p.finish()
			for n, msg := range said {
				f.Add(uint8(i), side, uint8(n), msg)
			}
		}
	}
	f.Fuzz(func(t *testing.T, flavour, side, at uint8, instead []byte) {
		i, side := int(flavour)%len(list), side%2
		if list[i].large || len(instead) < 4 || len(instead) > 1<<16 {
			return
		}
		msg := bytes.Clone(instead) // with a header that fits
		n := len(msg) - 4
		msg[1], msg[2], msg[3] = byte(n>>16), byte(n>>8), byte(n)
		p := list[i].rewriting(pasts[i], side, func(n int, other []byte) []byte {
			if n == int(at) {
				return msg
			}
			return other
		})
		check(t, p, outcomes[i])
		if err := p.ends[1-side].err; internal(err) {
			t.Errorf("refused with internal_error: %v", err)
		}
	})
}

// rewriting is a play in which one side's messages are changed on their way
// out.
func (f *flavour) rewriting(before *past, side uint8, edit func(n int, msg []byte) []byte) *play {
	n := -1
	other := *f
	rewrites := func(c *tlsengine.Config) {
		c.Rewrite = func(_ handshake.MessageType, msg []byte) []byte {
			n++
			return edit(n, msg)
		}
	}
	which := []*change{&other.client, &other.server}[side]
	if *which == nil {
		*which = rewrites
	} else {
		*which = also(*which, rewrites)
	}
	return other.start(before)
}

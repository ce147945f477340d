package testpeer

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/record"
)

// Drive is how the engine gets its bytes.
type Drive struct {
	name string
	chop chop

	// thaw puts another engine in the place of one, between any two calls.
	thaw bool

	seen map[*Peer]*seen // what each engine of the dialogue did
	all  []*seen
}

// chop is how input is cut.
type chop int

const (
	whole chop = iota // as the script sent it
	bytewise
	fed // in small pieces, through Feed
)

// seen is what the script's side saw of an engine.
type seen struct {
	events []string
	output []byte
	err    string
}

// Modes runs a dialogue in every mode, and holds the modes to each other: the
// same events, the same output, the same error.
func Modes(t *testing.T, dialogue func(t *testing.T, drive *Drive)) {
	t.Helper()
	var first *Drive
	for _, drive := range drives() {
		ok := t.Run(drive.name, func(t *testing.T) {
			dialogue(t, drive)
			if first != nil {
				if diff := first.differences(drive); diff != "" {
					t.Errorf("the same in every mode: %s", diff)
				}
			}
		})
		if !ok {
			return
		}
		if first == nil {
			first = drive
		}
	}
}

// drives are the modes. The race detector has nothing to find in what happens
// one after the other: one is enough for it.
func drives() []*Drive {
	if race.Enabled {
		return []*Drive{Whole()}
	}
	return []*Drive{
		{name: "whole", chop: whole},
		{name: "bytewise", chop: bytewise},
		{name: "fed", chop: fed},
		{name: "frozen", chop: whole, thaw: true},
	}
}

// Whole is the mode for dialogues where the others would say nothing new.
func Whole() *Drive { return &Drive{name: "whole"} }

func (d *Drive) String() string { return d.name + ":" }

func (d *Drive) add(p *Peer) {
	if d.seen == nil {
		d.seen = make(map[*Peer]*seen)
	}
	d.seen[p] = &seen{}
	d.all = append(d.all, d.seen[p])
}

func (d *Drive) output(p *Peer, wire []byte) { d.seen[p].output = append(d.seen[p].output, wire...) }

func (d *Drive) event(p *Peer, ev tlsengine.Event) {
	d.seen[p].events = append(d.seen[p].events, fmt.Sprintf("%v %x", ev.Kind, ev.Data))
}

// differences says in what two plays of a dialogue differ.
func (d *Drive) differences(other *Drive) string {
	if len(d.all) != len(other.all) {
		return fmt.Sprintf("%s %d engines, %s %d", d, len(d.all), other, len(other.all))
	}
	var out strings.Builder
	for i, a := range d.all {
		b := other.all[i]
		if !slices.Equal(a.events, b.events) {
			fmt.Fprintf(&out, "events:\n%s %q\n%s %q\n", d, a.events, other, b.events)
		}
		if !bytes.Equal(a.output, b.output) {
			fmt.Fprintf(&out, "output: %s %d bytes, %s %d bytes, from byte %d on others\n", d, len(a.output), other, len(b.output), same(a.output, b.output))
		}
		if a.err != b.err {
			fmt.Fprintf(&out, "error:\n%s %s\n%s %s\n", d, a.err, other, b.err)
		}
	}
	return out.String()
}

// same is how many bytes at the front are the same.
func same(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// deliver puts bytes on the way to the engine.
func (p *Peer) deliver(wire []byte) {
	p.t.Helper()
	p.inbox = append(p.inbox, wire...)
	p.pump()
}

// pump lets the engine receive until it stops.
func (p *Peer) pump() {
	p.t.Helper()
	switch p.drive.chop {
	case whole:
		for p.receive(bytes.Clone(p.inbox), len(p.inbox)) > 0 {
		}
	case bytewise:
		buf := bytes.Clone(p.inbox)
		for have := 0; have <= len(buf); {
			switch n := p.receive(buf, have); {
			case n < 0:
				return
			case n > 0: // something happened: what is left is a new input
				buf, have = bytes.Clone(p.inbox), 0
			default:
				have++
			}
		}
	case fed:
		for p.feed() {
		}
	}
}

// receive gives the first bytes of buf, which is a copy of the inbox. It
// returns 1 if something happened, 0 if more bytes are needed, and -1 if no
// bytes would help.
func (p *Peer) receive(buf []byte, have int) int {
	p.t.Helper()
	if p.err != nil {
		return -1
	}
	p.freeze()
	n, ev, err := p.Engine.Receive(buf[:have:have])
	if err != nil {
		p.fell(err)
		return -1
	}
	p.check(bytes.Equal(buf[n:], p.inbox[n:]), "bytes that are not eaten are not touched")
	p.happened(ev)
	if ev.Kind == tlsengine.EventNeedMore {
		p.check(n == 0, "nothing is eaten when more is needed")
		p.checkNeed(have, ev.Need)
		return 0
	}
	poison(buf)
	p.inbox = p.inbox[n:]
	if ev.Stops() {
		p.check(n == 0 || ev.Kind == tlsengine.EventPeerClosed || ev.Kind == tlsengine.EventRequest, "an engine that stops eats no more")
		return -1
	}
	return 1
}

// checkNeed checks that no more is asked for than completes the record.
func (p *Peer) checkNeed(have, need int) {
	p.t.Helper()
	p.check(need > 0, "more bytes are needed, so at least one")
	if h, ok := record.ParseHeader(p.inbox); ok && have+need > record.HeaderLen {
		p.check(have+need <= record.HeaderLen+h.Length, "no more is asked for than completes the record")
	}
}

// poison overwrites what the engine received from, lest it was kept.
func poison(buf []byte) {
	for i := range buf {
		buf[i] = 0xa5
	}
}

// feed gives some bytes through Feed, and reports whether to go on.
func (p *Peer) feed() bool {
	p.t.Helper()
	if p.err != nil || p.Engine.Pending() != nil || p.closed() {
		return false
	}
	p.freeze()
	n := min(11, len(p.inbox))
	chunk := bytes.Clone(p.inbox[:n])
	p.inbox = p.inbox[n:]
	for ev, err := range p.Engine.Feed(chunk) {
		if err != nil {
			p.fell(err)
			return false
		}
		p.happened(ev)
	}
	poison(chunk)
	return n > 0
}

// happened notes an event.
func (p *Peer) happened(ev tlsengine.Event) {
	switch ev.Kind {
	case tlsengine.EventNone, tlsengine.EventNeedMore, tlsengine.EventRequest:
		return
	case tlsengine.EventPeerClosed:
		if p.closed() {
			return
		}
	}
	ev.Data = bytes.Clone(ev.Data)
	p.drive.event(p, ev)
	p.ladder.event(ev)
	p.events = append(p.events, ev)
	p.wasClosed = p.wasClosed || ev.Kind == tlsengine.EventPeerClosed
}

func (p *Peer) closed() bool { return p.wasClosed }

// fell notes the error that ended the connection.
func (p *Peer) fell(err error) {
	p.err = err
	p.drive.seen[p].err = err.Error()
	p.ladder.note("error: " + err.Error())
}

// freeze lets the drive put another engine in this one's place.
func (p *Peer) freeze() {
	if p.drive.thaw {
		p.Engine = Thawed(p.t, p.Engine)
	}
}

// flush takes what the engine owes.
func (p *Peer) flush() []byte {
	p.t.Helper()
	p.freeze()
	const before = "what was there before"
	owes := p.Engine.Owes()
	out := p.Engine.Flush([]byte(before))
	p.check(string(out[:len(before)]) == before, "output is appended")
	p.check(owes || len(out) == len(before), "what owes nothing appends nothing")
	p.check(!p.Engine.Owes(), "once flushed, nothing is owed")
	return out[len(before):]
}

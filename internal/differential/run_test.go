package differential

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
)

// report is what was seen of one subject.
type report struct {
	outcome
	edited []string // what the edits were applied to: a message and its length
	log    []string // what the peer said
}

// editor applies a case's edits to what a peer says.
type editor struct {
	*setup
	messages, records int // so far
	report            *report
}

// rewrite edits messages, before the peer's transcript sees them.
func (d *editor) rewrite(t handshake.MessageType, msg []byte) []byte {
	n := d.messages
	d.messages++
	for i := range d.edits {
		e := &d.edits[i]
		c := &changes[e.what]
		if c.message == nil || e.index != n || len(msg) < headerLen {
			continue
		}
		d.report.edited = append(d.report.edited, fmt.Sprintf("%v of %d bytes", t, len(msg)))
		msg = c.message(t, bytes.Clone(msg), e)
		if !c.raw {
			n := len(msg) - headerLen
			msg[1], msg[2], msg[3] = byte(n>>16), byte(n>>8), byte(n)
		}
	}
	d.report.log = append(d.report.log, fmt.Sprintf("%v %x", t, msg[:min(len(msg), 2500)]))
	return msg
}

// wire edits the records that are sent at once.
func (d *editor) wire(out []byte) []byte {
	var list [][]byte
	for len(out) >= 5 {
		n := min(len(out), 5+int(binary.BigEndian.Uint16(out[3:])))
		list = append(list, slices.Clone(out[:n]))
		out = out[n:]
	}
	first := d.records
	d.records += len(list)
	for i := range d.edits {
		e := &d.edits[i]
		if c := &changes[e.what]; c.records != nil && e.index >= first && e.index-first < len(list) && len(list[e.index-first]) >= 5 {
			r := list[e.index-first]
			d.report.edited = append(d.report.edited, fmt.Sprintf("record %d of %d bytes, %d messages said", r[0], len(r), d.messages))
			list = c.records(list, e.index-first, e)
		}
	}
	return append(slices.Concat(list...), out...)
}

// pair is what two connections of a subject share.
type pair struct {
	subject func() subject
	peer    *tlsengine.Config
}

// run has the subject and its peer talk, with the edits or, for the connection
// that is to be resumed, without.
func (s *setup) run(p *pair, edited bool) (*report, subject, *engine) {
	d := &editor{setup: s, report: &report{}}
	cfg := *p.peer
	if edited && len(s.edits) > 0 {
		cfg.Rewrite = d.rewrite
	}
	if edited {
		cfg.PadTo = 0
	}
	peer := newEngine(!s.client, &cfg, "peer")
	peer.then = func(e *engine) {
		for range s.updates {
			if out, err := e.UpdateKeys(e.out, handshake.UpdateRequested); err == nil {
				e.out = out
			}
		}
	}
	sub := p.subject()
	toSubject, toPeer := peer.give(nil), sub.give(nil)
	for len(toSubject)+len(toPeer) > 0 {
		if edited {
			toSubject = d.wire(toSubject)
		}
		var answer []byte
		for _, part := range s.cut(toSubject) {
			answer = append(answer, sub.give(part)...)
		}
		toPeer = append(toPeer, answer...)
		toSubject = nil
		if len(toPeer) > 0 && peer.err == nil {
			toSubject = peer.give(toPeer)
		}
		toPeer = nil
	}
	d.report.outcome = sub.finish()
	return d.report, sub, peer
}

func (s *setup) cut(b []byte) (parts [][]byte) {
	if s.pieces == 0 || len(b) == 0 {
		return [][]byte{b}
	}
	return slices.Collect(slices.Chunk(b, s.pieces))
}

// ours is what becomes of this module's engine.
func (s *setup) ours() *report {
	cfg := s.config(s.client, &s.own, "subject")
	p := &pair{peer: s.peerConfig(), subject: func() subject { return newEngine(s.client, cfg, "subject") }}
	if s.resumed {
		_, sub, peer := s.run(p, false)
		s.resume(p, peer)
		if e := sub.(*engine); s.client && len(e.sessions) > 0 {
			cfg.Session = e.sessions[0]
		}
	}
	r, _, _ := s.run(p, true)
	return r
}

// theirs is what becomes of crypto/tls.
func (s *setup) theirs() *report {
	cfg := s.standardConfig()
	p := &pair{peer: s.peerConfig(), subject: func() subject { return newStandard(s.client, cfg) }}
	if s.resumed {
		_, _, peer := s.run(p, false)
		s.resume(p, peer)
	}
	r, _, _ := s.run(p, true)
	return r
}

// resume gives a peer that is a client the session of the first connection.
func (s *setup) resume(p *pair, peer *engine) {
	if !s.client && len(peer.sessions) > 0 {
		p.peer.Session = peer.sessions[0]
	}
}

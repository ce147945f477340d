package damage

import (
	"bytes"
	"slices"

	"github.com/tlsengine/tlsengine/record"
)

// A piece is a record of a flight, header and all.
type piece []byte

func (p piece) typ() record.ContentType { return record.ContentType(p[0]) }

// pieces are the records of a flight.
func pieces(wire []byte) (list []piece) {
	for len(wire) > 0 {
		n := record.HeaderLen + int(wire[3])<<8 + int(wire[4])
		list, wire = append(list, piece(wire[:n])), wire[n:]
	}
	return list
}

func joined(list []piece) []byte { return slices.Concat(list...) }

// A blow is one damaged flight: what the receiver gets, in parts.
type blow struct {
	kind  kind
	parts [][]byte
	hit   piece // the record that is damaged; nil if it is all of them
	at    int   // the byte in it
	clear bool  // nothing protects it
	ends  bool  // the transport ends behind it
}

// A kind of damage.
type kind string

const (
	// These change nothing that matters: the receiver must be the same to the
	// byte afterwards.
	cut       kind = "cut"        // in two parts
	bytewise  kind = "byte wise"  // in parts of a byte
	recut     kind = "recut"      // a message in two records
	shredded  kind = "shredded"   // messages in records of a byte
	coalesced kind = "coalesced"  // with the flight behind it
	merged    kind = "one record" // all messages in the clear in one

	// These are to be refused, but for what is said of them in the judgement.
	flipped   kind = "flipped"   // a bit
	lost      kind = "byte lost" // the rest moves up
	truncated kind = "truncated" // and the transport ends
	dropped   kind = "dropped"   // a record
	doubled   kind = "doubled"
	swapped   kind = "swapped" // with the next
	missing   kind = "missing" // the whole flight
	repeated  kind = "repeated"
	reflected kind = "reflected" // to its sender
)

// harmless are what makes no difference.
var harmless = []kind{cut, bytewise, recut, shredded, coalesced, merged}

// whole is a blow of one part.
func whole(k kind, wire []byte, hit piece, at int) blow {
	return blow{kind: k, parts: [][]byte{wire}, hit: hit, at: at}
}

// blows are all the ways to damage a flight that do not need another one.
func (h *hop) blows(f *flavour, hit func(blow)) {
	n, list := len(h.wire), pieces(h.wire)
	for i := 1; i < n; i++ {
		hit(blow{kind: cut, parts: [][]byte{h.wire[:i], h.wire[i:]}})
	}
	hit(blow{kind: bytewise, parts: slices.Collect(slices.Chunk(h.wire, 1))})
	clear := f.unprotected(list)
	for i := range list {
		if clear[i] && !f.quic {
			recuts(list, i, i+1 < len(list) && clear[i+1], hit)
		}
		bytesOf(f, list, i, func(b blow) {
			b.clear = clear[i]
			hit(b)
		})
	}
	for i := range n {
		hit(blow{kind: truncated, parts: [][]byte{h.wire[:i]}, at: i, ends: true})
	}
	hit(whole(missing, nil, nil, 0))
	hit(whole(repeated, slices.Concat(h.wire, h.wire), nil, 0))
	hit(whole(reflected, h.wire, nil, 0))
	for i, p := range list {
		hit := func(b blow) {
			b.clear = clear[i]
			hit(b)
		}
		hit(whole(dropped, joined(slices.Delete(slices.Clone(list), i, i+1)), p, 0))
		hit(whole(doubled, joined(slices.Insert(slices.Clone(list), i, p)), p, 0))
		if i+1 < len(list) {
			other := slices.Clone(list)
			other[i], other[i+1] = other[i+1], other[i]
			hit(whole(swapped, joined(other), p, 0))
		}
	}
}

// unprotected are the handshake records of a flight that nothing protects.
func (f *flavour) unprotected(list []piece) []bool {
	out := make([]bool, len(list))
	for i, p := range list {
		if p.typ() == record.ChangeCipherSpec && f.tls12() {
			return out
		}
		out[i] = f.quic || p.typ() == record.Handshake
	}
	return out
}

// recuts parts one record at each of its bytes, and at every one, and puts it
// into one with the next, if there is more in the clear.
func recuts(list []piece, i int, more bool, hit func(blow)) {
	p := list[i]
	body := p[record.HeaderLen:]
	in := func(parts ...[]byte) []byte {
		var out []byte
		for _, part := range parts {
			out = append(out, p[0], p[1], p[2], byte(len(part)>>8), byte(len(part)))
			out = append(out, part...)
		}
		return slices.Concat(joined(list[:i]), out, joined(list[i+1:]))
	}
	for at := 1; at < len(body); at++ {
		hit(whole(recut, in(body[:at], body[at:]), p, at))
	}
	hit(whole(shredded, in(slices.Collect(slices.Chunk([]byte(body), 1))...), p, 0))
	if more {
		both := slices.Concat(body, list[i+1][record.HeaderLen:])
		list = slices.Delete(slices.Clone(list), i+1, i+2)
		hit(whole(merged, in(both), p, 0))
	}
}

// short is a record of which every bit is flipped.
const short = 64

// bytesOf flips and loses the bytes of one record. Of QUIC's pieces the header
// is not damaged: it is not there.
func bytesOf(f *flavour, list []piece, i int, hit func(blow)) {
	p := list[i]
	before, after := joined(list[:i]), joined(list[i+1:])
	from := 0
	if f.quic {
		from = record.HeaderLen
	}
	for at := from; at < len(p); at++ {
		bits := []int{at % 8}
		if len(p) <= short || at < record.HeaderLen {
			bits = []int{0, 1, 2, 3, 4, 5, 6, 7}
		}
		for _, bit := range bits {
			other := bytes.Clone(p)
			other[at] ^= 1 << bit
			hit(whole(flipped, slices.Concat(before, other, after), p, at))
		}
		if f.quic {
			continue // a stream loses nothing
		}
		hit(whole(lost, slices.Concat(before, p[:at], p[at+1:], after), p, at))
	}
}

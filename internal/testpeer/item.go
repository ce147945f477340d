package testpeer

import (
	"bytes"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// Item is something to say: a message, another record, or bytes. It is built
// when it is sent.
type Item struct {
	name    string
	typ     record.ContentType
	content func(p *Peer) []byte

	message bool                    // content is a whole handshake message
	after   func(p *Peer, m []byte) // what the message changes, once said
	unheard bool                    // the transcript does not know

	parts []Item // of Together and InPieces: content of one type
	cut   int    // bytes to a record; 0 is as many as may be

	epoch   *handshake.Epoch   // nil: the one in force
	zeros   int                // of padding
	outer   record.ContentType // 0: application_data where there are keys
	version uint16             // legacy_record_version without keys; 0 is 0x0303
	raw     bool               // content goes on the wire as it is
	inner   bool               // content is a whole TLSInnerPlaintext
}

// Message is any handshake message: its type and body.
func (p *Peer) Message(t handshake.MessageType, body []byte) Item {
	return p.message(t, func(*Peer) []byte {
		n := len(body)
		return append([]byte{byte(t), byte(n >> 16), byte(n >> 8), byte(n)}, body...)
	}, nil)
}

func (p *Peer) message(t handshake.MessageType, content func(*Peer) []byte, after func(*Peer, []byte)) Item {
	return Item{name: t.String(), typ: record.Handshake, content: content, message: true, after: after}
}

// Record is a record of that type with that content.
func (p *Peer) Record(t record.ContentType, content []byte) Item {
	return Item{name: t.String() + " record", typ: t, content: func(*Peer) []byte { return content }}
}

// Data is application data, under the keys in force.
func (p *Peer) Data(text string) Item {
	return p.Record(record.ApplicationData, []byte(text)).named("data")
}

// Early is a client's early data.
func (p *Peer) Early(text string) Item { return At(handshake.EarlyData, p.Data(text)) }

// Alert is a fatal alert, but for those of closure.
func (p *Peer) Alert(a alert.Alert) Item {
	level := alert.Fatal
	if a == alert.CloseNotify || a == alert.UserCanceled {
		level = alert.Warning
	}
	return p.AlertAt(level, a)
}

// AlertAt is an alert of that level.
func (p *Peer) AlertAt(level alert.Level, a alert.Alert) Item {
	return p.Record(record.Alert, []byte{byte(level), byte(a)}).named("alert " + a.String())
}

// CCS is the record that is there for middleboxes: RFC 9846, Appendix E.4.
func (p *Peer) CCS() Item {
	return At(handshake.Initial, p.Record(record.ChangeCipherSpec, []byte{1}).named("change_cipher_spec"))
}

// Inner is a protected record whose TLSInnerPlaintext is given: content, type
// and padding, or anything else.
func (p *Peer) Inner(inner []byte) Item {
	i := p.Record(record.ApplicationData, inner).named("inner plaintext")
	i.inner = true
	return i
}

// Bytes go on the wire as they are.
func (p *Peer) Bytes(b []byte) Item {
	return Item{name: "bytes", raw: true, content: func(*Peer) []byte { return b }}
}

func (i Item) named(name string) Item {
	i.name = name
	return i
}

// At sends an item under an epoch's keys, or without any if there are none.
func At(e handshake.Epoch, i Item) Item {
	i.epoch = &e
	return i
}

// Together puts messages into one record, under the keys of the first.
func Together(items ...Item) Item { return Item{typ: record.Handshake, parts: items} }

// InPieces cuts messages into records of n bytes.
func InPieces(n int, items ...Item) Item {
	return Item{typ: record.Handshake, parts: items, cut: n}
}

// Padded pads the item's records with so many zeros.
func Padded(zeros int, i Item) Item {
	i.zeros = zeros
	return i
}

// Outside gives the item's records another type, or version, outside.
func Outside(t record.ContentType, version uint16, i Item) Item {
	i.outer, i.version = t, version
	return i
}

// Unheard leaves the item out of the peer's transcript.
func Unheard(i Item) Item {
	i.unheard = true
	return i
}

// Inert says the item without what it changes: the peer's keys stay.
func Inert(i Item) Item {
	i.after = nil
	return i
}

// Mangled changes the bytes of a message, header included, before it is said.
func Mangled(i Item, change func(msg []byte) []byte) Item {
	content := i.content
	i.content = func(p *Peer) []byte { return change(bytes.Clone(content(p))) }
	return i
}

// Body changes the body of a message and puts the length right.
func Body(i Item, change func(body []byte) []byte) Item {
	return Mangled(i, func(msg []byte) []byte {
		body := change(msg[4:])
		n := len(body)
		return append([]byte{msg[0], byte(n >> 16), byte(n >> 8), byte(n)}, body...)
	})
}

// Send says the items, all in one write to the engine.
func (p *Peer) Send(items ...Item) {
	p.t.Helper()
	p.listen()
	var wire []byte
	for _, i := range items {
		wire = append(wire, p.encode(i)...)
	}
	p.deliver(wire)
}

// Build says an item without sending it: the records can be sent later, or to
// another engine, as [Peer.Bytes].
func (p *Peer) Build(i Item) []byte {
	p.t.Helper()
	p.listen()
	return p.encode(i)
}

// encode builds an item and notes what it changes.
func (p *Peer) encode(i Item) []byte {
	epoch := p.epoch
	if i.epoch != nil {
		epoch = *i.epoch
	}
	prot := p.send[epoch]
	content := p.contents(i, epoch)
	if i.raw {
		return content
	}
	cut := i.cut
	if cut == 0 && (i.message || i.parts != nil) {
		cut = record.MaxPlaintext
	}
	var wire []byte
	for _, piece := range pieces(content, cut) {
		wire = append(wire, i.record(prot, piece)...)
	}
	return wire
}

// contents says the item or its parts.
func (p *Peer) contents(i Item, epoch handshake.Epoch) []byte {
	if i.parts == nil {
		return p.content(i, epoch)
	}
	var all []byte
	for _, part := range i.parts {
		all = append(all, p.content(part, epoch)...)
	}
	return all
}

func (p *Peer) content(i Item, epoch handshake.Epoch) []byte {
	content := i.content(p)
	p.ladder.said(p.role, epoch, i.name, i.message, content)
	if i.message && !i.unheard && !p.afterHandshake(content) {
		p.add(content)
	}
	if i.after != nil {
		i.after(p, content)
	}
	return content
}

// afterHandshake reports whether a message is none that Finished are over.
func (p *Peer) afterHandshake(msg []byte) bool {
	switch handshake.MessageType(msg[0]) {
	case handshake.MsgKeyUpdate:
		return true
	case handshake.MsgNewSessionTicket:
		return p.suite == nil || p.suite.TLS13()
	}
	return false
}

func pieces(b []byte, n int) (out [][]byte) {
	for n > 0 && len(b) > n {
		out, b = append(out, b[:n]), b[n:]
	}
	return append(out, b)
}

func (i Item) record(prot *protection, content []byte) []byte {
	version := i.version
	if version == 0 {
		version = record.RecordVersion
	}
	outer := i.outer
	switch {
	case prot == nil:
		if outer == 0 {
			outer = i.typ
		}
		return plainRecord(outer, version, content)
	case outer == 0:
		outer = record.ApplicationData
	}
	if i.inner {
		return prot.sealInner(outer, content)
	}
	return prot.seal(i.typ, outer, content, i.zeros)
}

// Now sends an item under the keys in force, also one with an epoch of its
// own.
func (p *Peer) Now(i Item) Item {
	p.listen()
	return At(p.epoch, i)
}

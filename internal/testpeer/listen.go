package testpeer

import (
	"bytes"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// heard is one thing the engine said.
type heard struct {
	typ       record.ContentType
	msg       []byte // a handshake message, header included, or the content
	epoch     handshake.Epoch
	protected bool
}

func (h *heard) is(t handshake.MessageType) bool {
	return h.typ == record.Handshake && handshake.MessageType(h.msg[0]) == t
}

// alert is the description, if it is a fatal alert or one of closure.
func (h *heard) alert() (level alert.Level, a alert.Alert, ok bool) {
	if h.typ != record.Alert || len(h.msg) != 2 {
		return 0, 0, false
	}
	return alert.Level(h.msg[0]), alert.Alert(h.msg[1]), true
}

// listen takes what the engine owes, and understands it.
func (p *Peer) listen() {
	p.t.Helper()
	p.pump()
	p.Hears(p.flush())
}

// Hears gives the peer bytes that the engine appended elsewhere.
func (p *Peer) Hears(wire []byte) {
	p.t.Helper()
	p.drive.output(p, wire)
	p.spoken = append(p.spoken, wire...)
	for len(p.spoken) > 0 {
		h, ok := record.ParseHeader(p.spoken)
		if !ok || len(p.spoken) < record.HeaderLen+h.Length {
			p.t.Fatalf("the engine appends whole records: %d bytes are left over", len(p.spoken))
		}
		n := record.HeaderLen + h.Length
		p.hearRecord(h, p.spoken[:n])
		p.spoken = p.spoken[n:]
	}
}

func (p *Peer) hearRecord(h record.Header, rec []byte) {
	p.t.Helper()
	p.checkHeader(h)
	content, epoch := bytes.Clone(rec[record.HeaderLen:]), handshake.Initial
	protected := p.recv != nil && (h.Type == record.ApplicationData || !p.recv.suite.TLS13())
	if protected {
		h.Type, content, epoch = p.open(rec)
	}
	p.check(h.Type == record.Handshake || len(p.partial) == 0,
		"RFC 9846, Section 5.1: handshake messages are not interleaved with other record types")
	if h.Type == record.Handshake {
		p.check(len(content) > 0, "RFC 9846, Section 5.1: implementations MUST NOT send zero-length fragments of Handshake types")
		p.hearHandshake(content, epoch, protected)
		return
	}
	p.ladder.said(1-p.role, epoch, nameOf(h.Type, content), false, content)
	p.queue = append(p.queue, heard{h.Type, content, epoch, protected})
}

// open opens a record of the engine's, under the keys in force or, as long as
// the server did not say what becomes of early data, under those before.
func (p *Peer) open(rec []byte) (record.ContentType, []byte, handshake.Epoch) {
	p.t.Helper()
	if typ, content, ok := p.recv.open(rec); ok {
		p.before = nil
		return typ, content, p.heardAt
	}
	if p.before != nil {
		if typ, content, ok := p.before.open(rec); ok {
			return typ, content, handshake.EarlyData
		}
	}
	p.t.Fatalf("the engine's record does not open under the keys of %v", p.heardAt)
	return 0, nil, 0
}

// checkHeader holds a record to RFC 9846, Sections 5.1 and 5.2.
func (p *Peer) checkHeader(h record.Header) {
	p.t.Helper()
	hello := p.Hello.CipherSuites == nil && p.role == serverSide && h.Version == record.HelloRecordVersion
	p.check(h.Version == record.RecordVersion || hello,
		"RFC 9846, Section 5.1: legacy_record_version MUST be set to 0x0303 for all records other than an initial ClientHello")
	limit := record.MaxPlaintext
	if p.recv != nil && h.Type == record.ApplicationData {
		limit = record.MaxCiphertext13
	}
	p.check(h.Length <= limit, "RFC 9846, Section 5.1: the length MUST NOT exceed 2^14 bytes")
	p.check(p.recv != nil || h.Type != record.ApplicationData,
		"RFC 9846, Section 5.1: Application Data records MUST NOT be written to the wire unprotected")
}

// hearHandshake takes messages out of a record.
func (p *Peer) hearHandshake(content []byte, epoch handshake.Epoch, protected bool) {
	p.t.Helper()
	p.partial = append(p.partial, content...)
	for len(p.partial) >= 4 {
		n := 4 + int(p.partial[1])<<16 + int(p.partial[2])<<8 + int(p.partial[3])
		if len(p.partial) < n {
			return
		}
		msg := p.partial[:n:n]
		p.partial = p.partial[n:]
		if len(p.partial) == 0 {
			p.partial = nil
		}
		p.ladder.said(1-p.role, epoch, handshake.MessageType(msg[0]).String(), true, msg)
		p.queue = append(p.queue, heard{record.Handshake, msg, epoch, protected})
		p.hearMessage(handshake.MessageType(msg[0]), msg)
	}
}

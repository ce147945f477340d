package verify

import (
	"bytes"

	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/vectors"
)

// record seals and opens a record, and takes what is in it.
func (c *dialogueCheck) record(s *dialogueSide, name string, sec *vectors.Section) {
	typ, ok := contentTypes[name]
	if !ok {
		c.fail("", "no content type of this name")
		return
	}
	payload, wire := sec.Fields.Get("payload"), sec.Fields.Get("record")
	if payload == nil || wire == nil || len(sec.Fields) != 2 {
		c.fail("", "a record has a payload and a record")
		return
	}
	r := &s.records
	r.writer.SetVersion(record.RecordVersion)
	if s == c.client && c.transcript.messages == nil { // in the first ClientHello
		r.writer.SetVersion(record.HelloRecordVersion)
	}
	stated, data := c.octets(wire), c.octets(payload)
	sealed, err := r.writer.Append(nil, typ, data)
	if err != nil {
		c.fail("payload", "%v", err)
		return
	}
	c.equal("record", wire.Line, stated, sealed)
	c.opened(r, typ, payload.Line, bytes.Clone(stated), data)
	if c.failure == nil {
		c.content(s, typ, data)
	}
}

func (c *dialogueCheck) opened(r *recordCheck, typ record.ContentType, line int, in, payload []byte) {
	n, rec, err := r.reader.Next(in)
	switch {
	case err != nil:
		c.fail("record", "%v", err)
	case n != len(in) || rec.Type != typ:
		c.fail("record", "it is not one record of this type")
	default:
		c.equal("payload", line, payload, rec.Data)
	}
}

// content is what a record says.
func (c *dialogueCheck) content(s *dialogueSide, typ record.ContentType, data []byte) {
	switch {
	case typ == record.ChangeCipherSpec && !c.tls13:
		c.changeCipherSpec(s)
	case typ == record.Handshake:
		c.handshakeBytes(s, data)
	}
}

// crypto takes the content of CRYPTO frames.
func (c *dialogueCheck) crypto(s *dialogueSide, sec *vectors.Section) {
	if len(sec.Fields) != 1 || sec.Fields[0].Name != "data" {
		c.fail("", "CRYPTO frames have data")
		return
	}
	c.handshakeBytes(s, c.octets(&sec.Fields[0]))
}

// handshakeBytes takes the messages that are whole, and keeps the rest.
func (c *dialogueCheck) handshakeBytes(s *dialogueSide, data []byte) {
	if s.partial != nil {
		data = append(s.partial, data...)
		s.partial = nil
	}
	for len(data) > 0 && c.failure == nil {
		n := headerLen
		if len(data) >= headerLen {
			n += int(data[1])<<16 | int(data[2])<<8 | int(data[3])
		}
		if len(data) < n {
			s.partial = bytes.Clone(data)
			return
		}
		c.message(s, data[:n])
		data = data[n:]
	}
}

package main

import (
	"fmt"

	"github.com/tlsengine/tlsengine"
)

// The frames that mean something here: RFC 9000, Section 19.
const (
	framePadding         = 0x00
	framePing            = 0x01
	frameACK             = 0x02
	frameCrypto          = 0x06
	frameNewToken        = 0x07
	frameStream          = 0x08 // to 0x0f: with OFF, LEN and FIN bits
	frameNewConnectionID = 0x18
	frameClose           = 0x1c // by the transport; 0x1d by the application
	frameHandshakeDone   = 0x1e
)

// closedError says that the peer closed the connection.
type closedError struct {
	code        uint64
	application bool
	reason      string
}

func (e *closedError) Error() string {
	return fmt.Sprintf("the peer closed the connection: code 0x%x %q", e.code, e.reason)
}

// frames carries out the frames of a packet, and reports whether it wants to
// be acknowledged.
func (c *conn) frames(level tlsengine.QUICLevel, b []byte) (eliciting bool, err error) {
	r := &reader{b: b}
	for len(r.b) > 0 && err == nil {
		kind := r.varint()
		switch {
		case kind == framePadding:
		case kind == frameACK || kind == frameACK+1:
			skipACK(r, kind)
		case kind == frameClose || kind == frameClose+1:
			e := &closedError{code: r.varint(), application: kind == frameClose+1}
			if !e.application {
				r.varint()
			}
			e.reason = string(r.opaque())
			return false, e
		default:
			eliciting = true
			err = c.frame(level, kind, r)
		}
		if r.short {
			return false, errShort
		}
	}
	return eliciting, err
}

func (c *conn) frame(level tlsengine.QUICLevel, kind uint64, r *reader) error {
	switch {
	case kind == framePing:
	case kind == frameCrypto:
		offset, data := r.varint(), r.opaque()
		return c.gotCrypto(level, offset, data)
	case kind&^7 == frameStream:
		return c.gotStream(kind, r)
	case kind == frameHandshakeDone:
		c.confirmed = true
	case kind == frameNewToken:
		r.opaque()
	case kind == frameNewConnectionID:
		r.varint()
		r.varint()
		r.take(uint64(r.byte()))
		r.take(16)
	case kind == 0x04 || kind == 0x11 || kind == 0x15: // RESET_STREAM and what is about a stream
		r.varint()
		r.varint()
		if kind == 0x04 {
			r.varint()
		}
	case kind == 0x05: // STOP_SENDING
		r.varint()
		r.varint()
	case kind == 0x10 || kind >= 0x12 && kind <= 0x14 || kind == 0x16 || kind == 0x17 || kind == 0x19: // limits
		r.varint()
	default:
		return fmt.Errorf("a frame of type 0x%x", kind)
	}
	return nil
}

// skipACK reads past an ACK frame: nothing here is ever sent twice.
func skipACK(r *reader, kind uint64) {
	r.varint()
	r.varint()
	ranges := r.varint()
	r.varint()
	for ; ranges > 0 && !r.short; ranges-- {
		r.varint()
		r.varint()
	}
	if kind == frameACK+1 {
		r.varint()
		r.varint()
		r.varint()
	}
}

func (c *conn) gotStream(kind uint64, r *reader) error {
	id, offset := r.varint(), uint64(0)
	if kind&4 != 0 {
		offset = r.varint()
	}
	var data []byte
	if kind&2 != 0 {
		data = r.opaque()
	} else {
		data = r.take(uint64(len(r.b)))
	}
	if id != 0 {
		return nil // not ours: what HTTP/3 and the like open by themselves
	}
	if kind&1 != 0 {
		c.in.fin, c.in.end = true, offset+uint64(len(data))
	}
	out, err := c.in.add(offset, data, 1<<16)
	c.received = append(c.received, out...)
	return err
}

// appendACK acknowledges all that was received.
func (s *space) appendACK(b []byte) []byte {
	ranges := s.ranges()
	last := ranges[len(ranges)-1]
	b = append(b, frameACK)
	b = appendVarint(b, uint64(last.hi))
	b = appendVarint(b, 0) // no delay
	b = appendVarint(b, uint64(len(ranges)-1))
	b = appendVarint(b, uint64(last.hi-last.lo))
	for i := len(ranges) - 2; i >= 0; i-- {
		b = appendVarint(b, uint64(ranges[i+1].lo-ranges[i].hi-2))
		b = appendVarint(b, uint64(ranges[i].hi-ranges[i].lo))
	}
	return b
}

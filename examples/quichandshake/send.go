package main

import (
	"github.com/tlsengine/tlsengine"
)

// maxFrames is how many bytes of frames fit into a packet of any kind.
const maxFrames = maxDatagram - 80

// datagrams are what is to be sent now, a packet in each.
func (c *conn) datagrams() (out [][]byte) {
	c.late()
	if c.err != nil {
		return c.goodbye()
	}
	for _, level := range []tlsengine.QUICLevel{tlsengine.QUICInitial, tlsengine.QUICEarly, tlsengine.QUICHandshake, tlsengine.QUICApplication} {
		for c.write[level] != nil {
			frames := c.outgoing(level)
			if frames == nil {
				break
			}
			// "A client MUST expand the payload of all UDP datagrams carrying
			// Initial packets to at least the smallest allowed maximum datagram
			// size of 1200 bytes". RFC 9000, Section 14.1.
			out = append(out, c.seal(nil, level, frames, level == tlsengine.QUICInitial))
		}
		if level == tlsengine.QUICHandshake && c.client && c.write[level] != nil && c.space(level).next > 0 {
			c.discard(tlsengine.QUICInitial) // RFC 9001, Section 4.9.1
		}
	}
	return out
}

// outgoing are the frames of the next packet of a level, nil for none.
func (c *conn) outgoing(level tlsengine.QUICLevel) (frames []byte) {
	sp := c.space(level)
	if sp.ack && level != tlsengine.QUICEarly {
		frames, sp.ack = sp.appendACK(frames), false
	}
	if f := &c.say[level]; !f.empty() {
		offset, data, _ := f.next(maxFrames - len(frames) - 20)
		frames = appendVarint(append(frames, frameCrypto), offset)
		frames = append(appendVarint(frames, uint64(len(data))), data...)
	}
	if level == tlsengine.QUICApplication && c.sayDone {
		frames, c.sayDone = append(frames, frameHandshakeDone), false
	}
	if level == tlsengine.QUICEarly || level == tlsengine.QUICApplication && (c.done || !c.client) {
		frames = c.appendStream(frames)
	}
	if n := len(frames); n > 0 && n < 4 {
		frames = append(frames, make([]byte, 4-n)...) // for the sample
	}
	return frames
}

func (c *conn) appendStream(frames []byte) []byte {
	room := maxFrames - len(frames) - 20
	if c.out.empty() || room <= 0 {
		return frames
	}
	offset, data, fin := c.out.next(room)
	kind := byte(frameStream | 4 | 2)
	if fin {
		kind |= 1
	}
	frames = appendVarint(append(frames, kind, 0), offset)
	return append(appendVarint(frames, uint64(len(data))), data...)
}

// goodbye says CONNECTION_CLOSE once, at every level that the peer may be at:
// RFC 9000, Section 10.2.3.
func (c *conn) goodbye() (out [][]byte) {
	frame := c.closing
	c.closing = nil
	for _, level := range []tlsengine.QUICLevel{tlsengine.QUICInitial, tlsengine.QUICHandshake, tlsengine.QUICApplication} {
		if frame == nil || c.write[level] == nil {
			continue
		}
		b := append([]byte{}, frame...)
		if b[0] == frameClose+1 && level != tlsengine.QUICApplication {
			b = []byte{frameClose, 0x0c, 0, 0} // APPLICATION_ERROR
		}
		out = append(out, c.seal(nil, level, append(b, 0), level == tlsengine.QUICInitial))
	}
	return out
}

package main

import (
	"errors"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/quic"
)

const (
	idLen       = 8    // bytes of our connection IDs
	maxDatagram = 1200 // bytes: RFC 9000, Section 14
)

// header is what a packet says before its packet number.
type header struct {
	level            tlsengine.QUICLevel
	destination, src []byte
	pnOffset         int
	size             int // bytes of the whole packet
}

// The types of long headers: RFC 9000, Section 17.2.
var longTypes = [4]tlsengine.QUICLevel{tlsengine.QUICInitial, tlsengine.QUICEarly, tlsengine.QUICHandshake, 0xff}

// parseHeader reads the header of the first packet in a datagram.
func parseHeader(b []byte) (h header, err error) {
	r := &reader{b: b}
	first := r.byte()
	if first&0x80 == 0 {
		h.level, h.destination = tlsengine.QUICApplication, r.take(idLen)
		h.pnOffset, h.size = 1+idLen, len(b)
		if r.short {
			return h, errShort
		}
		return h, nil
	}
	version := r.take(4)
	h.destination = r.take(uint64(r.byte()))
	h.src = r.take(uint64(r.byte()))
	h.level = longTypes[first>>4&3]
	switch {
	case r.short:
		return h, errShort
	case [4]byte(version) != [4]byte{0, 0, 0, 1}:
		return h, errors.New("not QUIC v1")
	case h.level == 0xff:
		return h, errors.New("a Retry, which is not spoken here")
	case h.level == tlsengine.QUICInitial:
		r.opaque() // token
	}
	length := r.varint()
	h.pnOffset = len(b) - len(r.b)
	r.take(length)
	h.size = len(b) - len(r.b)
	if r.short {
		return h, errShort
	}
	return h, nil
}

// open removes the protection of a packet, in place, and returns its number
// and its frames.
func (h *header) open(b []byte, keys *quic.Keys, largest int64) (number int64, frames []byte, err error) {
	packet := b[:h.size]
	n, number, err := keys.UnprotectHeader(packet, h.pnOffset, largest)
	if err != nil {
		return 0, nil, err
	}
	frames, err = keys.Open(packet[n:n], packet[:n], packet[n:], number)
	return number, frames, err
}

// seal appends a packet with the frames, which is exactly room bytes long if
// it is padded.
func (c *conn) seal(dst []byte, level tlsengine.QUICLevel, frames []byte, pad bool) []byte {
	sp := c.space(level)
	number := sp.next
	sp.next++
	start := len(dst)
	if level == tlsengine.QUICApplication {
		dst = append(dst, 0x40|3)
		dst = append(dst, c.remote...)
	} else {
		dst = append(dst, 0xc0|longType(level)<<4|3, 0, 0, 0, 1)
		dst = append(append(dst, byte(len(c.remote))), c.remote...)
		dst = append(append(dst, byte(len(c.local))), c.local...)
		if level == tlsengine.QUICInitial {
			dst = append(dst, 0) // no token
		}
		if room := maxDatagram - start - (len(dst) - start) - 2 - 4 - quic.Overhead; pad && len(frames) < room {
			frames = append(frames, make([]byte, room-len(frames))...)
		}
		n := 4 + len(frames) + quic.Overhead
		dst = append(dst, 0x40|byte(n>>8), byte(n))
	}
	pnOffset := len(dst) - start
	dst = append(dst, byte(number>>24), byte(number>>16), byte(number>>8), byte(number))
	head := len(dst)
	dst = append(dst, frames...)
	packet := dst[start:]
	packet = c.write[level].Seal(packet[:head-start], packet[:head-start], packet[head-start:], number)
	if err := c.write[level].ProtectHeader(packet, pnOffset); err != nil {
		panic(err) // at least four bytes of frames: see datagram
	}
	return append(dst[:start], packet...)
}

func longType(level tlsengine.QUICLevel) byte {
	for i, l := range longTypes {
		if l == level {
			return byte(i)
		}
	}
	return 0
}

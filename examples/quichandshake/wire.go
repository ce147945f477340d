package main

import (
	"encoding/binary"
	"errors"
)

// errShort says that a packet or frame ends too early.
var errShort = errors.New("ends too early")

// appendVarint appends a variable-length integer: RFC 9000, Section 16.
func appendVarint(b []byte, v uint64) []byte {
	switch {
	case v < 1<<6:
		return append(b, byte(v))
	case v < 1<<14:
		return binary.BigEndian.AppendUint16(b, uint16(v)|1<<14)
	case v < 1<<30:
		return binary.BigEndian.AppendUint32(b, uint32(v)|2<<30)
	}
	return binary.BigEndian.AppendUint64(b, v|3<<62)
}

// reader reads fields off the front of a packet. A read beyond the end gives
// zeros and sets short.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.short, r.b = true, nil
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) varint() uint64 {
	if len(r.b) == 0 {
		r.short = true
		return 0
	}
	b := r.take(1 << (r.b[0] >> 6))
	if b == nil {
		return 0
	}
	v := uint64(b[0] & 0x3f)
	for _, x := range b[1:] {
		v = v<<8 | uint64(x)
	}
	return v
}

// opaque reads a length and so many bytes.
func (r *reader) opaque() []byte { return r.take(r.varint()) }

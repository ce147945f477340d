// Package wire reads and writes the presentation language of RFC 9846,
// Section 3: fixed-width integers in network byte order, and vectors behind a
// length of one, two or three bytes.
//
// A [Reader] fails once and stays failed, so that a parser reads field by
// field in the order of the RFC's struct and asks a single time, with
// [Reader.Done], whether all of it was well formed. A [Builder] appends to a
// slice of the caller's; its vectors are closures that do not escape, so that
// neither allocates.
package wire

import "encoding/binary"

// Reader takes fields off the front of a byte string. The zero Reader reads
// nothing. Slices it returns alias the input.
type Reader struct {
	rest   []byte
	failed bool
}

// NewReader returns a Reader of b, which it never changes.
func NewReader(b []byte) Reader { return Reader{rest: b} }

// Empty reports whether no bytes are left. It is true after a failure, so
// that a loop "until empty" ends.
func (r *Reader) Empty() bool { return len(r.rest) == 0 }

// Failed reports whether any read went past the end.
func (r *Reader) Failed() bool { return r.failed }

// Done reports whether every read succeeded and nothing is left over.
func (r *Reader) Done() bool { return !r.failed && len(r.rest) == 0 }

// Fail makes the Reader fail, for a field whose value is not allowed.
func (r *Reader) Fail() { r.rest, r.failed = nil, true }

// Bytes returns the next n bytes, or nil after a failure.
func (r *Reader) Bytes(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.Fail()
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// Rest returns all bytes that are left.
func (r *Reader) Rest() []byte { return r.Bytes(len(r.rest)) }

// Uint8 reads a uint8.
func (r *Reader) Uint8() uint8 {
	if b := r.Bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// Uint16 reads a uint16.
func (r *Reader) Uint16() uint16 {
	if b := r.Bytes(2); b != nil {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

// Uint24 reads a uint24.
func (r *Reader) Uint24() uint32 {
	if b := r.Bytes(3); b != nil {
		return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
	}
	return 0
}

// Uint32 reads a uint32.
func (r *Reader) Uint32() uint32 {
	if b := r.Bytes(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// Uint64 reads a uint64.
func (r *Reader) Uint64() uint64 {
	if b := r.Bytes(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// Vector8 reads a vector<0..2^8-1> and returns its bytes.
func (r *Reader) Vector8() []byte { return r.Bytes(int(r.Uint8())) }

// Vector16 reads a vector<0..2^16-1> and returns its bytes.
func (r *Reader) Vector16() []byte { return r.Bytes(int(r.Uint16())) }

// Vector24 reads a vector<0..2^24-1> and returns its bytes.
func (r *Reader) Vector24() []byte { return r.Bytes(int(r.Uint24())) }

// NonEmpty8 reads a vector<1..2^8-1>: an empty one is a failure.
func (r *Reader) NonEmpty8() []byte { return r.nonEmpty(r.Vector8()) }

// NonEmpty16 reads a vector<1..2^16-1>: an empty one is a failure.
func (r *Reader) NonEmpty16() []byte { return r.nonEmpty(r.Vector16()) }

// NonEmpty24 reads a vector<1..2^24-1>: an empty one is a failure.
func (r *Reader) NonEmpty24() []byte { return r.nonEmpty(r.Vector24()) }

func (r *Reader) nonEmpty(b []byte) []byte {
	if len(b) == 0 {
		r.Fail()
		return nil
	}
	return b
}

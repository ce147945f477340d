package wire

import "encoding/binary"

// Builder appends fields to a byte string. A vector longer than its length
// field can say makes the Builder fail, and [Builder.Done] then returns nil.
type Builder struct {
	b      []byte
	failed bool
}

// NewBuilder returns a Builder that appends to dst, which it owns until Done.
func NewBuilder(dst []byte) Builder { return Builder{b: dst} }

// Done returns dst with everything appended, and whether it is well formed.
func (w *Builder) Done() ([]byte, bool) { return w.b, !w.failed }

// Result returns dst with everything appended. It panics if a vector was too
// long: for fields whose length the caller has bounded.
func (w *Builder) Result() []byte {
	if w.failed {
		panic("wire: a vector is longer than its length field can say")
	}
	return w.b
}

// Bytes appends v as it is.
func (w *Builder) Bytes(v []byte) { w.b = append(w.b, v...) }

// Uint8 appends a uint8.
func (w *Builder) Uint8(v uint8) { w.b = append(w.b, v) }

// Uint16 appends a uint16.
func (w *Builder) Uint16(v uint16) { w.b = binary.BigEndian.AppendUint16(w.b, v) }

// Uint32 appends a uint32.
func (w *Builder) Uint32(v uint32) { w.b = binary.BigEndian.AppendUint32(w.b, v) }

// Uint64 appends a uint64.
func (w *Builder) Uint64(v uint64) { w.b = binary.BigEndian.AppendUint64(w.b, v) }

// Vector8 appends what f appends, behind its length in one byte.
func (w *Builder) Vector8(f func()) { w.vector(1, f) }

// Vector16 appends what f appends, behind its length in two bytes.
func (w *Builder) Vector16(f func()) { w.vector(2, f) }

// Vector24 appends what f appends, behind its length in three bytes.
func (w *Builder) Vector24(f func()) { w.vector(3, f) }

// Opaque8 appends v behind its length in one byte.
func (w *Builder) Opaque8(v []byte) { w.opaque(1, v) }

// Opaque16 appends v behind its length in two bytes.
func (w *Builder) Opaque16(v []byte) { w.opaque(2, v) }

// Opaque24 appends v behind its length in three bytes.
func (w *Builder) Opaque24(v []byte) { w.opaque(3, v) }

func (w *Builder) opaque(width int, v []byte) {
	start := w.open(width)
	w.b = append(w.b, v...)
	w.close(start, width)
}

func (w *Builder) vector(width int, f func()) {
	start := w.open(width)
	f()
	w.close(start, width)
}

func (w *Builder) open(width int) int {
	for range width {
		w.b = append(w.b, 0)
	}
	return len(w.b)
}

func (w *Builder) close(start, width int) {
	n := len(w.b) - start
	if n>>(8*width) != 0 {
		w.failed = true
		return
	}
	for i := range width {
		w.b[start-1-i] = byte(n >> (8 * i))
	}
}

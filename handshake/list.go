package handshake

import (
	"encoding/binary"
	"iter"

	"github.com/tlsengine/tlsengine/internal/wire"
)

// List16 is the contents of a vector of two-byte code points, as on the wire.
// A list that came out of a parser aliases the message and has whole elements.
type List16[T ~uint16] []byte

// List16Of returns the list of these values.
func List16Of[T ~uint16](values ...T) List16[T] {
	l := make(List16[T], 0, 2*len(values))
	for _, v := range values {
		l = binary.BigEndian.AppendUint16(l, uint16(v))
	}
	return l
}

// Len is the number of elements.
func (l List16[T]) Len() int { return len(l) / 2 }

// At is element i; it panics unless 0 <= i < Len().
func (l List16[T]) At(i int) T { return T(binary.BigEndian.Uint16(l[2*i:])) }

// Has reports whether v is in the list, in time linear in its length.
func (l List16[T]) Has(v T) bool {
	for e := range l.All() {
		if e == v {
			return true
		}
	}
	return false
}

// All yields the elements in order.
func (l List16[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range l.Len() {
			if !yield(l.At(i)) {
				return
			}
		}
	}
}

// Slice returns the elements in a slice of their own.
func (l List16[T]) Slice() []T {
	s := make([]T, l.Len())
	for i := range s {
		s[i] = l.At(i)
	}
	return s
}

// readList16 reads a vector<2..2^16-2> of code points: not empty, and of
// whole elements.
func readList16[T ~uint16](r *wire.Reader) List16[T] { return evenList[T](r, r.NonEmpty16()) }

func evenList[T ~uint16](r *wire.Reader, b []byte) List16[T] {
	// "The length of an encoded vector must be an exact multiple of the length
	// of a single element" RFC 9846, Section 3.4.
	if len(b)%2 != 0 {
		r.Fail()
		return nil
	}
	return b
}

// List8 is the contents of a vector of one-byte code points, as on the wire.
// A list that came out of a parser aliases the message.
type List8[T ~uint8] []byte

// List8Of returns the list of these values.
func List8Of[T ~uint8](values ...T) List8[T] {
	l := make(List8[T], len(values))
	for i, v := range values {
		l[i] = byte(v)
	}
	return l
}

// Len is the number of elements.
func (l List8[T]) Len() int { return len(l) }

// At is element i; it panics unless 0 <= i < Len().
func (l List8[T]) At(i int) T { return T(l[i]) }

// Has reports whether v is in the list.
func (l List8[T]) Has(v T) bool {
	for _, e := range l {
		if T(e) == v {
			return true
		}
	}
	return false
}

// All yields the elements in order.
func (l List8[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, e := range l {
			if !yield(T(e)) {
				return
			}
		}
	}
}

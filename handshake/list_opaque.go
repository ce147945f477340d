package handshake

import (
	"iter"

	"github.com/tlsengine/tlsengine/internal/wire"
)

// OpaqueList8 is the contents of a vector of byte strings, each behind its
// length in one byte. A list that came out of a parser aliases the message and
// has whole elements.
type OpaqueList8 []byte

// OpaqueList8Of returns the list of these byte strings. It panics if one is
// longer than 255 bytes.
func OpaqueList8Of[T ~string | ~[]byte](values ...T) OpaqueList8 {
	var w wire.Builder
	for _, v := range values {
		w.Opaque8([]byte(v))
	}
	return w.Result()
}

// Len is the number of elements, in time linear in it.
func (l OpaqueList8) Len() int { return count(l.All()) }

// Has reports whether v is an element.
func (l OpaqueList8) Has(v string) bool {
	for e := range l.All() {
		if string(e) == v {
			return true
		}
	}
	return false
}

// All yields the elements in order. They alias the list.
func (l OpaqueList8) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for r := wire.NewReader(l); !r.Empty(); {
			e := r.Vector8()
			if r.Failed() || !yield(e) {
				return
			}
		}
	}
}

// bounded reports whether the list is of whole elements of at least min bytes.
func (l OpaqueList8) bounded(min int) bool {
	r := wire.NewReader(l)
	for !r.Empty() {
		if len(r.Vector8()) < min {
			return false
		}
	}
	return r.Done()
}

// OpaqueList16 is the contents of a vector of byte strings, each behind its
// length in two bytes. A list that came out of a parser aliases the message
// and has whole elements.
type OpaqueList16 []byte

// OpaqueList16Of returns the list of these byte strings. It panics if one is
// longer than 65535 bytes.
func OpaqueList16Of[T ~string | ~[]byte](values ...T) OpaqueList16 {
	var w wire.Builder
	for _, v := range values {
		w.Opaque16([]byte(v))
	}
	return w.Result()
}

// Len is the number of elements, in time linear in it.
func (l OpaqueList16) Len() int { return count(l.All()) }

// All yields the elements in order. They alias the list.
func (l OpaqueList16) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for r := wire.NewReader(l); !r.Empty(); {
			e := r.Vector16()
			if r.Failed() || !yield(e) {
				return
			}
		}
	}
}

// bounded reports whether the list is of whole elements of at least min bytes.
func (l OpaqueList16) bounded(min int) bool {
	r := wire.NewReader(l)
	for !r.Empty() {
		if len(r.Vector16()) < min {
			return false
		}
	}
	return r.Done()
}

func count[T any](seq iter.Seq[T]) (n int) {
	for range seq {
		n++
	}
	return n
}

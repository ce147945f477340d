package keyschedule

import (
	"crypto/subtle"

	"github.com/tlsengine/tlsengine/cipher"
)

// Secret is a secret, or any other output of a hash: at most 48 bytes, by
// value. Secrets of equal content are equal with ==, which is not constant
// time: for what a peer can influence there is [Secret.Equal].
type Secret struct {
	b [cipher.MaxHashSize]byte
	n uint8
}

// SecretOf returns b as a Secret. It panics if b is longer than 48 bytes,
// which no output of a key schedule is; b from elsewhere is measured first.
func SecretOf(b []byte) Secret {
	if len(b) > cipher.MaxHashSize {
		panic("keyschedule: a secret is longer than any hash")
	}
	var s Secret
	s.n = uint8(copy(s.b[:], b))
	return s
}

// Bytes returns the content, which stays inside s: it changes with s, and is
// zero after Wipe.
func (s *Secret) Bytes() []byte { return s.b[:s.n] }

// Len is the length in bytes: 32 or 48 for an output of a hash, 0 for the
// zero Secret.
func (s *Secret) Len() int { return int(s.n) }

// Equal reports whether b is the content of s, in a time that depends only on
// the lengths.
func (s *Secret) Equal(b []byte) bool { return subtle.ConstantTimeCompare(s.Bytes(), b) == 1 }

// Wipe makes s the zero Secret.
func (s *Secret) Wipe() { *s = Secret{} }

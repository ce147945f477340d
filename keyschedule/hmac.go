package keyschedule

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding"
	"encoding/binary"

	"github.com/tlsengine/tlsengine/cipher"
)

// mac computes HMAC (RFC 2104) on the stack, of any number of messages: the
// blocks of the key are hashed but once.
type mac struct {
	inner, outer state // after key ^ ipad, after key ^ opad
}

// start sets the key.
func (m *mac) start(h cipher.Hash, key []byte) {
	var pad [maxBlock]byte
	block := pad[:blockSize(h)]
	if len(key) > len(block) {
		d := digest(h, key)
		key = d.Bytes()
	}
	copy(block, key)
	xor(block, 0x3636363636363636)
	m.inner.absorb(h, block)
	xor(block, 0x3636363636363636^0x5c5c5c5c5c5c5c5c)
	m.outer.absorb(h, block)
}

func xor(block []byte, pad uint64) {
	for ; len(block) >= 8; block = block[8:] {
		binary.NativeEndian.PutUint64(block, binary.NativeEndian.Uint64(block)^pad)
	}
}

// sum returns the code of a message, given in parts.
func (m *mac) sum(message ...[]byte) (code Secret) {
	m.inner.finish(&code, message...)
	m.outer.finish(&code, code.Bytes())
	return code
}

const (
	maxBlock = sha512.BlockSize
	maxState = 4 + 8*8 + maxBlock + 8 // as crypto/sha512 writes it
)

// state is that of a hash function after one block, as its AppendBinary writes
// it. A hash.Cloner's clone would be on the heap.
type state struct {
	h cipher.Hash
	n uint8 // bytes of b in use
	b [maxState]byte
}

// absorb sets the state to the one after a block.
func (s *state) absorb(h cipher.Hash, block []byte) {
	var b []byte
	switch h {
	case cipher.SHA256:
		d := sha256.New()
		d.Write(block)
		b, _ = d.(encoding.BinaryAppender).AppendBinary(s.b[:0])
	case cipher.SHA384:
		d := sha512.New384()
		d.Write(block)
		b, _ = d.(encoding.BinaryAppender).AppendBinary(s.b[:0])
	default:
		panic("keyschedule: no such hash")
	}
	s.h, s.n = h, uint8(len(b))
}

// finish sets out to the hash of the block and what follows it, which may be in
// out.
func (s *state) finish(out *Secret, rest ...[]byte) {
	var err error
	switch s.h {
	case cipher.SHA256:
		d := sha256.New()
		err = d.(encoding.BinaryUnmarshaler).UnmarshalBinary(s.b[:s.n])
		for _, p := range rest {
			d.Write(p)
		}
		d.Sum(out.b[:0])
		out.n = sha256.Size
	case cipher.SHA384:
		d := sha512.New384()
		err = d.(encoding.BinaryUnmarshaler).UnmarshalBinary(s.b[:s.n])
		for _, p := range rest {
			d.Write(p)
		}
		d.Sum(out.b[:0])
		out.n = sha512.Size384
	}
	if err != nil {
		panic("keyschedule: a hash does not take its own state")
	}
}

// digest is Hash(b).
func digest(h cipher.Hash, b []byte) Secret {
	switch h {
	case cipher.SHA256:
		s := Secret{n: sha256.Size}
		*(*[sha256.Size]byte)(s.b[:]) = sha256.Sum256(b)
		return s
	case cipher.SHA384:
		return Secret{n: sha512.Size384, b: sha512.Sum384(b)}
	}
	panic("keyschedule: no such hash")
}

func blockSize(h cipher.Hash) int {
	if h == cipher.SHA256 {
		return sha256.BlockSize
	}
	return sha512.BlockSize
}

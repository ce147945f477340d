package keyschedule

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"

	"github.com/tlsengine/tlsengine/cipher"
)

const (
	maxBlock = sha512.BlockSize

	// macRoom is the message that a mac takes without allocating: everything in
	// a handshake fits.
	macRoom = 192
)

// mac computes HMAC (RFC 2104) on the stack. After start it takes any number
// of messages, each by write and then sum.
type mac struct {
	h     cipher.Hash
	block int
	n     int                             // bytes of inner in use
	inner [maxBlock + macRoom]byte        // key ^ ipad, message
	outer [maxBlock + sha512.Size384]byte // key ^ opad, inner digest
	spill []byte                          // inner, once it has outgrown its array
}

// start sets the key.
func (m *mac) start(h cipher.Hash, key []byte) {
	m.h, m.block = h, blockSize(h)
	if len(key) > m.block {
		d := digest(h, key)
		copy(m.inner[:], d.Bytes())
	} else {
		copy(m.inner[:m.block], key)
	}
	for i := 0; i < m.block; i += 8 {
		k := binary.NativeEndian.Uint64(m.inner[i:])
		binary.NativeEndian.PutUint64(m.inner[i:], k^0x3636363636363636)
		binary.NativeEndian.PutUint64(m.outer[i:], k^0x5c5c5c5c5c5c5c5c)
	}
	m.n = m.block
}

// write appends to the message.
func (m *mac) write(p []byte) {
	if m.spill == nil {
		if len(p) <= len(m.inner)-m.n {
			m.n += copy(m.inner[m.n:], p)
			return
		}
		m.spill = append(make([]byte, 0, m.n+len(p)), m.inner[:m.n]...)
	}
	m.spill = append(m.spill, p...)
}

// sum returns the code of the message, and starts the next message.
func (m *mac) sum() Secret {
	message := m.inner[:m.n]
	if m.spill != nil {
		message = m.spill
	}
	d := digest(m.h, message)
	m.n, m.spill = m.block, nil

	n := copy(m.outer[m.block:], d.Bytes())
	return digest(m.h, m.outer[:m.block+n])
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

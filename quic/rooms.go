package quic

import (
	"math/bits"
	"sync/atomic"

	"github.com/tlsengine/tlsengine/cipher"
)

// atOnce is how many calls on the same Keys run at once before one allocates.
const atOnce = 4

// room is what one call needs on the heap, because it passes it through an
// interface.
type room struct {
	nonce [cipher.NonceSize]byte
	block [SampleSize]byte
}

// rooms is a set of rooms. The zero value is ready.
type rooms struct {
	taken atomic.Uint32 // one bit for each of all
	all   [atOnce]room
}

// take returns a room that is no one else's until give is called with the
// second result.
func (s *rooms) take() (*room, uint32) {
	if s.taken.CompareAndSwap(0, 1) {
		return &s.all[0], 1
	}
	return s.takeFree()
}

// takeFree is take while others are in use.
func (s *rooms) takeFree() (*room, uint32) {
	for {
		taken := s.taken.Load()
		i := bits.TrailingZeros32(^taken)
		if i >= atOnce {
			return new(room), 0
		}
		if bit := uint32(1) << i; s.taken.CompareAndSwap(taken, taken|bit) {
			return &s.all[i], bit
		}
	}
}

func (s *rooms) give(bit uint32) { s.taken.And(^bit) }

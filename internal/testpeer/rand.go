package testpeer

import (
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"time"
)

// Rand is a stream of bytes that is the same for the same seed: what a test
// gives an engine, or a peer, as its randomness.
func Rand(seed string) io.Reader { return rand.NewChaCha8(sha256.Sum256([]byte(seed))) }

// Now is when dialogues take place.
func Now() time.Time { return time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC) }

// Clock is a clock that stands at so long after [Now].
func Clock(after time.Duration) func() time.Time {
	return func() time.Time { return Now().Add(after) }
}

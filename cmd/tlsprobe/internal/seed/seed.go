// Package seed makes all the randomness of a run follow from a few bytes, so
// that the run can be repeated. For tests only.
package seed

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// Seed is what everything follows from; nil is real randomness.
type Seed []byte

// Parse reads the value of --seed.
func Parse(s string) (Seed, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) == 0 || len(b) > 64 {
		return nil, fault.UsageError("value", "want 1 to 64 bytes in hex")
	}
	return b, nil
}

// Reader is the randomness of one party, nil if there is no seed. It is for
// one goroutine.
func (s Seed) Reader(party string) io.Reader {
	if s == nil {
		return nil
	}
	return rand.NewChaCha8(sha256.Sum256(append([]byte(party+"\x00"), s...)))
}

// Clock is the time of a run: fixed with a seed.
func (s Seed) Clock(now func() time.Time) func() time.Time {
	if s == nil {
		return now
	}
	return func() time.Time { return Epoch }
}

// Epoch is when runs with a seed take place.
var Epoch = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// Package simd puts right what vector code of another module leaves behind.
//
// circl's ML-KEM and ML-DSA use AVX2 on amd64 and return with the upper halves
// of the vector registers in use. Until these are cleared, code of the SSE kind
// is slow: the standard library's SHA-256 was measured at 60 µs per KiB in
// place of 0.75 on an AMD EPYC. A handshake with X25519MLKEM768 spent a third
// of its time there.
package simd

import "strings"

// wide is longer than the 32 bytes from which on the standard library searches
// with AVX2.
const wide = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// Clear clears the upper halves of the vector registers, where there are any:
// the search of the standard library does it (VZEROUPPER) when it is done. It
// is to be called after each call into such code, and costs a few nanoseconds.
func Clear() { _ = strings.IndexByte(wide, 0) }

package trace

import (
	"crypto/hmac"
	"hash"
)

// maxPRF bounds what a trace can ask the PRF for, in bytes.
const maxPRF = 1 << 10

// prf12 is "PRF(secret, label, seed) = P_<hash>(secret, label + seed)"
// RFC 5246, Section 5.
func prf12(h func() hash.Hash, secret, seed []byte, n int) []byte {
	if n > maxPRF {
		return nil
	}
	mac := func(parts ...[]byte) []byte {
		m := hmac.New(h, secret)
		for _, p := range parts {
			m.Write(p)
		}
		return m.Sum(nil)
	}
	var out []byte
	for a := mac(seed); len(out) < n; a = mac(a) {
		out = append(out, mac(a, seed)...)
	}
	return out[:n]
}

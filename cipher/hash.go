package cipher

import (
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
)

// Hash is the hash function of a suite: of its transcript and of its key
// schedule. The values are those of the TLS KDF Identifiers registry
// (RFC 9258, Section 10); the zero Hash is none.
type Hash uint8

// The hashes of the suites.
const (
	SHA256 Hash = 1
	SHA384 Hash = 2
)

// MaxHashSize is the Size of the longest Hash, in bytes.
const MaxHashSize = sha512.Size384

// Size is the length of the digest in bytes, 0 if h is no Hash of this
// package: so a value from a foreign place is checked.
func (h Hash) Size() int {
	switch h {
	case SHA256:
		return sha256.Size
	case SHA384:
		return sha512.Size384
	}
	return 0
}

// New returns a running hash, nil if h is no Hash of this package.
func (h Hash) New() hash.Hash {
	switch h {
	case SHA256:
		return sha256.New()
	case SHA384:
		return sha512.New384()
	}
	return nil
}

// String gives "SHA-256" or "SHA-384".
func (h Hash) String() string {
	switch h {
	case SHA256:
		return "SHA-256"
	case SHA384:
		return "SHA-384"
	}
	return fmt.Sprintf("hash %d", uint8(h))
}

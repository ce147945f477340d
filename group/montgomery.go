package group

import (
	"github.com/cloudflare/circl/dh/x25519"
	"github.com/cloudflare/circl/dh/x448"
)

// The curves of RFC 7748. Any string of the right length is a scalar and a
// share; the top bit of an X25519 share is ignored.
var (
	curve25519 = curve{seedLen: x25519.Size, shareLen: x25519.Size, topMask: 0xFF, fromSeed: newX25519}
	curve448   = curve{seedLen: x448.Size, shareLen: x448.Size, topMask: 0xFF, fromSeed: newX448}
)

type x25519Key struct {
	scalar, share x25519.Key
}

func newX25519(seed []byte) PrivateKey {
	k := &x25519Key{scalar: x25519.Key(seed)}
	x25519.KeyGen(&k.share, &k.scalar)
	return k
}

func (k *x25519Key) Seed() []byte  { return append([]byte(nil), k.scalar[:]...) }
func (k *x25519Key) Share() []byte { return k.share[:] }

func (k *x25519Key) Secret(peerShare []byte) ([]byte, error) {
	if len(peerShare) != x25519.Size {
		return nil, errLength
	}
	peer, secret := x25519.Key(peerShare), new(x25519.Key)
	// "Implementations MUST check whether the computed Diffie-Hellman shared
	// secret is the all-zero value and abort if so"
	// RFC 9846, Section 7.4.2.
	if !x25519.Shared(secret, &k.scalar, &peer) {
		return nil, errLowOrder
	}
	return secret[:], nil
}

type x448Key struct {
	scalar, share x448.Key
}

func newX448(seed []byte) PrivateKey {
	k := &x448Key{scalar: x448.Key(seed)}
	x448.KeyGen(&k.share, &k.scalar)
	return k
}

func (k *x448Key) Seed() []byte  { return append([]byte(nil), k.scalar[:]...) }
func (k *x448Key) Share() []byte { return k.share[:] }

func (k *x448Key) Secret(peerShare []byte) ([]byte, error) {
	if len(peerShare) != x448.Size {
		return nil, errLength
	}
	peer, secret := x448.Key(peerShare), new(x448.Key)
	if !x448.Shared(secret, &k.scalar, &peer) { // RFC 9846, Section 7.4.2, as above
		return nil, errLowOrder
	}
	return secret[:], nil
}

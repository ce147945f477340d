package group

import "crypto/ecdh"

// The curves of FIPS 186. A scalar has the length of the curve's order; that of
// P-521 has 521 bits, so of the first byte one bit is drawn.
var (
	p256 = curve{seedLen: 32, shareLen: 65, topMask: 0xFF, fromSeed: newP256}
	p384 = curve{seedLen: 48, shareLen: 97, topMask: 0xFF, fromSeed: newP384}
	p521 = curve{seedLen: 66, shareLen: 133, topMask: 0x01, fromSeed: newP521}
)

func newP256(seed []byte) PrivateKey { return newNIST(ecdh.P256(), seed) }
func newP384(seed []byte) PrivateKey { return newNIST(ecdh.P384(), seed) }
func newP521(seed []byte) PrivateKey { return newNIST(ecdh.P521(), seed) }

type nistKey struct {
	key   *ecdh.PrivateKey
	share []byte
}

func newNIST(c ecdh.Curve, seed []byte) PrivateKey {
	key, err := c.NewPrivateKey(seed) // refuses 0 and what is not below the order
	if err != nil {
		return nil
	}
	return &nistKey{key, key.PublicKey().Bytes()}
}

func (k *nistKey) Seed() []byte  { return k.key.Bytes() }
func (k *nistKey) Share() []byte { return k.share }

func (k *nistKey) Secret(peerShare []byte) ([]byte, error) {
	if len(peerShare) != len(k.share) {
		return nil, errLength
	}
	// "peers MUST validate each other's public value Q by ensuring that the
	// point is a valid point on the elliptic curve."
	// RFC 9846, Section 4.3.8.2. Compressed points and the point at infinity
	// are refused too.
	peer, err := k.key.Curve().NewPublicKey(peerShare)
	if err != nil {
		return nil, errPoint
	}
	secret, err := k.key.ECDH(peer)
	if err != nil {
		return nil, errPoint
	}
	return secret, nil
}

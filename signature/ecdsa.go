package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
)

func newECDSA(s Scheme, h crypto.Hash) *Algorithm {
	a := &Algorithm{Scheme: s, TLS13: true, TLS12: true, hash: h, opts: h}
	a.Fits, a.Verify = a.checked(func(pub crypto.PublicKey) error {
		if curveOf(pub) != h {
			return ErrKey
		}
		return nil
	}, verifyECDSA)
	a.Fits12, a.Verify12 = a.checked(func(pub crypto.PublicKey) error {
		if curveOf(pub) == 0 {
			return ErrKey
		}
		return nil
	}, verifyECDSA)
	return a
}

// curveOf returns the hash that TLS 1.3 pairs with the curve of an ECDSA key,
// or 0 for another key or curve.
func curveOf(pub crypto.PublicKey) crypto.Hash {
	key, ok := pub.(*ecdsa.PublicKey)
	if !ok || key == nil {
		return 0
	}
	switch key.Curve {
	case elliptic.P256():
		return crypto.SHA256
	case elliptic.P384():
		return crypto.SHA384
	case elliptic.P521():
		return crypto.SHA512
	}
	return 0
}

// verifyECDSA takes the DER form of RFC 8422, and no other encoding of it.
func verifyECDSA(pub crypto.PublicKey, digest, sig []byte) bool {
	return ecdsa.VerifyASN1(pub.(*ecdsa.PublicKey), digest, sig)
}

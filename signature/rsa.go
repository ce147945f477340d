package signature

import (
	"crypto"
	"crypto/rsa"
)

// The limits of an RSA modulus, in bits.
const (
	MinRSABits = 1024
	MaxRSABits = 8192
)

func newPKCS1(s Scheme, h crypto.Hash) *Algorithm {
	// "are not defined for use in signed TLS handshake messages"
	// RFC 9846, Section 4.3.3; in TLS 1.2 they are.
	a := &Algorithm{Scheme: s, TLS12: true, hash: h, opts: h}
	return a.define(
		func(pub crypto.PublicKey) error { return checkRSA(rsaeKey(pub, h), MinRSABits) },
		func(pub crypto.PublicKey, digest, sig []byte) bool {
			return rsa.VerifyPKCS1v15(pub.(*rsa.PublicKey), h, digest, sig) == nil
		})
}

// newPSS defines one of the RSASSA-PSS schemes; keyOf gives the RSA key of a
// public key that is of the right kind for it, or nil.
func newPSS(s Scheme, h crypto.Hash, keyOf func(crypto.PublicKey, crypto.Hash) *rsa.PublicKey) *Algorithm {
	// "The length of the Salt MUST be equal to the length of the output of
	// the digest algorithm." RFC 9846, Section 4.3.3.
	opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h}
	a := &Algorithm{Scheme: s, TLS13: true, TLS12: true, hash: h, opts: opts}
	// RFC 8017, Section 9.1.1: emBits is one less than the modulus has, and at
	// least 8 hLen + 8 sLen + 9.
	least := 16*h.Size() + 9 + 1
	return a.define(
		func(pub crypto.PublicKey) error { return checkRSA(keyOf(pub, h), least) },
		func(pub crypto.PublicKey, digest, sig []byte) bool {
			return rsa.VerifyPSS(keyOf(pub, h), h, digest, sig, opts) == nil
		})
}

// rsaeKey takes the keys of certificates with the OID rsaEncryption.
func rsaeKey(pub crypto.PublicKey, _ crypto.Hash) *rsa.PublicKey {
	key, _ := pub.(*rsa.PublicKey)
	return key
}

func checkRSA(key *rsa.PublicKey, least int) error {
	if key == nil || key.N == nil {
		return ErrKey
	}
	bits := key.N.BitLen()
	if bits < MinRSABits || bits > MaxRSABits {
		return ErrKeySize
	}
	if bits < least {
		return ErrKey // long enough for other schemes
	}
	return nil
}

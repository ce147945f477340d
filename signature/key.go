package signature

import (
	"crypto"
	"crypto/rsa"
)

// CheckKey says whether any scheme of this package goes with a public key:
// [ErrKeySize] for an RSA key that is too short or too long, [ErrKey] for a key
// of a kind or on a curve that none goes with. It does no arithmetic, and is
// meant for every key of a chain before the chain is looked at.
func CheckKey(pub crypto.PublicKey) error {
	switch key := pub.(type) {
	case *rsa.PublicKey:
		return checkRSA(key, MinRSABits)
	case *PSSPublicKey:
		if key == nil {
			return ErrKey
		}
		return checkRSA(key.RSA, MinRSABits)
	}
	for _, a := range algorithms {
		if a.Fits(pub) {
			return nil
		}
	}
	return ErrKey
}

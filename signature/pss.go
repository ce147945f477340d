package signature

import (
	"crypto"
	"crypto/rsa"
	"io"
)

// PSSPublicKey is an RSA key whose certificate says that it is for RSASSA-PSS
// only (OID id-RSASSA-PSS, RFC 4055): it goes with rsa_pss_pss_* and with no
// other scheme.
type PSSPublicKey struct {
	RSA *rsa.PublicKey

	// Hash is the one that the key's parameters demand for message and mask,
	// or 0 if it has none and goes with any.
	Hash crypto.Hash
}

// pssKey takes the keys of certificates with the OID id-RSASSA-PSS.
func pssKey(pub crypto.PublicKey, h crypto.Hash) *rsa.PublicKey {
	key, ok := pub.(*PSSPublicKey)
	if !ok || key == nil || key.Hash != 0 && key.Hash != h {
		return nil
	}
	return key.RSA
}

// PSSSigner makes of an RSA signer one whose public key is pub, for signing
// with rsa_pss_pss_*.
func PSSSigner(key crypto.Signer, pub *PSSPublicKey) crypto.Signer {
	return pssSigner{key, pub}
}

type pssSigner struct {
	key crypto.Signer
	pub *PSSPublicKey
}

func (s pssSigner) Public() crypto.PublicKey { return s.pub }

func (s pssSigner) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.key.Sign(rand, digest, opts)
}

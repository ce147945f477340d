package signature

import (
	"crypto"
	"errors"
)

// Algorithm is how one scheme is verified.
type Algorithm struct {
	Scheme Scheme

	// TLS13 and TLS12 say in which version the scheme may sign the handshake:
	// CertificateVerify, and ServerKeyExchange in TLS 1.2.
	TLS13, TLS12 bool

	// Fits reports whether the scheme may be used with the key in TLS 1.3 and
	// in certificates: the kind of the key, its curve, and for RSA that the
	// modulus is within the limits and has room for the scheme's padding.
	Fits func(pub crypto.PublicKey) bool

	// Verify checks a signature of message (not of its hash). A key that does
	// not fit is [ErrKeySize] or [ErrKey], and costs nothing; any fault of the
	// signature is [ErrSignature]. It keeps no reference to its arguments.
	Verify func(pub crypto.PublicKey, message, sig []byte) error

	// Fits12 and Verify12 are the same for TLS 1.2, where the ECDSA schemes
	// name a hash only: the key may be on any of the three curves. Whether the
	// curve was offered in supported_groups is the caller's to check.
	Fits12   func(pub crypto.PublicKey) bool
	Verify12 func(pub crypto.PublicKey, message, sig []byte) error

	hash crypto.Hash       // of the message; 0 if the scheme takes it whole
	opts crypto.SignerOpts // for the signer
}

// The errors of this package. A key of a size that is refused is [ErrKeySize],
// of a kind, curve or size that the scheme does not go with [ErrKey].
var (
	ErrScheme    = errors.New("signature: the scheme is not implemented")
	ErrKey       = errors.New("signature: the key does not go with the scheme")
	ErrKeySize   = errors.New("signature: the RSA key is too short or too long")
	ErrSignature = errors.New("signature: the signature does not verify")
)

var algorithms = [...]*Algorithm{
	newECDSA(ECDSASecp256r1SHA256, crypto.SHA256),
	newEd25519(),
	newPSS(RSAPSSRsaeSHA256, crypto.SHA256, rsaeKey),
	newECDSA(ECDSASecp384r1SHA384, crypto.SHA384),
	newPSS(RSAPSSRsaeSHA384, crypto.SHA384, rsaeKey),
	newECDSA(ECDSASecp521r1SHA512, crypto.SHA512),
	newPSS(RSAPSSRsaeSHA512, crypto.SHA512, rsaeKey),
	newPKCS1(RSAPKCS1SHA256, crypto.SHA256),
	newPKCS1(RSAPKCS1SHA384, crypto.SHA384),
	newPKCS1(RSAPKCS1SHA512, crypto.SHA512),

	newEd448(),
	newPSS(RSAPSSPssSHA256, crypto.SHA256, pssKey),
	newPSS(RSAPSSPssSHA384, crypto.SHA384, pssKey),
	newPSS(RSAPSSPssSHA512, crypto.SHA512, pssKey),
	newMLDSA44(),
	newMLDSA65(),
	newMLDSA87(),
}

// defaults is how many schemes, from the first, are offered unless told otherwise.
const defaults = 10

// Default returns the schemes to offer unless told otherwise, the preferred one
// first, in a slice of the caller's. The algorithms must not be changed.
func Default() []*Algorithm { return append([]*Algorithm(nil), algorithms[:defaults]...) }

// All returns every scheme implemented, the default ones first, in a slice of
// the caller's.
func All() []*Algorithm { return append([]*Algorithm(nil), algorithms[:]...) }

// Lookup returns the algorithm of a scheme, or nil.
func Lookup(s Scheme) *Algorithm {
	for _, a := range algorithms {
		if a.Scheme == s {
			return a
		}
	}
	return nil
}

// define completes a from the two things in which schemes differ. check says
// nil, ErrKey or ErrKeySize of a key; verify is called with keys that it passed
// and with the hash of the message.
func (a *Algorithm) define(check func(crypto.PublicKey) error, verify func(pub crypto.PublicKey, digest, sig []byte) bool) *Algorithm {
	a.Fits, a.Verify = a.checked(check, verify)
	a.Fits12, a.Verify12 = a.Fits, a.Verify
	return a
}

func (a *Algorithm) checked(check func(crypto.PublicKey) error, verify func(pub crypto.PublicKey, digest, sig []byte) bool) (
	func(crypto.PublicKey) bool, func(pub crypto.PublicKey, message, sig []byte) error) {
	fits := func(pub crypto.PublicKey) bool { return check(pub) == nil }
	return fits, func(pub crypto.PublicKey, message, sig []byte) error {
		if err := check(pub); err != nil {
			return err
		}
		if !verify(pub, digest(a.hash, message), sig) {
			return ErrSignature
		}
		return nil
	}
}

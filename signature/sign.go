package signature

import (
	"crypto"
	"crypto/ecdsa"
	"errors"
	"io"

	"github.com/tlsengine/tlsengine/internal/simd"
)

// Sign signs message (not its hash) with a key that goes with the scheme: by
// [Algorithm.Fits], or by Fits12 for a TLS 1.2 signature. The caller owns the
// signature.
//
// rand gives RSA-PSS its salt, and goes to keys that are not of the standard
// library; nothing else reads it. The same key, message and random bytes give
// the same signature, see the package documentation.
//
// It fails with [ErrScheme] or [ErrKey], or with the error of the key or of rand.
func Sign(rand io.Reader, s Scheme, key crypto.Signer, message []byte) ([]byte, error) {
	a := Lookup(s)
	if a == nil {
		return nil, ErrScheme
	}
	if key == nil || !a.Fits12(key.Public()) {
		return nil, ErrKey
	}
	if _, ok := key.(*ecdsa.PrivateKey); ok {
		rand = nil // asks for RFC 6979
	} else if rand == nil {
		rand = noRandom{}
	}
	defer simd.Clear() // an ML-DSA key
	return key.Sign(rand, digest(a.hash, message), a.opts)
}

var errNoRandom = errors.New("signature: the key asks for random bytes, and there is no source")

type noRandom struct{}

func (noRandom) Read([]byte) (int, error) { return 0, errNoRandom }

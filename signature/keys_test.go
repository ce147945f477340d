package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"io"
	"sync"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
	"github.com/stretchr/testify/require"
)

var (
	rsa1024 = sync.OnceValue(func() *rsa.PrivateKey { return newRSA(1024) })
	rsa2048 = sync.OnceValue(func() *rsa.PrivateKey { return newRSA(2048) })
)

func newRSA(bits int) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return key
}

func newEC(c elliptic.Curve) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// random is where the tests' salts come from.
func random() io.Reader { return rand.Reader }

// keyFor makes a key that goes with the scheme.
func keyFor(t testing.TB, s Scheme) crypto.Signer {
	t.Helper()
	switch s {
	case ECDSASecp256r1SHA256:
		return newEC(elliptic.P256())
	case ECDSASecp384r1SHA384:
		return newEC(elliptic.P384())
	case ECDSASecp521r1SHA512:
		return newEC(elliptic.P521())
	case Ed25519:
		return ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	case Ed448:
		return ed448.NewKeyFromSeed(make([]byte, ed448.SeedSize))
	case RSAPSSPssSHA256, RSAPSSPssSHA384, RSAPSSPssSHA512:
		return PSSSigner(rsa2048(), &PSSPublicKey{RSA: &rsa2048().PublicKey})
	case MLDSA44:
		_, key := mldsa44.NewKeyFromSeed(new([32]byte))
		return key
	case MLDSA65:
		_, key := mldsa65.NewKeyFromSeed(new([32]byte))
		return key
	case MLDSA87:
		_, key := mldsa87.NewKeyFromSeed(new([32]byte))
		return key
	}
	return rsa2048()
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

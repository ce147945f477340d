package group

import (
	"github.com/cloudflare/circl/kem/mlkem/mlkem1024"
	"github.com/cloudflare/circl/kem/mlkem/mlkem768"

	"github.com/tlsengine/tlsengine/internal/simd"
)

// The same in both parameter sets of FIPS 203 that TLS uses.
const (
	kemSeedLen   = mlkem768.KeySeedSize           // d || z, of KeyGen_internal
	kemRandomLen = mlkem768.EncapsulationSeedSize // m, of Encaps_internal
	kemSecretLen = mlkem768.SharedKeySize
)

// kem is one parameter set of ML-KEM, deterministic given its random bytes.
type kem struct {
	shareLen      int // of the encapsulation key
	ciphertextLen int

	// fromSeed makes a key of kemSeedLen bytes and writes its share.
	fromSeed func(share, seed []byte) decapsulator

	// encapsulate writes ciphertext and secret for a share of shareLen bytes,
	// or reports that the share is not an ML-KEM key.
	encapsulate func(ciphertext, secret, share, random []byte) bool
}

// decapsulator is circl's private key, expanded. A ciphertext that was not made
// for the key gives a secret nobody else knows, not an error (FIPS 203, Section
// 6.3, implicit rejection): the handshake then fails at the first MAC.
type decapsulator interface {
	DecapsulateTo(secret, ciphertext []byte)
}

var (
	kem768  = kem{mlkem768.PublicKeySize, mlkem768.CiphertextSize, newKEM768, encapsulate768}
	kem1024 = kem{mlkem1024.PublicKeySize, mlkem1024.CiphertextSize, newKEM1024, encapsulate1024}
)

func newKEM768(share, seed []byte) decapsulator {
	pub, key := mlkem768.NewKeyFromSeed(seed)
	pub.Pack(share)
	simd.Clear()
	return key
}

func newKEM1024(share, seed []byte) decapsulator {
	pub, key := mlkem1024.NewKeyFromSeed(seed)
	pub.Pack(share)
	simd.Clear()
	return key
}

func encapsulate768(ciphertext, secret, share, random []byte) bool {
	defer simd.Clear()
	var pub mlkem768.PublicKey
	if pub.Unpack(share) != nil { // the modulus check of FIPS 203, Section 7.2
		return false
	}
	pub.EncapsulateTo(ciphertext, secret, random)
	return true
}

func encapsulate1024(ciphertext, secret, share, random []byte) bool {
	defer simd.Clear()
	var pub mlkem1024.PublicKey
	if pub.Unpack(share) != nil {
		return false
	}
	pub.EncapsulateTo(ciphertext, secret, random)
	return true
}

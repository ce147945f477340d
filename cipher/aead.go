package cipher

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/chacha20poly1305"
)

// AEAD is authenticated encryption with a nonce of [NonceSize] bytes and a
// tag of [Overhead] bytes.
type AEAD = cipher.AEAD

// NewAEAD makes an AEAD of a key, which it copies. It refuses a key of any
// length but its own.
type NewAEAD func(key []byte) (AEAD, error)

// The sizes that all the suites share, in bytes.
const (
	NonceSize = 12
	Overhead  = 16
)

// MaxKeySize is the largest KeyLen of a Suite, in bytes.
const MaxKeySize = 32

// ErrKeySize says that a key has not the length its suite wants.
var ErrKeySize = errors.New("cipher: the key has not the length its suite wants")

// Nonce returns the nonce of the n-th record under an IV: the IV, with n in
// big endian XORed into its end.
//
// That is the rule of RFC 9846, Section 5.3, and of RFC 7905, Section 2. It is
// also the one of RFC 5288, Section 3, for an IV of four bytes of salt and
// eight of zero, with the explicit nonce as n.
func Nonce(iv [NonceSize]byte, n uint64) (nonce [NonceSize]byte) {
	PutNonce(&nonce, &iv, n)
	return nonce
}

// PutNonce is [Nonce] for who has memory for the nonce, as an AEAD takes it
// through an interface.
func PutNonce(nonce, iv *[NonceSize]byte, n uint64) {
	const tail = NonceSize - 8
	copy(nonce[:tail], iv[:tail])
	binary.BigEndian.PutUint64(nonce[tail:], binary.BigEndian.Uint64(iv[tail:])^n)
}

func newAES128GCM(key []byte) (AEAD, error) { return newGCM(key, 16) }

func newAES256GCM(key []byte) (AEAD, error) { return newGCM(key, 32) }

// newGCM asks for the size, because aes.NewCipher would take a key of another
// suite and quietly be another cipher.
func newGCM(key []byte, size int) (AEAD, error) {
	if len(key) != size {
		return nil, ErrKeySize
	}
	block, _ := aes.NewCipher(key) // which fails for other lengths only
	return cipher.NewGCM(block)
}

func newChaCha20Poly1305(key []byte) (AEAD, error) {
	if len(key) != chacha20poly1305.KeySize {
		return nil, ErrKeySize
	}
	return chacha20poly1305.New(key)
}

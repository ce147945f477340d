package signature

import (
	"crypto"
	"crypto/ed25519"

	"github.com/cloudflare/circl/sign/ed448"
)

func newEd25519() *Algorithm {
	a := &Algorithm{Scheme: Ed25519, TLS13: true, TLS12: true, opts: crypto.Hash(0)}
	return a.define(
		func(pub crypto.PublicKey) error {
			if key, ok := pub.(ed25519.PublicKey); !ok || len(key) != ed25519.PublicKeySize {
				return ErrKey
			}
			return nil
		},
		func(pub crypto.PublicKey, message, sig []byte) bool {
			return ed25519.Verify(pub.(ed25519.PublicKey), message, sig)
		})
}

func newEd448() *Algorithm {
	a := &Algorithm{Scheme: Ed448, TLS13: true, TLS12: true, opts: crypto.Hash(0)}
	return a.define(
		func(pub crypto.PublicKey) error {
			if key, ok := pub.(ed448.PublicKey); !ok || len(key) != ed448.PublicKeySize {
				return ErrKey
			}
			return nil
		},
		func(pub crypto.PublicKey, message, sig []byte) bool {
			return ed448.Verify(pub.(ed448.PublicKey), message, sig, "")
		})
}

package signature

import (
	"crypto"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"

	"github.com/tlsengine/tlsengine/internal/simd"
)

// "The schemes defined in this document MUST NOT be used in TLS 1.2 [RFC5246]
// or earlier versions." "The context parameter […] MUST be the empty string."
// draft-ietf-tls-mldsa, Section 3.

func newMLDSA44() *Algorithm { return newMLDSA(MLDSA44, mldsa44.Verify) }
func newMLDSA65() *Algorithm { return newMLDSA(MLDSA65, mldsa65.Verify) }
func newMLDSA87() *Algorithm { return newMLDSA(MLDSA87, mldsa87.Verify) }

func newMLDSA[Key any](s Scheme, verify func(pub *Key, message, context, sig []byte) bool) *Algorithm {
	a := &Algorithm{Scheme: s, TLS13: true, opts: crypto.Hash(0)}
	return a.define(
		func(pub crypto.PublicKey) error {
			if key, ok := pub.(*Key); !ok || key == nil {
				return ErrKey
			}
			return nil
		},
		func(pub crypto.PublicKey, message, sig []byte) bool {
			defer simd.Clear()
			return verify(pub.(*Key), message, nil, sig)
		})
}

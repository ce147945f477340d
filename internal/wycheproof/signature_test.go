package wycheproof

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tlsengine/tlsengine/signature"
)

// publicKey reads a SubjectPublicKeyInfo as a certificate's would be read.
func publicKey(spki []byte) (crypto.PublicKey, error) {
	if pub, err := x509.ParsePKIXPublicKey(spki); err == nil {
		return pub, nil
	}
	return signature.ParsePublicKey(spki)
}

func TestSignatures(t *testing.T) {
	for file, s := range map[string]signature.Scheme{
		"ecdsa_secp256r1_sha256": signature.ECDSASecp256r1SHA256,
		"ecdsa_secp384r1_sha384": signature.ECDSASecp384r1SHA384,
		"ecdsa_secp521r1_sha512": signature.ECDSASecp521r1SHA512,
		"ed25519":                signature.Ed25519,
		"ed448":                  signature.Ed448,

		"rsa_pss_2048_sha256_mgf1_32": signature.RSAPSSRsaeSHA256,
		"rsa_pss_2048_sha384_mgf1_48": signature.RSAPSSRsaeSHA384,
		"rsa_pss_3072_sha256_mgf1_32": signature.RSAPSSRsaeSHA256,
		"rsa_pss_4096_sha256_mgf1_32": signature.RSAPSSRsaeSHA256,
		"rsa_pss_4096_sha384_mgf1_48": signature.RSAPSSRsaeSHA384,
		"rsa_pss_4096_sha512_mgf1_64": signature.RSAPSSRsaeSHA512,

		"rsa_pss_2048_sha256_mgf1_32_params": signature.RSAPSSPssSHA256,
		"rsa_pss_3072_sha256_mgf1_32_params": signature.RSAPSSPssSHA256,
		"rsa_pss_4096_sha512_mgf1_64_params": signature.RSAPSSPssSHA512,

		"rsa_signature_2048_sha256": signature.RSAPKCS1SHA256,
		"rsa_signature_2048_sha384": signature.RSAPKCS1SHA384,
		"rsa_signature_2048_sha512": signature.RSAPKCS1SHA512,
		"rsa_signature_3072_sha256": signature.RSAPKCS1SHA256,
		"rsa_signature_3072_sha384": signature.RSAPKCS1SHA384,
		"rsa_signature_3072_sha512": signature.RSAPKCS1SHA512,
		"rsa_signature_4096_sha256": signature.RSAPKCS1SHA256,
		"rsa_signature_4096_sha384": signature.RSAPKCS1SHA384,
		"rsa_signature_4096_sha512": signature.RSAPKCS1SHA512,
		"rsa_signature_8192_sha256": signature.RSAPKCS1SHA256,
		"rsa_signature_8192_sha384": signature.RSAPKCS1SHA384,
		"rsa_signature_8192_sha512": signature.RSAPKCS1SHA512,

		"mldsa_44_verify": signature.MLDSA44,
		"mldsa_65_verify": signature.MLDSA65,
		"mldsa_87_verify": signature.MLDSA87,
	} {
		t.Run(file, func(t *testing.T) {
			a, verified := signature.Lookup(s), 0
			for _, vs := range load(t, file) {
				for _, v := range vs.Tests {
					// "acceptable" is a PKCS #1 digest without its NULL: refused.
					valid := v.Result == "valid" && len(v.Ctx) == 0 // TLS's context is empty
					pub, err := publicKey(vs.PublicKeyDer)
					if err == nil {
						require.True(t, a.Fits(pub))
						err = a.Verify(pub, v.Msg, v.Sig)
						require.Equal(t, err, a.Verify12(pub, v.Msg, v.Sig))
					}
					v.agree(t, valid, err)
					if err == nil {
						verified++
					}
				}
			}
			require.NotZero(t, verified)
		})
	}
}

// In TLS 1.2 an ECDSA scheme says the hash only.
func TestECDSAInTLS12(t *testing.T) {
	for file, s := range map[string]signature.Scheme{
		"ecdsa_secp256r1_sha512": signature.ECDSASecp521r1SHA512,
		"ecdsa_secp384r1_sha256": signature.ECDSASecp256r1SHA256,
		"ecdsa_secp384r1_sha512": signature.ECDSASecp521r1SHA512,
	} {
		t.Run(file, func(t *testing.T) {
			a := signature.Lookup(s)
			for _, vs := range load(t, file) {
				for _, v := range vs.Tests {
					pub, err := publicKey(vs.PublicKeyDer)
					if err == nil {
						require.ErrorIs(t, a.Verify(pub, v.Msg, v.Sig), signature.ErrKey)
						err = a.Verify12(pub, v.Msg, v.Sig)
					}
					v.agree(t, v.Result == "valid", err)
				}
			}
		})
	}
}

var hashes = map[string]crypto.Hash{"SHA-256": crypto.SHA256, "SHA-384": crypto.SHA384, "SHA-512": crypto.SHA512}

// TLS has three of the 150 combinations of hash, mask and salt.
func TestParametersOfPSSThatTLSHasNot(t *testing.T) {
	schemes := map[crypto.Hash][2]signature.Scheme{
		crypto.SHA256: {signature.RSAPSSRsaeSHA256, signature.RSAPSSPssSHA256},
		crypto.SHA384: {signature.RSAPSSRsaeSHA384, signature.RSAPSSPssSHA384},
		crypto.SHA512: {signature.RSAPSSRsaeSHA512, signature.RSAPSSPssSHA512},
	}
	for i, file := range []string{"rsa_pss_misc", "rsa_pss_misc_params"} {
		t.Run(file, func(t *testing.T) {
			verified := 0
			for _, vs := range load(t, file) {
				h := hashes[vs.Sha]
				usable := h != 0 && vs.Sha == vs.MgfSha
				pub, err := publicKey(vs.PublicKeyDer)
				if i == 1 {
					require.Equal(t, usable && vs.SLen <= h.Size(), err == nil, "key for %s, mask %s, salt %d", vs.Sha, vs.MgfSha, vs.SLen)
				} else {
					require.NoError(t, err)
				}
				for _, v := range vs.Tests {
					for hash, s := range schemes {
						err := signature.Lookup(s[i]).Verify(pub, v.Msg, v.Sig)
						v.agree(t, usable && hash == h && vs.SLen == h.Size(), err)
						if err == nil {
							verified++
						}
					}
				}
			}
			require.Equal(t, 3, verified)
		})
	}
}

// The standard library's PKCS #1 signatures are deterministic: they are the
// ones of the vectors.
func TestPKCS1Signing(t *testing.T) {
	schemes := map[string]signature.Scheme{
		"SHA-256": signature.RSAPKCS1SHA256, "SHA-384": signature.RSAPKCS1SHA384, "SHA-512": signature.RSAPKCS1SHA512,
	}
	for _, bits := range []int{1024, 2048, 3072, 4096} {
		file := fmt.Sprintf("rsa_pkcs1_%d_sig_gen", bits)
		t.Run(file, func(t *testing.T) {
			signed := 0
			for _, vs := range load(t, file) {
				s, ok := schemes[vs.Sha]
				if !ok {
					continue
				}
				key, err := x509.ParsePKCS8PrivateKey(vs.PrivateKeyPkcs8)
				require.NoError(t, err)
				for _, v := range vs.Tests {
					sig, err := signature.Sign(nil, s, key.(crypto.Signer), v.Msg)
					require.NoError(t, err, "%d: %s", v.ID, v.Comment)
					require.Equal(t, []byte(v.Sig), sig, v.ID)
					signed++
				}
			}
			require.NotZero(t, signed)
		})
	}
}

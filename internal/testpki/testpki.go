// Package testpki makes, for tests, certificates and private keys of kinds that
// crypto/x509 does not make: RSASSA-PSS, Ed448, ML-DSA.
package testpki

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The algorithms of keys: RFC 4055, RFC 8410 and RFC 9881.
var (
	RSAPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	Ed448   = asn1.ObjectIdentifier{1, 3, 101, 113}
	MLDSA44 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 17}
	MLDSA65 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 18}
	MLDSA87 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 19}
)

// PublicKey is a SubjectPublicKeyInfo whose algorithm has no parameters.
func PublicKey(algorithm asn1.ObjectIdentifier, key []byte) []byte {
	return sequence(func(b *cryptobyte.Builder) {
		addAlgorithm(b, algorithm)
		b.AddASN1BitString(key)
	})
}

// PKCS8 is a private key whose algorithm has no parameters.
func PKCS8(algorithm asn1.ObjectIdentifier, key []byte) []byte {
	return sequence(func(b *cryptobyte.Builder) {
		b.AddASN1Int64(0)
		addAlgorithm(b, algorithm)
		b.AddASN1OctetString(key)
	})
}

// MLDSASeed is what PKCS8 wants of an ML-DSA key that is kept as its seed: RFC
// 9881, Section 6.
func MLDSASeed(seed []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(casn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(seed) })
	return b.BytesOrPanic()
}

// EdSeed is what PKCS8 wants of an Ed448 key: RFC 8410, Section 7.
func EdSeed(seed []byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1OctetString(seed)
	return b.BytesOrPanic()
}

// WithKey is the certificate with another SubjectPublicKeyInfo, signed again by
// the issuer, with ECDSA and SHA-256 as before.
func WithKey(certificate, publicKey []byte, issuer *ecdsa.PrivateKey) ([]byte, error) {
	cert, err := x509.ParseCertificate(certificate)
	if err != nil {
		return nil, err
	}
	if cert.SignatureAlgorithm != x509.ECDSAWithSHA256 {
		return nil, errors.New("testpki: the certificate is not signed with ECDSA and SHA-256")
	}
	tbs, signed := cryptobyte.String(cert.RawTBSCertificate), cryptobyte.String(nil)
	if !tbs.ReadASN1(&signed, casn1.SEQUENCE) {
		return nil, errors.New("testpki: not a certificate")
	}
	content := bytes.Replace(signed, cert.RawSubjectPublicKeyInfo, publicKey, 1)
	again := sequence(func(b *cryptobyte.Builder) { b.AddBytes(content) })
	digest := sha256.Sum256(again)
	sig, err := issuer.Sign(nil, digest[:], crypto.SHA256) // the same each time
	if err != nil {
		return nil, err
	}
	return sequence(func(b *cryptobyte.Builder) {
		b.AddBytes(again)
		addAlgorithm(b, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}) // ecdsa-with-SHA256
		b.AddASN1BitString(sig)
	}), nil
}

func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(casn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
}

func sequence(content cryptobyte.BuilderContinuation) []byte {
	var b cryptobyte.Builder
	b.AddASN1(casn1.SEQUENCE, content)
	return b.BytesOrPanic()
}

package tlsengine

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The algorithms of private keys that crypto/x509 does not take.
var (
	oidRSAPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}     // RFC 4055
	oidEd448   = asn1.ObjectIdentifier{1, 3, 101, 113}                  // RFC 8410
	oidMLDSA44 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 17} // RFC 9881
	oidMLDSA65 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 18} // RFC 9881
	oidMLDSA87 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 19} // RFC 9881
)

// parsePKCS8 reads a private key: those that crypto/x509 takes, RSA keys for
// RSASSA-PSS only, Ed448 and ML-DSA.
func parsePKCS8(der []byte) (any, error) {
	var info, algorithm, key cryptobyte.String
	var version int
	var oid asn1.ObjectIdentifier
	in := cryptobyte.String(der)
	if !in.ReadASN1(&info, casn1.SEQUENCE) || !info.ReadASN1Integer(&version) ||
		!info.ReadASN1(&algorithm, casn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&oid) ||
		!info.ReadASN1(&key, casn1.OCTET_STRING) {
		return x509.ParsePKCS8PrivateKey(der) // which says what is wrong
	}
	switch {
	case oid.Equal(oidRSAPSS):
		return x509.ParsePKCS1PrivateKey(key)
	case oid.Equal(oidEd448):
		return parseEd448(key)
	case oid.Equal(oidMLDSA44), oid.Equal(oidMLDSA65), oid.Equal(oidMLDSA87):
		return parseMLDSA(oid, key)
	}
	return x509.ParsePKCS8PrivateKey(der)
}

func parseEd448(key cryptobyte.String) (any, error) {
	var seed cryptobyte.String
	if !key.ReadASN1(&seed, casn1.OCTET_STRING) || !key.Empty() || len(seed) != ed448.SeedSize {
		return nil, errors.New("the private key is not one of Ed448")
	}
	return ed448.NewKeyFromSeed(seed), nil
}

// parseMLDSA reads the seed of a key: alone or beside the expanded key, RFC
// 9881, Section 6. An expanded key without its seed is not taken.
func parseMLDSA(oid asn1.ObjectIdentifier, key cryptobyte.String) (crypto.Signer, error) {
	var both, seed cryptobyte.String
	alone := casn1.Tag(0).ContextSpecific()
	switch {
	case key.PeekASN1Tag(alone):
		key.ReadASN1(&seed, alone)
	case key.ReadASN1(&both, casn1.SEQUENCE):
		both.ReadASN1(&seed, casn1.OCTET_STRING)
	}
	if len(seed) != mldsa44.SeedSize { // the same for all three
		return nil, errors.New("the ML-DSA private key has no seed")
	}
	switch s := [mldsa44.SeedSize]byte(seed); {
	case oid.Equal(oidMLDSA44):
		_, private := mldsa44.NewKeyFromSeed(&s)
		return private, nil
	case oid.Equal(oidMLDSA65):
		_, private := mldsa65.NewKeyFromSeed(&s)
		return private, nil
	default:
		_, private := mldsa87.NewKeyFromSeed(&s)
		return private, nil
	}
}

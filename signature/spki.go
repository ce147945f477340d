package signature

import (
	"crypto"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlsengine/tlsengine/internal/simd"
)

var (
	oidRSAPSS  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}     // RFC 4055
	oidMGF1    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}      // RFC 4055
	oidSHA256  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}  // RFC 4055
	oidSHA384  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}  // RFC 4055
	oidSHA512  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}  // RFC 4055
	oidEd448   = asn1.ObjectIdentifier{1, 3, 101, 113}                  // RFC 8410
	oidMLDSA44 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 17} // RFC 9881
	oidMLDSA65 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 18} // RFC 9881
	oidMLDSA87 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 19} // RFC 9881
)

// ParsePublicKey reads a SubjectPublicKeyInfo (RFC 5280, Section 4.1) of the
// kinds that crypto/x509 leaves without a PublicKey: RSASSA-PSS, Ed448 and
// ML-DSA. It returns a *[PSSPublicKey], an ed448.PublicKey or a pointer to an
// ML-DSA key, which share nothing with spki. Anything else is [ErrKey]; an RSA
// modulus longer than [MaxRSABits] is [ErrKeySize].
func ParsePublicKey(spki []byte) (crypto.PublicKey, error) {
	var info, algorithm cryptobyte.String
	var oid asn1.ObjectIdentifier
	var bits []byte
	der := cryptobyte.String(spki)
	if !der.ReadASN1(&info, casn1.SEQUENCE) || !der.Empty() ||
		!info.ReadASN1(&algorithm, casn1.SEQUENCE) || !algorithm.ReadASN1ObjectIdentifier(&oid) ||
		!info.ReadASN1BitStringAsBytes(&bits) || !info.Empty() {
		return nil, ErrKey
	}
	if oid.Equal(oidRSAPSS) {
		return parsePSS(algorithm, bits)
	}
	if !algorithm.Empty() { // the others have no parameters
		return nil, ErrKey
	}
	switch {
	case oid.Equal(oidEd448) && len(bits) == ed448.PublicKeySize:
		return ed448.PublicKey(append([]byte(nil), bits...)), nil
	case oid.Equal(oidMLDSA44):
		return unpack(new(mldsa44.PublicKey), bits)
	case oid.Equal(oidMLDSA65):
		return unpack(new(mldsa65.PublicKey), bits)
	case oid.Equal(oidMLDSA87):
		return unpack(new(mldsa87.PublicKey), bits)
	}
	return nil, ErrKey
}

func unpack(key interface{ UnmarshalBinary([]byte) error }, bits []byte) (crypto.PublicKey, error) {
	defer simd.Clear()
	if key.UnmarshalBinary(bits) != nil {
		return nil, ErrKey
	}
	return key, nil
}

func parsePSS(parameters cryptobyte.String, bits []byte) (crypto.PublicKey, error) {
	h, ok := parsePSSParameters(parameters)
	if !ok {
		return nil, ErrKey
	}
	if len(bits) > MaxRSABits/8+32 { // the modulus, an exponent of 32 bits, and DER's headers
		return nil, ErrKeySize
	}
	var sequence cryptobyte.String
	key := &rsa.PublicKey{N: new(big.Int)}
	der := cryptobyte.String(bits)
	if !der.ReadASN1(&sequence, casn1.SEQUENCE) || !der.Empty() ||
		!sequence.ReadASN1Integer(key.N) || !sequence.ReadASN1Integer(&key.E) || !sequence.Empty() ||
		key.N.Sign() <= 0 || key.E <= 0 {
		return nil, ErrKey
	}
	if err := checkRSA(key, MinRSABits); err != nil {
		return nil, err
	}
	return &PSSPublicKey{RSA: key, Hash: h}, nil
}

// parsePSSParameters reads RSASSA-PSS-params (RFC 4055, Section 3.1), which may
// be absent: then any hash will do. With them, the hash has to be one of TLS's,
// be that of the mask too, and the salt must not have to be longer than it is.
func parsePSSParameters(parameters cryptobyte.String) (crypto.Hash, bool) {
	if parameters.Empty() {
		return 0, true
	}
	var fields, hash, mask, salt, maskAlgorithm cryptobyte.String
	var oid asn1.ObjectIdentifier
	var hasSalt bool
	saltLen := 20
	if !parameters.ReadASN1(&fields, casn1.SEQUENCE) || !parameters.Empty() ||
		!fields.ReadASN1(&hash, casn1.Tag(0).ContextSpecific().Constructed()) || // SHA-1 if absent
		!fields.ReadASN1(&mask, casn1.Tag(1).ContextSpecific().Constructed()) ||
		!fields.ReadOptionalASN1(&salt, &hasSalt, casn1.Tag(2).ContextSpecific().Constructed()) ||
		!fields.Empty() || // the trailer field has one value, its default
		hasSalt && (!salt.ReadASN1Integer(&saltLen) || !salt.Empty()) ||
		!mask.ReadASN1(&maskAlgorithm, casn1.SEQUENCE) || !mask.Empty() ||
		!maskAlgorithm.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(oidMGF1) {
		return 0, false
	}
	h := parseHash(hash)
	if h == 0 || parseHash(maskAlgorithm) != h || saltLen < 0 || saltLen > h.Size() {
		return 0, false
	}
	return h, true
}

// parseHash reads the AlgorithmIdentifier of a hash of TLS, whose parameters
// are NULL or absent (RFC 4055, Section 2.1). It returns 0 for anything else.
func parseHash(der cryptobyte.String) crypto.Hash {
	var algorithm, null cryptobyte.String
	var oid asn1.ObjectIdentifier
	var present bool
	if !der.ReadASN1(&algorithm, casn1.SEQUENCE) || !der.Empty() ||
		!algorithm.ReadASN1ObjectIdentifier(&oid) ||
		!algorithm.ReadOptionalASN1(&null, &present, casn1.NULL) || !null.Empty() || !algorithm.Empty() {
		return 0
	}
	switch {
	case oid.Equal(oidSHA256):
		return crypto.SHA256
	case oid.Equal(oidSHA384):
		return crypto.SHA384
	case oid.Equal(oidSHA512):
		return crypto.SHA512
	}
	return 0
}

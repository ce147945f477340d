package tlsengine_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"

	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/internal/testpki"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/vectors"
)

// identity is a certificate and its key.
func identity(id *testpeer.Identity) vectors.Fields {
	der, err := x509.MarshalPKCS8PrivateKey(id.Key)
	if err != nil {
		panic(err)
	}
	return fields(octetField("certificate", id.Chain[0]), octetField("private key", der))
}

// identityFor is of a key of the test server's that the scheme is for.
func identityFor(s signature.Scheme) vectors.Fields {
	seed := sha256.Sum256([]byte("rare key"))
	switch s {
	case signature.ECDSASecp384r1SHA384:
		return identity(curveIdentity(elliptic.P384()))
	case signature.ECDSASecp521r1SHA512:
		return identity(curveIdentity(elliptic.P521()))
	case signature.ECDSASecp256r1SHA256:
		return identity(testpeer.ServerIdentity())
	case signature.Ed25519:
		return identity(testpeer.EdIdentity(testpeer.Name))
	case signature.Ed448:
		key := ed448.NewKeyFromSeed(append(make([]byte, ed448.SeedSize-len(seed)), seed[:]...))
		return rareIdentity(testpki.Ed448, key.Public().(ed448.PublicKey), testpki.EdSeed(key.Seed()))
	case signature.MLDSA44:
		key, _ := mldsa44.NewKeyFromSeed(&seed)
		return rareIdentity(testpki.MLDSA44, key.Bytes(), testpki.MLDSASeed(seed[:]))
	case signature.MLDSA65:
		key, _ := mldsa65.NewKeyFromSeed(&seed)
		return rareIdentity(testpki.MLDSA65, key.Bytes(), testpki.MLDSASeed(seed[:]))
	case signature.MLDSA87:
		key, _ := mldsa87.NewKeyFromSeed(&seed)
		return rareIdentity(testpki.MLDSA87, key.Bytes(), testpki.MLDSASeed(seed[:]))
	case signature.RSAPSSPssSHA256, signature.RSAPSSPssSHA384, signature.RSAPSSPssSHA512:
		key := testpeer.RSAIdentity(testpeer.Name).Key.(*rsa.PrivateKey)
		return rareIdentity(testpki.RSAPSS, x509.MarshalPKCS1PublicKey(&key.PublicKey), x509.MarshalPKCS1PrivateKey(key))
	}
	return identity(testpeer.RSAIdentity(testpeer.Name))
}

func curveIdentity(curve elliptic.Curve) *testpeer.Identity {
	var key crypto.Signer = testpeer.ECKey(curve, testpeer.Name)
	return &testpeer.Identity{Chain: [][]byte{testpeer.Issue(testpeer.Name, key.Public())}, Key: key}
}

// rareIdentity is of a key that crypto/x509 does not know.
func rareIdentity(algorithm asn1.ObjectIdentifier, public, private []byte) vectors.Fields {
	root := testpeer.ECKey(elliptic.P256(), "root")
	cert, err := testpki.WithKey(testpeer.ServerIdentity().Chain[0], testpki.PublicKey(algorithm, public), root)
	if err != nil {
		panic(err)
	}
	return fields(octetField("certificate", cert), octetField("private key", testpki.PKCS8(algorithm, private)))
}

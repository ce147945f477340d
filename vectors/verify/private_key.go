package verify

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"
	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/testpki"
)

// privateKey parses a private key (PKCS #8) of any kind that can sign, and
// writes it again.
func privateKey(der []byte) (key crypto.Signer, again []byte, err error) {
	key, err = tlsengine.SignerFromPEM(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil {
		return nil, nil, err
	}
	switch k := key.(type) {
	case ed448.PrivateKey:
		return key, testpki.PKCS8(testpki.Ed448, testpki.EdSeed(k.Seed())), nil
	case *mldsa44.PrivateKey:
		return key, testpki.PKCS8(testpki.MLDSA44, testpki.MLDSASeed(k.Seed())), nil
	case *mldsa65.PrivateKey:
		return key, testpki.PKCS8(testpki.MLDSA65, testpki.MLDSASeed(k.Seed())), nil
	case *mldsa87.PrivateKey:
		return key, testpki.PKCS8(testpki.MLDSA87, testpki.MLDSASeed(k.Seed())), nil
	case *rsa.PrivateKey:
		if algorithmOf(der).Equal(testpki.RSAPSS) {
			return key, testpki.PKCS8(testpki.RSAPSS, x509.MarshalPKCS1PrivateKey(k)), nil
		}
	}
	again, err = x509.MarshalPKCS8PrivateKey(key)
	return key, again, err
}

// algorithmOf is the algorithm that a private key (PKCS #8) says it is for.
func algorithmOf(der []byte) (oid asn1.ObjectIdentifier) {
	var info, algorithm cryptobyte.String
	var version int
	in := cryptobyte.String(der)
	if in.ReadASN1(&info, casn1.SEQUENCE) && info.ReadASN1Integer(&version) && info.ReadASN1(&algorithm, casn1.SEQUENCE) {
		algorithm.ReadASN1ObjectIdentifier(&oid)
	}
	return oid
}

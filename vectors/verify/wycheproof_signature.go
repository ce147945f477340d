package verify

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/cloudflare/circl/sign/mldsa/mldsa44"
	"github.com/cloudflare/circl/sign/mldsa/mldsa65"
	"github.com/cloudflare/circl/sign/mldsa/mldsa87"

	"github.com/tlsengine/tlsengine/signature"
)

// publicKey parses publicKeyDer as the key of a certificate is parsed.
func (c *caseCheck) publicKey() (crypto.PublicKey, error) {
	der := c.bytes("publicKeyDer")
	return get(c.keys, "SPKI", string(der), func() (crypto.PublicKey, error) {
		key, err := x509.ParsePKIXPublicKey(der)
		if err != nil {
			return signature.ParsePublicKey(der)
		}
		return key, nil
	})
}

// verify runs the verification of a scheme: as TLS 1.3 does if the scheme goes
// with the key there, else as TLS 1.2 does, which leaves the curve open.
func (c *caseCheck) verify(s signature.Scheme) {
	a := signature.Lookup(s)
	if a == nil {
		c.skip = "signature " + c.text("algorithm") + " is not implemented here"
		return
	}
	key, err := c.publicKey()
	if err != nil {
		c.verdict(err, "", nil)
		return
	}
	msg, sig := c.bytes("msg"), c.bytes("sig")
	if a.Fits(key) {
		c.verdict(a.Verify(key, msg, sig), "", nil)
	} else {
		c.verdict(a.Verify12(key, msg, sig), "", nil)
	}
}

func wycheproofECDSA(c *caseCheck) {
	s, ok := map[string]signature.Scheme{
		"SHA-256": signature.ECDSASecp256r1SHA256,
		"SHA-384": signature.ECDSASecp384r1SHA384,
		"SHA-512": signature.ECDSASecp521r1SHA512,
	}[c.text("sha")]
	if !ok {
		c.skip = "ECDSA with " + c.text("sha")
		return
	}
	c.verify(s)
}

func wycheproofEdDSA(c *caseCheck) {
	if der := c.bytes("publicKeyDer"); len(der) > 50 {
		c.verify(signature.Ed448)
	} else {
		c.verify(signature.Ed25519)
	}
}

func wycheproofPKCS1(c *caseCheck) {
	s, ok := map[string]signature.Scheme{
		"SHA-256": signature.RSAPKCS1SHA256,
		"SHA-384": signature.RSAPKCS1SHA384,
		"SHA-512": signature.RSAPKCS1SHA512,
	}[c.text("sha")]
	if !ok {
		c.skip = "RSA PKCS #1 with " + c.text("sha")
		return
	}
	c.verify(s)
}

// wycheproofPSS is for keys of both kinds: rsaEncryption and RSASSA-PSS.
func wycheproofPSS(c *caseCheck) {
	rsae, ok := map[string]signature.Scheme{
		"SHA-256 SHA-256 32": signature.RSAPSSRsaeSHA256,
		"SHA-384 SHA-384 48": signature.RSAPSSRsaeSHA384,
		"SHA-512 SHA-512 64": signature.RSAPSSRsaeSHA512,
	}[c.text("sha")+" "+c.text("mgfSha")+" "+c.text("sLen")]
	if !ok {
		c.skip = "RSA-PSS parameters that no scheme of TLS has"
		return
	}
	key, err := c.publicKey()
	if err != nil {
		c.verdict(err, "", nil)
		return
	}
	s := rsae
	if _, ok := key.(*rsa.PublicKey); !ok {
		s += signature.RSAPSSPssSHA256 - signature.RSAPSSRsaeSHA256
	}
	c.verify(s)
}

var mldsaSchemes = map[string]signature.Scheme{
	"ML-DSA-44": signature.MLDSA44,
	"ML-DSA-65": signature.MLDSA65,
	"ML-DSA-87": signature.MLDSA87,
}

// withoutContext skips ML-DSA tests that TLS cannot meet: it signs messages
// without context.
func (c *caseCheck) withoutContext() bool {
	if c.fields.Text("ctx") != "" || c.fields.Get("msg") == nil {
		c.skip = "ML-DSA with a context or of a hash"
	}
	return c.skip == ""
}

func wycheproofMLDSA(c *caseCheck) {
	if c.withoutContext() {
		c.verify(mldsaSchemes[c.text("algorithm")])
	}
}

func wycheproofMLDSASign(c *caseCheck) {
	if !c.withoutContext() {
		return
	}
	if strings.Contains(c.text("flags"), "Randomized") {
		c.skip = "a randomized ML-DSA signature, where this module makes deterministic ones"
		return
	}
	key, err := mldsaKey(c.text("algorithm"), c.bytes("privateSeed"))
	if err != nil {
		c.verdict(err, "", nil)
		return
	}
	sig, err := signature.Sign(nil, mldsaSchemes[c.text("algorithm")], key, c.bytes("msg"))
	c.verdict(err, "sig", sig)
}

func mldsaKey(algorithm string, seed []byte) (crypto.Signer, error) {
	if len(seed) != 32 {
		return nil, fmt.Errorf("seed of %d bytes", len(seed))
	}
	switch algorithm {
	case "ML-DSA-87":
		_, key := mldsa87.NewKeyFromSeed((*[32]byte)(seed))
		return key, nil
	case "ML-DSA-44":
		_, key := mldsa44.NewKeyFromSeed((*[32]byte)(seed))
		return key, nil
	case "ML-DSA-65":
		_, key := mldsa65.NewKeyFromSeed((*[32]byte)(seed))
		return key, nil
	}
	return nil, errors.New("not ML-DSA")
}

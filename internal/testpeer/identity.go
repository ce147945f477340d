package testpeer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"sync"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/signature"
)

// Name is whom the test server's certificate is for.
const Name = "server.test"

// Identity is a chain and the key of its leaf.
type Identity struct {
	Chain  [][]byte
	Key    crypto.Signer
	Scheme signature.Scheme // to sign with
}

// Credential is the identity for an engine.
func (id *Identity) Credential() *tlsengine.Credential {
	c, err := tlsengine.NewCredential(id.Chain, id.Key)
	if err != nil {
		panic(err)
	}
	return c
}

// With is the identity with another scheme to sign with.
func (id *Identity) With(s signature.Scheme) *Identity {
	other := *id
	other.Scheme = s
	return &other
}

// steady signs without randomness, so that certificates are the same in each
// run.
type steady struct{ *ecdsa.PrivateKey }

func (k steady) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return k.PrivateKey.Sign(nil, digest, opts)
}

// Steady is an ECDSA key that signs without randomness.
func Steady(key crypto.Signer) crypto.Signer { return steady{key.(*ecdsa.PrivateKey)} }

// ECKey is the key of a curve that belongs to a name.
func ECKey(curve elliptic.Curve, name string) *ecdsa.PrivateKey {
	size := (curve.Params().BitSize + 7) / 8
	for i := byte(0); ; i++ {
		raw := make([]byte, size)
		_, _ = Rand(name + string(rune('a'+i))).Read(raw)
		if size == 66 {
			raw[0] &= 1
		}
		if key, err := ecdsa.ParseRawPrivateKey(curve, raw); err == nil {
			return key
		}
	}
}

// EdKey is the Ed25519 key that belongs to a name.
func EdKey(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

var root = sync.OnceValues(func() (*x509.Certificate, steady) {
	key := steady{ECKey(elliptic.P256(), "root")}
	tmpl := template("test root", nil)
	tmpl.IsCA, tmpl.KeyUsage = true, x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(Rand("root"), tmpl, tmpl, key.Public(), key)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert, key
})

// Roots holds the root that issues all test certificates.
func Roots() *x509.CertPool {
	cert, _ := root()
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return pool
}

// RootCertificate is the test root's certificate in DER.
func RootCertificate() []byte {
	cert, _ := root()
	return cert.Raw
}

// RootName is the DER name of the test root.
func RootName() []byte {
	cert, _ := root()
	return cert.RawSubject
}

func template(name string, usage []x509.ExtKeyUsage) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(name)) + 1), Subject: pkix.Name{CommonName: name},
		NotBefore: Now().Add(-24 * time.Hour), NotAfter: Now().Add(60 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: usage, BasicConstraintsValid: true,
	}
}

// Issue makes the test root certify a key for a name and both usages. The
// certificate can be changed before it is signed.
func Issue(name string, pub crypto.PublicKey, change ...func(*x509.Certificate)) []byte {
	issuer, key := root()
	tmpl := template(name, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth})
	tmpl.DNSNames = []string{name}
	der, err := x509.CreateCertificate(Rand(name), changed(tmpl, change), issuer, pub, key)
	if err != nil {
		panic(err)
	}
	return der
}

// ECIdentity has a P-256 key and a certificate for the name.
func ECIdentity(name string, change ...func(*x509.Certificate)) *Identity {
	key := ECKey(elliptic.P256(), name)
	return &Identity{[][]byte{Issue(name, key.Public(), change...)}, key, signature.ECDSASecp256r1SHA256}
}

// EdIdentity has an Ed25519 key and a certificate for the name.
func EdIdentity(name string, change ...func(*x509.Certificate)) *Identity {
	key := EdKey(name)
	return &Identity{[][]byte{Issue(name, key.Public(), change...)}, key, signature.Ed25519}
}

// RSAIdentity has the RSA key of these tests, of 2048 bits, and a certificate
// for the name.
func RSAIdentity(name string, change ...func(*x509.Certificate)) *Identity {
	key := rsaKey()
	return &Identity{[][]byte{Issue(name, key.Public(), change...)}, key, signature.RSAPSSRsaeSHA256}
}

// ServerIdentity is the server of these dialogues.
var ServerIdentity = sync.OnceValue(func() *Identity { return ECIdentity(Name) })

// ClientIdentity is the client of these dialogues.
var ClientIdentity = sync.OnceValue(func() *Identity { return ECIdentity("client.test") })

// ClientConfig is of a client that trusts the test root and asks nothing.
func ClientConfig() *tlsengine.Config {
	return &tlsengine.Config{Rand: Rand("client"), Time: Now, Roots: Roots(), ServerName: Name}
}

// ServerConfig is of a server with an identity, tickets and no questions.
func ServerConfig() *tlsengine.Config {
	return &tlsengine.Config{
		Rand: Rand("server"), Time: Now, Roots: Roots(), TicketKeys: tlsengine.NewTicketKeys(),
		Credentials: []*tlsengine.Credential{ServerIdentity().Credential()},
	}
}

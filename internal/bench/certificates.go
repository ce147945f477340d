package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	stdtls "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"

	tls "github.com/tlsengine/tlsengine"
)

const serverName = "bench.test"

// identity is a key with its self-signed certificate, for both stacks.
type identity struct {
	key   crypto.Signer
	leaf  *x509.Certificate
	ours  *tls.Credential
	peer  stdtls.Certificate
	roots *x509.CertPool
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newIdentity(key crypto.Signer) *identity {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true, IsCA: true,
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))
	id := &identity{key: key, leaf: must(x509.ParseCertificate(der)), roots: x509.NewCertPool()}
	id.roots.AddCert(id.leaf)
	id.ours = must(tls.NewCredential([][]byte{der}, key))
	id.peer = stdtls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: id.leaf}
	return id
}

func ecdsaIdentity() *identity {
	return newIdentity(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)))
}
func rsaIdentity() *identity { return newIdentity(must(rsa.GenerateKey(rand.Reader, 2048))) }

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

// identity is a key with its certificate, for both stacks: self-signed, so that
// handshakes verify no signature but their own, or with a chain.
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
	leaf := certificate(serverName, key, nil, nil)
	return identityOf(key, leaf, leaf)
}

// chainIdentity is issued by a CA that is issued by the root.
func chainIdentity() *identity {
	keys := [3]crypto.Signer{}
	for i := range keys {
		keys[i] = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	}
	root := certificate("root", keys[0], nil, nil)
	ca := certificate("ca", keys[1], root, keys[0])
	return identityOf(keys[2], root, certificate(serverName, keys[2], ca, keys[1]), ca)
}

// certificate is issued by the parent, or by itself if there is none.
func certificate(name string, key crypto.Signer, parent *x509.Certificate, issuer crypto.Signer) *x509.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true, IsCA: true,
	}
	if parent == nil {
		parent, issuer = template, key
	}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, parent, key.Public(), issuer))))
}

func identityOf(key crypto.Signer, root *x509.Certificate, chain ...*x509.Certificate) *identity {
	id := &identity{key: key, leaf: chain[0], roots: x509.NewCertPool()}
	id.roots.AddCert(root)
	var der [][]byte
	for _, cert := range chain {
		der = append(der, cert.Raw)
	}
	id.ours = must(tls.NewCredential(der, key))
	id.peer = stdtls.Certificate{Certificate: der, PrivateKey: key, Leaf: id.leaf}
	return id
}

func ecdsaIdentity() *identity {
	return newIdentity(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)))
}
func rsaIdentity() *identity { return newIdentity(must(rsa.GenerateKey(rand.Reader, 2048))) }

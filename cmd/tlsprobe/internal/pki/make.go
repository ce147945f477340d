// Package pki makes, reads, describes and judges certificates for the
// commands.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"time"

	"github.com/tlsengine/tlsengine"
)

// Authority is a certificate that can issue others.
type Authority struct {
	Cert *x509.Certificate
	key  *ecdsa.PrivateKey
	rand io.Reader
	now  time.Time
}

// NewAuthority makes a root of that name, good for so long. A nil rand is real
// randomness; else everything follows from it.
func NewAuthority(rand io.Reader, name string, now time.Time, life time.Duration) (*Authority, error) {
	key, err := newKey(source(rand))
	if err != nil {
		return nil, err
	}
	tmpl := template(source(rand), name, now, life)
	tmpl.IsCA, tmpl.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	der, err := sign(tmpl, tmpl, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &Authority{Cert: cert, key: key, rand: source(rand), now: now}, err
}

// Key is the private key, for what is signed besides certificates.
func (a *Authority) Key() crypto.Signer { return a.key }

// Pool is the authority as a trust anchor.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.Cert)
	return pool
}

// Issue makes a certificate for the names, the first of which is its subject,
// and returns it as a credential with the chain leaf and authority.
func (a *Authority) Issue(usage x509.ExtKeyUsage, life time.Duration, names ...string) (*tlsengine.Credential, error) {
	key, err := newKey(a.rand)
	if err != nil {
		return nil, err
	}
	tmpl := template(a.rand, names[0], a.now, life)
	tmpl.KeyUsage, tmpl.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{usage}
	addNames(tmpl, names)
	der, err := sign(tmpl, a.Cert, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return tlsengine.NewCredential([][]byte{der, a.Cert.Raw}, key)
}

// SelfSigned makes a certificate that vouches for itself.
func SelfSigned(rand io.Reader, now time.Time, life time.Duration, names ...string) (*tlsengine.Credential, error) {
	key, err := newKey(source(rand))
	if err != nil {
		return nil, err
	}
	tmpl := template(source(rand), names[0], now, life)
	tmpl.KeyUsage, tmpl.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	addNames(tmpl, names)
	der, err := sign(tmpl, tmpl, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return tlsengine.NewCredential([][]byte{der}, key)
}

func source(rand io.Reader) io.Reader {
	if rand == nil {
		return crand.Reader
	}
	return rand
}

// newKey makes a P-256 key of bytes: ecdsa.GenerateKey ignores the reader it
// is given.
func newKey(rand io.Reader) (*ecdsa.PrivateKey, error) {
	var scalar [32]byte
	for range 64 {
		if _, err := io.ReadFull(rand, scalar[:]); err != nil {
			return nil, err
		}
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:]); err == nil {
			return key, nil
		}
	}
	return nil, errors.New("no randomness for a key")
}

func template(rand io.Reader, name string, now time.Time, life time.Duration) *x509.Certificate {
	var serial [16]byte
	io.ReadFull(rand, serial[:]) //nolint:errcheck // newKey has read from it
	serial[0] = serial[0]&0x7f | 0x40
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:]), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour).UTC(), NotAfter: now.Add(life).UTC(), BasicConstraintsValid: true,
	}
}

func addNames(tmpl *x509.Certificate, names []string) {
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			tmpl.IPAddresses = append(tmpl.IPAddresses, ip)
		} else {
			tmpl.DNSNames = append(tmpl.DNSNames, name)
		}
	}
}

// sign signs without randomness: RFC 6979.
func sign(tmpl, parent *x509.Certificate, pub crypto.PublicKey, key *ecdsa.PrivateKey) ([]byte, error) {
	return x509.CreateCertificate(nil, tmpl, parent, pub, key)
}

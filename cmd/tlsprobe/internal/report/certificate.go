package report

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/trace"
)

// Certificate is one certificate in JSON.
type Certificate struct {
	PEM       string     `json:"pem"`
	Subject   string     `json:"subject"`
	Issuer    string     `json:"issuer"`
	Serial    string     `json:"serial"`
	NotBefore trace.Time `json:"not_before"`
	NotAfter  trace.Time `json:"not_after"`
	DaysLeft  int        `json:"days_left"`
	Names     []string   `json:"names"`
	Key       Key        `json:"key"`
	Signature string     `json:"signature"`
	SHA256    string     `json:"sha256"`
	SPKI      string     `json:"spki_sha256"`
	CA        bool       `json:"ca"`
	SCTs      int        `json:"scts"`
}

// Key is a public key.
type Key struct {
	Type  string  `json:"type"`
	Bits  int     `json:"bits"`
	Curve *string `json:"curve"`
}

// CertificateOf describes a certificate.
func CertificateOf(cert *x509.Certificate, now time.Time) Certificate {
	sum := sha256.Sum256(cert.Raw)
	spki := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return Certificate{
		PEM: PEM(cert), Subject: cert.Subject.String(), Issuer: cert.Issuer.String(), Serial: Serial(cert),
		NotBefore: trace.At(cert.NotBefore), NotAfter: trace.At(cert.NotAfter), DaysLeft: pki.Days(now, cert.NotAfter),
		Names: pki.Names(cert), Key: keyOf(cert), Signature: cert.SignatureAlgorithm.String(),
		SHA256: hex.EncodeToString(sum[:]), SPKI: hex.EncodeToString(spki[:]), CA: cert.IsCA, SCTs: len(pki.SCTs(cert)),
	}
}

// CertificatesOf describes a list of them.
func CertificatesOf(list []*x509.Certificate, now time.Time) []Certificate {
	out := make([]Certificate, 0, len(list))
	for _, cert := range list {
		out = append(out, CertificateOf(cert, now))
	}
	return out
}

// PEM is the certificate in PEM.
func PEM(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}

// Serial is the serial number in hex, in whole bytes as in the certificate: one
// below 0 has a sign in front.
func Serial(cert *x509.Certificate) string {
	b := cert.SerialNumber.Bytes()
	if len(b) == 0 {
		b = []byte{0}
	}
	sign := ""
	if cert.SerialNumber.Sign() < 0 {
		sign = "-"
	}
	return sign + hex.EncodeToString(b)
}

func keyOf(cert *x509.Certificate) Key {
	switch key := cert.PublicKey.(type) {
	case *ecdsa.PublicKey:
		name := key.Curve.Params().Name
		return Key{Type: "ECDSA", Bits: key.Curve.Params().BitSize, Curve: &name}
	case *rsa.PublicKey:
		return Key{Type: "RSA", Bits: key.N.BitLen()}
	case ed25519.PublicKey:
		return Key{Type: "Ed25519", Bits: 256}
	}
	return Key{Type: cert.PublicKeyAlgorithm.String()}
}

// chain writes the certificates of a verdict as lines.
func chain(b *strings.Builder, v *pki.Verdict) {
	for i, cert := range v.Chain {
		issuer := string(cert.RawIssuer) == string(cert.RawSubject)
		note := date(cert.NotBefore) + " … " + date(cert.NotAfter)
		if issuer && i > 0 {
			note += ", self-signed"
		}
		fmt.Fprintf(b, "    %d  %-28s  %-14s  %s\n", i, text.Clean(cert.Subject.String()), pki.KeyKind(cert), note)
		if list := pki.Names(cert); len(list) > 0 && i == 0 {
			fmt.Fprintf(b, "       names %s\n", namesLine(list))
		}
		if !issuer {
			fmt.Fprintf(b, "       issued by %s\n", text.Clean(cert.Issuer.String()))
		}
	}
	if v.Path != nil {
		root := v.Path[len(v.Path)-1]
		fmt.Fprintf(b, "       trusted through %s, from %s\n", text.Clean(root.Subject.String()), v.Root)
	}
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// namesLine lists names, not too many.
func namesLine(list []string) string {
	const most = 8
	shown := make([]string, 0, most)
	for _, name := range list[:min(len(list), most)] {
		shown = append(shown, text.Clean(name))
	}
	line := strings.Join(shown, ", ")
	if len(list) > most {
		line += fmt.Sprintf(" … %d more", len(list)-most)
	}
	return line
}

// Package names writes code points: by their names in IANA's registries in
// text, and as objects with number, hex and name in JSON.
package names

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine/internal/registry"
)

// Code is a code point in JSON. Name is null when nobody named it.
type Code struct {
	ID   uint32  `json:"id"`
	Hex  string  `json:"hex"`
	Name *string `json:"name"`
}

// String is the name, or the number in hex.
func (c *Code) String() string {
	if c == nil {
		return "-"
	}
	if c.Name == nil {
		return c.Hex
	}
	return *c.Name
}

func code(t *registry.Table, id uint32) *Code {
	c := &Code{ID: id, Hex: t.Hex(id)}
	if name := t.Name(id); name != "" {
		c.Name = &name
	}
	return c
}

// Suite is a cipher suite.
func Suite[T ~uint16](id T) *Code { return code(registry.CipherSuites, uint32(id)) }

// Group is a named group.
func Group[T ~uint16](id T) *Code { return code(registry.Groups, uint32(id)) }

// Scheme is a signature scheme.
func Scheme[T ~uint16](id T) *Code { return code(registry.SignatureSchemes, uint32(id)) }

// Version is a protocol version.
func Version[T ~uint16](id T) *Code { return code(registry.Versions, uint32(id)) }

// Extension is an extension.
func Extension[T ~uint16](id T) *Code { return code(registry.Extensions, uint32(id)) }

// Alert is an alert's name, or its number.
func Alert[T ~uint8](id T) string { return registry.Alerts.Label(uint32(id)) }

// List are the codes of a list.
func List[T ~uint16](one func(T) *Code, ids []T) []*Code {
	out := make([]*Code, 0, len(ids))
	for _, id := range ids {
		out = append(out, one(id))
	}
	return out
}

// Words are the codes' names.
func Words(codes []*Code) string {
	words := make([]string, 0, len(codes))
	for _, c := range codes {
		words = append(words, c.String())
	}
	return strings.Join(words, " ")
}

// Key is what kind of key a certificate has: "ECDSA P-256", "RSA 2048".
func Key(cert *x509.Certificate) string {
	switch key := cert.PublicKey.(type) {
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case ed25519.PublicKey:
		return "Ed25519"
	}
	if cert.PublicKeyAlgorithm != x509.UnknownPublicKeyAlgorithm {
		return cert.PublicKeyAlgorithm.String()
	}
	return "key of an unknown kind"
}

// Direction is how a direction is written in JSON.
func Direction[T ~uint8](d T) string {
	if d == 0 {
		return "c2s"
	}
	return "s2c"
}

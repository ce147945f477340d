package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"io"

	tls "github.com/tlsengine/tlsengine"
)

var randomness io.Reader = rand.Reader

// answerCredential picks the first credential that the peer can take, as the
// flags list them: those of -new-…-credential, or the default one.
func (c *conn) answerCredential(q *tls.CredentialRequest) error {
	c.wanted = q
	for _, i := range c.order() {
		cred := c.creds[i]
		if cred != nil && q.Accepts(cred) && c.issued(i, cred, q) {
			c.selected = i
			use := *cred
			if c.o.async {
				use.Signer, use.Public = nil, cred.Signer.Public()
			}
			return c.e.UseCredential(&use, nil)
		}
	}
	return c.answerWithoutFit(q)
}

// answerWithoutFit goes on without a credential where there is none, and
// otherwise says why none fits.
func (c *conn) answerWithoutFit(q *tls.CredentialRequest) error {
	c.selected = -1
	for i := len(c.creds) - 1; i >= 0; i-- {
		switch cred := c.creds[i]; {
		case cred == nil:
		case !kindAllowed(cred, q):
			if c.o.server {
				return c.e.UseCredential(nil, tls.Refuse(40, noSharedCipher))
			}
			return c.e.UseCredential(nil, tls.Refuse(40, unknownCertificateType))
		case !q.Accepts(cred):
			return c.e.UseCredential(cred, nil)
		default:
			return c.e.UseCredential(nil, tls.Refuse(40, noMatchingIssuer))
		}
	}
	return c.e.UseCredential(nil, nil)
}

// kindAllowed reports whether the peer takes keys of that kind at all.
func kindAllowed(cred *tls.Credential, q *tls.CredentialRequest) bool {
	if _, ok := cred.Signer.Public().(*rsa.PublicKey); ok {
		return q.RSA
	}
	return q.ECDSA
}

// order is that in which credentials are tried: the default one comes last.
func (c *conn) order() []int {
	var out []int
	for i := 1; i < len(c.creds); i++ {
		out = append(out, i)
	}
	return append(out, 0)
}

// issued holds a credential with -must-match-issuer to the peer's list.
func (c *conn) issued(i int, cred *tls.Credential, q *tls.CredentialRequest) bool {
	if !c.o.credentials[i].mustMatchIssuer {
		return true
	}
	for _, der := range cred.Chain {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return false
		}
		for _, name := range q.Authorities {
			if bytes.Equal(cert.RawIssuer, name) {
				return true
			}
		}
	}
	return false
}

package pki

import (
	"bytes"
	"crypto/x509"
	"time"

	"golang.org/x/crypto/ocsp"
)

// Staple is what a stapled OCSP response says: RFC 6960.
type Staple struct {
	Status     string // good, revoked or unknown; "" if the response cannot be read or is of another certificate
	Reason     string // why there is no status
	Signed     string // by the issuer or who it named: yes, no; unknown if the issuer was not sent
	ThisUpdate time.Time
	NextUpdate time.Time // zero if it is not said
	RevokedAt  time.Time // of a revoked certificate
}

// ReadStaple reads the response that came with a chain, the leaf first. The
// issuer is looked for in the chain, and among others: a verified path.
func ReadStaple(response []byte, chain, others []*x509.Certificate) Staple {
	if len(chain) == 0 {
		return Staple{Reason: "there is no certificate", Signed: "unknown"}
	}
	leaf := chain[0]
	s := Staple{Signed: "unknown"}
	answer, err := ocsp.ParseResponseForCert(response, leaf, nil)
	if issuer := issuerOf(leaf, append(chain[1:len(chain):len(chain)], others...)); issuer != nil && err == nil {
		s.Signed = "yes"
		if _, bad := ocsp.ParseResponseForCert(response, leaf, issuer); bad != nil {
			s.Signed = "no"
		}
	}
	if err != nil {
		s.Reason = err.Error()
		return s
	}
	s.Status = map[int]string{ocsp.Good: "good", ocsp.Revoked: "revoked", ocsp.Unknown: "unknown"}[answer.Status]
	s.ThisUpdate, s.NextUpdate = answer.ThisUpdate, answer.NextUpdate
	if answer.Status == ocsp.Revoked {
		s.RevokedAt = answer.RevokedAt
	}
	return s
}

// issuerOf is who signed a certificate.
func issuerOf(cert *x509.Certificate, list []*x509.Certificate) *x509.Certificate {
	for _, c := range list {
		if bytes.Equal(c.RawSubject, cert.RawIssuer) && cert.CheckSignatureFrom(c) == nil {
			return c
		}
	}
	return nil
}

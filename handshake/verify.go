package handshake

import (
	"crypto/x509"
	"errors"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// trusts reports whether a session's chain is good under the Config now. One
// that is remembered is shared from then on.
func (cfg *Config) trusts(s *session, usage x509.ExtKeyUsage) bool {
	if k := cfg.recall(s.chain, usage); k != nil {
		s.chain = k.chain
		return true
	}
	leaf, err := parseLeaf(s.chain)
	return err == nil && cfg.verify(s.chain, leaf, usage) == nil
}

// verify is the default verdict on a chain: path to the Config's Roots, name,
// usage and time, by crypto/x509. A chain that is good is remembered.
func (cfg *Config) verify(chain [][]byte, leaf *x509.Certificate, usage x509.ExtKeyUsage) error {
	opts := x509.VerifyOptions{
		Roots:         cfg.Roots,
		CurrentTime:   cfg.now(),
		Intermediates: x509.NewCertPool(),
		KeyUsages:     []x509.ExtKeyUsage{usage},
	}
	if usage == x509.ExtKeyUsageServerAuth {
		opts.DNSName = cfg.ServerName
	}
	for _, der := range chain[1:] {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return alert.CertificateMalformed.Wrap(err, "an intermediate certificate does not parse")
		}
		opts.Intermediates.AddCert(cert)
	}
	paths, err := leaf.Verify(opts)
	if err != nil {
		return verdictError(err)
	}
	cfg.remember(chain, leaf, usage, opts.CurrentTime, paths)
	return nil
}

// verdictError gives crypto/x509's errors their reasons, and keeps those of an
// application that chose its own.
func verdictError(err error) error {
	if err == nil {
		return nil
	}
	var (
		ours    *alert.Error
		name    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &name):
		return alert.CertificateNameMismatch.Wrap(err, "the peer's certificate is for another name")
	case errors.As(err, &unknown):
		return alert.CertificateUnknownIssuer.Wrap(err, "no path from the peer's certificate to a root")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return alert.CertificateHasExpired.Wrap(err, "the peer's certificate is not valid now")
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return alert.CertificateKeyUsage.Wrap(err, "the peer's certificate is for another usage")
	case errors.As(err, &invalid):
		return alert.CertificateInvalid.Wrap(err, "the peer's certificate is invalid")
	}
	return alert.CertificateRefused.Wrap(err, "the peer's certificate was refused")
}

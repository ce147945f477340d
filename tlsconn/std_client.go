package tlsconn

import (
	stdtls "crypto/tls"
	"crypto/x509"
	"errors"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// stdClientSide serves a client's Config.
type stdClientSide struct {
	verdict
	from *stdtls.Config
	cfg  *tls.Config
	conn *Conn
	key  string // of the session cache
}

func (s *stdClientSide) settled() error { return s.connection(s.from, s.conn) }

func (s *stdClientSide) answer(e *tls.Engine, q tls.Request) error {
	switch req := q.(type) {
	case *tls.CredentialRequest:
		cred, err := s.credential(req)
		if err != nil {
			err = alert.Internal.Wrap(err, "no client certificate")
		}
		return e.UseCredential(cred, err)
	case *tls.VerdictRequest:
		return e.Verified(s.judge(s.from, s.conn, req, s.options()))
	}
	return ErrQuestion
}

// options are how the server's chain is verified; nil is not at all.
func (s *stdClientSide) options() *x509.VerifyOptions {
	if s.from.InsecureSkipVerify {
		return nil
	}
	return &x509.VerifyOptions{
		Roots: s.from.RootCAs, DNSName: s.cfg.ServerName, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// credential is what to prove ourselves with, or nil for nothing.
func (s *stdClientSide) credential(req *tls.CredentialRequest) (*tls.Credential, error) {
	info := &stdtls.CertificateRequestInfo{
		AcceptableCAs: req.Authorities, SignatureSchemes: numbers[stdtls.SignatureScheme](req.Schemes),
		Version: uint16(req.Version),
	}
	if s.from.GetClientCertificate != nil {
		cert, err := s.from.GetClientCertificate(info)
		switch {
		case err != nil:
			return nil, err
		case cert == nil:
			return nil, errors.New("GetClientCertificate returned no certificate and no error")
		case len(cert.Certificate) == 0:
			return nil, nil
		}
		return CredentialFrom(cert)
	}
	for i := range s.from.Certificates {
		if info.SupportsCertificate(&s.from.Certificates[i]) == nil && req.Accepts(s.cfg.Credentials[i]) {
			return s.cfg.Credentials[i], nil
		}
	}
	return nil, nil
}

// lookUp is a session to resume, or nil.
func (s *stdClientSide) lookUp() []byte {
	cache := s.from.ClientSessionCache
	if cache == nil || s.from.SessionTicketsDisabled {
		return nil
	}
	entry, ok := cache.Get(s.key)
	if !ok || entry == nil {
		return nil
	}
	session, _, err := entry.ResumptionState()
	if err != nil {
		return nil
	}
	info, err := tls.ReadSession(session)
	if err != nil {
		return nil // one of crypto/tls's
	}
	if info.Version == tls.VersionTLS13 {
		cache.Put(s.key, nil) // RFC 9846, Appendix C.4: each ticket is used once
	}
	if opts := s.options(); opts != nil {
		chain, err := parseChain(info.PeerChain)
		if err != nil || len(chain) == 0 {
			return nil
		}
		if _, err := verifyChain(s.from, chain, *opts); err != nil {
			return nil
		}
	}
	return session
}

func (s *stdClientSide) newSession(session []byte) {
	cache := s.from.ClientSessionCache
	if cache == nil || s.from.SessionTicketsDisabled {
		return
	}
	if entry, err := stdtls.NewResumptionState(session, &stdtls.SessionState{}); err == nil {
		cache.Put(s.key, entry)
	}
}

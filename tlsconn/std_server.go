package tlsconn

import (
	"cmp"
	stdtls "crypto/tls"
	"crypto/x509"
	"strings"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// stdServerSide serves a server's Config, the one that GetConfigForClient gave
// from there on.
type stdServerSide struct {
	verdict
	server *StdServer
	cfg    *tls.Config
	from   *stdtls.Config
	hello  *stdtls.Config
	conn   *Conn
	raw    []byte // the ClientHello
}

func (s *stdServerSide) settled() error {
	s.raw = nil
	return s.connection(s.from, s.conn)
}

func (s *stdServerSide) answer(e *tls.Engine, q tls.Request) error {
	switch req := q.(type) {
	case *tls.ConfigRequest:
		s.raw = req.Hello.Raw
		err := s.choose()
		if err != nil {
			err = alert.Internal.Wrap(err, "no Config for the client")
		}
		return e.UseConfig(s.cfg, err)
	case *tls.CredentialRequest:
		cred, err := s.credential(e, req)
		if err != nil {
			err = alert.Internal.Wrap(err, "no certificate")
		}
		return e.UseCredential(cred, err)
	case *tls.ResumeRequest:
		return e.Resume(s.resume(req), nil)
	case *tls.VerdictRequest:
		return e.Verified(s.judge(s.from, s.conn, req, s.options()))
	}
	return ErrQuestion
}

// choose asks GetConfigForClient.
func (s *stdServerSide) choose() (err error) {
	if s.from.GetConfigForClient == nil {
		return nil
	}
	var next *stdtls.Config
	read := withHello(s.conn.ctx, s.hello, s.raw, s.conn.conn, func(info *stdtls.ClientHelloInfo) {
		next, err = s.from.GetConfigForClient(info)
	})
	if read != nil || err != nil || next == nil {
		return cmp.Or(read, err)
	}
	cfg, err := serverConfig(next, s.server.TicketKeys)
	if err != nil {
		return err
	}
	cfg.Ask &^= tls.AskConfig
	s.cfg, s.from, s.hello = cfg, next, helloConfig(next)
	return nil
}

// credential is crypto/tls's choice: GetCertificate's where it is to be asked,
// by name, or the first that the client can take.
func (s *stdServerSide) credential(e *tls.Engine, req *tls.CredentialRequest) (cred *tls.Credential, err error) {
	if s.from.GetCertificate != nil && (len(s.from.Certificates) == 0 || req.ServerName != "") {
		var cert *stdtls.Certificate
		read := withHello(s.conn.ctx, s.hello, s.raw, s.conn.conn, func(info *stdtls.ClientHelloInfo) {
			info.HelloRetryRequest = e.ConnectionState().Retried
			cert, err = s.from.GetCertificate(info)
		})
		if read != nil || err != nil {
			return nil, cmp.Or(read, err)
		}
		if cert != nil {
			return CredentialFrom(cert)
		}
	}
	if cert := s.byName(strings.ToLower(req.ServerName)); cert != nil {
		return CredentialFrom(cert)
	}
	var fallback *tls.Credential
	for _, cred := range s.cfg.Credentials {
		if !req.Accepts(cred) {
			continue
		}
		leaf, err := x509.ParseCertificate(cred.Chain[0])
		if err == nil && (req.ServerName == "" || leaf.VerifyHostname(req.ServerName) == nil) {
			return cred, nil
		}
		if fallback == nil {
			fallback = cred
		}
	}
	return fallback, nil
}

// byName looks a name up in NameToCertificate, itself and with its first label
// a wildcard.
func (s *stdServerSide) byName(name string) *stdtls.Certificate {
	//lint:ignore SA1019 it is served all the same
	names := s.from.NameToCertificate
	if cert, ok := names[name]; ok {
		return cert
	}
	if _, rest, ok := strings.Cut(name, "."); ok {
		return names["*."+rest]
	}
	return nil
}

// options are how a client's chain is verified; nil is not at all.
func (s *stdServerSide) options() *x509.VerifyOptions {
	if s.from.ClientAuth < stdtls.VerifyClientCertIfGiven {
		return nil
	}
	return &x509.VerifyOptions{Roots: s.from.ClientCAs, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
}

// resume lets a session be resumed if its chain would be accepted now.
func (s *stdServerSide) resume(req *tls.ResumeRequest) tls.ResumeAnswer {
	info, err := tls.ReadSession(req.Session)
	if err != nil {
		return tls.ResumeNo
	}
	if opts := s.options(); opts != nil && len(info.PeerChain) > 0 {
		chain, err := parseChain(info.PeerChain)
		if err != nil {
			return tls.ResumeNo
		}
		if _, err := verifyChain(s.from, chain, *opts); err != nil {
			return tls.ResumeNo
		}
	}
	return tls.ResumeOnly
}

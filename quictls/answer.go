package quictls

import (
	"crypto/tls"
	"crypto/x509"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// answer answers the engine's questions out of the tls.Config, up to one that
// is for QUIC to answer, and notes the state.
func (c *Conn) answer() error {
	defer c.snapshot()
	for c.engine != nil && c.err == nil {
		var err error
		switch req := c.engine.Pending().(type) {
		case *tlsengine.ConfigRequest:
			err = c.answerConfig(req)
		case *tlsengine.CredentialRequest:
			err = c.answerCredential(req)
		case *tlsengine.VerdictRequest:
			err = c.engine.Verified(c.verdict(req))
		case *tlsengine.ParametersRequest:
			if c.parameters == nil {
				return nil
			}
			err = c.engine.SetParameters(c.parameters, nil)
		default:
			return nil
		}
		if err != nil {
			return c.fail(err)
		}
	}
	return c.err
}

func (c *Conn) answerConfig(req *tlsengine.ConfigRequest) error {
	from, err := c.config.TLSConfig.GetConfigForClient(helloInfo(&req.Hello))
	if err != nil {
		return c.engine.UseConfig(nil, alert.Internal.Wrap(err, "GetConfigForClient"))
	}
	if from != nil {
		if err := checkConfig(from, false); err != nil {
			return c.engine.UseConfig(nil, alert.Internal.Wrap(err, "GetConfigForClient"))
		}
		own := *c.config
		own.TLSConfig = from
		c.config = &own
	}
	cfg, err := c.serverConfig(c.config.TLSConfig)
	return c.engine.UseConfig(cfg, err)
}

func helloInfo(hello *tlsengine.ClientHelloInfo) *tls.ClientHelloInfo {
	out := &tls.ClientHelloInfo{
		ServerName: hello.ServerName, SupportedProtos: hello.ALPN, SupportedPoints: []uint8{0},
		CipherSuites: numbers[uint16](hello.Suites), SupportedCurves: numbers[tls.CurveID](hello.Groups),
		SignatureSchemes:  numbers[tls.SignatureScheme](hello.Signatures),
		SupportedVersions: numbers[uint16](hello.Versions),
	}
	return out
}

func numbers[To, From ~uint16](list []From) []To {
	out := make([]To, len(list))
	for i, n := range list {
		out[i] = To(n)
	}
	return out
}

func (c *Conn) answerCredential(req *tlsengine.CredentialRequest) error {
	cert, err := c.certificate(req)
	if err != nil {
		return c.engine.UseCredential(nil, alert.Internal.Wrap(err, "no certificate"))
	}
	if cert == nil || len(cert.Certificate) == 0 {
		return c.engine.UseCredential(nil, nil)
	}
	cred, err := credential(cert)
	return c.engine.UseCredential(cred, err)
}

// certificate asks the callbacks of the tls.Config.
func (c *Conn) certificate(req *tlsengine.CredentialRequest) (*tls.Certificate, error) {
	cfg := c.config.TLSConfig
	if c.client {
		return cfg.GetClientCertificate(&tls.CertificateRequestInfo{
			AcceptableCAs:    req.Authorities,
			SignatureSchemes: numbers[tls.SignatureScheme](req.Schemes), Version: tls.VersionTLS13,
		})
	}
	hello := helloInfo(&tlsengine.ClientHelloInfo{
		ServerName: req.ServerName, Signatures: req.Schemes, Versions: []tlsengine.Version{tlsengine.VersionTLS13},
	})
	cert, err := cfg.GetCertificate(hello)
	if err != nil || cert != nil {
		return cert, err
	}
	for i := range cfg.Certificates {
		if own, err := credential(&cfg.Certificates[i]); err == nil && req.Accepts(own) {
			return &cfg.Certificates[i], nil
		}
	}
	return nil, nil
}

// verdict is what crypto/tls would think of the peer's chain.
func (c *Conn) verdict(req *tlsengine.VerdictRequest) error {
	cfg := c.config.TLSConfig
	chain := make([]*x509.Certificate, len(req.Chain))
	for i, der := range req.Chain {
		var err error
		if chain[i], err = x509.ParseCertificate(der); err != nil {
			return alert.CertificateMalformed.Wrap(err, "failed to parse certificate")
		}
	}
	verifies := !cfg.InsecureSkipVerify
	roots, usage := cfg.RootCAs, x509.ExtKeyUsageServerAuth
	if !c.client {
		verifies = cfg.ClientAuth >= tls.VerifyClientCertIfGiven
		roots, usage = cfg.ClientCAs, x509.ExtKeyUsageClientAuth
	}
	c.chains = nil
	if verifies {
		if err := c.verify(chain, roots, usage); err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: chain, Err: err}
		}
	}
	return c.callbacks(req)
}

func (c *Conn) verify(chain []*x509.Certificate, roots *x509.CertPool, usage x509.ExtKeyUsage) (err error) {
	now := time.Now()
	if c.config.TLSConfig.Time != nil {
		now = c.config.TLSConfig.Time()
	}
	opts := x509.VerifyOptions{
		Roots: roots, CurrentTime: now, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{usage},
	}
	if c.client {
		opts.DNSName = c.config.TLSConfig.ServerName
	}
	for _, cert := range chain[1:] {
		opts.Intermediates.AddCert(cert)
	}
	c.chains, err = chain[0].Verify(opts)
	return err
}

// callbacks asks VerifyPeerCertificate and VerifyConnection.
func (c *Conn) callbacks(req *tlsengine.VerdictRequest) error {
	cfg := c.config.TLSConfig
	if cfg.VerifyPeerCertificate != nil && !req.Resumed {
		if err := cfg.VerifyPeerCertificate(req.Chain, c.chains); err != nil {
			return alert.CertificateInvalid.Wrap(err, "VerifyPeerCertificate")
		}
	}
	if cfg.VerifyConnection != nil {
		c.snapshot()
		if err := cfg.VerifyConnection(c.ConnectionState()); err != nil {
			return alert.CertificateInvalid.Wrap(err, "VerifyConnection")
		}
	}
	return nil
}

// snapshot notes the state for ConnectionState, which anybody may call.
func (c *Conn) snapshot() {
	if c.engine == nil {
		return
	}
	from := c.engine.ConnectionState()
	out := tls.ConnectionState{
		Version: uint16(from.Version), HandshakeComplete: from.HandshakeDone, DidResume: from.Resumed,
		CurveID: tls.CurveID(from.Group), NegotiatedProtocol: from.ALPN,
		ServerName: from.ServerName, OCSPResponse: from.PeerStaple, HelloRetryRequest: from.Retried,
		VerifiedChains: c.chains,
	}
	if c.client {
		out.ServerName = c.config.TLSConfig.ServerName
	}
	if from.Suite != nil {
		out.CipherSuite = uint16(from.Suite.ID)
	}
	out.PeerCertificates = c.peer(from.PeerChain)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = out
}

// peer is the peer's chain, parsed once.
func (c *Conn) peer(chain [][]byte) []*x509.Certificate {
	if len(c.parsed) == len(chain) {
		return c.parsed
	}
	c.parsed = nil
	for _, der := range chain {
		if cert, err := x509.ParseCertificate(der); err == nil {
			c.parsed = append(c.parsed, cert)
		}
	}
	return c.parsed
}

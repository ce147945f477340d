package tlsconn

import (
	stdtls "crypto/tls"
	"crypto/x509"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// stdSide serves the crypto/tls Config of one connection: it answers the
// engine's questions as that Config would.
type stdSide interface {
	// settled has the last word before the handshake counts as complete.
	settled() error

	// verified are the chains of the peer's certificate, found when it was
	// verified.
	verified() [][]*x509.Certificate
}

// verdict is what a crypto/tls Config thinks of the peer.
type verdict struct {
	chains [][]*x509.Certificate
	asked  bool // VerifyConnection was
}

func (v *verdict) verified() [][]*x509.Certificate { return v.chains }

// judge verifies the peer's chain if opts is not nil, and asks the callbacks.
func (v *verdict) judge(from *stdtls.Config, c *Conn, req *tls.VerdictRequest, opts *x509.VerifyOptions) error {
	chain, err := parseChain(req.Chain)
	if err != nil {
		return err
	}
	if opts != nil {
		if v.chains, err = verifyChain(from, chain, *opts); err != nil {
			return &stdtls.CertificateVerificationError{UnverifiedCertificates: chain, Err: err}
		}
	}
	if from.VerifyPeerCertificate != nil && !req.Resumed {
		if err := from.VerifyPeerCertificate(req.Chain, v.chains); err != nil {
			return alert.CertificateRefused.Wrap(err, "VerifyPeerCertificate")
		}
	}
	return v.connection(from, c)
}

// connection asks VerifyConnection, once.
func (v *verdict) connection(from *stdtls.Config, c *Conn) error {
	if from.VerifyConnection == nil || v.asked {
		return nil
	}
	v.asked = true
	now := c.engine.ConnectionState()
	if c.name != "" {
		now.ServerName = c.name
	}
	st := describe(&now)
	st.VerifiedChains = v.chains
	if err := from.VerifyConnection(st); err != nil {
		return alert.CertificateRefused.Wrap(err, "VerifyConnection")
	}
	return nil
}

func parseChain(chain [][]byte) ([]*x509.Certificate, error) {
	out := make([]*x509.Certificate, len(chain))
	for i, der := range chain {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, alert.CertificateMalformed.Wrap(err, "a certificate of the peer's does not parse")
		}
		out[i] = cert
	}
	return out, nil
}

func verifyChain(from *stdtls.Config, chain []*x509.Certificate, opts x509.VerifyOptions) ([][]*x509.Certificate, error) {
	opts.CurrentTime = time.Now()
	if from.Time != nil {
		opts.CurrentTime = from.Time()
	}
	opts.Intermediates = x509.NewCertPool()
	for _, cert := range chain[1:] {
		opts.Intermediates.AddCert(cert)
	}
	return chain[0].Verify(opts)
}

// numbers converts a list of code points.
func numbers[To, From ~uint16](list []From) []To {
	out := make([]To, len(list))
	for i, n := range list {
		out[i] = To(n)
	}
	return out
}

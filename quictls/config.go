package quictls

import (
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
)

// checkConfig refuses what crypto/tls refuses when the handshake begins.
func checkConfig(cfg *tls.Config, client bool) error {
	if client && cfg.ServerName == "" && !cfg.InsecureSkipVerify {
		return errors.New("either ServerName or InsecureSkipVerify must be specified in the tls.Config")
	}
	for _, name := range cfg.NextProtos {
		if name == "" || len(name) > 255 {
			return errors.New("invalid NextProtos value")
		}
	}
	return nil
}

// clientConfig is the engine's Config of a client.
func (c *Conn) clientConfig(from *tls.Config) (*tlsengine.Config, error) {
	cfg, err := baseConfig(from)
	if err != nil {
		return nil, err
	}
	cfg.ServerName = from.ServerName
	cfg.Ask = tlsengine.AskVerdict | tlsengine.AskVerdictResumed
	if from.GetClientCertificate != nil {
		cfg.Ask |= tlsengine.AskCredential
	}
	if cfg.Session = c.resume; c.resume != nil {
		if info, err := tlsengine.ReadSession(c.resume); err == nil {
			if early, _ := unpackExtra(info.Application); early {
				cfg.MaxEarlyData = 1
			}
		}
	}
	return c.changed(cfg), nil
}

// serverConfig is the engine's Config of a server.
func (c *Conn) serverConfig(from *tls.Config) (*tlsengine.Config, error) {
	cfg, err := baseConfig(from)
	if err != nil {
		return nil, err
	}
	cfg.Ask = tlsengine.AskVerdict | tlsengine.AskResume
	if from.GetConfigForClient != nil {
		cfg.Ask |= tlsengine.AskConfig
	}
	if from.GetCertificate != nil {
		cfg.Ask |= tlsengine.AskCredential
	}
	switch from.ClientAuth {
	case tls.RequestClientCert, tls.VerifyClientCertIfGiven:
		cfg.ClientAuth = tlsengine.RequestClientCert
	case tls.RequireAnyClientCert, tls.RequireAndVerifyClientCert:
		cfg.ClientAuth = tlsengine.RequireClientCert
	}
	if from.ClientAuth >= tls.VerifyClientCertIfGiven {
		cfg.Ask |= tlsengine.AskVerdictResumed
	}
	if from.ClientCAs != nil {
		//lint:ignore SA1019 crypto/tls does the same
		cfg.ClientCAs = from.ClientCAs.Subjects()
	}
	cfg.MaxEarlyData = 1
	if err := ticketKeys(cfg, from); err != nil {
		return nil, err
	}
	cfg = c.changed(cfg)
	if from.SessionTicketsDisabled {
		cfg.TicketKeys = nil
	}
	return cfg, nil
}

// ticketKeys takes the one key that can be read out of a tls.Config.
func ticketKeys(cfg *tlsengine.Config, from *tls.Config) error {
	//lint:ignore SA1019 the others cannot be read
	key := from.SessionTicketKey
	if key == [32]byte{} {
		return nil
	}
	cfg.TicketKeys = tlsengine.NewTicketKeys()
	return cfg.TicketKeys.SetKeys(key)
}

func (c *Conn) changed(cfg *tlsengine.Config) *tlsengine.Config {
	for _, change := range c.change {
		change(cfg)
	}
	return cfg
}

// baseConfig is what both roles have.
func baseConfig(from *tls.Config) (*tlsengine.Config, error) {
	cfg := &tlsengine.Config{
		Rand: from.Rand, Time: from.Time, ALPN: from.NextProtos, MinVersion: tlsengine.VersionTLS13,
		RequestStatus: true,
	}
	for _, id := range from.CurvePreferences {
		if g := group.Lookup(group.ID(id)); g != nil {
			cfg.Groups = append(cfg.Groups, g)
		}
	}
	for i := range from.Certificates {
		cred, err := credential(&from.Certificates[i])
		if err != nil {
			return nil, err
		}
		cfg.Credentials = append(cfg.Credentials, cred)
	}
	if w := from.KeyLogWriter; w != nil {
		cfg.KeyLog = func(label string, clientRandom, secret []byte) {
			_, _ = fmt.Fprintf(w, "%s %x %x\n", label, clientRandom, secret)
		}
	}
	return cfg, nil
}

// credential is a certificate of crypto/tls's.
func credential(cert *tls.Certificate) (*tlsengine.Credential, error) {
	signer, ok := cert.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, errors.New("certificate private key does not implement crypto.Signer")
	}
	out, err := tlsengine.NewCredential(cert.Certificate, signer)
	if err != nil {
		return nil, err
	}
	out.Staple = cert.OCSPStaple
	return out, nil
}

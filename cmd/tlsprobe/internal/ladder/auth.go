package ladder

import (
	"crypto/x509"
	"fmt"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/registry"
)

func (r *Reader) certificateRequest(body []byte) []string {
	n := 0
	if r.version == handshake.VersionTLS12 {
		m, err := handshake.ParseCertificateRequest12(body)
		if err != nil {
			return nil
		}
		n = m.CertificateAuthorities.Len()
	} else if m, err := handshake.ParseCertificateRequest(body); err == nil {
		if data, ok := m.Extensions.Get(handshake.ExtCertificateAuthorities); ok {
			if list, err := handshake.ParseCertificateAuthorities(data); err == nil {
				n = list.Len()
			}
		}
	}
	if n == 0 {
		return []string{"from any authority"}
	}
	return []string{fmt.Sprintf("from %d named authorities", n)}
}

func (r *Reader) certificate(body []byte) []string {
	var chain [][]byte
	if r.version == handshake.VersionTLS12 {
		m, err := handshake.ParseCertificate12(body)
		if err != nil {
			return nil
		}
		chain = m.CertificateList
	} else {
		m, err := handshake.ParseCertificate(body)
		if err != nil {
			return nil
		}
		for _, entry := range m.CertificateList {
			chain = append(chain, entry.CertData)
		}
	}
	if len(chain) == 0 {
		return []string{"none"}
	}
	leaf, err := x509.ParseCertificate(chain[0])
	if err != nil {
		return []string{"the first does not parse"}
	}
	return []string{fmt.Sprintf("%s · %s · %s", text.Plural(len(chain), "certificate"), text.Clean(leaf.Subject.String()), pki.KeyKind(leaf))}
}

func certificateVerify(body []byte) []string {
	m, err := handshake.ParseCertificateVerify(body)
	if err != nil {
		return nil
	}
	return []string{registry.CodeOf(registry.SignatureSchemes, m.Algorithm).String()}
}

func serverKeyExchange(body []byte) []string {
	m, err := handshake.ParseServerKeyExchange(body)
	if err != nil {
		return nil
	}
	return []string{registry.CodeOf(registry.Groups, m.Params.NamedCurve).String() + " · " + registry.CodeOf(registry.SignatureSchemes, m.Algorithm).String()}
}

func (r *Reader) ticket(body []byte) []string {
	if r.version == handshake.VersionTLS12 {
		m, err := handshake.ParseNewSessionTicket12(body)
		if err != nil {
			return nil
		}
		return []string{"for " + text.Span(seconds(m.TicketLifetimeHint))}
	}
	m, err := handshake.ParseNewSessionTicket(body)
	if err != nil {
		return nil
	}
	line := "for " + text.Span(seconds(m.TicketLifetime))
	if data, ok := m.Extensions.Get(handshake.ExtEarlyData); ok {
		if n, err := handshake.ParseEarlyDataNST(data); err == nil {
			line += fmt.Sprintf(" · early data up to %s", text.Plural(int(n), "byte"))
		}
	}
	return []string{line}
}

func seconds(n uint32) time.Duration { return time.Duration(n) * time.Second }

func keyUpdate(body []byte) []string {
	m, err := handshake.ParseKeyUpdate(body)
	if err != nil {
		return nil
	}
	if m.RequestUpdate == handshake.UpdateRequested {
		return []string{"and asks for the other side's"}
	}
	return nil
}

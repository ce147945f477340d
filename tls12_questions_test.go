package tlsengine_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// asked is what an application is asked, and answers as the Config would have.
type asked struct {
	t    *testing.T
	cfg  *tlsengine.Config
	said []string

	resume tlsengine.ResumeAnswer
	last   map[string]tlsengine.Request
}

func asking(t *testing.T, e *end, cfg *tlsengine.Config) *asked {
	a := &asked{t: t, cfg: cfg, resume: tlsengine.ResumeOnly, last: make(map[string]tlsengine.Request)}
	e.answer = a.answer
	return a
}

func (a *asked) answer(e *tlsengine.Engine, q tlsengine.Request) {
	a.t.Helper()
	name := fmt.Sprintf("%T", q)[len("*handshake."):]
	a.said = append(a.said, name)
	a.last[name] = q
	require.Equal(a.t, q, e.Pending(), "the question stays the same")
	require.False(a.t, e.ConnectionState().HandshakeDone)
	var err error
	switch q := q.(type) {
	case *tlsengine.ConfigRequest:
		require.ErrorIs(a.t, e.Verified(nil), tlsengine.ErrNotPending)
		err = e.UseConfig(a.cfg, nil)
	case *tlsengine.TicketRequest:
		answer := tlsengine.TicketAnswer{}
		if q.SessionID {
			answer.Session = a.cfg.SessionCache.Get(q.Identity)
		} else {
			answer.Session = a.cfg.TicketKeys.Open(testpeer.Now(), q.Identity)
		}
		err = e.Ticket(answer, nil)
	case *tlsengine.ResumeRequest:
		require.ErrorIs(a.t, e.Ticket(tlsengine.TicketAnswer{}, nil), tlsengine.ErrNotPending)
		err = e.Resume(a.resume, nil)
	case *tlsengine.CredentialRequest:
		require.ErrorIs(a.t, e.Signed(nil, nil), tlsengine.ErrNotPending)
		var chosen *tlsengine.Credential
		for _, c := range a.cfg.Credentials {
			if chosen == nil && q.Accepts(c) {
				chosen = &tlsengine.Credential{Chain: c.Chain}
			}
		}
		err = e.UseCredential(chosen, nil)
	case *tlsengine.SignatureRequest:
		require.ErrorIs(a.t, e.UseCredential(nil, nil), tlsengine.ErrNotPending)
		require.Equal(a.t, a.cfg.Credentials[0].Chain, q.Chain)
		sig, failure := signature.Sign(testpeer.Rand("application"), q.Scheme, a.cfg.Credentials[0].Signer, q.Message)
		err = e.Signed(sig, failure)
	case *tlsengine.VerdictRequest:
		require.ErrorIs(a.t, e.UseConfig(a.cfg, nil), tlsengine.ErrNotPending)
		err = e.Verified(nil)
	}
	require.NoError(a.t, err)
}

const everything = tlsengine.AskConfig | tlsengine.AskTicket | tlsengine.AskResume | tlsengine.AskCredential | tlsengine.AskVerdict | tlsengine.AskVerdictResumed

func TestTLS12EveryQuestion(t *testing.T) {
	for name, by := range map[string]func(*tlsengine.Config) *tlsengine.Config{
		"ticket": func(c *tlsengine.Config) *tlsengine.Config { return c }, "session id": byID,
	} {
		t.Run(name, func(t *testing.T) {
			client, server := client12(), by(server12())
			client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
			client.Ask, server.Ask, server.ClientAuth = everything, everything, tlsengine.RequireClientCert
			p := newPair(t, client, server)
			c, s := asking(t, p.client, client), asking(t, p.server, server)
			p.run()
			require.NoError(t, p.client.err)
			require.NoError(t, p.server.err)
			require.Equal(t, []string{"VerdictRequest", "CredentialRequest", "SignatureRequest"}, c.said)
			require.Equal(t, []string{"ConfigRequest", "CredentialRequest", "SignatureRequest", "VerdictRequest"}, s.said)
			p.exchange(payload)
			p.sameSecrets()

			verdict := c.last["VerdictRequest"].(*tlsengine.VerdictRequest)
			require.Equal(t, testpeer.ServerIdentity().Chain, verdict.Chain)
			require.Equal(t, testpeer.Name, verdict.ServerName)
			require.False(t, verdict.Resumed)
			verdict = s.last["VerdictRequest"].(*tlsengine.VerdictRequest)
			require.Equal(t, testpeer.ClientIdentity().Chain, verdict.Chain)
			request := s.last["CredentialRequest"].(*tlsengine.CredentialRequest)
			require.Equal(t, tlsengine.VersionTLS12, request.Version)
			require.Equal(t, testpeer.Name, request.ServerName)
			require.True(t, request.ECDSA && request.RSA)
			require.NotEmpty(t, request.Curves)

			client.Session = p.session()
			p = newPair(t, client, server)
			c, s = asking(t, p.client, client), asking(t, p.server, server)
			p.run()
			require.NoError(t, p.client.err)
			require.NoError(t, p.server.err)
			require.True(t, p.client.ConnectionState().Resumed)
			require.Equal(t, []string{"VerdictRequest"}, c.said)
			require.Equal(t, []string{"ConfigRequest", "TicketRequest", "ResumeRequest", "VerdictRequest"}, s.said)
			info, err := tlsengine.ReadSession(s.last["ResumeRequest"].(*tlsengine.ResumeRequest).Session)
			require.NoError(t, err)
			require.Equal(t, tlsengine.VersionTLS12, info.Version)
			require.True(t, c.last["VerdictRequest"].(*tlsengine.VerdictRequest).Resumed)
			ticket := s.last["TicketRequest"].(*tlsengine.TicketRequest)
			require.Equal(t, tlsengine.VersionTLS12, ticket.Version)
			require.Equal(t, name == "session id", ticket.SessionID)
			p.exchange(payload)

			p = newPair(t, client, server)
			asking(t, p.client, client)
			asking(t, p.server, server).resume = tlsengine.ResumeNo
			p.run()
			require.NoError(t, p.server.err)
			require.False(t, p.server.ConnectionState().Resumed)
			require.NotEmpty(t, p.session(), "a full handshake, and a new session")
			p.exchange(payload)
		})
	}
}

// While a question is open nothing leaves that its answer could forbid: a
// verdict holds back our Finished and all data.
func TestTLS12VerdictsGateFinished(t *testing.T) {
	t.Run("client", func(t *testing.T) {
		client := client12()
		client.Ask = tlsengine.AskVerdict
		p := newPair(t, client, server12())
		p.server.take(t, p.client.Flush(nil))
		flight := p.server.Flush(nil)
		for range p.client.Feed(flight) {
		}
		require.IsType(t, &tlsengine.VerdictRequest{}, p.client.Pending())
		require.Empty(t, p.client.Flush(nil), "not even ClientKeyExchange")
		require.Error(t, p.client.Verified(errors.New("no")))
		p.server.take(t, p.client.Flush(nil))
		require.Equal(t, alert.CertificateUnknown, p.server.heard(t))
	})
	t.Run("server", func(t *testing.T) {
		client, server := client12(), server12()
		client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
		server.ClientAuth, server.Ask = tlsengine.RequireClientCert, tlsengine.AskVerdict
		p := newPair(t, client, server)
		p.server.take(t, p.client.Flush(nil))
		p.client.take(t, p.server.Flush(nil))
		for range p.server.Feed(p.client.Flush(nil)) {
		}
		require.IsType(t, &tlsengine.VerdictRequest{}, p.server.Pending())
		require.Empty(t, p.server.Flush(nil))
		require.NoError(t, p.server.Verified(nil))
		p.server.take(t, nil)
		p.run()
		require.NoError(t, p.client.err)
		p.exchange(payload)
	})
	t.Run("resumed, client", func(t *testing.T) {
		client, server := client12(), server12()
		client.Session = meet(t, client, server).session()
		client.Ask = tlsengine.AskVerdictResumed
		p := newPair(t, client, server)
		p.server.take(t, p.client.Flush(nil))
		for range p.client.Feed(p.server.Flush(nil)) {
		}
		require.IsType(t, &tlsengine.VerdictRequest{}, p.client.Pending())
		require.Empty(t, p.client.Flush(nil))
		require.NoError(t, p.client.Verified(nil))
		p.client.take(t, nil)
		p.run()
		p.exchange(payload)
	})
	for _, ask := range []tlsengine.Question{tlsengine.AskVerdictResumed, tlsengine.AskVerdict} {
		t.Run(fmt.Sprintf("resumed, server, %d", ask), func(t *testing.T) {
			client, server := client12(), server12()
			client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
			server.ClientAuth = tlsengine.RequireClientCert
			client.Session = meet(t, client, server).session()
			server.Ask = ask
			p := newPair(t, client, server)
			for range p.server.Feed(p.client.Flush(nil)) {
			}
			require.IsType(t, &tlsengine.VerdictRequest{}, p.server.Pending())
			require.Empty(t, p.server.Flush(nil), "not even ServerHello")
			require.NoError(t, p.server.Verified(nil))
			p.run()
			require.True(t, p.server.ConnectionState().Resumed)
			p.exchange(payload)
		})
	}
}

// Each answer can be a refusal, with the alert of the application's choice.
func TestTLS12Refusals(t *testing.T) {
	refusal := tlsengine.Refuse(alert.InsufficientSecurity, "not today")
	for _, c := range []struct {
		side   string
		resume bool
		asks   tlsengine.Question
		refuse func(e *tlsengine.Engine, err error) error
	}{
		{"server", false, tlsengine.AskConfig, func(e *tlsengine.Engine, err error) error { return e.UseConfig(nil, err) }},
		{"server", true, tlsengine.AskTicket, func(e *tlsengine.Engine, err error) error { return e.Ticket(tlsengine.TicketAnswer{}, err) }},
		{"server", true, tlsengine.AskResume, func(e *tlsengine.Engine, err error) error { return e.Resume(tlsengine.ResumeNo, err) }},
		{"server", false, tlsengine.AskCredential, func(e *tlsengine.Engine, err error) error { return e.UseCredential(nil, err) }},
		{"server", false, tlsengine.AskVerdict, (*tlsengine.Engine).Verified},
		{"server", true, tlsengine.AskVerdictResumed, (*tlsengine.Engine).Verified},
		{"client", false, tlsengine.AskCredential, func(e *tlsengine.Engine, err error) error { return e.UseCredential(nil, err) }},
		{"client", false, tlsengine.AskVerdict, (*tlsengine.Engine).Verified},
		{"client", true, tlsengine.AskVerdictResumed, (*tlsengine.Engine).Verified},
	} {
		t.Run(fmt.Sprintf("%s/%v", c.side, c.asks), func(t *testing.T) {
			client, server := client12(), server12()
			client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
			server.ClientAuth = tlsengine.RequireClientCert
			if c.resume {
				client.Session = meet(t, client, server).session()
			}
			refuser := func(p *pair) (*end, *end) { return p.server, p.client }
			if c.side == "client" {
				client.Ask = c.asks
				refuser = func(p *pair) (*end, *end) { return p.client, p.server }
			} else {
				server.Ask = c.asks
			}
			p := newPair(t, client, server)
			who, other := refuser(p)
			who.answer = func(e *tlsengine.Engine, _ tlsengine.Request) {
				who.err = c.refuse(e, refusal)
			}
			p.run()
			require.Equal(t, alert.InsufficientSecurity, who.refusal(t).Alert)
			require.Equal(t, alert.InsufficientSecurity, other.heard(t))
			require.Nil(t, who.Pending())
		})
	}
}

func TestTLS12SigningFails(t *testing.T) {
	failure := errors.New("the token was pulled")
	for _, side := range []string{"client", "server"} {
		client, server := client12(), server12()
		client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
		server.ClientAuth = tlsengine.RequireClientCert
		cfg := map[string]*tlsengine.Config{"client": client, "server": server}[side]
		cfg.Credentials = []*tlsengine.Credential{{Chain: cfg.Credentials[0].Chain}}
		p := newPair(t, client, server)
		who := map[string]*end{"client": p.client, "server": p.server}[side]
		who.answer = func(e *tlsengine.Engine, q tlsengine.Request) {
			require.IsType(t, &tlsengine.SignatureRequest{}, q)
			who.err = e.Signed(nil, failure)
		}
		p.run()
		require.Equal(t, alert.SigningFailed, who.refusal(t).Reason)
		require.ErrorIs(t, who.err, failure)
	}
}

func TestTLS12WrongChainsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(client, server *tlsengine.Config)
		want   alert.Reason
	}{
		"unknown issuer": {func(c, _ *tlsengine.Config) { c.Roots = x509.NewCertPool() }, alert.CertificateUnknownIssuer},
		"another name":   {func(c, _ *tlsengine.Config) { c.ServerName = "other.test" }, alert.CertificateNameMismatch},
		"expired":        {func(c, _ *tlsengine.Config) { c.Time = testpeer.Clock(1 << 62) }, alert.CertificateHasExpired},
	} {
		client, server := client12(), server12()
		c.change(client, server)
		p := newPair(t, client, server)
		p.run()
		require.Equal(t, c.want, p.client.refusal(t).Reason, name)
		require.Equal(t, c.want.Alert(), p.server.heard(t))
	}
}

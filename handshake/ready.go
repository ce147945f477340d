package handshake

import (
	"slices"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/signature"
)

// ready is the Config's answer to what the state asks, or false where the
// question goes to the application. The Config is just the first to be asked.
func (m *Machine) ready() (input, bool) {
	switch m.state {
	case AwaitConfig:
		return m.readyConfig()
	case AwaitTicket:
		return m.readyTicket()
	case Await12Ticket:
		return m.readyTicket12()
	case AwaitResume, Await12Resume:
		return m.readyResume()
	case AwaitParameters:
		return m.readyParameters()
	case AwaitCredential, Await12Credential:
		return m.readyCredential()
	case AwaitSignature, Await12Signature:
		return m.readySignature()
	case AwaitVerdict, Await12Verdict:
		return m.readyVerdict()
	}
	return input{}, false
}

func (m *Machine) readyConfig() (input, bool) {
	if m.cfg.asks(AskConfig) {
		return input{}, false
	}
	return input{kind: configAnswer, answer: answer{config: m.cfg}}, true
}

func (m *Machine) readyTicket() (input, bool) {
	if m.cfg.asks(AskTicket) {
		return input{}, false
	}
	a := &TicketAnswer{}
	if m.cfg.TicketKeys != nil {
		a.Session = m.cfg.TicketKeys.Open(m.cfg.now(), m.server.psk.identity().Identity)
	}
	a.Early = a.Session != nil
	return input{kind: ticketAnswer, answer: answer{ticket: a}}, true
}

func (m *Machine) readyTicket12() (input, bool) {
	if m.cfg.asks(AskTicket) {
		return input{}, false
	}
	id, isTicket := m.server.identity12()
	a := &TicketAnswer{}
	switch now := m.cfg.now(); {
	case isTicket && m.cfg.TicketKeys != nil:
		a.Session, a.Renew = m.cfg.TicketKeys.Open(now, id), m.cfg.TicketKeys.Stale(now, id)
	case !isTicket && m.cfg.SessionCache != nil:
		a.Session = m.cfg.SessionCache.Get(id)
	}
	return input{kind: ticketAnswer, answer: answer{ticket: a}}, true
}

func (m *Machine) readyResume() (input, bool) {
	if m.cfg.asks(AskResume) {
		return input{}, false
	}
	return input{kind: resumeAnswer, answer: answer{resume: ResumeEarly}}, true
}

func (m *Machine) readyParameters() (input, bool) {
	if m.parameters == nil {
		return input{}, false
	}
	return input{kind: parametersAnswer, answer: answer{parameters: m.parameters}}, true
}

func (m *Machine) readyCredential() (input, bool) {
	if m.cfg.asks(AskCredential) {
		return input{}, false
	}
	return input{kind: credentialAnswer, answer: answer{credential: choose(m.cfg.Credentials, m.credentialRequest())}}, true
}

func (m *Machine) readySignature() (input, bool) {
	signer := m.request.signer
	if signer == nil || signer.Signer == nil {
		return input{}, false
	}
	sig, err := signature.Sign(m.cfg.rand(), m.request.scheme, signer.Signer, m.toSign())
	return input{kind: signatureAnswer, answer: answer{signature: sig, err: err}}, true
}

func (m *Machine) readyVerdict() (input, bool) {
	asks := m.cfg.Roots == nil || m.cfg.asks(AskVerdict)
	if m.facts.Resumed {
		asks = true
	}
	if asks {
		return input{}, false
	}
	return input{kind: verdictAnswer, answer: answer{err: m.defaultVerdict()}}, true
}

func (m *Machine) defaultVerdict() error {
	if k := m.peer.known; k != nil && k.good(m.cfg.now()) {
		return nil
	}
	leaf, err := m.peerLeaf()
	if err != nil {
		return err
	}
	return m.cfg.verify(m.peer.chain, leaf, m.peerUsage())
}

// Asks reports whether there is a question, which [Machine.Pending] then puts
// together.
func (m *Machine) Asks() bool { return m.state.Awaits() && m.err == nil }

// Pending is the question that the machine waits on, or nil. It is a function
// of the state: the same until it is answered.
func (m *Machine) Pending() Request {
	if m.err != nil {
		return nil
	}
	switch m.state {
	case AwaitConfig:
		return &ConfigRequest{Hello: m.server.hello.info()}
	case AwaitTicket:
		return m.server.ticketRequest()
	case Await12Ticket:
		id, isTicket := m.server.identity12()
		return &TicketRequest{Version: VersionTLS12, Identity: slices.Clone(id), SessionID: !isTicket}
	case AwaitResume:
		return m.server.resumeRequest()
	case Await12Resume:
		s := m.server.t12.session
		return &ResumeRequest{
			Session: s.append(nil), Application: slices.Clone(s.application), EarlyData: m.facts.EarlyData,
		}
	case AwaitParameters:
		return m.server.parametersRequest()
	case AwaitCredential, Await12Credential:
		return m.credentialRequest().owned()
	case AwaitSignature, Await12Signature:
		return &SignatureRequest{Scheme: m.request.scheme, Message: m.toSign(), Chain: clone(m.request.chain)}
	case AwaitVerdict, Await12Verdict:
		return &VerdictRequest{
			Chain: clone(m.peer.chain), ServerName: m.cfg.ServerName, Staple: slices.Clone(m.peer.staple),
			Scheme: m.facts.PeerScheme, Resumed: m.facts.Resumed,
		}
	}
	return nil
}

// credentialRequest is the question, whose slices are the machine's.
func (m *Machine) credentialRequest() *CredentialRequest {
	c := m.request
	if m.server != nil {
		c = m.server.wanted()
	}
	tls13 := m.facts.Version == VersionTLS13
	return &CredentialRequest{
		Version: m.facts.Version, ServerName: c.serverName, Schemes: c.schemes, Authorities: c.authorities,
		ECDSA: tls13 || c.ecdsa, RSA: tls13 || c.rsa, CertificateTypes: c.types, Curves: c.curves,
	}
}

// owned makes the slices the application's.
func (r *CredentialRequest) owned() *CredentialRequest {
	r.Schemes, r.Authorities = slices.Clone(r.Schemes), clone(r.Authorities)
	r.CertificateTypes, r.Curves = slices.Clone(r.CertificateTypes), slices.Clone(r.Curves)
	return r
}

func (s *server) ticketRequest() *TicketRequest {
	id := s.psk.identity()
	return &TicketRequest{
		Version: VersionTLS13, Identity: slices.Clone(id.Identity), Index: s.psk.index, ObfuscatedAge: id.ObfuscatedTicketAge,
		Early: s.hello.early && s.psk.index == 0 && !s.facts.Retried, ReplayID: slices.Clone(s.psk.binder()),
	}
}

// UseConfig answers a [ConfigRequest]: go on with this one. An error refuses
// the client, with the alert of an AlertError or access_denied.
func (m *Machine) UseConfig(cfg *Config, err error) error {
	if cfg == nil && err == nil {
		err = alert.AccessRefused.Errorf("no configuration for this client")
	}
	return m.answered(configAnswer, answer{config: cfg, err: err})
}

// Ticket answers a [TicketRequest]; the zero TicketAnswer declines.
func (m *Machine) Ticket(a TicketAnswer, err error) error {
	return m.answered(ticketAnswer, answer{ticket: &a, err: err})
}

// Resume answers a [ResumeRequest].
func (m *Machine) Resume(a ResumeAnswer, err error) error {
	return m.answered(resumeAnswer, answer{resume: a, err: err})
}

// SetParameters answers a [ParametersRequest]. Nil is no parameters at all,
// which is still said. At most MaxParameters bytes.
func (m *Machine) SetParameters(own []byte, err error) error {
	if len(own) > MaxParameters {
		return ErrParameters
	}
	if own == nil {
		own = []byte{}
	}
	return m.answered(parametersAnswer, answer{parameters: slices.Clone(own), err: err})
}

// UseCredential answers a [CredentialRequest]. ErrCredential is no answer, and
// changes nothing.
func (m *Machine) UseCredential(c *Credential, err error) error {
	if c != nil && err == nil && c.check() != nil {
		return ErrCredential
	}
	return m.answered(credentialAnswer, answer{credential: c, err: err})
}

// Signed answers a [SignatureRequest].
func (m *Machine) Signed(sig []byte, err error) error {
	return m.answered(signatureAnswer, answer{signature: sig, err: err})
}

// Verified answers a [VerdictRequest]: nil is good. An error refuses the
// peer, with the alert of an AlertError, that which fits an error of
// crypto/x509, or certificate_unknown.
func (m *Machine) Verified(verdict error) error {
	return m.answered(verdictAnswer, answer{err: verdict})
}

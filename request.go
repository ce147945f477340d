package tlsengine

import "github.com/tlsengine/tlsengine/handshake"

// Request is a question to the application: one of the types below. It says
// the same as long as it is not answered, and what it holds is the receiver's.
type Request = handshake.Request

// The questions. Each names the method that answers it.
type (
	// ConfigRequest asks a server which Config to go on with: UseConfig.
	ConfigRequest = handshake.ConfigRequest

	// ClientHelloInfo is what a ConfigRequest says of the ClientHello.
	ClientHelloInfo = handshake.ClientHelloInfo

	// TicketRequest asks a server whose ticket or PSK identity it has: Ticket.
	TicketRequest = handshake.TicketRequest

	// ResumeRequest asks a server whether to resume a session and to take its
	// early data: Resume.
	ResumeRequest = handshake.ResumeRequest

	// ParametersRequest asks a QUIC server for its transport parameters:
	// SetParameters of [QUICConn].
	ParametersRequest = handshake.ParametersRequest

	// CredentialRequest asks which credential to answer with: UseCredential.
	CredentialRequest = handshake.CredentialRequest

	// SignatureRequest asks for a signature: Signed.
	SignatureRequest = handshake.SignatureRequest

	// VerdictRequest asks whether the peer's chain is good: Verified.
	VerdictRequest = handshake.VerdictRequest

	// TicketAnswer answers a TicketRequest.
	TicketAnswer = handshake.TicketAnswer

	// ResumeAnswer answers a ResumeRequest.
	ResumeAnswer = handshake.ResumeAnswer
)

// The answers to a [ResumeRequest].
const (
	ResumeNo    = handshake.ResumeNo    // a full handshake
	ResumeOnly  = handshake.ResumeOnly  // without early data
	ResumeEarly = handshake.ResumeEarly // with early data, where it can be
)

// Pending is the question that the engine waits on, or nil. It is a function
// of the state: asked again, it says the same.
func (e *Engine) Pending() Request {
	e.wake()
	if !e.asks() {
		return nil
	}
	return e.m.Pending()
}

// asks reports whether there is a question, without putting it together.
func (e *Engine) asks() bool {
	return e.recv.err == nil && len(e.recv.outputs) == 0 && e.m.Asks()
}

// UseConfig answers a [ConfigRequest]: the engine goes on with this Config,
// which it keeps a reference to, from the next message of the peer's and the
// next record of its own. A refusal is an error, with an alert of its own ([Refuse]) or access_denied.
//
// This and the other answers return ErrNotPending, and change nothing, when
// their question is not open. Any other error is the end of the connection.
func (e *Engine) UseConfig(cfg *Config, refusal error) error {
	return e.answered(func(m *handshake.Machine) error { return m.UseConfig(cfg, refusal) })
}

// UseCredential answers a [CredentialRequest]. With nil and no refusal a
// client goes on without, and a server refuses with handshake_failure.
// [ErrCredential] is no answer either: the question stays open.
func (e *Engine) UseCredential(c *Credential, refusal error) error {
	return e.answered(func(m *handshake.Machine) error { return m.UseCredential(c, refusal) })
}

// Signed answers a [SignatureRequest], or says why there is no signature. The
// engine copies it.
func (e *Engine) Signed(sig []byte, failure error) error {
	return e.answered(func(m *handshake.Machine) error { return m.Signed(sig, failure) })
}

// Verified answers a [VerdictRequest]: nil is good. An error refuses the peer,
// with an alert of its own ([Refuse]), the one that fits an error of
// crypto/x509, or certificate_unknown.
func (e *Engine) Verified(verdict error) error {
	return e.answered(func(m *handshake.Machine) error { return m.Verified(verdict) })
}

// Ticket answers a [TicketRequest]. The zero answer declines this identity; a
// refusal ends the connection.
func (e *Engine) Ticket(a TicketAnswer, refusal error) error {
	return e.answered(func(m *handshake.Machine) error { return m.Ticket(a, refusal) })
}

// Resume answers a [ResumeRequest]; a refusal ends the connection.
func (e *Engine) Resume(a ResumeAnswer, refusal error) error {
	return e.answered(func(m *handshake.Machine) error { return m.Resume(a, refusal) })
}

func (e *Engine) answered(answer func(m *handshake.Machine) error) error {
	e.wake()
	if e.recv.err != nil {
		return e.recv.err
	}
	if len(e.recv.outputs) > 0 {
		return ErrNotPending
	}
	err := answer(e.m)
	if err == ErrNotPending || err == ErrCredential {
		return err
	}
	e.collect()
	if err != nil {
		return e.refuse(err)
	}
	if err := e.ourTurn(); err != nil {
		return err
	}
	return e.settle()
}

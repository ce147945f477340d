package handshake

import (
	"slices"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/signature"
)

// onCertificate12: WAIT12_CERT to WAIT12_SKE, or to WAIT12_STATUS_SKE if a
// stapled response was promised.
//
// RFC 5246, Section 7.4.2.
func (c *client) onCertificate12(in *input) (State, error) {
	m, err := ParseCertificate12(in.body())
	if err != nil {
		return 0, err
	}
	if len(m.CertificateList) == 0 {
		return 0, alert.NoCertificate.Errorf("server sent no certificate in TLS 1.2")
	}
	if err := c.readChain12(&m); err != nil {
		return 0, err
	}
	if err := c.checkServerKey(c.peer.key); err != nil {
		return 0, err
	}
	c.transcript.add(in.raw)
	if c.t12.status {
		return Wait12StatusSKE, nil
	}
	return Wait12SKE, nil
}

// onCertificateStatus12: WAIT12_STATUS_SKE to WAIT12_SKE.
//
// "Note that a server MAY also choose not to send a "CertificateStatus"
// message, even if has received a "status_request" extension in the client
// hello message and has sent a "status_request" extension in the server hello
// message." RFC 6066, Section 8.
func (c *client) onCertificateStatus12(in *input) (State, error) {
	m, err := ParseCertificateStatus(in.body())
	if err != nil {
		return 0, err
	}
	c.peer.staple = slices.Clone(m.Response)
	c.transcript.add(in.raw)
	return Wait12SKE, nil
}

// onServerKeyExchange12: WAIT12_SKE or WAIT12_STATUS_SKE to AWAIT12_VERDICT.
//
// RFC 8422, Section 5.4.
func (c *client) onServerKeyExchange12(in *input) (State, error) {
	m, err := ParseServerKeyExchange(in.body())
	if err != nil {
		return 0, err
	}
	g := c.cfg.group(m.Params.NamedCurve)
	if g == nil || !g.TLS12 {
		return 0, alert.WrongGroup.Errorf("server chose group %v, which was not offered for TLS 1.2", m.Params.NamedCurve)
	}
	if err := c.checkSignature12(m.Algorithm, c.signedParams(&m.Params), m.Signature); err != nil {
		return 0, err
	}
	key, err := g.Generate(c.cfg.rand())
	if err != nil {
		return 0, err
	}
	if c.t12.premain, err = key.Secret(m.Params.Public); err != nil {
		return 0, alert.BadECPoint.Wrap(err, "server's point is invalid")
	}
	c.t12.share, c.facts.Group = key.Share(), g.ID
	c.tellExchange(g.ID, key, m.Params.Public, c.t12.premain)
	c.transcript.add(in.raw)
	return Await12Verdict, nil
}

// onVerdict12: AWAIT12_VERDICT to WAIT12_CR_DONE, or when a session is resumed
// to the server's ChangeCipherSpec.
//
// RFC 5246, Section 7.4.2.
func (c *client) onVerdict12(in *input) (State, error) {
	if err := c.judge(in); err != nil {
		return 0, err
	}
	if c.facts.Resumed {
		return c.awaitServer12(), nil
	}
	return Wait12CRDone, nil
}

// onCertificateRequest12: WAIT12_CR_DONE to WAIT12_DONE.
//
// RFC 5246, Section 7.4.4.
func (c *client) onCertificateRequest12(in *input) (State, error) {
	m, err := ParseCertificateRequest12(in.body())
	if err != nil {
		return 0, err
	}
	c.request = readRequest12(&m)
	c.transcript.add(in.raw)
	return Wait12Done, nil
}

// onServerHelloDone12: WAIT12_CR_DONE or WAIT12_DONE to our flight, at once or
// by way of AWAIT12_CREDENTIAL.
//
// RFC 5246, Section 7.4.5.
func (c *client) onServerHelloDone12(in *input) (State, error) {
	if _, err := ParseServerHelloDone(in.body()); err != nil {
		return 0, err
	}
	c.transcript.add(in.raw)
	if c.request != nil {
		return Await12Credential, nil
	}
	c.sayClientKeyExchange()
	return c.finishFlight12(), nil
}

// onCredential12: AWAIT12_CREDENTIAL to AWAIT12_SIGNATURE, or past it with an
// empty Certificate.
//
// "If no suitable certificate is available, the client MUST send a certificate
// message containing no certificates." RFC 5246, Section 7.4.6.
func (c *client) onCredential12(in *input) (State, error) {
	if err := refused(in.answer.err); err != nil {
		return 0, err
	}
	cred, scheme := in.answer.credential, signature.Scheme(0)
	if cred != nil {
		if scheme = cred.scheme(VersionTLS12, c.request.schemes); scheme == 0 {
			return 0, c.request.unfit(cred)
		}
	}
	c.sayCertificate12(cred, scheme)
	c.sayClientKeyExchange()
	if cred == nil {
		return c.finishFlight12(), nil
	}
	return Await12Signature, nil
}

// onSignature12: AWAIT12_SIGNATURE to the server's flight.
//
// RFC 5246, Section 7.4.8.
func (c *client) onSignature12(in *input) (State, error) {
	if err := in.answer.unsigned(); err != nil {
		return 0, err
	}
	m := CertificateVerify{Algorithm: c.request.scheme, Signature: in.answer.signature}
	c.say(Initial, MsgCertificateVerify, m.Append(c.out.room()))
	c.facts.OwnScheme = c.request.scheme
	return c.finishFlight12(), nil
}

// sayClientKeyExchange sends our point; the main secret follows from it.
//
// RFC 8422, Section 5.7.
func (c *client) sayClientKeyExchange() {
	m := ClientKeyExchange{ECDHYc: c.t12.share}
	c.say(Initial, MsgClientKeyExchange, m.Append(c.out.room()))
	c.deriveMain(c.t12.premain)
	clear(c.t12.premain)
	c.t12.premain, c.t12.share = nil, nil
}

// finishFlight12 says ChangeCipherSpec and Finished.
func (c *client) finishFlight12() State {
	c.transcript.drop()
	c.changeCipherSpec()
	c.sayFinished12()
	c.request = nil
	return c.awaitServer12()
}

// awaitServer12 leads to the end of the server's flight.
func (c *client) awaitServer12() State {
	if c.t12.promised {
		return Wait12NST
	}
	return Wait12CCS
}

// onNewSessionTicket12: WAIT12_NST to WAIT12_CCS.
//
// "The client MUST NOT treat the ticket as valid until it has verified the
// server's Finished message." RFC 5077, Section 3.3.
func (c *client) onNewSessionTicket12(in *input) (State, error) {
	m, err := ParseNewSessionTicket12(in.body())
	if err != nil {
		return 0, err
	}
	c.t12.ticket, c.t12.lifetime = slices.Clone(m.Ticket), m.TicketLifetimeHint
	c.transcript.add(in.raw)
	return Wait12CCS, nil
}

// onChangeCipherSpec12: WAIT12_CCS to WAIT12_FINISHED.
//
// RFC 5246, Section 7.1.
func (c *client) onChangeCipherSpec12(*input) (State, error) {
	c.peerChangesCipherSpec()
	return Wait12Finished, nil
}

// onFinished12: WAIT12_FINISHED to CONNECTED12. When a session is resumed the
// server finishes first, and now we do.
//
// "Once a side has sent its Finished message and received and validated the
// Finished message from its peer, it may begin to send and receive application
// data over the connection." RFC 5246, Section 7.4.9.
func (c *client) onFinished12(in *input) (State, error) {
	if err := c.readFinished12(in); err != nil {
		return 0, err
	}
	if c.facts.Resumed {
		c.changeCipherSpec()
		c.sayFinished12()
	}
	c.signal(OutDone)
	c.keepSession12()
	c.settle12()
	c.offer = nil
	return Connected12, nil
}

// onHelloRequest12: CONNECTED12, refused.
//
// "This message MAY be ignored by the client if it does not wish to renegotiate
// a session, or the client may, if it wishes, respond with a no_renegotiation
// alert." RFC 5246, Section 7.4.1.1. Ours is fatal: a server that asks means to
// wait.
func (c *client) onHelloRequest12(in *input) (State, error) {
	if _, err := ParseHelloRequest(in.body()); err != nil {
		return 0, err
	}
	return 0, alert.RenegotiationRefused.Errorf("server asks for renegotiation")
}

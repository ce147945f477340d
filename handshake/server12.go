package handshake

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/signature"
)

// onTicket12: AWAIT12_TICKET to AWAIT12_RESUME, or on to AWAIT12_CREDENTIAL for
// a full handshake.
//
// "If the server fails to verify the ticket, then it falls back to performing a
// full handshake." RFC 5077, Section 3.2.
func (s *server) onTicket12(in *input) (State, error) {
	if err := refused(in.answer.err); err != nil {
		return 0, err
	}
	session, err := s.resumable12(in.answer.ticket)
	if err != nil {
		return 0, err
	}
	if session == nil {
		return s.beginFull12()
	}
	s.t12.session, s.t12.promised = session, in.answer.ticket.Renew && s.givesTickets12()
	return Await12Resume, nil
}

// onResume12: AWAIT12_RESUME to our flight under the session, or past it to
// AWAIT12_CREDENTIAL.
//
// RFC 5246, Section 7.4.1.3.
func (s *server) onResume12(in *input) (State, error) {
	if err := refused(in.answer.err); err != nil {
		return 0, err
	}
	session := s.t12.session
	if in.answer.resume == ResumeNo {
		s.t12.session = nil
		return s.beginFull12()
	}
	s.facts.Suite = s.cfg.suite(session.suite)
	s.takeOver12(session)
	if s.asksResumed() {
		return Await12Verdict, nil
	}
	return s.sayResumption12()
}

// sayResumption12 sends ServerHello to Finished for a resumption.
//
// RFC 5246, Section 7.3; RFC 5077, Section 3.1.
func (s *server) sayResumption12() (State, error) {
	if err := s.chooseALPN(); err != nil {
		return 0, err
	}
	s.transcript.add(s.hello.raw)
	s.transcript.start(s.facts.Suite.Hash)
	s.sayServerHello12(s.hello.hello.LegacySessionID)
	if err := s.finishFlight12(); err != nil {
		return 0, err
	}
	return Wait12CCS, nil
}

// onCredential12: AWAIT12_CREDENTIAL to AWAIT12_SIGNATURE. The key decides
// between the suites.
//
// RFC 5246, Section 7.4.2.
func (s *server) onCredential12(in *input) (State, error) {
	if err := refused(in.answer.err); err != nil {
		return 0, err
	}
	cred := in.answer.credential
	if cred == nil {
		return 0, alert.NoCredential.Errorf("no credential fits what the client takes")
	}
	s.request = s.wanted()
	scheme, err := s.chooseSuite12(cred)
	if err != nil {
		return 0, err
	}
	if err := s.chooseALPN(); err != nil {
		return 0, err
	}
	s.transcript.add(s.hello.raw)
	s.transcript.start(s.facts.Suite.Hash)
	s.t12.status = s.request.status && len(cred.Staple) > 0
	id, err := s.newSessionID()
	if err != nil {
		return 0, err
	}
	s.sayServerHello12(id)
	s.sayCertificate12(cred, scheme)
	if s.t12.status {
		s.say(Initial, MsgCertificateStatus, (&CertificateStatus{Response: cred.Staple}).Append(s.out.room()))
	}
	s.t12.key, err = s.t12.group.Generate(s.cfg.rand())
	return Await12Signature, err
}

// chooseSuite12 selects the suite: of those that go with the key.
//
// "the server MUST check any candidate cipher suites against the
// "signature_algorithms" extension before selecting them." RFC 5246, Section
// 7.4.3.
func (s *server) chooseSuite12(cred *Credential) (signature.Scheme, error) {
	scheme := cred.scheme(VersionTLS12, s.request.schemes)
	if scheme != 0 && !takesCurve(s.request.curves, cred) {
		return 0, alert.NoSharedGroup.Errorf("client does not take the curve of the credential's key")
	}
	s.facts.Suite = chooseSuite(s.cfg, s.hello.hello.CipherSuites, func(suite *cipher.Suite) bool {
		return scheme != 0 && !suite.TLS13() && suite.Auth == schemeAuth(scheme)
	})
	if s.facts.Suite == nil {
		return 0, alert.NoSharedCipher.Errorf("client offers no TLS 1.2 cipher suite and signature scheme that go with the credential")
	}
	return scheme, nil
}

// onSignature12: AWAIT12_SIGNATURE to the client's flight.
//
// RFC 8422, Section 5.4; RFC 5246, Sections 7.4.4 and 7.4.5.
func (s *server) onSignature12(in *input) (State, error) {
	if err := in.answer.unsigned(); err != nil {
		return 0, err
	}
	m := ServerKeyExchange{Params: *s.ownParams(), Algorithm: s.request.scheme, Signature: in.answer.signature}
	s.say(Initial, MsgServerKeyExchange, m.Append(s.out.room()))
	s.facts.OwnScheme = s.request.scheme
	s.hello, s.request = nil, nil
	asked := s.cfg.ClientAuth != NoClientCert
	if asked {
		s.sayCertificateRequest12()
	}
	s.say(Initial, MsgServerHelloDone, (&ServerHelloDone{}).Append(s.out.room()))
	if asked {
		return Wait12Cert, nil
	}
	return Wait12CKE, nil
}

// sayCertificateRequest12 asks for the client's certificate.
//
// RFC 5246, Section 7.4.4.
func (s *server) sayCertificateRequest12() {
	m := CertificateRequest12{
		CertificateTypes:             certificateTypes(s.cfg),
		SupportedSignatureAlgorithms: signatureList(s.cfg),
		CertificateAuthorities:       OpaqueList16Of(s.cfg.ClientCAs...),
	}
	s.say(Initial, MsgCertificateRequest, m.Append(s.out.room()))
}

// onCertificate12: WAIT12_CERT to WAIT12_CKE.
//
// "If the client does not send any certificates, the server MAY at its
// discretion either continue the handshake without client authentication, or
// respond with a fatal handshake_failure alert." RFC 5246, Section 7.4.6.
func (s *server) onCertificate12(in *input) (State, error) {
	m, err := ParseCertificate12(in.body())
	if err != nil {
		return 0, err
	}
	s.transcript.add(in.raw)
	if len(m.CertificateList) > 0 {
		return Wait12CKE, s.readChain12(&m)
	}
	if s.cfg.ClientAuth == RequireClientCert {
		return 0, alert.CertificateMissing12.Errorf("client sent no certificate, which is required")
	}
	s.transcript.drop()
	return Wait12CKE, nil
}

// onClientKeyExchange12: WAIT12_CKE to WAIT12_CV, or without a certificate to
// WAIT12_CCS.
//
// RFC 8422, Section 5.7.
func (s *server) onClientKeyExchange12(in *input) (State, error) {
	m, err := ParseClientKeyExchange(in.body())
	if err != nil {
		return 0, err
	}
	premain, err := s.t12.key.Secret(m.ECDHYc)
	if err != nil {
		return 0, alert.BadECPoint.Wrap(err, "client's point is invalid")
	}
	s.facts.Group = s.t12.group.ID
	s.tellExchange(s.facts.Group, s.t12.key, m.ECDHYc, premain)
	s.t12.key, s.t12.group = nil, nil
	s.transcript.add(in.raw)
	s.deriveMain(premain)
	clear(premain)
	if s.peer.chain != nil {
		return Wait12CV, nil
	}
	return Wait12CCS, nil
}

// onCertificateVerify12: WAIT12_CV to AWAIT12_VERDICT.
//
// RFC 5246, Section 7.4.8.
func (s *server) onCertificateVerify12(in *input) (State, error) {
	cv, err := ParseCertificateVerify(in.body())
	if err != nil {
		return 0, err
	}
	if err := s.checkSignature12(cv.Algorithm, s.transcript.pending, cv.Signature); err != nil {
		return 0, err
	}
	s.transcript.drop()
	s.transcript.add(in.raw)
	return Await12Verdict, nil
}

// onVerdict12: AWAIT12_VERDICT to WAIT12_CCS, with our flight first when a
// session is resumed.
//
// RFC 5246, Section 7.4.6.
func (s *server) onVerdict12(in *input) (State, error) {
	if err := s.judge(in); err != nil {
		return 0, err
	}
	if s.facts.Resumed {
		return s.sayResumption12()
	}
	return Wait12CCS, nil
}

// onChangeCipherSpec12: WAIT12_CCS to WAIT12_FINISHED.
//
// RFC 5246, Section 7.1.
func (s *server) onChangeCipherSpec12(*input) (State, error) {
	s.peerChangesCipherSpec()
	return Wait12Finished, nil
}

// onFinished12: WAIT12_FINISHED to CONNECTED12. In a full handshake the client
// finishes first, and now we do.
//
// "In the case of a full handshake, the server MUST verify the client's
// Finished message before sending the ticket." RFC 5077, Section 3.3.
func (s *server) onFinished12(in *input) (State, error) {
	if err := s.readFinished12(in); err != nil {
		return 0, err
	}
	if s.after.authenticated == 0 {
		s.after.authenticated = s.cfg.now().UnixMilli()
	}
	if !s.facts.Resumed {
		if err := s.finishFlight12(); err != nil {
			return 0, err
		}
	}
	s.signal(OutDone)
	s.storeSession12()
	s.settle12()
	return Connected12, nil
}

// finishFlight12 says the ticket that was promised, ChangeCipherSpec and
// Finished.
//
// "This message is sent by the server during the TLS handshake before the
// ChangeCipherSpec message." RFC 5077, Section 3.3.
func (s *server) finishFlight12() error {
	s.hello = nil
	if s.t12.promised {
		if err := s.sayTicket12(); err != nil {
			return err
		}
	}
	s.changeCipherSpec()
	s.sayFinished12()
	return nil
}

// onRenegotiation12: CONNECTED12, refused.
//
// "Sent by the client in response to a hello request or by the server in
// response to a client hello after initial handshaking." RFC 5246, Section
// 7.2.2, of no_renegotiation. Ours is fatal: a client that renegotiates means to
// wait for an answer.
func (s *server) onRenegotiation12(*input) (State, error) {
	return 0, alert.RenegotiationRefused.Errorf("client asks for renegotiation")
}

package handshake

import (
	"errors"
	"slices"

	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/signature"
)

// chooseALPN selects the application protocol.
//
// "In the event that the server supports no protocols that the client
// advertises, then the server SHALL respond with a fatal
// "no_application_protocol" alert." RFC 7301, Section 3.2.
func (s *server) chooseALPN() error {
	offered := s.hello.alpn
	if offered == nil || len(s.cfg.ALPN) == 0 {
		if s.carrier == QUIC {
			return alert.NoApplicationProtocolShared.Errorf("no application protocol, which QUIC requires")
		}
		return nil
	}
	for _, name := range s.cfg.ALPN {
		if offered.Has(name) {
			s.facts.ALPN = name
			return nil
		}
	}
	return alert.NoApplicationProtocolShared.Errorf("client offers no application protocol that this server speaks")
}

// sayPSKFlight sends ServerHello to Finished for a resumption.
func (s *server) sayPSKFlight() (State, error) {
	if err := s.sayServerHello(); err != nil {
		return 0, err
	}
	s.sayEncryptedExtensions()
	return s.finishFlight()
}

// sayServerHello answers the key share and changes to the handshake's keys.
// K_send = handshake.
//
// RFC 9846, Section 4.2.3.
func (s *server) sayServerHello() error {
	h := s.hello
	m := s.newServerHello()
	if err := s.draw(m.Random[:]); err != nil {
		return err
	}
	drawn := s.tap()
	share, secret, err := h.group.Respond(drawn, h.share.KeyExchange)
	if errors.Is(err, group.ErrShare) {
		return alert.BadKeyShare.Wrap(err, "client's key share is invalid")
	}
	if err != nil {
		return err
	}
	s.facts.Group = h.group.ID
	s.tellResponse(drawn, share, secret)
	m.Extensions = AppendKeyShareSH(m.Extensions, KeyShareEntry{Group: h.group.ID, KeyExchange: share})
	m.Extensions = AppendSupportedVersionsSH(m.Extensions, VersionTLS13)
	if s.psk != nil {
		m.Extensions = AppendPreSharedKeySH(m.Extensions, uint16(s.psk.index))
	}
	s.earlyTraffic()
	s.say(Initial, MsgServerHello, m.Append(s.out.room()))
	if s.compatible() && !s.facts.Retried {
		s.signal(OutChangeCipherSpec)
	}
	s.handshakeSecrets(secret)
	s.sendKeys(Handshake, s.keys.server)
	if !s.facts.EarlyAccepted() {
		s.receiveHandshake()
	}
	return nil
}

// receiveHandshake is K_recv of RFC 9846, Appendix A.2, without early data:
// what is there of it all the same is dropped.
func (s *server) receiveHandshake() {
	s.recvKeys(Handshake, s.keys.client)
	if s.hello.early && !s.facts.Retried {
		s.signal(OutSkipEarlyData)
	}
}

// sayEncryptedExtensions sends what the client asked for and is not about
// certificates.
//
// RFC 9846, Section 4.4.1.
func (s *server) sayEncryptedExtensions() {
	m := EncryptedExtensions{Extensions: Extensions{}}
	// "When resuming a session, the server MUST NOT include a server_name
	// extension in the server hello." RFC 6066, Section 3.
	if s.facts.ServerName != "" && !s.facts.Resumed {
		m.Extensions = AppendEmpty(m.Extensions, ExtServerName)
	}
	if s.facts.ALPN != "" {
		m.Extensions = AppendALPN(m.Extensions, OpaqueList8Of(s.facts.ALPN))
	}
	if s.facts.EarlyAccepted() {
		m.Extensions = AppendEmpty(m.Extensions, ExtEarlyData)
	}
	if s.carrier == QUIC {
		m.Extensions = AppendExtension(m.Extensions, ExtQUICTransportParameters, s.parameters)
	}
	s.say(Handshake, MsgEncryptedExtensions, m.Append(s.out.room()))
}

func (s *server) parametersRequest() *ParametersRequest {
	data, _ := s.hello.hello.Extensions.Get(ExtQUICTransportParameters)
	out := &ParametersRequest{Peer: slices.Clone(data), Resumed: s.facts.Resumed, EarlyData: s.facts.EarlyAccepted()}
	if s.psk != nil {
		out.Application = slices.Clone(s.psk.session.application)
	}
	return out
}

// onParameters: AWAIT_PARAMETERS to AWAIT_CREDENTIAL, or with a PSK to
// WAIT_FINISHED.
//
// RFC 9001, Section 8.2.
func (s *server) onParameters(in *input) (State, error) {
	if in.answer.err != nil {
		return 0, refused(in.answer.err)
	}
	s.parameters = in.answer.parameters
	if s.psk != nil {
		return s.sayPSKFlight()
	}
	return AwaitCredential, nil
}

// onCredential: AWAIT_CREDENTIAL to AWAIT_SIGNATURE.
//
// RFC 9846, Section 4.5.1.2.
func (s *server) onCredential(in *input) (State, error) {
	if err := refused(in.answer.err); err != nil {
		return 0, err
	}
	if in.answer.credential == nil {
		return 0, alert.NoCredential.Errorf("no credential fits what the client takes")
	}
	if err := s.chooseALPN(); err != nil {
		return 0, err
	}
	s.request = s.wanted()
	if s.scheme(in.answer.credential) == 0 {
		return 0, alert.NoSignatureScheme.Errorf("client takes no signature scheme that the credential can make")
	}
	s.out.reserve(flightRoom + chainLen(in.answer.credential))
	if err := s.sayServerHello(); err != nil {
		return 0, err
	}
	s.sayEncryptedExtensions()
	if s.cfg.ClientAuth != NoClientCert {
		s.sayCertificateRequest()
	}
	_, err := s.sayCertificate(in.answer)
	return AwaitSignature, err
}

func (s *server) scheme(c *Credential) signature.Scheme {
	return c.scheme(VersionTLS13, s.request.schemes)
}

// wanted is what the ClientHello says of the proof that the client takes.
func (s *server) wanted() *certificateContext {
	x := s.hello.hello.Extensions
	out := &certificateContext{
		schemes: s.hello.schemes, serverName: s.facts.ServerName, status: x.Has(ExtStatusRequest),
		authorities: clone(slices.Collect(s.hello.authorities.All())),
	}
	if s.facts.Version == VersionTLS12 {
		out.schemes = slices.Clone(out.schemes)
		s.narrow12(out)
	}
	return out
}

// sayCertificateRequest asks for the client's certificate.
//
// RFC 9846, Section 4.4.2.
func (s *server) sayCertificateRequest() {
	m := CertificateRequest{Extensions: Extensions{}}
	m.Extensions = AppendSignatureAlgorithms(m.Extensions, signatureList(s.cfg))
	if len(s.cfg.ClientCAs) > 0 {
		m.Extensions = AppendCertificateAuthorities(m.Extensions, OpaqueList16Of(s.cfg.ClientCAs...))
	}
	if s.cfg.RequestStatus {
		m.Extensions = AppendEmpty(m.Extensions, ExtStatusRequest)
	}
	s.say(Handshake, MsgCertificateRequest, m.Append(s.out.room()))
}

// onSignature: AWAIT_SIGNATURE to the client's flight.
//
// RFC 9846, Section 4.5.2.
func (s *server) onSignature(in *input) (State, error) {
	if err := s.sayCertificateVerify(in.answer); err != nil {
		return 0, err
	}
	return s.finishFlight()
}

// finishFlight says Finished: what follows is under the application's keys.
// K_send = application, and with early data K_recv = early data.
func (s *server) finishFlight() (State, error) {
	s.sayFinished(s.keys.server)
	s.applicationSecrets()
	asked := s.psk == nil && s.cfg.ClientAuth != NoClientCert
	s.sendKeys(Application, s.keys.serverApp).HalfRTT = !asked
	if s.facts.EarlyAccepted() {
		s.receiveEarlyData()
	}
	s.hello, s.request = nil, nil
	s.psk = nil
	switch {
	case s.facts.EarlyAccepted() && s.carrier == Records:
		return WaitEOED, nil
	case asked:
		return WaitCert, nil
	}
	return WaitFinished, nil
}

// onEndOfEarlyData: WAIT_EOED to WAIT_FINISHED. K_recv = handshake.
//
// RFC 9846, Section 4.6.
func (s *server) onEndOfEarlyData(in *input) (State, error) {
	if _, err := ParseEndOfEarlyData(in.body()); err != nil {
		return 0, err
	}
	s.transcript.add(in.raw)
	s.recvKeys(Handshake, s.keys.client)
	return WaitFinished, nil
}

// onCertificate: WAIT_CERT to WAIT_CV, or to WAIT_FINISHED without one.
//
// RFC 9846, Section 4.5.1.
func (s *server) onCertificate(in *input) (State, error) {
	m, err := ParseCertificate(in.body())
	if err != nil {
		return 0, err
	}
	if len(m.CertificateList) > 0 {
		if err := s.readChain(&m); err != nil {
			return 0, err
		}
		s.transcript.add(in.raw)
		return WaitCV, nil
	}
	// "If the client does not send any certificates (i.e., it sends an empty
	// Certificate message), the server MAY at its discretion either continue
	// the handshake without client authentication or abort the handshake with
	// a "certificate_required" alert." RFC 9846, Section 4.5.1.3.
	if s.cfg.ClientAuth == RequireClientCert {
		return 0, alert.CertificateMissing.Errorf("client sent no certificate, which is required")
	}
	if len(m.CertificateRequestContext) != 0 {
		return 0, alert.BadRequestContext.Errorf("client's certificate_request_context is not empty")
	}
	s.transcript.add(in.raw)
	return WaitFinished, nil
}

// onCertificateVerify: WAIT_CV to AWAIT_VERDICT.
//
// RFC 9846, Section 4.5.2.
func (s *server) onCertificateVerify(in *input) (State, error) {
	if err := s.readCertificateVerify(in); err != nil {
		return 0, err
	}
	return AwaitVerdict, nil
}

// onVerdict: AWAIT_VERDICT to WAIT_FINISHED, or on with our flight if the
// verdict is on the chain of the session that is resumed.
//
// RFC 9846, Section 4.5.1.3.
func (s *server) onVerdict(in *input) (State, error) {
	if err := s.judge(in); err != nil {
		return 0, err
	}
	if s.psk != nil {
		return s.resumed()
	}
	return WaitFinished, nil
}

// onFinished: WAIT_FINISHED to CONNECTED. K_recv = application.
//
// RFC 9846, Section 4.5.3.
func (s *server) onFinished(in *input) (State, error) {
	if err := s.readFinished(in, s.keys.client); err != nil {
		return 0, err
	}
	s.transcript.add(in.raw)
	s.resumptionSecret()
	s.signal(OutDone)
	s.recvKeys(Application, s.keys.clientApp)
	s.settle()
	if s.after.authenticated == 0 {
		s.after.authenticated = s.cfg.now().UnixMilli()
	}
	return Connected, s.sayTickets()
}

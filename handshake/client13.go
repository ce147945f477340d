package handshake

import (
	"crypto/x509"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

const (
	serverUsage = x509.ExtKeyUsageServerAuth
	clientUsage = x509.ExtKeyUsageClientAuth
)

// onServerHello: WAIT_SH to WAIT_EE, or into TLS 1.2. K_recv = handshake.
//
// RFC 9846, Section 4.2.3.
func (c *client) onServerHello(in *input) (State, error) {
	sh, err := ParseServerHello(in.body())
	if err != nil {
		return 0, err
	}
	version, err := c.chosenVersion(&sh)
	if err != nil {
		return 0, err
	}
	if version == VersionTLS12 {
		return c.begin12(&sh, in.raw)
	}
	suite, err := c.checkServerHello(&sh, InSH)
	if err != nil {
		return 0, err
	}
	if err := c.checkAgainstRetry(suite); err != nil {
		return 0, err
	}
	c.facts.Version, c.facts.Suite, c.facts.EMS, c.facts.SecureRenegotiation = VersionTLS13, suite, true, true
	if err := c.acceptPSK(&sh, suite); err != nil {
		return 0, err
	}
	shared, err := c.sharedSecret(&sh)
	if err != nil {
		return 0, err
	}
	if !c.transcript.started() {
		c.transcript.start(suite.Hash)
	}
	c.transcript.add(in.raw)
	c.handshakeSecrets(shared)
	if !c.offer.early && !c.facts.Retried && c.compatible() {
		c.signal(OutChangeCipherSpec)
	}
	// "a client might need to acknowledge Handshake packets before it is ready
	// to send CRYPTO frames at that encryption level." RFC 9001, Section 4.1.4.
	if !c.offer.early || c.earlyDataLost() || c.carrier == QUIC {
		c.sendKeys(Handshake, c.keys.client)
	}
	c.recvKeys(Handshake, c.keys.server)
	return WaitEE, nil
}

// earlyDataLost reports whether the ServerHello says already that the server
// does not take the early data: what it can read from now on is under the
// handshake's keys, an alert too. While it may have taken it, it reads under
// early data's up to EndOfEarlyData.
//
// "clients may send alerts that derive from post-ServerHello messages in the
// clear or with the early data keys. If clients need to send such alerts, they
// SHOULD first rekey to the handshake keys if possible." RFC 9846, Appendix
// A.1.
//
// Another suite alone does not say so: a server that errs may have taken it all
// the same, and is to hear of it.
func (c *client) earlyDataLost() bool { return !c.facts.Resumed }

// checkAgainstRetry holds the server to its HelloRetryRequest.
//
// "Upon receiving the ServerHello, clients MUST check that the cipher suite
// supplied in the ServerHello is the same as that in the HelloRetryRequest and
// otherwise abort the handshake with an "illegal_parameter" alert."
// RFC 9846, Section 4.2.4.
func (c *client) checkAgainstRetry(suite *cipher.Suite) error {
	if c.facts.Retried && c.facts.Suite.ID != suite.ID {
		return alert.RetryMismatch.Errorf("server chose suite %v after a HelloRetryRequest with %v", suite, c.facts.Suite)
	}
	return nil
}

// acceptPSK notes whether the server resumes the session that was offered,
// and starts the key schedule with it or without.
//
// RFC 9846, Section 4.3.11.
func (c *client) acceptPSK(sh *ServerHello, suite *cipher.Suite) error {
	data, ok := sh.Extensions.Get(ExtPreSharedKey)
	if !ok {
		c.keys.early = keyschedule.NewEarly(suite.Hash, nil)
		c.tellEarly(nil)
		return nil
	}
	index, err := ParsePreSharedKeySH(data)
	if err != nil {
		return err
	}
	s := c.offer.session
	if s == nil || index != 0 {
		return alert.PSKNotOffered.Errorf("server selected PSK %d, which was not offered", index)
	}
	if c.cfg.suite(s.suite).Hash != suite.Hash {
		return alert.PSKHashMismatch.Errorf("server resumes with %v, whose hash is not that of the session's %v", suite, s.suite)
	}
	c.facts.Resumed = true
	return nil
}

// sharedSecret finishes the key exchange. A PSK alone (psk_ke) is not offered,
// so there always is one.
//
// "the server's … KeyShareEntry value … MUST be in the same group as the
// KeyShareEntry value offered by the client that the server has selected".
// RFC 9846, Section 4.3.8.
func (c *client) sharedSecret(sh *ServerHello) ([]byte, error) {
	data, ok := sh.Extensions.Get(ExtKeyShare)
	// "that a server "key_share" extension is present if required by the
	// ClientHello "psk_key_exchange_modes" extension. If these values are not
	// consistent, the client MUST abort the handshake with an
	// "illegal_parameter" alert." RFC 9846, Section 4.3.11.
	if !ok && c.facts.Resumed {
		return nil, alert.PSKWithoutKeyShare.Errorf("server resumes without a key_share, and psk_ke was not offered")
	}
	if !ok {
		return nil, alert.MissingKeyShare.Errorf("server sent no key_share")
	}
	entry, err := ParseKeyShareSH(data)
	if err != nil {
		return nil, err
	}
	key := c.share(entry.Group)
	if key == nil {
		return nil, alert.WrongGroup.Errorf("server chose group %v, of which it got no share", entry.Group)
	}
	shared, err := key.Secret(entry.KeyExchange)
	if err != nil {
		return nil, alert.BadKeyShare.Wrap(err, "server's key share is invalid")
	}
	c.facts.Group = entry.Group
	c.tellExchange(entry.Group, key, entry.KeyExchange, shared)
	return shared, nil
}

// handshakeSecrets derives the secrets of the handshake, with the transcript
// at ClientHello…ServerHello.
func (c *common) handshakeSecrets(shared []byte) {
	k := c.keys
	th := c.transcript.sum()
	k.handshake = k.early.Handshake(shared)
	k.client, k.server = k.handshake.Traffic(th)
	c.tellHandshake(shared, th)
	k.early = keyschedule.EarlySecret{}
	c.logSecret("CLIENT_HANDSHAKE_TRAFFIC_SECRET", &k.client)
	c.logSecret("SERVER_HANDSHAKE_TRAFFIC_SECRET", &k.server)
}

// onEncryptedExtensions: WAIT_EE to WAIT_CERT_CR, or to WAIT_FINISHED with a
// PSK.
//
// RFC 9846, Section 4.4.1.
func (c *client) onEncryptedExtensions(in *input) (State, error) {
	ee, err := ParseEncryptedExtensions(in.body())
	if err != nil {
		return 0, err
	}
	if err := c.checkSolicited(ee.Extensions, InEE); err != nil {
		return 0, err
	}
	if data, ok := ee.Extensions.Get(ExtServerName); ok {
		if err := ParseEmpty(ExtServerName, data); err != nil {
			return 0, err
		}
	}
	if err := c.readALPN(ee.Extensions); err != nil {
		return 0, err
	}
	if err := c.readParameters(ee.Extensions); err != nil {
		return 0, err
	}
	if err := c.readEarlyData(ee.Extensions); err != nil {
		return 0, err
	}
	c.transcript.add(in.raw)
	if !c.facts.Resumed {
		c.offer.shares, c.offer.session = nil, nil
		return WaitCertCR, nil
	}
	s := c.offer.session
	c.peer = peer{chain: s.chain, staple: s.staple, proved: true}
	c.facts.PeerScheme, c.after.authenticated = s.scheme, s.authenticated
	c.offer.shares = nil
	if c.cfg.asks(AskVerdictResumed) && s.chain != nil {
		return AwaitVerdict, nil
	}
	return WaitFinished, nil
}

// readALPN takes the protocol that the server chose.
//
// RFC 7301, Section 3.2.
func (c *client) readALPN(list Extensions) error {
	data, ok := list.Get(ExtApplicationLayerProtocolNegotiation)
	if !ok {
		if c.carrier == QUIC {
			// "endpoints MUST use ALPN for this purpose … MUST immediately close
			// a connection". RFC 9001, Section 8.1.
			return alert.NoApplicationProtocolShared.Errorf("server chose no application protocol")
		}
		return nil
	}
	chosen, err := ParseALPNSelected(data)
	if err != nil {
		return err
	}
	name := string(chosen)
	if !slices.Contains(c.cfg.ALPN, name) {
		return alert.BadALPN.Errorf("server chose an application protocol that was not offered")
	}
	c.facts.ALPN = name
	return nil
}

// readEarlyData learns what became of the early data.
//
// RFC 9846, Section 4.3.10.
func (c *client) readEarlyData(list Extensions) error {
	accepted, err := list.says(ExtEarlyData)
	if err != nil {
		return err
	}
	if !c.offer.early {
		if accepted {
			return alert.EarlyDataNotOffered.Errorf("server accepted early data, and none was offered")
		}
		return nil
	}
	if !accepted {
		c.offer.early = false
		c.facts.EarlyData = EarlyDataDeclined
		if !c.facts.Resumed {
			c.facts.EarlyData = EarlyDataNotResumed
		}
		c.signal(OutEarlyDataRejected)
		if c.carrier == Records && !c.earlyDataLost() {
			c.sendKeys(Handshake, c.keys.client)
		}
		return nil
	}
	s := c.offer.session
	switch {
	case !c.facts.Resumed:
		return alert.EarlyDataWithoutFirstPSK.Errorf("server accepted early data without its PSK")
	case s.suite != c.facts.Suite.ID:
		return alert.EarlyDataCipherMismatch.Errorf("server accepted early data and chose suite %v, not the session's %v", c.facts.Suite, s.suite)
	case s.alpn != c.facts.ALPN:
		return alert.EarlyDataALPNMismatch.Errorf("server accepted early data and chose another application protocol than the session's")
	}
	c.facts.EarlyData = EarlyDataAccepted
	c.signal(OutEarlyDataAccepted)
	return nil
}

// onCertificateRequest: WAIT_CERT_CR to WAIT_CERT.
//
// RFC 9846, Section 4.4.2.
func (c *client) onCertificateRequest(in *input) (State, error) {
	cr, err := ParseCertificateRequest(in.body())
	if err != nil {
		return 0, err
	}
	// "This field SHALL be zero length unless used for the post-handshake
	// authentication exchanges". RFC 9846, Section 4.4.2.
	if len(cr.CertificateRequestContext) != 0 {
		return 0, alert.BadRequestContext.Errorf("server's certificate_request_context is not empty")
	}
	if err := cr.Extensions.Legal(InCR); err != nil {
		return 0, err
	}
	if c.request, err = readRequest(cr.Extensions); err != nil {
		return 0, err
	}
	c.transcript.add(in.raw)
	return WaitCert, nil
}

// onCertificate: WAIT_CERT_CR or WAIT_CERT to WAIT_CV.
//
// RFC 9846, Section 4.5.1.
func (c *client) onCertificate(in *input) (State, error) {
	m, err := ParseCertificate(in.body())
	if err != nil {
		return 0, err
	}
	// "If the server supplies an empty Certificate message, the client MUST
	// abort the handshake with a "decode_error" alert." RFC 9846, Section
	// 4.5.1.3.
	if len(m.CertificateList) == 0 {
		return 0, alert.NoCertificate.Errorf("server sent no certificate")
	}
	if err := c.readChain(&m); err != nil {
		return 0, err
	}
	c.transcript.add(in.raw)
	return WaitCV, nil
}

// onCertificateVerify: WAIT_CV to AWAIT_VERDICT.
//
// RFC 9846, Section 4.5.2.
func (c *client) onCertificateVerify(in *input) (State, error) {
	if err := c.readCertificateVerify(in); err != nil {
		return 0, err
	}
	return AwaitVerdict, nil
}

// onVerdict: AWAIT_VERDICT to WAIT_FINISHED.
//
// RFC 9846, Section 4.5.1.3.
func (c *client) onVerdict(in *input) (State, error) {
	if err := c.judge(in); err != nil {
		return 0, err
	}
	return WaitFinished, nil
}

// onFinished: WAIT_FINISHED to CONNECTED, or to AWAIT_CREDENTIAL if the
// server wants one. K_send = handshake.
//
// RFC 9846, Section 4.5.3.
func (c *client) onFinished(in *input) (State, error) {
	if err := c.readFinished(in, c.keys.server); err != nil {
		return 0, err
	}
	c.transcript.add(in.raw)
	c.applicationSecrets()
	// "Clients MUST NOT send the EndOfEarlyData message." RFC 9001, Section
	// 8.3, of QUIC.
	if c.facts.EarlyAccepted() && c.carrier == Records {
		c.say(EarlyData, MsgEndOfEarlyData, (&EndOfEarlyData{}).Append(c.out.room()))
		c.sendKeys(Handshake, c.keys.client)
	}
	if c.request != nil {
		return AwaitCredential, nil
	}
	return c.finish()
}

// onCredential: AWAIT_CREDENTIAL to AWAIT_SIGNATURE, or with an empty
// Certificate to CONNECTED.
//
// "If the server requests client authentication but no suitable certificate is
// available, the client MUST send a Certificate message containing no
// certificates". RFC 9846, Section 4.5.1.
func (c *client) onCredential(in *input) (State, error) {
	signs, err := c.sayCertificate(in.answer)
	if err != nil {
		return 0, err
	}
	if signs {
		return AwaitSignature, nil
	}
	return c.finish()
}

// onSignature: AWAIT_SIGNATURE to CONNECTED.
//
// RFC 9846, Section 4.5.2.
func (c *client) onSignature(in *input) (State, error) {
	if err := c.sayCertificateVerify(in.answer); err != nil {
		return 0, err
	}
	return c.finish()
}

// finish says Finished and changes both directions to the application's
// keys. K_send = K_recv = application.
func (c *client) finish() (State, error) {
	c.sayFinished(c.keys.client)
	c.resumptionSecret()
	c.sendKeys(Application, c.keys.clientApp)
	c.signal(OutDone)
	c.recvKeys(Application, c.keys.serverApp)
	c.settle()
	c.offer = nil
	return Connected, nil
}

package handshake

import (
	"crypto/subtle"
	"slices"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// extensions12 are those that only TLS 1.2 has.
func (c *client) extensions12(x Extensions) Extensions {
	if !c.speaks(VersionTLS12) {
		return x
	}
	x = AppendECPointFormats(x, List8Of(Uncompressed))
	// "In all handshakes, a client implementing this document MUST send the
	// "extended_master_secret" extension in its ClientHello." RFC 7627, Section
	// 5.2.
	x = AppendEmpty(x, ExtExtendedMainSecret)
	// "The client MUST include either an empty "renegotiation_info" extension,
	// or the TLS_EMPTY_RENEGOTIATION_INFO_SCSV signaling cipher suite value in
	// the ClientHello." RFC 5746, Section 3.4.
	x = AppendRenegotiationInfo(x, nil)
	if s := c.session12(); s != nil && len(s.ticket) > 0 {
		return AppendSessionTicket(x, s.ticket)
	}
	if c.cfg.Tickets >= 0 {
		x = AppendSessionTicket(x, nil)
	}
	return x
}

// session12 is the TLS 1.2 session that is offered, or nil.
func (c *client) session12() *session {
	if s := c.offer.session; s != nil && s.version == VersionTLS12 {
		return s
	}
	return nil
}

// chosenVersion is the version that a ServerHello chooses.
//
// "If this extension is present, clients MUST ignore the
// ServerHello.legacy_version value and MUST use only the "supported_versions"
// extension to determine the selected version." RFC 9846, Section 4.3.1.
func (c *client) chosenVersion(sh *ServerHello) (Version, error) {
	data, ok := sh.Extensions.Get(ExtSupportedVersions)
	if !ok && c.facts.Retried {
		return 0, c.wrongVersion(alert.UnsupportedVersion, sh.LegacyVersion)
	}
	if !ok {
		return c.legacyVersion(sh)
	}
	if !c.speaks(VersionTLS13) {
		return 0, alert.UnsolicitedExtension.Errorf("server sent supported_versions, which was not offered")
	}
	v, err := ParseSupportedVersionsSH(data)
	if err != nil {
		return 0, err
	}
	if v != VersionTLS13 {
		return 0, c.wrongVersion(alert.VersionNotOffered, v)
	}
	return v, nil
}

// wrongVersion is the refusal of a version, for another reason where a
// HelloRetryRequest had fixed it.
//
// "The value of selected_version in the HelloRetryRequest "supported_versions"
// extension MUST be retained in the ServerHello, and a client MUST abort the
// handshake with an "illegal_parameter" alert if the value changes." RFC 9846,
// Section 4.2.4.
func (c *client) wrongVersion(otherwise alert.Reason, v Version) error {
	if c.facts.Retried {
		return alert.VersionChanged.Errorf("server chose %v after a HelloRetryRequest for TLS 1.3", v)
	}
	return otherwise.Errorf("server chose %v, expected TLS 1.3", v)
}

// legacyVersion is the version of a ServerHello before TLS 1.3.
//
// "If the version chosen by the server is not supported by the client (or not
// acceptable), the client MUST send a "protocol_version" alert message and
// close the connection." RFC 5246, Appendix E.1.
func (c *client) legacyVersion(sh *ServerHello) (Version, error) {
	if sh.LegacyVersion != VersionTLS12 || !c.speaks(VersionTLS12) {
		return 0, alert.UnsupportedVersion.Errorf("server chose %v, expected %v at least", sh.LegacyVersion, c.cfg.minVersion())
	}
	// "A client that attempts to send 0-RTT data MUST fail a connection if it
	// receives a ServerHello with TLS 1.2 or older." RFC 9846, Appendix E.3.
	if c.offer.early {
		return 0, alert.EarlyDataVersionMismatch.Errorf("server chose TLS 1.2, and early data is on its way to it")
	}
	// "TLS 1.3 clients receiving a ServerHello indicating TLS 1.2 or below MUST
	// check that the last 8 bytes are not equal to either of these values."
	// RFC 9846, Section 4.2.3.
	if c.speaks(VersionTLS13) && sh.HasDowngradeSentinel() {
		return 0, alert.Downgrade.Errorf("server speaks TLS 1.3 and was made to choose TLS 1.2")
	}
	return VersionTLS12, nil
}

// begin12: WAIT_SH into TLS 1.2: a full handshake, or the resumption of the
// session that was offered.
//
// RFC 5246, Section 7.4.1.3.
func (c *client) begin12(sh *ServerHello, raw []byte) (State, error) {
	if sh.LegacyCompressionMethod != 0 {
		return 0, alert.UnsupportedCompression.Errorf("server chose a compression method")
	}
	if err := c.checkSolicited(sh.Extensions, InSH12); err != nil {
		return 0, err
	}
	resumed, err := c.resumes12(sh)
	if err != nil {
		return 0, err
	}
	suite := c.cfg.suite(sh.CipherSuite)
	if suite == nil || suite.TLS13() {
		return 0, alert.WrongCipher.Errorf("server chose suite %v, which was not offered for TLS 1.2", sh.CipherSuite)
	}
	c.facts.Version, c.facts.Suite, c.facts.EarlyData = VersionTLS12, suite, c.cfg.earlyData12()
	c.t12 = &stage12{serverRandom: sh.Random}
	if err := c.readExtensions12(sh.Extensions); err != nil {
		return 0, err
	}
	c.transcript.keep = !resumed
	c.transcript.start(suite.Hash)
	c.transcript.add(raw)
	session := c.offer.session
	c.offer.shares, c.offer.session = nil, nil
	if resumed {
		return c.resume12(session)
	}
	c.t12.sessionID = slices.Clone(sh.LegacySessionIDEcho)
	return Wait12Cert, nil
}

// earlyData12 is what becomes of early data in TLS 1.2, which has none.
func (cfg *Config) earlyData12() EarlyDataStatus {
	if cfg.MaxEarlyData == 0 {
		return EarlyDataDisabled
	}
	return EarlyDataOldVersion
}

// resumes12 reports whether the server resumes the session that was offered:
// it says so by the session id. That which only looks like one, for the
// middleboxes' sake, must not come back.
//
// "the server will respond with the same value as was supplied by the client.
// This indicates a resumed session". RFC 5246, Section 7.4.1.3.
func (c *client) resumes12(sh *ServerHello) (bool, error) {
	id := sh.LegacySessionIDEcho
	if len(id) == 0 || subtle.ConstantTimeCompare(id, c.offer.sessionID) != 1 {
		return false, nil
	}
	s := c.session12()
	if s == nil && c.offer.session != nil {
		return false, alert.SessionVersionMismatch.Errorf("server resumes a session of TLS 1.3 in TLS 1.2")
	}
	if s == nil {
		return false, alert.BadSessionIDEcho.Errorf("server resumes a session, and none was offered")
	}
	if s.suite != sh.CipherSuite {
		return false, alert.SessionCipherMismatch.Errorf("server resumes with suite %v, not the session's %v", sh.CipherSuite, s.suite)
	}
	return true, nil
}

// resume12 takes over the session.
//
// RFC 5246, Section 7.3; RFC 5077, Section 3.4.
func (c *client) resume12(s *session) (State, error) {
	// "If the original session did not use the "extended_master_secret"
	// extension but the new ServerHello contains the extension, the client MUST
	// abort the handshake." "If the original session used the extension but the
	// new ServerHello does not contain the extension, the client MUST abort the
	// handshake." RFC 7627, Section 5.3.
	switch {
	case s.ems && !c.facts.EMS:
		return 0, alert.ExtendedMainSecretMismatch.Errorf("server resumes a session without its extended_master_secret")
	case !s.ems && c.facts.EMS:
		return 0, alert.ExtendedMainSecretMismatch.Errorf("server resumes a session and adds extended_master_secret")
	}
	c.takeOver12(s)
	if c.cfg.asks(AskVerdictResumed) && s.chain != nil {
		return Await12Verdict, nil
	}
	return c.awaitServer12(), nil
}

// takeOver12 makes a session's secret and facts those of the connection.
func (c *common) takeOver12(s *session) {
	c.t12.session, c.t12.main = s, keyschedule.SecretOf(s.secret)
	c.facts.Resumed, c.facts.Group, c.facts.PeerScheme = true, s.group, s.scheme
	c.after.authenticated = s.authenticated
	c.peer = peer{chain: s.chain, staple: s.staple, proved: s.chain != nil}
	c.tellGiven("master secret", c.t12.main.Bytes())
	c.logSecret("CLIENT_RANDOM", &c.t12.main)
}

// readExtensions12 reads what the server agrees to.
func (c *client) readExtensions12(list Extensions) error {
	for _, t := range []ExtensionType{ExtServerName, ExtExtendedMainSecret, ExtStatusRequest, ExtSessionTicket} {
		if data, ok := list.Get(t); ok {
			if ParseEmpty(t, data) != nil {
				return alert.MalformedExtension.Errorf("%v in ServerHello is not empty", t)
			}
		}
	}
	c.facts.EMS = list.Has(ExtExtendedMainSecret)
	c.t12.status, c.t12.promised = list.Has(ExtStatusRequest), list.Has(ExtSessionTicket)
	if c.cfg.RequireEMS && !c.facts.EMS {
		return alert.ExtendedMainSecretMissing.Errorf("server has no extended_master_secret, which is required")
	}
	if err := c.readRenegotiationInfo(list, false); err != nil {
		return err
	}
	if err := readPointFormats(list); err != nil {
		return err
	}
	return c.readALPN(list)
}

// readRenegotiationInfo notes whether the peer knows of RFC 5746, by the
// extension or by the signal of a client.
//
// "The client MUST then verify that the length of the "renegotiated_connection"
// field is zero, and if it is not, MUST abort the handshake". RFC 5746, Section
// 3.4; 3.6 says the same of servers.
func (c *common) readRenegotiationInfo(list Extensions, signal bool) error {
	c.facts.SecureRenegotiation = signal
	if data, ok := list.Get(ExtRenegotiationInfo); ok {
		info, err := ParseRenegotiationInfo(data)
		if err != nil {
			return err
		}
		if len(info) != 0 {
			return alert.RenegotiationInfoMismatch.Errorf("the peer's renegotiation_info is that of a renegotiation")
		}
		c.facts.SecureRenegotiation = true
	}
	if c.cfg.RequireRenegotiationInfo && !c.facts.SecureRenegotiation {
		return alert.RenegotiationInfoMissing.Errorf("the peer has no renegotiation_info, which is required")
	}
	return nil
}

// readPointFormats checks that the peer takes points as they are sent.
//
// "If the Supported Point Formats Extension is indeed sent, it MUST contain the
// value 0 (uncompressed) as one of the items in the list of point formats."
// RFC 8422, Sections 5.1 and 5.2.
func readPointFormats(list Extensions) error {
	data, ok := list.Get(ExtECPointFormats)
	if !ok {
		return nil
	}
	formats, err := ParseECPointFormats(data)
	if err != nil {
		return err
	}
	if !formats.Has(Uncompressed) {
		return alert.PointFormatMissing.Errorf("the peer does not take uncompressed points")
	}
	return nil
}

package handshake

import (
	"crypto/ecdsa"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// begin12 selects what does not depend on the credential, and leads to
// AWAIT12_TICKET if the client asks for a resumption.
//
// RFC 5246, Section 7.4.1.2.
func (s *server) begin12() (State, error) {
	s.t12 = &stage12{}
	s.facts.EarlyData = s.cfg.earlyData12()
	if err := s.drawRandom12(); err != nil {
		return 0, err
	}
	if err := s.checkHello12(); err != nil {
		return 0, err
	}
	if id, _ := s.identity12(); id != nil && s.looksUp12() {
		return Await12Ticket, nil
	}
	return s.beginFull12()
}

// drawRandom12 draws ServerHello.random, and says in it that this side would
// have spoken TLS 1.3.
//
// "If negotiating TLS 1.2, TLS 1.3 servers MUST set the last 8 bytes of their
// Random value to the bytes" 44 4F 57 4E 47 52 44 01. RFC 9846, Section 4.2.3.
func (s *server) drawRandom12() error {
	random := &s.t12.serverRandom
	if err := s.draw(random[:]); err != nil {
		return err
	}
	if s.cfg.speaks(VersionTLS13) {
		copy(random[len(random)-len(DowngradeTLS12):], DowngradeTLS12)
	}
	return nil
}

// checkHello12 checks what a ClientHello must have for TLS 1.2.
func (s *server) checkHello12() error {
	hello := &s.hello.hello
	// "This vector MUST contain, and all implementations MUST support,
	// CompressionMethod.null." RFC 5246, Section 7.4.1.2.
	if !hello.LegacyCompressionMethods.Has(0) {
		return alert.BadCompression.Errorf("client's compression_methods have no null")
	}
	data, ems := hello.Extensions.Get(ExtExtendedMainSecret)
	if err := ParseEmpty(ExtExtendedMainSecret, data); err != nil {
		return err
	}
	if s.cfg.RequireEMS && !ems {
		return alert.ExtendedMainSecretMissing.Errorf("client has no extended_master_secret, which is required")
	}
	s.facts.EMS = ems
	if err := s.readRenegotiationInfo(hello.Extensions, hello.CipherSuites.Has(cipher.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)); err != nil {
		return err
	}
	return readPointFormats(hello.Extensions)
}

// checkFallback refuses a client that tried a newer version before, and was
// kept from it.
//
// "If TLS_FALLBACK_SCSV appears in ClientHello.cipher_suites and the highest
// protocol version supported by the server is higher than the version indicated
// in ClientHello.client_version, the server MUST respond with a fatal
// inappropriate_fallback alert". RFC 7507, Section 3.
func (s *server) checkFallback(v Version) error {
	if v < s.cfg.maxVersion() && s.hello.hello.CipherSuites.Has(cipher.TLS_FALLBACK_SCSV) {
		return alert.Fallback.Errorf("client fell back to %v, and this server speaks %v", v, s.cfg.maxVersion())
	}
	return nil
}

// identity12 is by what the client names the session that it wants resumed: a
// ticket, or a session id; nil if it names none.
//
// "If a ticket is presented by the client, the server MUST NOT attempt to use
// the Session ID in the ClientHello for stateful session resumption." RFC 5077,
// Section 3.4.
func (s *server) identity12() (id []byte, isTicket bool) {
	hello := &s.hello.hello
	if ticket, _ := hello.Extensions.Get(ExtSessionTicket); len(ticket) > 0 {
		return ticket, true
	}
	if len(hello.LegacySessionID) > 0 {
		return hello.LegacySessionID, false
	}
	return nil, false
}

// looksUp12 reports whether there is anybody to ask whose session it is.
func (s *server) looksUp12() bool {
	_, isTicket := s.identity12()
	return s.cfg.asks(AskTicket) || isTicket && s.cfg.TicketKeys != nil || !isTicket && s.cfg.SessionCache != nil
}

// beginFull12 leads to a full handshake, if there can be one.
func (s *server) beginFull12() (State, error) {
	h := s.hello
	ecdsa, rsa := suites12(s.cfg, h.hello.CipherSuites)
	if !ecdsa && !rsa {
		return 0, alert.NoSharedCipher.Errorf("client offers no TLS 1.2 cipher suite that this server has")
	}
	if s.t12.group = s.chooseGroup12(); s.t12.group == nil {
		return 0, alert.NoSharedGroup.Errorf("client offers no group for TLS 1.2 that this server has")
	}
	if h.schemes == nil {
		return 0, alert.NoSignatureScheme.Errorf("client sent no signature_algorithms, which means SHA-1")
	}
	s.t12.promised = s.givesTickets12()
	s.transcript.keep = s.cfg.ClientAuth != NoClientCert
	return Await12Credential, nil
}

// chooseGroup12 selects the group, nil if there is none: also for a client
// that does not say what it has. RFC 8422, Section 4 would let the server guess.
func (s *server) chooseGroup12() *group.Group {
	for _, g := range sharedGroups(s.cfg, s.hello.groups) {
		if g.TLS12 {
			return g
		}
	}
	return nil
}

// sayServerHello12 answers the ClientHello.
//
// RFC 5246, Section 7.4.1.3.
func (s *server) sayServerHello12(sessionID []byte) {
	m := ServerHello{
		LegacyVersion: VersionTLS12, Random: s.t12.serverRandom, LegacySessionIDEcho: sessionID,
		CipherSuite: s.facts.Suite.ID, Extensions: s.extensions12(),
	}
	s.say(Initial, MsgServerHello, m.Append(s.out.room()))
}

// extensions12 is what we agree to; nil, which leaves out the whole block, if
// there is nothing.
func (s *server) extensions12() (x Extensions) {
	offered := s.hello.hello.Extensions
	// "When resuming a session, the server MUST NOT include a server_name
	// extension in the server hello." RFC 6066, Section 3.
	if s.facts.ServerName != "" && !s.facts.Resumed {
		x = AppendEmpty(x, ExtServerName)
	}
	if s.facts.SecureRenegotiation {
		x = AppendRenegotiationInfo(x, nil)
	}
	if s.facts.EMS {
		x = AppendEmpty(x, ExtExtendedMainSecret)
	}
	if offered.Has(ExtECPointFormats) && !s.facts.Resumed {
		x = AppendECPointFormats(x, List8Of(Uncompressed))
	}
	if s.t12.promised {
		x = AppendSessionTicket(x, nil)
	}
	if s.t12.status {
		x = AppendEmpty(x, ExtStatusRequest)
	}
	if s.facts.ALPN != "" {
		x = AppendALPN(x, OpaqueList8Of(s.facts.ALPN))
	}
	return x
}

// narrow12 leaves of the proof that the client takes what its suites and its
// groups allow.
//
// "If the client has used a Supported Elliptic Curves Extension, the public key
// in the server's certificate MUST respect the client's choice of elliptic
// curves." RFC 8422, Section 5.3.
func (s *server) narrow12(r *certificateContext) {
	r.narrow12(suites12(s.cfg, s.hello.hello.CipherSuites))
	r.curves = slices.Clone(s.hello.groups)
}

// takesCurve reports whether a peer that has these curves takes that of the
// key, if it is on one.
func takesCurve(curves []group.ID, c *Credential) bool {
	key, ok := c.publicKey().(*ecdsa.PublicKey)
	return !ok || curves == nil || slices.Contains(curves, curveGroup(key.Curve))
}

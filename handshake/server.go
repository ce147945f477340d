package handshake

import (
	"bytes"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/signature"
)

// server is the server's half of [Machine].
type server struct {
	common
	hello *received // START to the end of our flight
	psk   *psk      // AWAIT_TICKET to the end of our flight
	modes bool      // the client takes tickets: psk_dhe_ke is offered
}

// received is what a server must remember of the ClientHello.
type received struct {
	raw         []byte // the message, which hello points into
	hello       ClientHello
	sni         string
	groups      []group.ID
	schemes     []signature.Scheme
	alpn        OpaqueList8 // nil if the extension is not there
	authorities OpaqueList16
	early       bool // early data is offered
	share       KeyShareEntry
	group       *group.Group
}

// psk is the walk through the identities that the client offers.
type psk struct {
	offered   OfferedPSKs
	index     int    // of the identity that is asked about
	truncated []byte // hash of the ClientHello up to the binders
	session   *session
	vouched   bool            // who opened the ticket lets early data be taken
	early     EarlyDataStatus // what becomes of early data if nobody objects
}

// onClientHello: START to AWAIT_CONFIG (RECVD_CH). What is wrong under any
// Config is refused here.
//
// RFC 9846, Section 4.2.2.
func (s *server) onClientHello(in *input) (State, error) {
	s.keys = &keySecrets{}
	hello, err := readClientHello(in.raw)
	if err != nil {
		return 0, err
	}
	if err := s.checkTransport(hello.hello.Extensions); err != nil {
		return 0, err
	}
	s.hello = hello
	s.keys.clientRandom = hello.hello.Random
	s.facts.ServerName = hello.sni
	return AwaitConfig, nil
}

// readClientHello parses a ClientHello and the extensions that every path
// needs. What it returns holds a copy of raw.
func readClientHello(raw []byte) (*received, error) {
	out := &received{raw: slices.Clone(raw)}
	var err error
	if out.hello, err = ParseClientHello(out.raw[headerLen:]); err != nil {
		return nil, err
	}
	if err := out.hello.Extensions.Legal(InCH); err != nil {
		return nil, err
	}
	if err := out.readName(); err != nil {
		return nil, err
	}
	return out, out.readLists()
}

// readName reads server_name.
//
// RFC 6066, Section 3.
func (r *received) readName() error {
	data, ok := r.hello.Extensions.Get(ExtServerName)
	if !ok {
		return nil
	}
	name, err := ParseServerName(data)
	r.sni = string(name)
	return err
}

// readLists reads the lists that negotiation chooses from.
func (r *received) readLists() error {
	x := r.hello.Extensions
	if data, ok := x.Get(ExtSupportedGroups); ok {
		list, err := ParseSupportedGroups(data)
		if err != nil {
			return err
		}
		r.groups = list.Slice()
	}
	if data, ok := x.Get(ExtSignatureAlgorithms); ok {
		list, err := ParseSignatureAlgorithms(data)
		if err != nil {
			return err
		}
		r.schemes = list.Slice()
	}
	return r.readOpaqueLists()
}

func (r *received) readOpaqueLists() (err error) {
	x := r.hello.Extensions
	if data, ok := x.Get(ExtApplicationLayerProtocolNegotiation); ok {
		if r.alpn, err = ParseALPN(data); err != nil {
			return err
		}
	}
	if data, ok := x.Get(ExtCertificateAuthorities); ok {
		if r.authorities, err = ParseCertificateAuthorities(data); err != nil {
			return err
		}
	}
	if data, ok := x.Get(ExtStatusRequest); ok {
		_, err = ParseStatusRequest(data)
	}
	return err
}

// onConfig: AWAIT_CONFIG to the version that both speak.
//
// RFC 9846, Section 4.2.1.
func (s *server) onConfig(in *input) (State, error) {
	if in.answer.err != nil {
		return 0, refused(in.answer.err)
	}
	if cfg := in.answer.config; cfg != s.cfg {
		if err := cfg.CheckServer(); err != nil {
			return 0, err
		}
		s.cfg = cfg
		s.signal(OutConfig)
	}
	version, err := s.chooseVersion()
	if err != nil {
		return 0, err
	}
	if err := s.checkFallback(version); err != nil {
		return 0, err
	}
	s.facts.Version = version
	if version == VersionTLS12 {
		return s.begin12()
	}
	return s.begin13()
}

// chooseVersion is the highest version that both sides speak.
//
// "Servers MUST be prepared to receive ClientHellos that include this
// extension but do not include 0x0304 in the list of versions." RFC 9846,
// Section 4.3.1.
func (s *server) chooseVersion() (Version, error) {
	hello := &s.hello.hello
	data, ok := hello.Extensions.Get(ExtSupportedVersions)
	if !ok {
		return s.legacyVersion()
	}
	list, err := ParseSupportedVersionsCH(data)
	if err != nil {
		return 0, err
	}
	for v := s.cfg.maxVersion(); v >= s.cfg.minVersion(); v-- {
		if s.speaks(v) && list.Has(v) {
			return v, nil
		}
	}
	return 0, alert.UnsupportedVersion.Errorf("client offers none of %v to %v", s.cfg.minVersion(), s.cfg.maxVersion())
}

// legacyVersion is TLS 1.2, if the client has at least that.
//
// "If this extension is not present, servers which are compliant with this
// specification and which also support TLS 1.2 MUST negotiate TLS 1.2 or prior
// as specified in [RFC5246], even if ClientHello.legacy_version is 0x0304 or
// later." RFC 9846, Section 4.3.1.
func (s *server) legacyVersion() (Version, error) {
	if v := s.hello.hello.LegacyVersion; v < VersionTLS12 || !s.speaks(VersionTLS12) {
		return 0, alert.UnsupportedVersion.Errorf("client offers %v at most, expected %v", min(v, VersionTLS12), s.cfg.minVersion())
	}
	return VersionTLS12, nil
}

// begin13 selects the parameters of TLS 1.3, and leads to WAIT_CH2 when the
// client has to try again.
func (s *server) begin13() (State, error) {
	h := s.hello
	s.facts.EMS, s.facts.SecureRenegotiation = true, true
	if err := s.checkHello13(); err != nil {
		return 0, err
	}
	if err := s.readParameters(h.hello.Extensions); err != nil {
		return 0, err
	}
	if err := s.chooseSuite13(); err != nil {
		return 0, err
	}
	if err := s.chooseGroup(); err != nil {
		return 0, err
	}
	if h.share.KeyExchange == nil {
		return s.sayHelloRetryRequest()
	}
	s.transcript.start(s.facts.Suite.Hash)
	return s.selectPSK()
}

// checkHello13 checks what a ClientHello must have for TLS 1.3.
//
// RFC 9846, Section 4.2.2, would also have a legacy_version other than 0x0303
// refused. It is ignored, as RFC 8446 had it and as peers rely on: it decides
// nothing.
//
// RFC 9846, Sections 4.2.2 and 9.2.
func (s *server) checkHello13() error {
	hello := &s.hello.hello
	// "For every TLS 1.3 ClientHello, this list MUST contain exactly one
	// byte, set to zero … If a TLS 1.3 ClientHello is received with any other
	// value in this field, the server MUST abort the handshake with an
	// "illegal_parameter" alert." RFC 9846, Section 4.2.2.
	if !bytes.Equal(hello.LegacyCompressionMethods, []byte{0}) {
		return alert.BadCompression.Errorf("client's legacy_compression_methods is not just null")
	}
	// RFC 9001, Section 8.4.
	if s.carrier == QUIC && len(hello.LegacySessionID) != 0 {
		return alert.CompatibilityUnderQUIC.Errorf("client's legacy_session_id is not empty under QUIC")
	}
	psk := hello.Extensions.Has(ExtPreSharedKey)
	// "If not containing a "pre_shared_key" extension, it MUST contain both a
	// "signature_algorithms" extension and a "supported_groups" extension."
	// RFC 9846, Section 9.2.
	if !psk && s.hello.schemes == nil {
		return alert.MissingRequiredExtension.Errorf("client sent neither pre_shared_key nor signature_algorithms")
	}
	if s.hello.groups == nil {
		return alert.MissingRequiredExtension.Errorf("client sent no supported_groups")
	}
	if !hello.Extensions.Has(ExtKeyShare) {
		return alert.MissingKeyShare.Errorf("client sent supported_groups and no key_share")
	}
	var err error
	if s.hello.early, err = hello.Extensions.says(ExtEarlyData); err != nil {
		return err
	}
	return s.readModes(psk)
}

// readModes reads psk_key_exchange_modes.
//
// "If clients offer "pre_shared_key" without a "psk_key_exchange_modes"
// extension, servers MUST abort the handshake." RFC 9846, Section 4.3.9.
func (s *server) readModes(psk bool) error {
	data, ok := s.hello.hello.Extensions.Get(ExtPSKKeyExchangeModes)
	if !ok {
		if psk {
			return alert.NoPSKMode.Errorf("client sent pre_shared_key and no psk_key_exchange_modes")
		}
		return nil
	}
	modes, err := ParsePSKKeyExchangeModes(data)
	if err != nil {
		return err
	}
	s.modes = modes.Has(PSKDHEKE)
	return nil
}

// chooseSuite13 selects the suite.
func (s *server) chooseSuite13() error {
	offered := s.hello.hello.CipherSuites
	suite := chooseSuite(s.cfg, offered, func(suite *cipher.Suite) bool { return suite.TLS13() })
	if suite == nil {
		return alert.NoSharedCipher.Errorf("client offers no TLS 1.3 cipher suite that this server has")
	}
	s.facts.Suite = suite
	return nil
}

// chooseGroup selects the group and finds the client's share for it.
//
// RFC 9846, Section 4.3.8.
func (s *server) chooseGroup() error {
	h := s.hello
	data, _ := h.hello.Extensions.Get(ExtKeyShare)
	shares, err := ParseKeyShareCH(data)
	if err != nil {
		return err
	}
	if err := checkShares(shares, h.groups); err != nil {
		return err
	}
	h.group, h.share = chooseGroup(s.cfg, h.groups, shares)
	if h.group == nil {
		return alert.NoSharedGroup.Errorf("client offers no group that this server has")
	}
	return nil
}

func (s *server) newServerHello() ServerHello {
	return ServerHello{
		LegacyVersion:       VersionTLS12,
		LegacySessionIDEcho: s.hello.hello.LegacySessionID,
		CipherSuite:         s.facts.Suite.ID,
		Extensions:          Extensions{},
	}
}

// selectPSK leads to AWAIT_TICKET if the client offers identities that may be
// used, else past it.
//
// RFC 9846, Section 4.3.11.
func (s *server) selectPSK() (State, error) {
	h := s.hello
	data, ok := h.hello.Extensions.Get(ExtPreSharedKey)
	if !ok {
		return s.withoutPSK()
	}
	offered, err := ParsePreSharedKeyCH(data)
	if err != nil {
		return 0, err
	}
	if !s.modes {
		return s.withoutPSK()
	}
	partial := offered.Truncate(h.raw)
	s.psk = &psk{offered: offered, truncated: slices.Clone(s.transcript.sumWith(s.facts.Suite.Hash, partial))}
	return AwaitTicket, nil
}

// withoutEarlyData says why there is none without a PSK.
func (s *server) withoutEarlyData() EarlyDataStatus {
	switch {
	case s.psk != nil:
		return EarlyDataNotResumed
	case s.facts.Retried:
		return EarlyDataRetried
	}
	return EarlyDataNoSession
}

// withoutPSK goes on to authenticate by certificate.
func (s *server) withoutPSK() (State, error) {
	if s.cfg.MaxEarlyData > 0 {
		s.facts.EarlyData = s.withoutEarlyData()
	}
	s.psk = nil
	if s.hello.schemes == nil {
		return 0, alert.MissingRequiredExtension.Errorf("client offers no PSK that this server knows, and no signature_algorithms")
	}
	s.transcript.add(s.hello.raw)
	s.keys.early = keyschedule.NewEarly(s.facts.Suite.Hash, nil)
	s.tellEarly(nil)
	if s.carrier == QUIC {
		return AwaitParameters, nil
	}
	return AwaitCredential, nil
}

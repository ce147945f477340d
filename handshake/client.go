package handshake

import (
	"crypto/subtle"
	"io"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// client is the client's half of [Machine].
type client struct {
	common
	offer *offer // what the ClientHello said: START to WAIT_EE
}

// offer is what a client must remember of its ClientHello.
type offer struct {
	hello     []byte // as it was sent, header included
	sessionID []byte
	shares    []ownShare
	session   *session     // that pre_shared_key offers; nil for none
	retry     *ServerHello // the HelloRetryRequest, to compare with
	retried   []byte       // its bytes, which retry points into
	early     bool         // early data is on its way
}

// ownShare is a key share of ours and its private key.
type ownShare struct {
	group group.ID
	key   group.PrivateKey
}

// start says the ClientHello: START to WAIT_SH.
//
// RFC 9846, Section 4.2.2.
func (c *client) start() error {
	c.keys = &keySecrets{}
	c.offer = &offer{}
	if err := c.draw(c.keys.clientRandom[:]); err != nil {
		return err
	}
	c.chooseSession()
	if err := c.drawSessionID(); err != nil {
		return err
	}
	if err := c.addShares(); err != nil {
		return err
	}
	c.sayClientHello(nil)
	c.offerEarlyData()
	c.state = WaitSH
	c.out.sent = true
	return nil
}

// draw fills b from the Config's Rand.
func (c *common) draw(b []byte) error {
	_, err := io.ReadFull(c.cfg.rand(), b)
	return err
}

// drawSessionID makes the session id that lets middleboxes take TLS 1.3 for a
// resumption, and by which a server says that it takes a ticket of TLS 1.2. A
// session without a ticket has an id.
//
// "In compatibility mode (see Appendix E.4), this field MUST be non-empty, so a
// client not offering a pre-TLS 1.3 session MUST generate a new 32-byte value."
// RFC 9846, Section 4.2.2.
func (c *client) drawSessionID() error {
	s := c.session12()
	if s != nil && len(s.ticket) == 0 {
		c.offer.sessionID = s.sessionID
		return nil
	}
	if s == nil && !(c.compatible() && c.speaks(VersionTLS13)) {
		return nil
	}
	c.offer.sessionID = make([]byte, defaultSessionIDBytes)
	return c.draw(c.offer.sessionID)
}

// addShares makes the shares of the first ClientHello, if it is one of TLS 1.3.
func (c *client) addShares() error {
	if !c.speaks(VersionTLS13) {
		return nil
	}
	for _, g := range c.cfg.keyShares() {
		if err := c.addShare(g); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) addShare(g *group.Group) error {
	key, err := g.Generate(c.cfg.rand())
	if err != nil {
		return err
	}
	c.offer.shares = append(c.offer.shares, ownShare{g.ID, key})
	if c.shareBytes() > MaxShares {
		return ErrSharesTooLong
	}
	return nil
}

// chooseSession picks up the Config's session if it still fits: the name, the
// versions and suites, its age, and its chain under today's Roots.
func (c *client) chooseSession() {
	s, err := parseSession(slices.Clone(c.cfg.Session))
	if err != nil || s.serverName != c.cfg.ServerName || s.carrier != c.carrier || !c.speaks(s.version) {
		return
	}
	if s.version == VersionTLS12 && !c.cfg.resumes12(s) {
		return
	}
	if c.cfg.suite(s.suite) == nil || len(s.ticket) > c.ticketRoom() || !s.fresh(c.cfg.now()) || !c.stillTrusted(s) {
		return
	}
	c.offer.session = s
}

// stillTrusted verifies the chain of a session again, so that it cannot be
// resumed under Roots, or at a time, that would refuse it. Where the
// application gave the verdict, it was its to keep the session.
func (c *client) stillTrusted(s *session) bool {
	if c.cfg.Roots == nil || c.cfg.asks(AskVerdict) {
		return true
	}
	return c.cfg.trusts(s, serverUsage)
}

// offerEarlyData installs the early keys when the ClientHello offered early
// data, so that it can follow at once.
func (c *client) offerEarlyData() {
	if !c.offer.early {
		return
	}
	c.facts.Suite = c.cfg.suite(c.offer.session.suite)
	if c.compatible() {
		c.signal(OutChangeCipherSpec)
	}
	hash := c.facts.Suite.Hash
	th := c.transcript.sumWith(hash, nil)
	early := c.keys.early.ClientTraffic(th)
	c.after.earlyExporter = c.keys.early.Exporter(th)
	c.tellEarlyTraffic(th, &early)
	c.logSecret("CLIENT_EARLY_TRAFFIC_SECRET", &early)
	c.logSecret("EARLY_EXPORTER_SECRET", &c.after.earlyExporter)
	c.sendKeys(EarlyData, early).EarlyLimit = min(c.cfg.MaxEarlyData, c.offer.session.maxEarlyData)
}

// compatible reports whether ChangeCipherSpec records are sent: RFC 9846,
// Appendix E.4.
func (c *common) compatible() bool { return c.carrier == Records && !c.cfg.NoCompatibility }

// onHelloRetryRequest: WAIT_SH to WAIT_SH, with a second ClientHello.
//
// RFC 9846, Section 4.2.4.
func (c *client) onHelloRetryRequest(in *input) (State, error) {
	if c.offer.retry != nil {
		return 0, alert.SecondHelloRetryRequest.Errorf("server sent a second HelloRetryRequest")
	}
	raw := slices.Clone(in.raw)
	hrr, err := ParseServerHello(raw[headerLen:])
	if err != nil {
		return 0, err
	}
	// "The server's extensions MUST contain "supported_versions"." RFC 9846,
	// Section 4.2.4.
	if v, err := c.chosenVersion(&hrr); err != nil {
		return 0, err
	} else if v != VersionTLS13 {
		return 0, alert.MissingRequiredExtension.Errorf("server's HelloRetryRequest has no supported_versions")
	}
	suite, err := c.checkServerHello(&hrr, InHRR)
	if err != nil {
		return 0, err
	}
	retry, err := c.readRetry(&hrr)
	if err != nil {
		return 0, err
	}
	c.tellRetry(c.transcript.retry(suite.Hash))
	c.transcript.add(in.raw)
	if !c.offer.early && c.compatible() {
		c.signal(OutChangeCipherSpec)
	}
	if c.offer.early {
		c.facts.EarlyData = EarlyDataRetried
		if c.carrier == Records {
			c.sendKeys(Initial, keyschedule.Secret{})
		}
		c.signal(OutEarlyDataRejected)
	}
	c.facts.Version, c.facts.Suite, c.facts.Retried = VersionTLS13, suite, true
	c.offer.retry, c.offer.retried, c.offer.early = &hrr, raw, false
	if err := c.retryShare(retry.group); err != nil {
		return 0, err
	}
	c.dropUnfitSession(suite)
	c.sayClientHello(retry.cookie)
	return WaitSH, nil
}

// retryRequest is what a HelloRetryRequest asks for.
type retryRequest struct {
	group  group.ID // 0: no other group
	cookie []byte
}

// readRetry checks that the request asks for something that is ours to give
// and that was not given yet.
//
// "Clients MUST abort the handshake with an "illegal_parameter" alert if the
// HelloRetryRequest would not result in any change in the ClientHello."
// RFC 9846, Section 4.2.4.
func (c *client) readRetry(hrr *ServerHello) (retryRequest, error) {
	var out retryRequest
	if data, ok := hrr.Extensions.Get(ExtKeyShare); ok {
		id, err := ParseKeyShareHRR(data)
		if err != nil {
			return out, err
		}
		if c.cfg.group(id) == nil {
			return out, alert.WrongGroup.Errorf("server asks for a share of %v, which was not offered", id)
		}
		if c.share(id) != nil {
			return out, alert.WrongGroup.Errorf("server asks for a share of %v, which it got", id)
		}
		out.group = id
	}
	if data, ok := hrr.Extensions.Get(ExtCookie); ok {
		cookie, err := ParseCookie(data)
		if err != nil {
			return out, err
		}
		// The ClientHello has to hold it, with all else that it says.
		if len(cookie) > MaxCookie {
			return out, alert.BadCookie.Errorf("server's cookie has %d bytes, more than %d", len(cookie), MaxCookie)
		}
		out.cookie = slices.Clone(cookie)
	}
	if out.group == 0 && out.cookie == nil {
		return out, alert.BadHelloRetryRequest.Errorf("server's HelloRetryRequest asks for no change")
	}
	return out, nil
}

// retryShare replaces the shares by the one that the server asked for.
//
// "If a "key_share" extension was supplied in the HelloRetryRequest,
// replacing the list of shares with a list containing a single
// KeyShareEntry from the indicated group." RFC 9846, Section 4.2.2.
func (c *client) retryShare(id group.ID) error {
	if id == 0 {
		return nil
	}
	c.offer.shares = nil
	return c.addShare(c.cfg.group(id))
}

// dropUnfitSession leaves the PSK out of the second ClientHello when the
// suite that the server chose has another hash.
//
// "Updating the "pre_shared_key" extension if present by … removing any PSKs
// which are incompatible with the server's indicated cipher suite."
// RFC 9846, Section 4.2.2.
func (c *client) dropUnfitSession(suite *cipher.Suite) {
	if s := c.offer.session; s != nil && s.version == VersionTLS13 && c.cfg.suite(s.suite).Hash != suite.Hash {
		c.offer.session = nil
	}
}

func (c *client) share(id group.ID) group.PrivateKey {
	for _, s := range c.offer.shares {
		if s.group == id {
			return s.key
		}
	}
	return nil
}

// checkServerHello checks what a ServerHello and a HelloRetryRequest have in
// common, and returns the suite.
//
// RFC 9846, Section 4.2.3.
func (c *client) checkServerHello(sh *ServerHello, place Place) (*cipher.Suite, error) {
	if sh.LegacyVersion != VersionTLS12 {
		if c.facts.Retried {
			return nil, alert.VersionChanged.Errorf("server's legacy_version is %v after a HelloRetryRequest with TLS 1.2", sh.LegacyVersion)
		}
		return nil, alert.UnsupportedVersion.Errorf("server's legacy_version is %v, expected TLS 1.2", sh.LegacyVersion)
	}
	if subtle.ConstantTimeCompare(sh.LegacySessionIDEcho, c.offer.sessionID) != 1 {
		return nil, alert.BadSessionIDEcho.Errorf("server's legacy_session_id_echo is not the client's session id")
	}
	if sh.LegacyCompressionMethod != 0 {
		return nil, alert.CompressionNotNull.Errorf("server's legacy_compression_method is not null")
	}
	if err := c.checkSolicited(sh.Extensions, place); err != nil {
		return nil, err
	}
	suite := c.cfg.suite(sh.CipherSuite)
	if suite == nil || !suite.TLS13() {
		return nil, alert.WrongCipher.Errorf("server chose suite %v, which was not offered", sh.CipherSuite)
	}
	return suite, nil
}

// checkSolicited refuses extensions that do not belong in the message and
// answers to what was not asked.
//
// "Implementations MUST NOT send extension responses if the remote endpoint
// did not send the corresponding extension requests, with the exception of the
// "cookie" extension in the HelloRetryRequest. Upon receiving such an
// extension, an endpoint MUST abort the handshake with an
// "unsupported_extension" alert." RFC 9846, Section 4.3.
func (c *client) checkSolicited(list Extensions, place Place) error {
	hello, err := c.offered()
	if err != nil {
		return err
	}
	for t := range list.All() {
		excepted := place == InHRR && t == ExtCookie ||
			t == ExtRenegotiationInfo && hello.CipherSuites.Has(cipher.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
		if !hello.Extensions.Has(t) && !excepted {
			return alert.UnsolicitedExtension.Errorf("server's %v has extension %v, which was not offered", place, t)
		}
	}
	return list.Legal(place)
}

// offered is the ClientHello as it was sent.
func (c *client) offered() (ClientHello, error) {
	hello, err := ParseClientHello(c.offer.hello[headerLen:])
	if err != nil {
		return hello, alert.Internal.Wrap(err, "our own ClientHello does not parse")
	}
	return hello, nil
}

package handshake

import (
	"errors"
	"slices"
	"time"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// sayClientHello builds the ClientHello out of the Config and the offer, and
// sends it. The cookie is what a HelloRetryRequest gave; nil the first time.
//
// RFC 9846, Section 4.2.2.
func (c *client) sayClientHello(cookie []byte) {
	m := ClientHello{
		LegacyVersion:            VersionTLS12,
		Random:                   c.keys.clientRandom,
		LegacySessionID:          c.offer.sessionID,
		CipherSuites:             c.suiteList(),
		LegacyCompressionMethods: List8[uint8]{0},
		Extensions:               c.extensions(cookie),
	}
	c.offer.early = false
	if !c.facts.Retried {
		c.facts.EarlyData = c.judgeEarlyData()
		c.offer.early = c.facts.EarlyData == EarlyDataOffered
	}
	if c.offer.early {
		m.Extensions = AppendEmpty(m.Extensions, ExtEarlyData)
	}
	if c.offersPSK() {
		m.Extensions = c.appendPSK(m.Extensions)
	}
	msg := m.Append(nil)
	if c.offersPSK() {
		c.bind(msg)
	}
	if c.cfg.Rewrite != nil {
		msg = c.cfg.Rewrite(MsgClientHello, msg)
	}
	c.offer.hello = msg
	c.tellSent(Initial, msg)
	c.transcript.add(msg)
	c.emit(Initial, msg)
}

// suiteList is what the Config speaks, in its order.
func (c *client) suiteList() List16[cipher.ID] {
	var list List16[cipher.ID]
	for _, s := range c.cfg.suites() {
		if c.speaks(Version(s.Version)) {
			list = append(list, byte(s.ID>>8), byte(s.ID))
		}
	}
	if c.cfg.Fallback {
		list = append(list, byte(cipher.TLS_FALLBACK_SCSV>>8), byte(cipher.TLS_FALLBACK_SCSV&0xff))
	}
	return list
}

// ErrSharesTooLong: the key shares of a client are longer than MaxShares. It
// comes from a Config's own Groups.
var ErrSharesTooLong = errors.New("the key shares are too long for a ClientHello")

// What a ClientHello may have of bytes, and what those take whose length is
// known.
const (
	maxHello   = 1<<16 - 1
	helloParts = 512
)

// ticketRoom is how long a ticket may be, so that there is room for all that
// the Config says, and for the cookie that the server may ask for.
func (c *client) ticketRoom() int {
	cfg := c.cfg
	rest := helloParts + MaxShares + MaxCookie + len(cfg.sni()) + len(c.parameters) +
		2*(len(cfg.suites())+len(cfg.groups())+len(cfg.signatures()))
	for _, name := range cfg.ALPN {
		rest += 1 + len(name)
	}
	return min(MaxTicket, maxHello-rest)
}

// extensions are all but those that depend on the session: early_data and
// pre_shared_key.
func (c *client) extensions(cookie []byte) Extensions {
	x := make(Extensions, 0, 256+c.shareBytes())
	if name := c.cfg.sni(); name != "" {
		x = AppendServerName(x, name)
	}
	x = AppendSupportedGroups(x, groupList(c.cfg))
	x = AppendSignatureAlgorithms(x, signatureList(c.cfg))
	if len(c.cfg.ALPN) > 0 {
		x = AppendALPN(x, OpaqueList8Of(c.cfg.ALPN...))
	}
	if c.cfg.RequestStatus {
		x = AppendStatusRequest(x, CertificateStatusRequest{StatusType: OCSP})
	}
	if c.carrier == QUIC {
		x = AppendExtension(x, ExtQUICTransportParameters, c.parameters)
	}
	return c.extensions13(c.extensions12(x), cookie)
}

// extensions13 are those that only TLS 1.3 has.
func (c *client) extensions13(x Extensions, cookie []byte) Extensions {
	if !c.speaks(VersionTLS13) {
		return x
	}
	x = AppendSupportedVersionsCH(x, versionList(c.cfg, c.carrier))
	if cookie != nil {
		x = AppendCookie(x, cookie)
	}
	shares := make([]KeyShareEntry, len(c.offer.shares))
	for i, s := range c.offer.shares {
		shares[i] = KeyShareEntry{Group: s.group, KeyExchange: s.key.Share()}
	}
	x = AppendKeyShareCH(x, shares...)
	return AppendPSKKeyExchangeModes(x, List8[PSKKeyExchangeMode]{byte(PSKDHEKE)})
}

func (c *client) shareBytes() (n int) {
	for _, s := range c.offer.shares {
		n += 4 + len(s.key.Share())
	}
	return n
}

// offersPSK reports whether the ClientHello offers a TLS 1.3 session.
func (c *client) offersPSK() bool {
	return c.offer.session != nil && c.offer.session.version == VersionTLS13
}

// judgeEarlyData says whether this ClientHello offers early data or why not: it is for
// the first one only, under a ticket that allows it and whose protocol still
// is among the Config's.
func (c *client) judgeEarlyData() EarlyDataStatus {
	s := c.offer.session
	switch {
	case c.cfg.MaxEarlyData == 0:
		return EarlyDataDisabled
	case !c.cfg.speaks(VersionTLS13):
		return EarlyDataOldVersion
	case s == nil:
		return EarlyDataNoSession
	case !c.offersPSK():
		return EarlyDataOldVersion
	case s.maxEarlyData == 0:
		return EarlyDataUnsupported
	case s.alpn != "" && !slices.Contains(c.cfg.ALPN, s.alpn):
		return EarlyDataALPNMismatch
	}
	return EarlyDataOffered
}

// appendPSK appends pre_shared_key with blank binders.
//
// "The "pre_shared_key" extension MUST be the last extension in the
// ClientHello". RFC 9846, Section 4.3.11.
func (c *client) appendPSK(x Extensions) Extensions {
	s := c.offer.session
	age := uint32(s.age(c.cfg.now()) / time.Millisecond)
	return AppendPreSharedKeyCH(x, OfferedPSKs{
		Identities: PSKIdentitiesOf(PSKIdentity{Identity: s.ticket, ObfuscatedTicketAge: age + s.ageAdd}),
		Binders:    BlankBinders(c.cfg.suite(s.suite).Hash.Size()),
	})
}

// bind writes the binder over the blank one.
//
// RFC 9846, Section 4.3.11.2.
func (c *client) bind(msg []byte) {
	hash := c.cfg.suite(c.offer.session.suite).Hash
	blank := OfferedPSKs{Binders: BlankBinders(hash.Size())}
	c.keys.early = keyschedule.NewEarly(hash, c.offer.session.secret)
	c.tellBinder(c.offer.session.secret)
	th := c.transcript.sumWith(hash, blank.Truncate(msg))
	binder := keyschedule.VerifyData(hash, c.keys.early.BinderKey(), th)
	SetBinders(msg, binder.Bytes())
}

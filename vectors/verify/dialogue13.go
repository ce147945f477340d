package verify

import (
	"bytes"
	"time"

	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/signature"
)

// handshakeTime is any: ticket keys that were given open at all times.
var handshakeTime = time.Unix(0, 0)

// schedule13 is the key schedule of TLS 1.3, as far as the messages have come;
// nil before.
type schedule13 struct {
	hello      handshake.ClientHello
	early      *keyschedule.EarlySecret
	handshake  *keyschedule.HandshakeSecret
	main       *keyschedule.MainSecret
	clientHS   keyschedule.Secret
	resumption keyschedule.Secret
	offered    bool // early data that the server has not answered yet
}

func (c *dialogueCheck) message13(s *dialogueSide, name string, msg []byte) {
	body := msg[headerLen:]
	switch name {
	case "ClientHello":
		c.clientHello13(msg)
		return
	case "CertificateVerify":
		m, _ := handshake.ParseCertificateVerify(body)
		content := signature.AppendServerContent
		if s == c.client {
			content = signature.AppendClientContent
		}
		c.proof(s, m.Algorithm, content(nil, c.transcript.sum()), m.Signature)
	case "Finished":
		secret := s.secret
		if s == c.client {
			secret = c.clientHS
		}
		data := keyschedule.VerifyData(c.suite.Hash, secret, c.transcript.sum())
		c.equal("verify_data", c.line, body, data.Bytes())
	case "Certificate":
		if m, _ := handshake.ParseCertificate(body); len(m.CertificateList) > 0 {
			c.equal("cert_data", c.line, m.CertificateList[0].CertData, s.cert)
			c.staple13(s, m.CertificateList[0].Extensions)
		}
	}
	c.transcript.add(s.name, msg)
	if c.failure != nil {
		return
	}
	switch name {
	case "ServerHello":
		m, _ := handshake.ParseServerHello(body)
		c.serverHello13(&m)
	case "EncryptedExtensions":
		m, _ := handshake.ParseEncryptedExtensions(body)
		c.alpn(m.Extensions)
		if c.quic {
			c.parameters(c.server, m.Extensions)
			c.protect(c.client, c.clientHS) // no EndOfEarlyData: RFC 9001, Section 8.3
		}
		c.earlyAnswer(m.Extensions.Has(handshake.ExtEarlyData))
	case "EndOfEarlyData":
		c.protect(s, c.clientHS)
	case "Finished":
		c.finished13(s)
	case "KeyUpdate":
		c.protect(s, keyschedule.NextTraffic(c.suite.Hash, s.secret))
	case "NewSessionTicket":
		m, _ := handshake.ParseNewSessionTicket(body)
		c.ticket13(&m)
	}
}

// protect is what a side's records are under from now on.
func (c *dialogueCheck) protect(s *dialogueSide, secret keyschedule.Secret) {
	if secret.Len() == 0 {
		c.fail("", "the message comes before there are keys")
		return
	}
	s.secret = secret
	s.records.setKeys(c.suite, keyschedule.TrafficKeys(c.suite, secret))
}

func (c *dialogueCheck) clientHello13(msg []byte) {
	m, _ := handshake.ParseClientHello(msg[headerLen:])
	c.hello = m
	c.clientHello(&m)
	if cookie, ok := m.Extensions.Get(handshake.ExtCookie); ok {
		c.cookie(cookie)
	}
	if data, ok := m.Extensions.Get(handshake.ExtPreSharedKey); ok && c.failure == nil {
		c.binder13(data, msg)
	}
	c.transcript.add(c.client.name, msg)
	if !m.Extensions.Has(handshake.ExtEarlyData) || c.early == nil || c.failure != nil {
		return
	}
	th := c.transcript.marks["ClientHello"]
	c.log["CLIENT_EARLY_TRAFFIC_SECRET"] = c.early.ClientTraffic(th)
	c.log["EARLY_EXPORTER_SECRET"] = c.early.Exporter(th)
	c.offered = true
	c.protect(c.client, c.log["CLIENT_EARLY_TRAFFIC_SECRET"])
}

func (c *dialogueCheck) cookie(data []byte) {
	cookie, err := handshake.ParseCookie(data)
	if err != nil {
		c.fail("cookie", "%v", err)
		return
	}
	c.equal("cookie", c.line, cookie, c.octets(c.server.fields.Get("retry cookie")))
}

// binder13 checks the one PSK that a ClientHello offers.
func (c *dialogueCheck) binder13(data, msg []byte) {
	offered, err := handshake.ParsePreSharedKeyCH(data)
	if err != nil || c.psk == nil {
		c.fail("pre_shared_key", "there is no psk, or what offers it is malformed")
		return
	}
	early := keyschedule.NewEarly(c.suite.Hash, c.psk)
	c.early = &early
	for id := range offered.Identities.All() {
		c.equal("identity", c.line, id.Identity, c.ticket)
	}
	c.sealed(c.ticket, c.psk)
	th := c.transcript.sumWith(offered.Truncate(msg))
	want := keyschedule.VerifyData(c.suite.Hash, early.BinderKey(), th)
	for binder := range offered.Binders.All() {
		c.equal("binder", c.line, binder, want.Bytes())
	}
}

func (c *dialogueCheck) serverHello13(m *handshake.ServerHello) {
	if m.IsHelloRetryRequest() {
		if cookie, ok := m.Extensions.Get(handshake.ExtCookie); ok {
			c.cookie(cookie)
		}
		if c.offered { // the early data is refused, and the next hello is in the clear
			c.outcome["early data"], c.offered = "rejected", false
			c.client.records = recordCheck{}
			c.client.pad()
		}
		return
	}
	c.equal("cipher_suite", c.line, []byte(m.CipherSuite.String()), []byte(c.suite.String()))
	c.server.random = bytes.Clone(m.Random[:])
	c.draw(c.server, "random", m.Random[:])
	if c.early == nil || !m.Extensions.Has(handshake.ExtPreSharedKey) {
		early := keyschedule.NewEarly(c.suite.Hash, nil)
		c.early = &early
	}
	shared := c.exchange13(m)
	if c.failure != nil {
		return
	}
	hs := c.early.Handshake(shared)
	c.handshake = &hs
	th := c.transcript.marks["ServerHello"]
	c.clientHS = hs.ClientTraffic(th)
	c.log["CLIENT_HANDSHAKE_TRAFFIC_SECRET"], c.log["SERVER_HANDSHAKE_TRAFFIC_SECRET"] = c.clientHS, hs.ServerTraffic(th)
	c.protect(c.server, c.log["SERVER_HANDSHAKE_TRAFFIC_SECRET"])
	if !c.offered {
		c.protect(c.client, c.clientHS)
	}
}

// exchange13 is the key exchange as both sides do it.
func (c *dialogueCheck) exchange13(m *handshake.ServerHello) []byte {
	share, err := handshake.ParseKeyShareSH(extension(m.Extensions, handshake.ExtKeyShare))
	g, own := group.Lookup(share.Group), c.client.shares[share.Group]
	if err != nil || g == nil || own == nil {
		c.fail("key_share", "the client has no share of this group")
		return nil
	}
	answer, secret, err := g.Respond(c.server.rand, own.Share())
	if err != nil {
		c.fail("key_share", "%v", err)
		return nil
	}
	c.equal("key_share", c.line, share.KeyExchange, answer)
	clients, err := own.Secret(share.KeyExchange)
	if err != nil {
		c.fail("key_share", "%v", err)
	}
	c.equal("shared secret", c.line, clients, secret)
	c.outcome["group"] = g.Name
	return secret
}

// staple13 is the stapled OCSP response of a certificate: RFC 9846, Section
// 4.5.1.1.
func (c *dialogueCheck) staple13(s *dialogueSide, x handshake.Extensions) {
	data, ok := x.Get(handshake.ExtStatusRequest)
	if !ok {
		return
	}
	response, err := handshake.ParseStatusRequestCT(data)
	if err != nil {
		c.fail("status_request", "%v", err)
		return
	}
	c.staple(s, response)
}

// earlyAnswer is what the server says to early data.
func (c *dialogueCheck) earlyAnswer(accepted bool) {
	switch {
	case !c.offered:
	case accepted:
		c.outcome["early data"] = "accepted"
	default:
		c.outcome["early data"] = "rejected"
		c.protect(c.client, c.clientHS)
	}
}

func (c *dialogueCheck) finished13(s *dialogueSide) {
	th := c.transcript.sum()
	switch {
	case c.handshake == nil || s == c.client && c.main == nil:
		c.fail("", "the message comes before there are keys")
	case s == c.server:
		main := c.handshake.Main()
		c.main = &main
		c.log["CLIENT_TRAFFIC_SECRET_0"], c.log["SERVER_TRAFFIC_SECRET_0"] = main.ClientTraffic(th), main.ServerTraffic(th)
		c.log["EXPORTER_SECRET"] = main.Exporter(th)
		c.protect(c.server, c.log["SERVER_TRAFFIC_SECRET_0"])
	default:
		c.resumption = c.main.Resumption(th)
		c.protect(c.client, c.log["CLIENT_TRAFFIC_SECRET_0"])
	}
}

// ticket13 is what a ticket draws, and what is sealed into it.
func (c *dialogueCheck) ticket13(m *handshake.NewSessionTicket) {
	if len(m.TicketNonce) > keyschedule.MaxContext || len(m.Ticket) < ticketHead {
		c.fail("ticket", "it is not one of this module's")
		return
	}
	c.draw(c.server, "ticket_age_add", []byte{byte(m.TicketAgeAdd >> 24), byte(m.TicketAgeAdd >> 16), byte(m.TicketAgeAdd >> 8), byte(m.TicketAgeAdd)})
	c.draw(c.server, "ticket", m.Ticket[ticketName:ticketHead])
	psk := keyschedule.ResumptionPSK(c.suite.Hash, c.resumption, m.TicketNonce)
	c.sealed(m.Ticket, psk.Bytes())
}

// A ticket begins with the name of its key and a nonce: see
// [handshake.TicketKeys].
const (
	ticketName = 16
	ticketHead = ticketName + 24
)

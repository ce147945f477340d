package verify

import (
	"bytes"
	"io"

	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// codecs12 are those of the messages that TLS 1.2 has, or has otherwise.
var codecs12 = map[string]func(body []byte) ([]byte, error){
	"NewSessionTicket":   again(handshake.ParseNewSessionTicket12),
	"Certificate":        again(handshake.ParseCertificate12),
	"CertificateRequest": again(handshake.ParseCertificateRequest12),
	"CertificateStatus":  again(handshake.ParseCertificateStatus),
	"ServerKeyExchange":  again(handshake.ParseServerKeyExchange),
	"ServerHelloDone":    again(handshake.ParseServerHelloDone),
	"ClientKeyExchange":  again(handshake.ParseClientKeyExchange),
}

// schedule12 is what TLS 1.2 derives its keys from.
type schedule12 struct {
	ems    bool
	params handshake.ServerECDHParams
	key12  group.PrivateKey // the server's
	keyed  bool             // main is there
	main12 keyschedule.Secret
}

func (c *dialogueCheck) message12(s *dialogueSide, name string, msg []byte) {
	body := msg[headerLen:]
	switch name {
	case "ClientHello":
		m, _ := handshake.ParseClientHello(body)
		c.clientHello(&m)
		if c.ticket != nil {
			c.equal("session_ticket", c.line, extension(m.Extensions, handshake.ExtSessionTicket), c.ticket)
			c.sealed(c.ticket, c.psk)
		}
	case "ServerHello":
		m, _ := handshake.ParseServerHello(body)
		c.serverHello12(&m)
	case "Certificate":
		if m, _ := handshake.ParseCertificate12(body); len(m.CertificateList) > 0 {
			c.equal("certificate_list", c.line, m.CertificateList[0], s.cert)
		}
	case "CertificateStatus":
		m, _ := handshake.ParseCertificateStatus(body)
		c.staple(s, m.Response)
	case "ServerKeyExchange":
		m, _ := handshake.ParseServerKeyExchange(body)
		c.serverKeyExchange(&m)
	case "CertificateVerify":
		m, _ := handshake.ParseCertificateVerify(body)
		c.proof(s, m.Algorithm, c.transcript.messages, m.Signature)
	case "Finished":
		label := keyschedule.ServerFinished
		if s == c.client {
			label = keyschedule.ClientFinished
		}
		data := keyschedule.VerifyData12(c.suite.Hash, c.main12, label, c.transcript.sum())
		c.equal("verify_data", c.line, body, data[:])
	case "NewSessionTicket":
		m, _ := handshake.ParseNewSessionTicket12(body)
		c.ticket12(m.Ticket)
	}
	c.transcript.add(s.name, msg)
	if name == "ClientKeyExchange" && c.failure == nil {
		m, _ := handshake.ParseClientKeyExchange(body)
		c.clientKeyExchange(m.ECDHYc)
	}
}

func (c *dialogueCheck) serverHello12(m *handshake.ServerHello) {
	c.equal("cipher_suite", c.line, []byte(m.CipherSuite.String()), []byte(c.suite.String()))
	c.server.random = bytes.Clone(m.Random[:])
	c.drawRandom12(m.Random[:])
	if c.psk != nil && len(c.psk) != keyschedule.MainSecretSize {
		c.fail("main secret", "a main secret has %d bytes", keyschedule.MainSecretSize)
	} else if c.psk != nil {
		c.derived(keyschedule.SecretOf(c.psk))
	} else if len(m.LegacySessionIDEcho) > 0 {
		c.draw(c.server, "session_id", m.LegacySessionIDEcho)
	}
	c.ems = m.Extensions.Has(handshake.ExtExtendedMainSecret)
	c.alpn(m.Extensions)
}

// drawRandom12 is a random that says with its last bytes that the server also
// speaks TLS 1.3: RFC 9846, Section 4.2.3.
func (c *dialogueCheck) drawRandom12(random []byte) {
	if c.server.fields.Get("max version") == nil {
		c.draw(c.server, "random", random)
		return
	}
	n := len(random) - len(handshake.DowngradeTLS12)
	c.draw(c.server, "random", random[:n])
	_, _ = c.server.rand.Seek(int64(len(random)-n), io.SeekCurrent)
	c.equal("random", c.line, random[n:], []byte(handshake.DowngradeTLS12))
}

func (c *dialogueCheck) serverKeyExchange(m *handshake.ServerKeyExchange) {
	c.params = m.Params
	c.share(c.server, m.Params.NamedCurve, m.Params.Public)
	if c.failure != nil || c.skip != "" {
		return
	}
	c.key12 = c.server.shares[m.Params.NamedCurve]
	content := append(bytes.Clone(c.client.random), c.server.random...)
	c.proof(c.server, m.Algorithm, m.Params.Append(content), m.Signature)
}

func (c *dialogueCheck) clientKeyExchange(point []byte) {
	if c.key12 == nil {
		c.fail("", "the server has said nothing to exchange keys with")
		return
	}
	id := c.params.NamedCurve
	c.share(c.client, id, point)
	if c.failure != nil {
		return
	}
	premain, err := c.client.shares[id].Secret(c.params.Public)
	if err != nil {
		c.fail("public", "%v", err)
		return
	}
	servers, err := c.key12.Secret(point)
	if err != nil {
		c.fail("ecdh_Yc", "%v", err)
	}
	c.equal("premain secret", c.line, premain, servers)
	c.outcome["group"] = group.Lookup(id).Name
	if c.ems {
		c.derived(keyschedule.ExtendedMainSecret12(c.suite.Hash, premain, c.transcript.sum()))
	} else {
		c.derived(keyschedule.MainSecret12(c.suite.Hash, premain, c.client.random, c.server.random))
	}
}

func (c *dialogueCheck) derived(main keyschedule.Secret) {
	c.main12, c.keyed = main, true
	c.log["CLIENT_RANDOM"] = main
}

// changeCipherSpec protects what a side says from now on.
func (c *dialogueCheck) changeCipherSpec(s *dialogueSide) {
	if !c.keyed {
		c.fail("", "there are no keys yet")
		return
	}
	keys, servers := keyschedule.KeyBlock12(c.suite, c.main12, c.client.random, c.server.random)
	if s == c.server {
		keys = servers
	}
	s.records.setKeys(c.suite, keys)
}

func (c *dialogueCheck) ticket12(ticket []byte) {
	if len(ticket) < ticketHead || !c.keyed {
		c.fail("ticket", "it is not one of this module's")
		return
	}
	c.draw(c.server, "ticket", ticket[ticketName:ticketHead])
	c.sealed(ticket, c.main12.Bytes())
}

package verify

import (
	"bytes"
	"encoding/hex"
	"strings"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/vectors"
)

// A dialogueCheck recomputes a recorded handshake from the random bytes, the
// certificates and the keys of both sides: every secret, signature, Finished,
// binder, ticket and record that follows from them.
type dialogueCheck struct {
	check
	file       *vectors.File
	suite      *cipher.Suite
	tls13      bool
	quic       bool
	client     *dialogueSide
	server     *dialogueSide
	transcript transcript
	psk        []byte // or the main secret of TLS 1.2; nil if nothing is resumed
	ticket     []byte
	outcome    map[string]string             // as computed
	log        map[string]keyschedule.Secret // as computed

	schedule13
	schedule12
}

// runDialogue checks one recorded handshake.
func runDialogue(f *vectors.File) *check {
	c := &dialogueCheck{file: f, outcome: map[string]string{}, log: map[string]keyschedule.Secret{}}
	c.line = 1
	c.begin()
	for i := range f.Sections {
		s := &f.Sections[i]
		c.step, c.line = s.Title, s.Line
		words := append(strings.SplitN(s.Title, " ", 3), "", "")
		from := map[string]*dialogueSide{"client": c.client, "server": c.server}[words[0]]
		switch {
		case c.failure != nil || c.skip != "":
			return &c.check
		case from != nil && words[1] == "record" && !c.quic:
			c.record(from, words[2], s)
		case from != nil && words[1] == "crypto" && c.quic:
			c.crypto(from, s)
		case s.Title != "client" && s.Title != "server" && s.Title != "secrets" && s.Title != "outcome":
			c.fail("", "no section has this title")
		}
	}
	c.step = ""
	c.end()
	return &c.check
}

// begin reads the header and both sides.
func (c *dialogueCheck) begin() {
	name := c.section("outcome").Text("suite")
	c.suite, c.tls13 = suiteNamed(name), c.file.Fields.Text("version") == "TLS 1.3"
	if c.suite == nil || c.suite.TLS13() != c.tls13 {
		c.skip = "cipher suite " + name + " is not implemented here"
		return
	}
	c.transcript.hash = c.suite.Hash
	for i := range c.file.Fields {
		fd := &c.file.Fields[i]
		switch c.line = fd.Line; fd.Name {
		case "check", "comment", "version", "time", "resumes":
		case "carrier":
			c.quic = fd.Text == "QUIC"
		case "psk", "main secret":
			c.psk = c.octets(fd)
			if fd.Name == "main secret" && len(c.psk) != keyschedule.MainSecretSize {
				c.fail(fd.Name, "a main secret has %d bytes", keyschedule.MainSecretSize)
			}
		case "ticket":
			c.ticket = c.octets(fd)
		default:
			c.fail(fd.Name, "no check of this kind uses this field")
		}
	}
	c.client, c.server = c.side(vectors.Client), c.side(vectors.Server)
	if c.failure == nil {
		c.trust(c.client, c.server)
		c.trust(c.server, c.client)
	}
}

func (c *dialogueCheck) section(title string) vectors.Fields {
	for i := range c.file.Sections {
		if c.file.Sections[i].Title == title {
			return c.file.Sections[i].Fields
		}
	}
	return nil
}

// octets is a field's value, nil if there is no such field.
func (c *dialogueCheck) octets(fd *vectors.Field) []byte {
	if fd == nil {
		return nil
	}
	b, err := fd.Bytes()
	if err != nil {
		c.fail(fd.Name, "%v", err)
	}
	return b
}

// message checks a handshake message by itself and by what came before it.
func (c *dialogueCheck) message(s *dialogueSide, msg []byte) {
	name := handshake.MessageType(msg[0]).String()
	codec := codecs[name]
	if !c.tls13 && codecs12[name] != nil {
		codec = codecs12[name]
	}
	if codec == nil {
		c.fail(name, "no message of this name")
		return
	}
	rewritten, err := codec(msg[headerLen:])
	if err != nil {
		c.fail(name, "%v", err)
		return
	}
	c.equal(name, c.line, msg, rewritten)
	if c.tls13 {
		c.message13(s, name, msg)
	} else {
		c.message12(s, name, msg)
	}
}

// draw compares bytes that a side drew with those it has.
func (c *dialogueCheck) draw(s *dialogueSide, what string, drawn []byte) {
	b := make([]byte, len(drawn))
	if n, _ := s.rand.Read(b); n < len(b) {
		c.fail(what, "rand has no more bytes")
		return
	}
	c.equal(what, c.line, drawn, b)
}

// clientHello draws what every ClientHello draws.
func (c *dialogueCheck) clientHello(m *handshake.ClientHello) {
	if c.client.random == nil {
		c.client.random = bytes.Clone(m.Random[:])
		c.draw(c.client, "random", m.Random[:])
		if resumesByID := c.psk != nil && c.ticket == nil; len(m.LegacySessionID) > 0 && !resumesByID {
			c.draw(c.client, "legacy_session_id", m.LegacySessionID)
		}
	}
	if c.quic {
		c.parameters(c.client, m.Extensions)
	}
	data, ok := m.Extensions.Get(handshake.ExtKeyShare)
	if !ok {
		return
	}
	list, err := handshake.ParseKeyShareCH(data)
	if err != nil {
		c.fail("key_share", "%v", err)
		return
	}
	for entry := range list.All() {
		c.share(c.client, entry.Group, entry.KeyExchange)
	}
}

// parameters are the transport parameters of QUIC: RFC 9001, Section 8.2.
func (c *dialogueCheck) parameters(s *dialogueSide, x handshake.Extensions) {
	c.equal("quic_transport_parameters", c.line, extension(x, handshake.ExtQUICTransportParameters), c.octets(s.fields.Get("transport parameters")))
}

// staple compares an OCSP response that a side gives.
func (c *dialogueCheck) staple(s *dialogueSide, response []byte) {
	c.equal("staple", c.line, response, c.octets(s.fields.Get("staple")))
}

// share makes a side's key and compares its public half.
func (c *dialogueCheck) share(s *dialogueSide, id group.ID, stated []byte) {
	g := group.Lookup(id)
	if g == nil {
		c.skip = "group " + id.String() + " is not implemented here"
		return
	}
	key, err := g.Generate(s.rand)
	if err != nil {
		c.fail("key_share", "%v", err)
		return
	}
	s.shares[id] = key
	c.equal("key_share", c.line, stated, key.Share())
}

// proof checks a signature, and makes it again.
func (c *dialogueCheck) proof(s *dialogueSide, scheme signature.Scheme, content, sig []byte) {
	algorithm := signature.Lookup(scheme)
	if algorithm == nil || s.key == nil {
		c.fail("signature", "there is no key, or %v is not implemented here", scheme)
		return
	}
	verify := algorithm.Verify12
	if c.tls13 {
		verify = algorithm.Verify
	}
	if err := verify(s.public, content, sig); err != nil {
		c.fail("signature", "%v", err)
		return
	}
	again, err := signature.Sign(s.rand, scheme, s.key, content)
	if err != nil {
		c.fail("signature", "%v", err)
		return
	}
	c.equal("signature", c.line, sig, again)
	c.outcome[string(s.name)+" signature"] = scheme.String()
}

// sealed opens a ticket with the server's key and looks for the secret in it.
func (c *dialogueCheck) sealed(ticket, secret []byte) {
	key := c.octets(c.server.fields.Get("ticket key"))
	keys := handshake.NewTicketKeys()
	if len(key) != 32 || keys.SetKeys([32]byte(key)) != nil {
		c.fail("ticket key", "missing, or not of 32 bytes")
		return
	}
	c.compared++
	if !bytes.Contains(keys.Open(handshakeTime, ticket), secret) {
		c.fail("ticket", "the ticket key does not open it, or what is in it is of another session")
	}
}

// end compares what is left: the secrets, the outcome, and that all random
// bytes were drawn.
func (c *dialogueCheck) end() {
	if c.failure != nil || c.skip != "" {
		return
	}
	for _, s := range []*dialogueSide{c.client, c.server} {
		if s.rand.Len() > 0 {
			c.fail(string(s.name)+" rand", "%d bytes that were not drawn", s.rand.Len())
		}
		if len(s.partial) > 0 {
			c.fail(string(s.name), "it ends inside a handshake message")
		}
	}
	c.step = "secrets"
	secrets := c.section("secrets")
	for i := range secrets {
		fd := &secrets[i]
		secret := c.log[fd.Name]
		c.equal(fd.Name, fd.Line, c.octets(fd), secret.Bytes())
	}
	if len(secrets) < len(c.log) {
		c.fail("", "there are %d, and %d are missing", len(c.log), len(c.log)-len(secrets))
	}
	c.step = "outcome"
	c.sum()
	outcome := c.section("outcome")
	for i := range outcome {
		fd := &outcome[i]
		c.equal(fd.Name, fd.Line, []byte(fd.Text), []byte(c.outcome[fd.Name]))
	}
	for name, text := range c.outcome {
		if outcome.Get(name) == nil && text != "" {
			c.fail(name, "the outcome does not say that it was %s", text)
		}
	}
}

// sum is the outcome as far as no message has said it.
func (c *dialogueCheck) sum() {
	c.outcome["version"], c.outcome["suite"], c.outcome["resumed"] = "TLS 1.2", c.suite.String(), "false"
	if c.psk != nil {
		c.outcome["resumed"] = "true"
	}
	var exported []byte
	var err error
	const label = "EXPORTER-tlsengine"
	if c.tls13 {
		c.outcome["version"] = "TLS 1.3"
		exported, err = keyschedule.Export(c.suite.Hash, c.log["EXPORTER_SECRET"], label, []byte("context"), 32)
	} else {
		exported, err = keyschedule.Export12(c.suite.Hash, c.log["CLIENT_RANDOM"], c.client.random, c.server.random, label, []byte("context"), 32)
		if c.psk != nil { // no message says the group of the first handshake
			c.outcome["group"] = c.section("outcome").Text("group")
		}
	}
	if err != nil {
		c.fail("exporter", "%v", err)
	}
	c.outcome["exporter"] = hex.EncodeToString(exported)
	if c.psk != nil { // nor who signed in it
		c.outcome["server signature"] = c.section("outcome").Text("server signature")
	}
}

// alpn notes the protocol that the server chose.
func (c *dialogueCheck) alpn(x handshake.Extensions) {
	data, ok := x.Get(handshake.ExtApplicationLayerProtocolNegotiation)
	if !ok {
		return
	}
	names, err := handshake.ParseALPN(data)
	if err != nil {
		c.fail("application_layer_protocol_negotiation", "%v", err)
		return
	}
	for name := range names.All() {
		c.outcome["alpn"] = string(name)
	}
}

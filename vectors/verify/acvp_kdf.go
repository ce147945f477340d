package verify

import (
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

var acvpHashes = map[string]cipher.Hash{"SHA2-256": cipher.SHA256, "SHA2-384": cipher.SHA384}

// acvpTLS13 is the key schedule with four strings for the messages.
func acvpTLS13(c *caseCheck) {
	h, ok := acvpHashes[c.text("hmacAlg")]
	if !ok {
		c.skip = "TLS 1.3 key schedule with " + c.text("hmacAlg")
		return
	}
	transcript := h.New()
	upTo := func(message string) []byte {
		transcript.Write(c.bytes(message))
		return transcript.Sum(nil)
	}
	secret := func(name string, s keyschedule.Secret) { c.value(name, s.Bytes()) }

	early := keyschedule.NewEarly(h, c.optional("psk"))
	th := upTo("helloClientRandom")
	secret("clientEarlyTrafficSecret", early.ClientTraffic(th))
	secret("earlyExporterMasterSecret", early.Exporter(th))

	hs := early.Handshake(c.optional("dhe"))
	th = upTo("helloServerRandom")
	secret("clientHandshakeTrafficSecret", hs.ClientTraffic(th))
	secret("serverHandshakeTrafficSecret", hs.ServerTraffic(th))

	main := hs.Main()
	th = upTo("finishedServerRandom")
	secret("clientApplicationTrafficSecret", main.ClientTraffic(th))
	secret("serverApplicationTrafficSecret", main.ServerTraffic(th))
	secret("exporterMasterSecret", main.Exporter(th))
	secret("resumptionMasterSecret", main.Resumption(upTo("finishedClientRandom")))
}

// acvpTLS12 is the extended main secret of RFC 7627, and the key block.
func acvpTLS12(c *caseCheck) {
	h, ok := acvpHashes[c.text("hashAlg")]
	if !ok {
		c.skip = "TLS 1.2 key derivation with " + c.text("hashAlg")
		return
	}
	main := keyschedule.ExtendedMainSecret12(h, c.bytes("preMasterSecret"), c.bytes("sessionHash"))
	c.value("masterSecret", main.Bytes())
	c.keyBlock(h, main)
}

// acvpKDFComponents is the main secret of RFC 5246, and the key block. The
// other key derivations that NIST calls components are not of TLS 1.2.
func acvpKDFComponents(c *caseCheck) {
	h, ok := acvpHashes[c.text("hashAlg")]
	if !ok || c.fields.Text("tlsVersion") != "v1.2" {
		c.skip = "a key derivation of a protocol or a hash that this module does not have"
		return
	}
	main := keyschedule.MainSecret12(h, c.bytes("preMasterSecret"), c.bytes("clientHelloRandom"), c.bytes("serverHelloRandom"))
	c.value("masterSecret", main.Bytes())
	c.keyBlock(h, main)
}

func (c *caseCheck) keyBlock(h cipher.Hash, main keyschedule.Secret) {
	block := make([]byte, c.number("keyBlockLength", 1<<16)/8)
	seed := slices.Concat(c.bytes("serverRandom"), c.bytes("clientRandom"))
	keyschedule.PRF12(h, main.Bytes(), "key expansion", seed, block)
	c.value("keyBlock", block)
}

package verify

import (
	"strconv"

	"github.com/tlsengine/tlsengine/cipher"
)

// acvpAESGCM seals what the test encrypts, or opens what it decrypts.
func acvpAESGCM(c *caseCheck) {
	suite := map[string]cipher.ID{"128": cipher.TLS_AES_128_GCM_SHA256, "256": cipher.TLS_AES_256_GCM_SHA384}[c.text("keyLen")]
	if suite == 0 || c.text("ivLen") != "96" || c.text("tagLen") != "128" || c.fields.Text("ivGen") != "external" {
		c.skip = "AES-GCM parameters that no suite has (192-bit keys, nonces other than 96 bits, short tags, nonces of its own)"
		return
	}
	aead, err := cipher.Lookup(suite).New(c.bytes("key"))
	if c.err("key", err) {
		return
	}
	iv, aad := c.bytes("iv"), c.bytes("aad")
	if len(iv) != cipher.NonceSize {
		c.fail("iv", "not as long as ivLen says")
		return
	}
	if c.text("direction") == "encrypt" {
		pt := c.bytes("pt")
		sealed := aead.Seal(nil, iv, pt, aad)
		c.value("ct", sealed[:len(pt)])
		c.value("tag", sealed[len(pt):])
		return
	}
	pt, err := aead.Open(nil, iv, append(c.bytes("ct"), c.bytes("tag")...), aad)
	if passed := c.fields.Get("testPassed"); passed != nil {
		c.equal("testPassed", 0, []byte(passed.Text), strconv.AppendBool(nil, err == nil))
	}
	if err == nil && c.fields.Get("pt") != nil || c.fields.Get("testPassed") == nil {
		if !c.err("ct", err) {
			c.value("pt", pt)
		}
	}
}

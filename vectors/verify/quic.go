package verify

import (
	"bytes"
	"fmt"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/quic"
)

// A quicVersion is what the versions of QUIC differ in. The salt and labels
// stand here once more, so that package quic does not check itself.
type quicVersion struct {
	version quic.Version
	label   string // "quic" of "quic key"
	salt    []byte
}

var quicVersions = map[string]quicVersion{
	// RFC 9001, Section 5.2.
	"1": {quic.V1, "quic", []byte("\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a")},
	// RFC 9369, Section 3.3.
	"2": {quic.V2, "quicv2", []byte("\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9")},
}

func (c *caseCheck) quicVersion() (quicVersion, bool) {
	v, ok := quicVersions[c.text("version")]
	if !ok {
		c.skip = "QUIC version " + c.text("version")
	}
	return v, ok
}

// checkQUICKeys wants version, dcid and what RFC 9001, Appendix A.1, derives
// from them.
func checkQUICKeys(c *caseCheck) {
	v, ok := c.quicVersion()
	if !ok {
		return
	}
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	for _, label := range []string{"client in", "server in"} {
		c.value("label "+label, hkdfLabel(32, label, nil))
	}
	for _, k := range quicKeyParts(suite) {
		c.value("label "+v.label+" "+k.name, hkdfLabel(k.size, v.label+" "+k.name, nil))
	}
	dcid := c.bytes("dcid")
	initial := keyschedule.Extract(cipher.SHA256, v.salt, dcid)
	c.value("initial secret", initial.Bytes())
	client, server, err := quic.InitialSecrets(v.version, dcid)
	if c.err("dcid", err) {
		return
	}
	c.value("client secret", client.Bytes())
	c.value("server secret", server.Bytes())
	c.quicKeys(v, suite, client, "client ")
	c.quicKeys(v, suite, server, "server ")
}

type quicKeyPart struct {
	name string
	size int
}

func quicKeyParts(suite *cipher.Suite) []quicKeyPart {
	return []quicKeyPart{{"key", suite.KeyLen}, {"iv", cipher.NonceSize}, {"hp", suite.KeyLen}}
}

// quicKeys recomputes key, iv and hp of a secret.
func (c *caseCheck) quicKeys(v quicVersion, suite *cipher.Suite, secret keyschedule.Secret, prefix string) {
	for _, k := range quicKeyParts(suite) {
		out := make([]byte, k.size)
		keyschedule.ExpandLabel(suite.Hash, secret.Bytes(), v.label+" "+k.name, nil, out)
		c.value(prefix+k.name, out)
	}
}

// checkQUICInitial wants version, dcid, sender, packet number, payload, header,
// sample, mask, protected header and packet. With payload length the payload
// is padded.
func checkQUICInitial(c *caseCheck) {
	v, ok := c.quicVersion()
	if !ok {
		return
	}
	client, server, err := quic.InitialKeys(v.version, c.bytes("dcid"))
	if c.err("dcid", err) {
		return
	}
	keys := client
	if c.text("sender") == "server" {
		keys = server
	}
	payload := c.bytes("payload")
	if c.fields.Get("payload length") != nil {
		padded := make([]byte, max(len(payload), c.number("payload length", 1<<16)))
		copy(padded, payload)
		payload = padded
	}
	c.quicPacket(keys, payload)
}

// quicPacket protects and unprotects a packet whose packet number is at the
// end of its header.
func (c *caseCheck) quicPacket(keys *quic.Keys, payload []byte) {
	pn, header := int64(c.number("packet number", 1<<31-1)), c.bytes("header")
	if len(header) == 0 {
		c.fail("header", "empty")
		return
	}
	pnOffset := len(header) - int(header[0]&3) - 1
	packet := append(bytes.Clone(header), keys.Seal(nil, header, payload, pn)...)
	if c.fields.Get("ciphertext") != nil {
		c.value("ciphertext", packet[len(header):])
	}
	if pnOffset < 1 || len(packet) < pnOffset+4+quic.SampleSize {
		c.fail("header", "no packet number, or too short a packet")
		return
	}
	sample := packet[pnOffset+4:][:quic.SampleSize]
	mask := keys.Mask((*[quic.SampleSize]byte)(sample))
	c.value("sample", sample)
	c.value("mask", mask[:])
	if c.err("packet", keys.ProtectHeader(packet, pnOffset)) {
		return
	}
	c.value("protected header", packet[:len(header)])
	c.value("packet", packet)
	c.quicOpen(keys, pnOffset, pn)
}

// quicOpen is the receiver, which has received all packets before.
func (c *caseCheck) quicOpen(keys *quic.Keys, pnOffset int, pn int64) {
	packet := c.bytes("packet")
	headerLen, got, err := keys.UnprotectHeader(packet, pnOffset, pn-1)
	if c.err("packet", err) {
		return
	}
	c.equal("packet number", 0, fmt.Append(nil, pn), fmt.Append(nil, got))
	c.value("header", packet[:headerLen])
	payload, err := keys.Open(nil, packet[:headerLen], packet[headerLen:], got)
	if c.err("packet", err) {
		return
	}
	stated := c.bytes("payload")
	c.value("payload", payload[:min(len(stated), len(payload))])
}

// checkQUICRetry wants version, original dcid and packet, which ends with the
// tag.
func checkQUICRetry(c *caseCheck) {
	v, ok := c.quicVersion()
	packet := c.bytes("packet")
	if !ok || len(packet) < quic.Overhead {
		c.fail("packet", "no tag")
		return
	}
	retry := packet[:len(packet)-quic.Overhead]
	tag, err := quic.RetryTag(v.version, c.bytes("original dcid"), retry)
	if !c.err("original dcid", err) {
		c.value("packet", append(bytes.Clone(retry), tag[:]...))
	}
}

// checkQUICShort wants version, suite, secret, key, iv, hp, ku, nonce, and
// what checkQUICInitial wants of the packet, and ciphertext.
func checkQUICShort(c *caseCheck) {
	v, ok := c.quicVersion()
	suite := suiteNamed(c.text("suite"))
	if !ok || suite == nil {
		c.skip = "QUIC version or suite not implemented here"
		return
	}
	secret := c.bytes("secret")
	keys, err := quic.NewKeys(v.version, suite, secret)
	if c.err("secret", err) {
		return
	}
	c.quicKeys(v, suite, keyschedule.SecretOf(secret), "")
	ku := make([]byte, suite.Hash.Size())
	keyschedule.ExpandLabel(suite.Hash, secret, v.label+" ku", nil, ku)
	c.value("ku", ku)
	pn := c.number("packet number", 1<<31-1)
	if iv := c.bytes("iv"); len(iv) == cipher.NonceSize {
		nonce := cipher.Nonce([cipher.NonceSize]byte(iv), uint64(pn))
		c.value("nonce", nonce[:])
	}
	c.quicUpdate(v, keys, ku)
	c.quicPacket(keys, c.bytes("payload"))
}

// quicUpdate checks that the keys after an update seal as those of the stated
// next secret.
func (c *caseCheck) quicUpdate(v quicVersion, keys *quic.Keys, ku []byte) {
	next, err1 := keys.Next()
	want, err2 := quic.NewKeys(v.version, keys.Suite(), ku)
	if !c.err("ku", err1) && !c.err("ku", err2) {
		c.equal("ku", 0, want.Seal(nil, nil, nil, 0), next.Seal(nil, nil, nil, 0))
	}
}

package verify

import (
	"bytes"
	"slices"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/poly1305" //lint:ignore SA1019 vectors of the part alone; chacha20poly1305 is what runs

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// checkHKDF wants hash, ikm, salt, info, length, prk and okm.
func checkHKDF(c *caseCheck) {
	h, ok := hashes[c.text("hash")]
	if !ok {
		c.skip = "hash " + c.text("hash") + " is in no suite of this module"
		return
	}
	prk := keyschedule.Extract(h, c.bytes("salt"), c.bytes("ikm"))
	okm := make([]byte, c.number("length", 255*h.Size()))
	keyschedule.Expand(h, prk.Bytes(), c.bytes("info"), okm)
	c.value("prk", prk.Bytes())
	c.value("okm", okm)
}

var hashes = map[string]cipher.Hash{"SHA-256": cipher.SHA256, "SHA-384": cipher.SHA384}

// checkAEAD wants aead, key, nonce, aad, plaintext, ciphertext and tag; the
// one-time key of Poly1305 is optional.
func checkAEAD(c *caseCheck) {
	suite := map[string]cipher.ID{
		"AES-128-GCM":       cipher.TLS_AES_128_GCM_SHA256,
		"AES-256-GCM":       cipher.TLS_AES_256_GCM_SHA384,
		"ChaCha20-Poly1305": cipher.TLS_CHACHA20_POLY1305_SHA256,
	}[c.text("aead")]
	if suite == 0 {
		c.skip = "AEAD " + c.text("aead") + " is in no suite of this module"
		return
	}
	key, nonce, aad := c.bytes("key"), c.bytes("nonce"), c.bytes("aad")
	plaintext, sealed := c.bytes("plaintext"), append(c.bytes("ciphertext"), c.bytes("tag")...)
	aead, err := cipher.Lookup(suite).New(key)
	if c.err("key", err) || len(nonce) != aead.NonceSize() {
		c.fail("nonce", "not %d bytes", cipher.NonceSize)
		return
	}
	out := aead.Seal(nil, nonce, plaintext, aad)
	c.value("ciphertext", out[:len(plaintext)])
	c.value("tag", out[len(plaintext):])
	opened, err := aead.Open(nil, nonce, sealed, aad)
	if !c.err("tag", err) {
		c.value("plaintext", opened)
	}
	c.valueIf("one-time key", oneTimeKey(key, nonce))
}

// checkChaCha20 wants key, nonce, counter, and keystream or plaintext and
// ciphertext or all three.
func checkChaCha20(c *caseCheck) {
	stream, err := chacha20.NewUnauthenticatedCipher(c.bytes("key"), c.bytes("nonce"))
	if c.err("key", err) {
		return
	}
	counter := c.number("counter", 1<<31-1)
	xor := func(in []byte) []byte {
		out := bytes.Clone(in)
		s := *stream
		s.SetCounter(uint32(counter))
		s.XORKeyStream(out, out)
		return out
	}
	c.valueIf("keystream", xor(make([]byte, len(c.optional("keystream")))))
	c.valueIf("ciphertext", xor(c.optional("plaintext")))
	c.valueIf("plaintext", xor(c.optional("ciphertext")))
}

// checkPoly1305 wants key, text and tag.
func checkPoly1305(c *caseCheck) {
	key := c.bytes("key")
	if len(key) != 32 {
		c.fail("key", "not 32 bytes")
		return
	}
	var tag [16]byte
	poly1305.Sum(&tag, c.bytes("text"), (*[32]byte)(key))
	c.value("tag", tag[:])
}

// checkPoly1305Key wants key, nonce and one-time key.
func checkPoly1305Key(c *caseCheck) {
	c.value("one-time key", oneTimeKey(c.bytes("key"), c.bytes("nonce")))
}

// oneTimeKey is the beginning of block 0 of the key stream (RFC 8439, Section
// 2.6); nil for a key or nonce of the wrong length.
func oneTimeKey(key, nonce []byte) []byte {
	stream, err := chacha20.NewUnauthenticatedCipher(key, nonce)
	if err != nil {
		return nil
	}
	out := make([]byte, 32)
	stream.XORKeyStream(out, out)
	return out
}

// checkTLS12 wants hash, premain secret, client hello random, server hello
// random and main secret, then client random, server random and key block:
// NIST draws other randoms for the key block. RFC 5246, Sections 8.1 and 6.3.
func checkTLS12(c *caseCheck) {
	h, ok := hashes[c.text("hash")]
	if !ok {
		c.skip = "hash " + c.text("hash") + " is in no suite of this module"
		return
	}
	main := keyschedule.MainSecret12(h, c.bytes("premain secret"), c.bytes("client hello random"), c.bytes("server hello random"))
	c.value("main secret", main.Bytes())
	block := make([]byte, len(c.bytes("key block")))
	if len(block) == 0 {
		c.fail("key block", "it is empty")
		return
	}
	keyschedule.PRF12(h, main.Bytes(), "key expansion", slices.Concat(c.bytes("server random"), c.bytes("client random")), block)
	c.value("key block", block)
}

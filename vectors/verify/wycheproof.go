package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/vectors"
)

// wycheproofFiles are the files of Wycheproof, without "_test.json", that test
// primitives of this module.
var wycheproofFiles = []string{
	"aes_gcm", "chacha20_poly1305",
	"hkdf_sha256", "hkdf_sha384", "hmac_sha256", "hmac_sha384",
	"x25519", "x448", "ecdh_secp256r1_ecpoint", "ecdh_secp384r1_ecpoint", "ecdh_secp521r1_ecpoint",
	"mlkem_768", "mlkem_768_encaps", "mlkem_768_keygen_seed",
	"mlkem_1024", "mlkem_1024_encaps", "mlkem_1024_keygen_seed",
	"ecdsa_secp256r1_sha256", "ecdsa_secp256r1_sha512",
	"ecdsa_secp384r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp384r1_sha512", "ecdsa_secp521r1_sha512",
	"ed25519", "ed448",
	"mldsa_44_verify", "mldsa_65_verify", "mldsa_87_verify",
	"mldsa_44_sign_seed", "mldsa_65_sign_seed", "mldsa_87_sign_seed",
	"rsa_pss_2048_sha256_mgf1_32", "rsa_pss_3072_sha256_mgf1_32", "rsa_pss_4096_sha256_mgf1_32",
	"rsa_pss_2048_sha384_mgf1_48", "rsa_pss_4096_sha384_mgf1_48", "rsa_pss_4096_sha512_mgf1_64", "rsa_pss_misc",
	"rsa_pss_2048_sha256_mgf1_32_params", "rsa_pss_3072_sha256_mgf1_32_params",
	"rsa_pss_4096_sha512_mgf1_64_params", "rsa_pss_misc_params",
	"rsa_signature_2048_sha256", "rsa_signature_2048_sha384", "rsa_signature_2048_sha512",
	"rsa_signature_3072_sha256", "rsa_signature_3072_sha384", "rsa_signature_3072_sha512",
	"rsa_signature_4096_sha256", "rsa_signature_4096_sha384", "rsa_signature_4096_sha512",
	"rsa_signature_8192_sha256", "rsa_signature_8192_sha384", "rsa_signature_8192_sha512",
}

// parseWycheproof makes a case of each test of a Wycheproof file: its fields
// are those of the test, of its group and the algorithm.
func parseWycheproof(name string, data []byte) (*vectors.File, error) {
	var doc object
	if err := decode(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := &vectors.File{Name: name, Title: "Wycheproof, " + text(doc, "algorithm")}
	for _, g := range objects(doc, "testGroups") {
		group := flatten(vectors.Fields{
			{Name: "check", Text: "wycheproof " + text(g, "type")},
			{Name: "algorithm", Text: text(doc, "algorithm")},
		}, g)
		for _, t := range objects(g, "tests") {
			title := strings.TrimSpace(fmt.Sprintf("#%s %s", text(t, "tcId"), text(t, "comment")))
			f.Sections = append(f.Sections, vectors.Section{Title: title, Fields: flatten(slices.Clone(group), t)})
		}
	}
	if len(f.Sections) == 0 {
		return nil, fmt.Errorf("%s: no tests in it", name)
	}
	return f, nil
}

// verdict compares what a test says of its input with what was made of it: an
// error, or else the value of the field of that name, if it has one.
func (c *caseCheck) verdict(refused error, field string, computed []byte) {
	c.compared++
	result := c.text("result")
	same := field == "" || slices.Equal(c.bytes(field), computed)
	switch {
	case result == "valid" && refused != nil:
		c.fail(field, "refused, though it is valid: %v", refused)
	case result == "valid" && !same, result == "acceptable" && refused == nil && !same:
		c.value(field, computed)
	case result == "invalid" && refused == nil && same:
		c.fail(field, "accepted, though it is invalid (%s)", c.text("flags"))
	case result != "valid" && result != "invalid" && result != "acceptable":
		c.fail("result", "%q", result)
	}
}

func wycheproofAEAD(c *caseCheck) {
	suite := map[string]cipher.ID{
		"AES-GCM 128":           cipher.TLS_AES_128_GCM_SHA256,
		"AES-GCM 256":           cipher.TLS_AES_256_GCM_SHA384,
		"CHACHA20-POLY1305 256": cipher.TLS_CHACHA20_POLY1305_SHA256,
	}[c.text("algorithm")+" "+c.text("keySize")]
	if suite == 0 || c.text("ivSize") != "96" || c.text("tagSize") != "128" {
		c.skip = "AEAD parameters that no suite has (AES-192, nonces other than 96 bits)"
		return
	}
	aead, err := cipher.Lookup(suite).New(c.bytes("key"))
	if c.err("key", err) {
		return
	}
	iv, aad, msg := c.bytes("iv"), c.bytes("aad"), c.bytes("msg")
	if len(iv) != cipher.NonceSize {
		c.fail("iv", "not as long as ivSize says")
		return
	}
	sealed := append(c.bytes("ct"), c.bytes("tag")...)
	opened, err := aead.Open(nil, iv, sealed, aad)
	c.verdict(err, "msg", opened)
	if c.text("result") == "valid" {
		out := aead.Seal(nil, iv, msg, aad)
		c.value("ct", out[:len(msg)])
		c.value("tag", out[len(msg):])
	}
}

func wycheproofHKDF(c *caseCheck) {
	h, ok := hashes[strings.TrimPrefix(c.text("algorithm"), "HKDF-")]
	if !ok {
		c.skip = c.text("algorithm") + " is not used"
		return
	}
	prk := keyschedule.Extract(h, c.bytes("salt"), c.bytes("ikm"))
	okm := make([]byte, c.number("size", 1<<16))
	err := refusal(func() { keyschedule.Expand(h, prk.Bytes(), c.bytes("info"), okm) })
	c.verdict(err, "okm", okm)
}

// refusal turns a panic into an error: lengths that a program must not ask
// for are refused by one.
func refusal(do func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	do()
	return nil
}

// wycheproofMAC tests HMAC as the key schedule has it: HKDF-Extract is HMAC
// with the salt for a key.
func wycheproofMAC(c *caseCheck) {
	h, ok := map[string]cipher.Hash{"HMACSHA256": cipher.SHA256, "HMACSHA384": cipher.SHA384}[c.text("algorithm")]
	if !ok {
		c.skip = c.text("algorithm") + " is not used"
		return
	}
	tag := keyschedule.Extract(h, c.bytes("key"), c.bytes("msg"))
	c.verdict(nil, "tag", tag.Bytes()[:min(tag.Len(), c.number("tagSize", 1<<16)/8)])
}

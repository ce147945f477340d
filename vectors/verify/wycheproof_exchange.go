package verify

import (
	"bytes"
	"strings"

	"github.com/tlsengine/tlsengine/group"
)

var wycheproofCurves = map[string]group.ID{
	"curve25519": group.X25519, "curve448": group.X448,
	"secp256r1": group.P256, "secp384r1": group.P384, "secp521r1": group.P521,
}

// curve returns the group of a curve, or skips the case.
func (c *caseCheck) curve() *group.Group {
	g := group.Lookup(wycheproofCurves[c.text("curve")])
	if g == nil {
		c.skip = "curve " + c.text("curve") + " is not implemented here"
	}
	return g
}

func wycheproofXDH(c *caseCheck) {
	g := c.curve()
	if g == nil {
		return
	}
	key, err := g.Restore(c.bytes("private"))
	if c.err("private", err) {
		return
	}
	shared, err := key.Secret(c.bytes("public"))
	c.verdict(err, "shared", shared)
	// TLS must refuse what Wycheproof leaves open: RFC 9846, Section 7.4.2.
	if strings.Contains(c.text("flags"), "ZeroSharedSecret") && err == nil {
		c.fail("shared", "an all-zero secret was accepted")
	}
}

// seedLen is the length of a private key, in bytes.
var seedLen = map[group.ID]int{group.P256: 32, group.P384: 48, group.P521: 66}

func wycheproofECDH(c *caseCheck) {
	g := c.curve()
	if g == nil {
		return
	}
	// A private key is an integer here, with zeros before it or without.
	private := bytes.TrimLeft(c.bytes("private"), "\x00")
	n := seedLen[g.ID]
	if len(private) > n {
		c.fail("private", "longer than the curve's order")
		return
	}
	key, err := get(c.keys, g.Name, string(private), func() (group.PrivateKey, error) {
		return g.Restore(append(make([]byte, n-len(private)), private...))
	})
	if c.err("private", err) {
		return
	}
	shared, err := key.Secret(c.bytes("public"))
	c.verdict(err, "shared", shared)
}

func wycheproofKEM(c *caseCheck) {
	g, ok := c.kemGroup()
	if !ok {
		return
	}
	ek, secret, err := g.decapsulate(c.bytes("seed"), c.bytes("c"))
	c.verdict(err, "K", secret)
	if err == nil && c.fields.Get("ek") != nil && c.text("result") == "valid" {
		c.value("ek", ek)
	}
}

func wycheproofKEMKeyGen(c *caseCheck) {
	g, ok := c.kemGroup()
	if !ok {
		return
	}
	ek, _, err := g.decapsulate(c.bytes("seed"), nil)
	c.verdict(err, "ek", ek)
	if err == nil {
		c.expandedKey(g, c.bytes("seed"))
	}
}

// expandedKey compares dk with the private key of a seed in the long form of
// FIPS 203, which the groups never make.
func (c *caseCheck) expandedKey(g kemGroup, seed []byte) {
	_, key := g.kem.DeriveKeyPair(seed)
	dk, err := key.MarshalBinary()
	if !c.err("dk", err) {
		c.value("dk", dk)
	}
}

func wycheproofEncapsulate(c *caseCheck) {
	g, ok := c.kemGroup()
	if !ok {
		return
	}
	ct, secret, err := g.encapsulate(c.bytes("ek"), c.bytes("m"))
	c.verdict(err, "K", secret)
	if err == nil && c.text("result") == "valid" {
		c.value("c", ct)
	}
}

package verify

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/cloudflare/circl/kem"
	"github.com/cloudflare/circl/kem/mlkem/mlkem1024"
	"github.com/cloudflare/circl/kem/mlkem/mlkem768"

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
	key, err := g.Restore(append(make([]byte, n-len(private)), private...))
	if c.err("private", err) {
		return
	}
	shared, err := key.Secret(c.bytes("public"))
	c.verdict(err, "shared", shared)
}

// A kemGroup is a hybrid group with the place of its ML-KEM part.
type kemGroup struct {
	hybrid, curve        *group.Group
	kem                  kem.Scheme // what is below the group
	ekLen, ctLen, keyLen int
	first                bool // ML-KEM comes before the curve
}

// ML-KEM is only used in hybrid groups, so that is how it is tested: beside a
// fixed key of the curve.
func (c *caseCheck) kemGroup() (kemGroup, bool) {
	switch c.text("parameterSet") {
	case "ML-KEM-768":
		return kemGroup{group.Lookup(group.X25519MLKEM768), group.Lookup(group.X25519), mlkem768.Scheme(), 1184, 1088, 32, true}, true
	case "ML-KEM-1024":
		return kemGroup{group.Lookup(group.SecP384r1MLKEM1024), group.Lookup(group.P384), mlkem1024.Scheme(), 1568, 1568, 48, false}, true
	}
	c.skip = c.text("parameterSet") + " is in no group of this module"
	return kemGroup{}, false
}

// join puts a part of the curve and one of ML-KEM together.
func (g *kemGroup) join(curve, kem []byte) []byte {
	if g.first {
		return append(bytes.Clone(kem), curve...)
	}
	return append(bytes.Clone(curve), kem...)
}

// kemPart takes the part of ML-KEM out of what has n bytes of it.
func (g *kemGroup) kemPart(b []byte, n int) []byte {
	if g.first {
		return b[:n]
	}
	return b[len(b)-n:]
}

// curveKey returns the fixed key of the curve.
func (g *kemGroup) curveKey() group.PrivateKey {
	key, _ := g.curve.Restore(bytes.Repeat([]byte{0x42}, g.keyLen))
	return key
}

// decapsulate returns the encapsulation key of a seed, and the secret of a
// ciphertext.
func (g *kemGroup) decapsulate(seed, ct []byte) (ek, secret []byte, err error) {
	key, err := g.hybrid.Restore(g.join(g.curveKey().Seed(), seed))
	if err != nil {
		return nil, nil, err
	}
	ek = g.kemPart(key.Share(), g.ekLen)
	if ct == nil {
		return ek, nil, nil
	}
	both, err := key.Secret(g.join(g.curveKey().Share(), ct))
	if err != nil {
		return ek, nil, err
	}
	return ek, g.kemPart(both, 32), nil
}

// encapsulate returns the ciphertext and the secret for a key, given m.
func (g *kemGroup) encapsulate(ek, m []byte) (ct, secret []byte, err error) {
	if len(m) != 32 {
		return nil, nil, errors.New("m is not 32 bytes")
	}
	// A responder reads m first, then its key of the curve.
	rand := io.MultiReader(bytes.NewReader(m), bytes.NewReader(bytes.Repeat([]byte{0x24}, 1<<10)))
	share, both, err := g.hybrid.Respond(rand, g.join(g.curveKey().Share(), ek))
	if err != nil {
		return nil, nil, err
	}
	return g.kemPart(share, g.ctLen), g.kemPart(both, 32), nil
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

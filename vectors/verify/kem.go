package verify

import (
	"bytes"
	"errors"
	"io"

	"github.com/cloudflare/circl/kem"
	"github.com/cloudflare/circl/kem/mlkem/mlkem1024"
	"github.com/cloudflare/circl/kem/mlkem/mlkem768"

	"github.com/tlsengine/tlsengine/group"
)

// A kemGroup is a hybrid group with the place of its ML-KEM part.
type kemGroup struct {
	hybrid, curve        *group.Group
	kem                  kem.Scheme // what is below the group
	ekLen, ctLen, keyLen int
	first                bool // ML-KEM comes before the curve
}

var kemGroups = map[string]kemGroup{
	"X25519MLKEM768":     {group.Lookup(group.X25519MLKEM768), group.Lookup(group.X25519), mlkem768.Scheme(), 1184, 1088, 32, true},
	"SecP256r1MLKEM768":  {group.Lookup(group.SecP256r1MLKEM768), group.Lookup(group.P256), mlkem768.Scheme(), 1184, 1088, 32, false},
	"SecP384r1MLKEM1024": {group.Lookup(group.SecP384r1MLKEM1024), group.Lookup(group.P384), mlkem1024.Scheme(), 1568, 1568, 48, false},
}

// checkHybrid wants group, the client's mlkem seed (d and z) and scalar, the
// server's mlkem m and scalar, client share, server share and secret. What the
// client finds when the first bit of the ciphertext was damaged is rejected
// secret: ML-KEM gives one nobody else knows, not an error.
func checkHybrid(c *caseCheck) {
	g, ok := kemGroups[c.text("group")]
	if !ok {
		c.skip = "group " + c.text("group") + " is not implemented here"
		return
	}
	client, err := g.hybrid.Restore(g.join(c.bytes("client scalar"), c.bytes("client mlkem seed")))
	if c.err("client scalar", err) {
		return
	}
	c.value("client share", client.Share())
	rand := io.MultiReader(bytes.NewReader(c.bytes("server mlkem m")), bytes.NewReader(c.bytes("server scalar")))
	share, secret, err := g.hybrid.Respond(rand, c.bytes("client share"))
	if c.err("server share", err) {
		return
	}
	c.value("server share", share)
	c.value("secret", secret)
	secret, err = client.Secret(c.bytes("server share"))
	if c.err("server share", err) {
		return
	}
	c.value("secret", secret)
	g.kemPart(share, g.ctLen)[0] ^= 0x80
	secret, err = client.Secret(share)
	if !c.err("rejected secret", err) {
		c.value("rejected secret", secret)
	}
}

// ML-KEM is only used in hybrid groups, so that is how it is tested: beside a
// fixed key of the curve.
func (c *caseCheck) kemGroup() (kemGroup, bool) {
	switch c.text("parameterSet") {
	case "ML-KEM-768":
		return kemGroups["X25519MLKEM768"], true
	case "ML-KEM-1024":
		return kemGroups["SecP384r1MLKEM1024"], true
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

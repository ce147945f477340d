package verify

import "strconv"

func acvpKEMKeyGen(c *caseCheck) {
	g, ok := c.kemGroup()
	if !ok {
		return
	}
	seed := append(c.bytes("d"), c.bytes("z")...)
	ek, _, err := g.decapsulate(seed, nil)
	if c.err("d", err) {
		return
	}
	c.value("ek", ek)
	c.expandedKey(g, seed)
}

func acvpKEM(c *caseCheck) {
	g, ok := c.kemGroup()
	if !ok {
		return
	}
	switch c.text("function") {
	case "encapsulation":
		ct, secret, err := g.encapsulate(c.bytes("ek"), c.bytes("m"))
		if !c.err("ek", err) {
			c.value("c", ct)
			c.value("k", secret)
		}
	case "encapsulationKeyCheck":
		_, _, err := g.encapsulate(c.bytes("ek"), make([]byte, 32))
		c.equal("testPassed", 0, []byte(c.text("testPassed")), strconv.AppendBool(nil, err == nil))
	case "decapsulation":
		if c.fields.Text("keyFormat") != "seed" {
			c.decapsulateExpanded(g)
			return
		}
		_, secret, err := g.decapsulate(append(c.bytes("d"), c.bytes("z")...), c.bytes("c"))
		if !c.err("c", err) {
			c.value("k", secret)
		}
	default:
		c.skip = "ML-KEM " + c.text("function")
	}
}

// decapsulateExpanded decapsulates with a private key that is not a seed. The
// groups never have one, so this goes to the implementation below them.
func (c *caseCheck) decapsulateExpanded(g kemGroup) {
	key, err := g.kem.UnmarshalBinaryPrivateKey(c.bytes("dk"))
	if c.err("dk", err) {
		return
	}
	secret, err := g.kem.Decapsulate(key, c.bytes("c"))
	if !c.err("c", err) {
		c.value("k", secret)
	}
}

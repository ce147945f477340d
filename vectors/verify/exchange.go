package verify

import (
	"bytes"

	"github.com/tlsengine/tlsengine/group"
)

// maxIterations is where an iterated case becomes slow: a thousand scalar
// multiplications take a tenth of a second, a million take minutes.
const maxIterations = 1000

// group returns the group a case names, or skips it.
func (c *caseCheck) group() *group.Group {
	name := c.text("group")
	g := groupNamed(name)
	if g == nil {
		c.skip = "group " + name + " is not implemented here"
	}
	return g
}

// multiply is the function of RFC 7748, Section 5.
func (c *caseCheck) multiply(g *group.Group, scalar, u []byte) []byte {
	key, err := g.Restore(scalar)
	if c.err("scalar", err) {
		return nil
	}
	out, err := key.Secret(u)
	c.err("u", err)
	return out
}

// checkScalar wants group, scalar, u and output.
func checkScalar(c *caseCheck) {
	if g := c.group(); g != nil {
		c.value("output", c.multiply(g, c.bytes("scalar"), c.bytes("u")))
	}
}

// checkIterated wants group, start, iterations and output: "set k to be the
// result of calling the function and u to be the old value of k" RFC 7748,
// Section 5.2.
func checkIterated(c *caseCheck) {
	g, n := c.group(), c.number("iterations", 1<<30)
	if n > maxIterations && !c.slow {
		c.skip = "takes minutes"
	}
	if c.skip != "" {
		return
	}
	k := c.bytes("start")
	for u := k; n > 0 && c.failure == nil; n-- {
		k, u = c.multiply(g, k, u), k
	}
	c.value("output", k)
}

// checkExchange wants group, a private and a public key of alice and of bob,
// and shared.
func checkExchange(c *caseCheck) {
	g := c.group()
	if g == nil {
		return
	}
	alice, err := g.Restore(c.bytes("alice private"))
	if c.err("alice private", err) {
		return
	}
	bob, err := g.Restore(c.bytes("bob private"))
	if c.err("bob private", err) {
		return
	}
	c.value("alice public", alice.Share())
	c.value("bob public", bob.Share())
	for _, end := range []struct {
		own  group.PrivateKey
		peer string
	}{{alice, "bob public"}, {bob, "alice public"}} {
		secret, err := end.own.Secret(bytes.Clone(c.bytes(end.peer)))
		if !c.err(end.peer, err) {
			c.value("shared", secret)
		}
	}
}

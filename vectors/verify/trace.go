package verify

import (
	"crypto"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/vectors"
)

// A traceCheck goes through a trace's steps and recomputes each from the
// private keys, the messages and what came before it.
type traceCheck struct {
	check
	trace      *vectors.Trace
	suite      *cipher.Suite
	hash       cipher.Hash
	ends       map[vectors.Role]*endCheck
	transcript transcript

	// The key schedule as far as the steps have come; nil before.
	early     *keyschedule.EarlySecret
	handshake *keyschedule.HandshakeSecret
	main      *keyschedule.MainSecret
	// secrets holds what Derive-Secret gave, by label.
	secrets map[string]keyschedule.Secret
	// used are the trace's inputs that a step has been compared with.
	used map[string]bool
	// nonce is the ticket_nonce that the next ticket must have.
	nonce []byte
}

// An endCheck is what is known of one end.
type endCheck struct {
	group    *group.Group     // of key
	key      group.PrivateKey // the latest
	hello    []byte           // ClientHello without binders that waits for its record
	binder   []byte
	flight   []byte // messages that no record has carried yet
	public   crypto.PublicKey
	finished []byte // verify_data
	records  recordCheck
}

// runTrace checks one trace.
func runTrace(t *vectors.Trace) *check {
	c := &traceCheck{trace: t, secrets: map[string]keyschedule.Secret{}, used: map[string]bool{}}
	c.ends = map[vectors.Role]*endCheck{vectors.Client: {}, vectors.Server: {}}
	c.suite = suiteNamed(t.Suite)
	if c.suite == nil {
		c.skip = "cipher suite " + t.Suite + " is not implemented here"
		return &c.check
	}
	c.hash = c.suite.Hash
	c.transcript.hash = c.hash
	for i := range t.Steps {
		s := &t.Steps[i]
		c.step, c.line = s.String(), s.Line
		c.run(s)
		if c.failure != nil {
			break
		}
	}
	c.step = ""
	c.rsaKey()
	for _, in := range c.trace.Inputs {
		if c.line = in.Line; !c.used[in.Name] {
			c.fail(in.Name, "no step uses this input")
		}
	}
	return &c.check
}

func suiteNamed(name string) *cipher.Suite {
	for _, s := range cipher.Suites() {
		if s.String() == name {
			return s
		}
	}
	return nil
}

func (c *traceCheck) run(s *vectors.Step) {
	switch s.Kind {
	case vectors.KeyPair:
		c.keyPair(s)
	case vectors.Message:
		c.message(s)
	case vectors.Record:
		c.record(s)
	case vectors.Extract:
		c.extract(s)
	case vectors.Derive:
		c.derive(s)
	case vectors.Keys:
		c.trafficKeys(s)
	case vectors.Finished:
		c.finished(s)
	case vectors.Binder:
		c.binder(s)
	}
}

// value compares a step's value with the computed one. A value that the step
// does not have is not compared.
func (c *traceCheck) value(s *vectors.Step, name string, computed []byte) {
	for i := range s.Values {
		if v := &s.Values[i]; v.Name == name {
			c.equal(name, v.Line, v.Bytes, computed)
		}
	}
}

func (c *traceCheck) keyPair(s *vectors.Step) {
	g := groupNamed(s.Name)
	if g == nil {
		c.skip = "group " + s.Name + " is not implemented here"
		return
	}
	key, err := g.Restore(s.Get("private"))
	if err != nil {
		c.fail("private", "%v", err)
		return
	}
	c.value(s, "public", key.Share())
	end := c.ends[s.Role]
	end.group, end.key = g, key
	c.input(string(s.Role)+" "+s.Name+" private key", s.Get("private"))
}

// input compares an input with what a step says, if the trace has it.
func (c *traceCheck) input(name string, used []byte) {
	for i := range c.trace.Inputs {
		if in := &c.trace.Inputs[i]; in.Name == name {
			c.used[name] = true
			c.equal(name, in.Line, in.Bytes, used)
		}
	}
}

// groupNamed knows the names of RFC 8448 and those of the registry.
func groupNamed(name string) *group.Group {
	if name == "P-256" {
		return group.Lookup(group.P256)
	}
	for _, g := range group.All() {
		if g.Name == name {
			return g
		}
	}
	return nil
}

// sharedSecret is what an end finds with its own private key and the other
// end's share; nil if the trace does not show both.
func (c *traceCheck) sharedSecret(role vectors.Role) []byte {
	own, peer := c.ends[role], c.ends[role.Other()]
	if own.key == nil || peer.key == nil || own.group != peer.group {
		return nil
	}
	secret, err := own.key.Secret(peer.key.Share())
	if err != nil {
		c.fail("ikm", "%v", err)
	}
	return secret
}

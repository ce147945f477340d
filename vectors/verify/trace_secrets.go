package verify

import (
	"strings"

	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/vectors"
)

// extract recomputes one of the three stages of RFC 9846, Section 7.1.
func (c *traceCheck) extract(s *vectors.Step) {
	zeros := make([]byte, c.hash.Size())
	salt, ikm := zeros, zeros
	var secret keyschedule.Secret
	switch {
	case s.Name == "early":
		ikm = s.Get("ikm") // the PSK, which comes from outside the trace
		early := keyschedule.NewEarly(c.hash, ikm)
		c.early, secret = &early, early.Secret
	case s.Name == "handshake" && c.early != nil:
		salt = c.expand(&c.early.Secret, "derived", c.emptyHash())
		shared := c.sharedSecret(s.Role)
		if shared != nil {
			ikm = shared
		}
		hs := c.early.Handshake(shared)
		c.handshake, secret = &hs, hs.Secret
	case s.Name == "master" && c.handshake != nil:
		salt = c.expand(&c.handshake.Secret, "derived", c.emptyHash())
		main := c.handshake.Main()
		c.main, secret = &main, main.Secret
	default:
		c.fail("secret", "no stage of the key schedule, or the one before it is missing")
		return
	}
	c.value(s, "salt", salt)
	c.value(s, "ikm", ikm)
	c.value(s, "secret", secret.Bytes())
}

// A leaf is a secret of RFC 9846, Section 7.1, that comes from a stage and the
// transcript up to a message.
type leaf struct {
	parent func(*traceCheck) *keyschedule.Secret
	upTo   string // a mark of the transcript
	derive func(c *traceCheck, transcriptHash []byte) keyschedule.Secret
}

var leaves = map[string]leaf{
	"c e traffic":  {earlySecret, "ClientHello", func(c *traceCheck, th []byte) keyschedule.Secret { return c.early.ClientTraffic(th) }},
	"e exp master": {earlySecret, "ClientHello", func(c *traceCheck, th []byte) keyschedule.Secret { return c.early.Exporter(th) }},
	"c hs traffic": {handshakeSecret, "ServerHello", func(c *traceCheck, th []byte) keyschedule.Secret { return c.handshake.ClientTraffic(th) }},
	"s hs traffic": {handshakeSecret, "ServerHello", func(c *traceCheck, th []byte) keyschedule.Secret { return c.handshake.ServerTraffic(th) }},
	"c ap traffic": {mainSecret, "server Finished", func(c *traceCheck, th []byte) keyschedule.Secret { return c.main.ClientTraffic(th) }},
	"s ap traffic": {mainSecret, "server Finished", func(c *traceCheck, th []byte) keyschedule.Secret { return c.main.ServerTraffic(th) }},
	"exp master":   {mainSecret, "server Finished", func(c *traceCheck, th []byte) keyschedule.Secret { return c.main.Exporter(th) }},
	"res master":   {mainSecret, "client Finished", func(c *traceCheck, th []byte) keyschedule.Secret { return c.main.Resumption(th) }},
}

func earlySecret(c *traceCheck) *keyschedule.Secret {
	if c.early == nil {
		return nil
	}
	return &c.early.Secret
}

func handshakeSecret(c *traceCheck) *keyschedule.Secret {
	if c.handshake == nil {
		return nil
	}
	return &c.handshake.Secret
}

func mainSecret(c *traceCheck) *keyschedule.Secret {
	if c.main == nil {
		return nil
	}
	return &c.main.Secret
}

// derive recomputes Derive-Secret for the label that is the step's name.
func (c *traceCheck) derive(s *vectors.Step) {
	switch s.Name {
	case "derived for handshake":
		c.deriveNext(s, earlySecret(c))
	case "derived for master":
		c.deriveNext(s, handshakeSecret(c))
	case "resumption":
		c.derivePSK(s)
	default:
		c.deriveLeaf(s)
	}
}

func (c *traceCheck) deriveLeaf(s *vectors.Step) {
	l, ok := leaves[s.Name]
	if !ok || l.parent(c) == nil || c.transcript.marks[l.upTo] == nil {
		c.fail("expanded", "no such label, or what it is derived from is missing")
		return
	}
	th := c.transcript.marks[l.upTo]
	secret := l.derive(c, th)
	c.secrets[s.Name] = secret
	c.expansion(s, l.parent(c), s.Name, th, secret.Bytes())
}

// deriveNext is the "derived" step between two stages.
func (c *traceCheck) deriveNext(s *vectors.Step, parent *keyschedule.Secret) {
	if parent == nil {
		c.fail("prk", "the stage before it is missing")
		return
	}
	c.expansion(s, parent, "derived", c.emptyHash(), c.expand(parent, "derived", c.emptyHash()))
}

// derivePSK is the PSK of a ticket (RFC 9846, Section 4.7.1). The step's hash
// is the ticket_nonce, which the NewSessionTicket that follows must have.
func (c *traceCheck) derivePSK(s *vectors.Step) {
	resumption, ok := c.secrets["res master"]
	if !ok {
		c.fail("prk", "\"res master\" is missing")
		return
	}
	c.nonce = s.Get("hash")
	if len(c.nonce) > keyschedule.MaxContext {
		c.fail("hash", "a ticket_nonce has at most %d bytes", keyschedule.MaxContext)
		return
	}
	psk := keyschedule.ResumptionPSK(c.hash, resumption, c.nonce)
	c.expansion(s, &resumption, "resumption", c.nonce, psk.Bytes())
}

// expansion compares the inputs and the output of HKDF-Expand-Label.
func (c *traceCheck) expansion(s *vectors.Step, prk *keyschedule.Secret, label string, context, expanded []byte) {
	c.value(s, "prk", prk.Bytes())
	c.value(s, "hash", context)
	c.value(s, "info", hkdfLabel(len(expanded), label, context))
	c.value(s, "expanded", expanded)
}

// trafficKeys recomputes a key and an IV. The step's name is the data and the
// direction, as "early application write".
func (c *traceCheck) trafficKeys(s *vectors.Step) {
	data, direction, ok := cutLast(s.Name, " ")
	if !ok || direction != "write" && direction != "read" {
		c.fail("", "keys of %q, want data and then read or write", s.Name)
		return
	}
	writer := s.Role
	if direction == "read" {
		writer = s.Role.Other()
	}
	secret, ok := c.secrets[trafficLabel(data, writer)]
	if !ok {
		c.fail("prk", "%q is missing", trafficLabel(data, writer))
		return
	}
	keys := keyschedule.TrafficKeys(c.suite, secret)
	c.value(s, "prk", secret.Bytes())
	c.value(s, "key info", hkdfLabel(c.suite.KeyLen, "key", nil))
	c.value(s, "key", keys.Key[:keys.KeyLen])
	c.value(s, "iv info", hkdfLabel(c.suite.IVLen, "iv", nil))
	c.value(s, "iv", keys.IV[:keys.IVLen])
	if direction == "write" {
		c.ends[writer].records.setKeys(c.suite, keys)
	}
}

// trafficLabel names the traffic secret that protects what an end writes.
func trafficLabel(data string, writer vectors.Role) string {
	short := map[string]string{"early application": "e", "handshake": "hs", "application": "ap"}[data]
	return string(writer[0]) + " " + short + " traffic"
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// finished recomputes verify_data (RFC 9846, Section 4.5.3). What the other
// end has found before is not computed again: it is the same computation.
func (c *traceCheck) finished(s *vectors.Step) {
	if s.SameAs != "" {
		return
	}
	base, ok := c.secrets[trafficLabel("handshake", s.Role)]
	if !ok {
		c.fail("prk", "%q is missing", trafficLabel("handshake", s.Role))
		return
	}
	c.verifyData(s, base, c.transcript.sum())
}

// binder recomputes a PSK binder (RFC 9846, Section 4.3.11.2).
func (c *traceCheck) binder(s *vectors.Step) {
	if s.SameAs != "" {
		return
	}
	prefix := c.ends[s.Role].hello
	if c.early == nil || prefix == nil {
		c.fail("prk", "the PSK or the ClientHello without binders is missing")
		return
	}
	th := c.transcript.sumWith(prefix)
	c.value(s, "prefix", prefix)
	c.value(s, "binder hash", th)
	c.verifyData(s, c.early.BinderKey(), th)
	c.ends[s.Role].binder = s.Get("finished")
}

func (c *traceCheck) verifyData(s *vectors.Step, base keyschedule.Secret, transcriptHash []byte) {
	c.expansion(s, &base, "finished", nil, c.expand(&base, "finished", nil))
	v := keyschedule.VerifyData(c.hash, base, transcriptHash)
	c.value(s, "finished", v.Bytes())
	c.ends[s.Role].finished = v.Bytes()
}

func (c *traceCheck) expand(secret *keyschedule.Secret, label string, context []byte) []byte {
	s := keyschedule.DeriveSecret(c.hash, secret.Bytes(), label, context)
	return s.Bytes()
}

func (c *traceCheck) emptyHash() []byte { return c.hash.New().Sum(nil) }

// hkdfLabel is the HkdfLabel structure of RFC 9846, Section 7.1, written here
// once more so that the key schedule does not check itself.
func hkdfLabel(n int, label string, context []byte) []byte {
	b := []byte{byte(n >> 8), byte(n), byte(len("tls13 ") + len(label))}
	b = append(append(b, "tls13 "...), label...)
	return append(append(b, byte(len(context))), context...)
}

package trace

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// names of the secrets of RFC 9846, Section 7.1, by their labels, and what key
// logs call them (RFC 9850).
var secretNames = map[string]struct{ id, keyLog string }{
	"c e traffic":  {"c_e", "CLIENT_EARLY_TRAFFIC_SECRET"},
	"e exp master": {"e_exp", "EARLY_EXPORTER_SECRET"},
	"c hs traffic": {"c_hs", "CLIENT_HANDSHAKE_TRAFFIC_SECRET"},
	"s hs traffic": {"s_hs", "SERVER_HANDSHAKE_TRAFFIC_SECRET"},
	"c ap traffic": {"c_ap_0", "CLIENT_TRAFFIC_SECRET_0"},
	"s ap traffic": {"s_ap_0", "SERVER_TRAFFIC_SECRET_0"},
	"exp master":   {"exp", "EXPORTER_SECRET"},
	"res master":   {"res", ""},
	"res binder":   {"binder", ""},
	"ext binder":   {"binder", ""},
	"imp binder":   {"binder", ""},

	"master secret":          {"main", "CLIENT_RANDOM"},
	"extended master secret": {"main", "CLIENT_RANDOM"},
	"key expansion":          {"key_block", ""},
	"client finished":        {"c_finished", ""},
	"server finished":        {"s_finished", ""},
}

// zero is the id of the string of zeros that goes into the key schedule where
// there is nothing else.
const zero = "zero"

// secret adds a secret under its id, or one like it if that is taken, unless
// the same step is there already. It returns the id.
func (b *builder) secret(s Secret) string {
	for i := range b.c.Secrets {
		if old := &b.c.Secrets[i]; old.sameStep(&s) {
			return old.ID
		}
	}
	if len(b.c.Secrets) == maxSecrets {
		b.note("the trace shows no more than %d secrets", maxSecrets)
		return s.ID
	}
	id := s.ID
	for n := 1; b.c.FindSecret(s.ID) != nil; n++ {
		s.ID = numbered(id, n)
	}
	s.Out = bytes.Clone(s.Out)
	s.Len = len(s.Out)
	b.c.Secrets = append(b.c.Secrets, s)
	if _, known := b.ids[string(s.Out)]; !known {
		b.ids[string(s.Out)] = s.ID
	}
	if !isKey(s.ID) {
		b.event("keys", s.ID, "")
	}
	return s.ID
}

// sameStep reports whether two secrets are one step of the key schedule.
func (s *Secret) sameStep(o *Secret) bool {
	if s.Op == OpGiven || s.Op == OpKeyLog || s.Op != o.Op {
		return s.Op == o.Op && bytes.Equal(s.Out, o.Out)
	}
	var a, c []byte
	if s.Context != nil {
		a = s.Context.Hash
	}
	if o.Context != nil {
		c = o.Context.Hash
	}
	return s.Salt == o.Salt && s.IKM == o.IKM && s.Secret == o.Secret && s.Label == o.Label && s.Off == o.Off && bytes.Equal(a, c) && bytes.Equal(s.Out, o.Out)
}

// isKey reports whether a secret is a key or an IV, not worth an event.
func isKey(id string) bool {
	return strings.HasSuffix(id, ".key") || strings.HasSuffix(id, ".iv") || strings.HasSuffix(id, ".mac")
}

// idOf is the id of a value: one that came up before, or a new given one.
func (b *builder) idOf(value []byte) string {
	if isZero(value) {
		return zero
	}
	if id, ok := b.ids[string(value)]; ok {
		return id
	}
	n := 0
	for i := range b.c.Secrets {
		if b.c.Secrets[i].Op == OpGiven {
			n++
		}
	}
	return b.secret(Secret{ID: numbered("psk", n), Op: OpGiven, Out: value})
}

func isZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// derive adds a step of the key schedule.
func (b *builder) derive(d hook.Derivation) string {
	s := Secret{Hash: d.Hash, Label: d.Label, Out: d.Out}
	switch d.Op {
	case hook.Given:
		if known, ok := secretNames[d.Label]; ok {
			return b.secret(Secret{ID: known.id, Op: OpGiven, Out: d.Out, KeyLog: known.keyLog})
		}
		return b.idOf(d.Out)
	case hook.Extract:
		s.Op, s.Salt, s.IKM = OpExtract, b.idOf(d.Salt), b.idOf(d.IKM)
		s.ID = extractName(s.Salt)
		return b.secret(s)
	case hook.ExpandLabel:
		s.Op = OpExpandLabel
	case hook.PRF:
		s.Op = OpPRF
	}
	s.Secret = b.idOf(d.Secret)
	s.Context = b.context(d.Context)
	s.ID, s.KeyLog = expandName(s.Secret, d.Label)
	return b.secret(s)
}

// context names the message after which the transcript hash is that.
func (b *builder) context(value []byte) *Context {
	c := &Context{Hash: append(Octets{}, value...)}
	if id := b.c.transcriptAfter(value); len(value) > 0 && id >= 0 {
		c.TranscriptAfter = &id
	}
	return c
}

// extractName names what HKDF-Extract gives, by its salt.
func extractName(salt string) string {
	switch {
	case salt == zero:
		return "early"
	case strings.HasPrefix(salt, "derived_1"):
		return "handshake"
	case strings.HasPrefix(salt, "derived_2"):
		return "main"
	}
	return "extract"
}

// expandName names what comes of a secret by a label.
func expandName(secret, label string) (id, keyLog string) {
	if known, ok := secretNames[label]; ok {
		return known.id, known.keyLog
	}
	switch label {
	case "derived":
		if strings.HasPrefix(secret, "early") {
			return "derived_1", ""
		}
		return "derived_2", ""
	case "key", "iv", "finished", "hp", "ku":
		return secret + "." + label, ""
	case "traffic upd":
		if i := strings.LastIndexByte(secret, '_'); i > 0 {
			if n, err := strconv.Atoi(secret[i+1:]); err == nil {
				return numbered(secret[:i], n+1), ""
			}
		}
	case "resumption":
		return "ticket_psk", ""
	case "exporter":
		return "exporter", ""
	}
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(label))
	return clean, ""
}

// keyExchange adds a shared secret; its id is shared_N.
func (b *builder) keyExchange(k hook.KeyExchange) {
	id := len(b.c.KeyExchanges)
	b.c.KeyExchanges = append(b.c.KeyExchanges, KeyExchange{ID: id, Group: k.Group,
		Ours:   Pair{Public: slices.Clone(k.Public), Private: slices.Clone(k.Private)},
		Theirs: slices.Clone(k.Peer), Shared: slices.Clone(k.Shared)})
	b.ids[string(k.Shared)] = numbered("shared", id)
	b.event("key_exchange", id, "")
}

// trafficKeys adds key and IV of a traffic secret of TLS 1.3, and returns them.
func (b *builder) trafficKeys(id string, suite *cipher.Suite, secret []byte) keyschedule.Keys {
	keys := keyschedule.TrafficKeys(suite, keyschedule.SecretOf(secret))
	b.secret(Secret{ID: id + ".key", Op: OpExpandLabel, Hash: suite.Hash.String(), Secret: id, Label: "key", Context: &Context{Hash: Octets{}}, Out: keys.Key[:keys.KeyLen]})
	b.secret(Secret{ID: id + ".iv", Op: OpExpandLabel, Hash: suite.Hash.String(), Secret: id, Label: "iv", Context: &Context{Hash: Octets{}}, Out: keys.IV[:keys.IVLen]})
	return keys
}

// blockKeys adds the keys of TLS 1.2: the key block and its four parts.
func (b *builder) blockKeys(suite *cipher.Suite, main []byte) (client, server keyschedule.Keys) {
	client, server = keyschedule.KeyBlock12(suite, keyschedule.SecretOf(main), b.random[0], b.random[1])
	parts := [][]byte{client.Key[:client.KeyLen], server.Key[:server.KeyLen], client.IV[:client.IVLen], server.IV[:server.IVLen]}
	seed := slices.Concat(b.random[1], b.random[0]) // "server_random + client_random" RFC 5246, Section 6.3
	b.secret(Secret{ID: "key_block", Op: OpPRF, Hash: suite.Hash.String(), Secret: b.idOf(main), Label: "key expansion", Context: &Context{Hash: seed}, Out: slices.Concat(parts...)})
	off := 0
	for i, id := range []string{"c.key", "s.key", "c.iv", "s.iv"} {
		b.secret(Secret{ID: id, Op: OpSlice, Secret: "key_block", Off: off, Out: parts[i]})
		off += len(parts[i])
	}
	return client, server
}

// value is the value of a secret that is here by its id, or nil.
func (b *builder) value(id string) []byte {
	if s := b.c.FindSecret(id); s != nil {
		return s.Out
	}
	return nil
}

// refString is the id that an event refers to.
func refString(ref json.RawMessage) string {
	var s string
	if json.Unmarshal(ref, &s) == nil {
		return s
	}
	return string(ref)
}

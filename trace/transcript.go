package trace

import (
	"hash"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// transcript follows the transcript hash: RFC 9846, Section 4.1.
type transcript struct {
	hash     cipher.Hash // 0 until the cipher suite is known
	running  hash.Hash   // nil until then
	waiting  [][]byte    // messages from before
	ids      []int       // of waiting
	before   []byte      // the hash before the next message
	finished int         // Finished messages so far
	closed   bool
}

// hashOf is the hash of the transcript and the key schedule, 0 if it is not
// known: TLS 1.1 and older hash twice.
func hashOf(version, suite uint16) cipher.Hash {
	switch parts, ok := registry.PartsOf(suite); {
	case version < tls12 || version > tls13 || !ok:
		return 0
	case parts.Hash == "SHA384":
		return cipher.SHA384
	case version == tls12 && !strings.HasPrefix(parts.Hash, "SM3"), parts.Hash == "SHA256":
		return cipher.SHA256 // "the default": RFC 5246, Section 5
	}
	return 0
}

// enter puts a message into the transcript, if it belongs there, and gives it
// the hashes before and after.
func (b *builder) enter(id int, msg []byte) {
	t := &b.hashes
	if t.closed || !b.belongs(msg) {
		return
	}
	t.waiting, t.ids = append(t.waiting, slices.Clone(msg)), append(t.ids, id)
	if t.hash == 0 && b.ctx.Version != 0 {
		t.hash = hashOf(b.ctx.Version, b.ctx.Suite)
	}
	b.hashed()
	if msg[0] == msgFinished {
		t.finished++
		t.closed = t.finished == 2
	}
}

// belongs reports whether messages of that type enter the transcript. The
// ClientHello inside an outer one is told by the engine.
func (b *builder) belongs(msg []byte) bool {
	switch msg[0] {
	case msgHelloRequest, msgKeyUpdate:
		return false
	case msgTicket:
		return b.ctx.Version < tls13
	}
	return true
}

// hashed gives the messages that wait their transcript hashes, if it is known
// by which function.
func (b *builder) hashed() {
	t := &b.hashes
	if t.hash == 0 {
		return
	}
	if t.running == nil {
		t.running = t.hash.New()
	}
	for i, id := range t.ids {
		t.running.Write(t.waiting[i])
		after := t.running.Sum(nil)
		b.c.Messages[id].Transcript = &Transcript{Hash: t.hash.String(), Before: t.before, After: after}
		t.before = after
	}
	t.waiting, t.ids = nil, nil
}

// retry puts the synthetic message_hash in place of the first ClientHello.
//
// "Transcript-Hash(ClientHello1, HelloRetryRequest, ... Mn) =
// Hash(message_hash || 00 00 Hash.length || Hash(ClientHello1) || …)"
// RFC 9846, Section 4.1.
func (b *builder) retry() {
	t := &b.hashes
	t.hash = hashOf(b.ctx.Version, b.ctx.Suite)
	if t.hash == 0 {
		return
	}
	b.hashed()
	sum := t.running.Sum(nil)
	w := wire.NewBuilder(nil)
	w.Uint8(msgMessageHash)
	w.Opaque24(sum)
	t.running, t.before = nil, nil
	b.own(C2S, KindMessage, w.Result(), "initial", true)
}

// transcriptAfter is the last message whose transcript hash that is, or -1.
func (c *Connection) transcriptAfter(hash []byte) int {
	for i := len(c.Messages) - 1; i >= 0; i-- {
		if t := c.Messages[i].Transcript; t != nil && string(t.After) == string(hash) {
			return i
		}
	}
	return -1
}

// Summary is the outcome of a connection as far as its messages show it.
type Summary struct {
	Version   *Point `json:"version"`
	Suite     *Point `json:"suite"`
	Group     *Point `json:"group"`
	Signature *Point `json:"signature"`
	ALPN      string `json:"alpn,omitempty"`
	SNI       string `json:"sni,omitempty"`
	HRR       bool   `json:"hrr"`
	Resumed   bool   `json:"resumed"`
	Alert     string `json:"alert,omitempty"` // the last one that is no close_notify
}

// Point is a code point.
type Point = registry.Code

func point(f *dissect.Field) *Point {
	if f == nil || f.Value.Form != dissect.Code {
		return nil
	}
	p := &Point{ID: uint32(f.Value.Num), Hex: f.Value.Hex()}
	if f.Value.Text != "" {
		p.Name = &f.Value.Text
	}
	return p
}

// Summarize reads the outcome out of the messages; nil if there is no
// ServerHello.
func Summarize(c *Connection) *Summary {
	var s Summary
	for i := range c.Messages {
		s.read(&c.Messages[i])
	}
	for _, e := range c.Events {
		if e.Kind == "alert" && e.Name != "close_notify" {
			s.Alert = e.Name
		}
	}
	if s.Version == nil && s.Alert == "" {
		return nil
	}
	s.Resumed = s.Resumed || s.Version != nil && s.Version.ID <= tls12 && abbreviated(c)
	return &s
}

// abbreviated reports whether the server of TLS 1.2 went on to its keys
// without a ServerHelloDone: RFC 5246, Section 7.3, Figure 2.
func abbreviated(c *Connection) bool {
	changed := slices.ContainsFunc(c.Records, func(r Record) bool { return r.Dir == S2C && r.Type == typeCCS })
	return changed && !slices.ContainsFunc(c.Messages, func(m Message) bool { return m.Type == msgHelloDone })
}

// read takes from a message what it says of the outcome.
func (s *Summary) read(m *Message) {
	tree := dissect.Field{Fields: m.Fields}
	first := func(ids ...string) *dissect.Field {
		for _, id := range ids {
			if f := tree.Find(id); f != nil {
				return f
			}
		}
		return nil
	}
	const alpn = "extensions.application_layer_protocol_negotiation.protocol_name_list.0"
	switch {
	case m.Name == "HelloRetryRequest":
		s.HRR = true
	case m.Type == msgClientHello:
		if f := first("extensions.server_name.server_name_list.0.name"); f != nil {
			s.SNI = f.Value.Text
		}
	case m.Type == msgServerHello:
		s.Version = point(first("extensions.supported_versions.selected_version", "legacy_version"))
		s.Suite = point(first("cipher_suite"))
		s.Group = point(first("extensions.key_share.group"))
		s.Resumed = first("extensions.pre_shared_key.selected_identity") != nil
		if f := first(alpn); f != nil {
			s.ALPN = f.Value.Text
		}
	case m.Type == 8 && m.Dir == S2C:
		if f := first(alpn); f != nil {
			s.ALPN = f.Value.Text
		}
	case m.Type == 12:
		s.Group, s.Signature = point(first("named_curve")), point(first("algorithm"))
	case m.Type == 15 && m.Dir == S2C:
		s.Signature = point(first("algorithm"))
	}
}

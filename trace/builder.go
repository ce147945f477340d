package trace

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/internal/registry"
)

// MaxConnection bounds how many bytes of records a trace keeps of one
// connection. What comes after is not in it, and a note says so.
const MaxConnection = 16 << 20

// Other bounds of what a trace keeps of one connection.
const (
	maxRecords  = 1 << 16
	maxMessages = 1 << 12
	maxSecrets  = 1 << 12
	maxFields   = 1 << 18 // in the trees of all its messages
)

// Versions, and the types of records and messages that the trace acts on.
const (
	tls12 = 0x0303
	tls13 = 0x0304

	typeCCS         = 20
	typeAlert       = 21
	typeHandshake   = 22
	typeApplication = 23

	msgHelloRequest = 0
	msgClientHello  = 1
	msgServerHello  = 2
	msgTicket       = 4
	msgEndOfEarly   = 5
	msgHelloDone    = 14
	msgFinished     = 20
	msgKeyUpdate    = 24
	msgMessageHash  = 254
)

// A builder makes a Connection out of what happens, in order.
type builder struct {
	c      *Connection
	halves map[string]*half
	ctx    dissect.Context // as negotiated so far
	random [2][]byte       // of client and server
	hashes transcript
	ids    map[string]string // value of a secret -> its id
	kept   int               // bytes of records
	fields int               // in the trees of messages
	now    int64             // microseconds since the start
}

// A half is one direction.
type half struct {
	wire    int    // buffer
	pending []byte // of a message that is not whole
	spans   []Span // of pending
	epoch   string // of pending
}

func newBuilder(role string) *builder {
	c := &Connection{Role: role, Buffers: []Buffer{}, Records: []Record{}, Messages: []Message{}, Secrets: []Secret{}, KeyExchanges: []KeyExchange{}, Events: []Event{}}
	b := &builder{c: c, ids: map[string]string{}, halves: map[string]*half{}}
	for _, dir := range []string{C2S, S2C} {
		b.halves[dir] = &half{wire: b.buffer(KindWire, dir, nil, nil)}
	}
	return b
}

// buffer adds a buffer with a copy of data.
func (b *builder) buffer(kind, dir string, of *Owner, data []byte) int {
	id := len(b.c.Buffers)
	b.c.Buffers = append(b.c.Buffers, Buffer{ID: id, Kind: kind, Dir: dir, Of: of, Bytes: append([]byte{}, data...)})
	return id
}

// event adds an event now.
func (b *builder) event(kind string, ref any, name string) {
	e := Event{TUS: b.now, Kind: kind, Name: name}
	if ref != nil {
		e.Ref, _ = json.Marshal(ref)
	}
	b.c.Events = append(b.c.Events, e)
}

// note adds a note once.
func (b *builder) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(b.c.Notes, n) {
		b.c.Notes = append(b.c.Notes, n)
	}
}

// opened is what is known of a record's protection.
type opened struct {
	protected bool
	inner     []byte // nil if it did not decrypt
	epoch     string
	seq       uint64
	keys      string // base of the ids of key and IV: "s_hs"; "" if not known
	suite     *cipher.Suite
	iv        []byte
	cbc       *cbc // in place of suite and iv
}

// layout is how the fragment of a protected record is made up.
func (o *opened) layout(version uint16) *dissect.Protection {
	switch {
	case !o.protected:
		return nil
	case o.cbc != nil:
		return &dissect.Protection{NonceLen: 16}
	case o.suite != nil:
		return &dissect.Protection{NonceLen: o.suite.ExplicitNonce, TagLen: cipher.Overhead}
	case version >= tls13:
		return &dissect.Protection{TagLen: cipher.Overhead}
	}
	return &dissect.Protection{}
}

// record adds a record, and the messages that become whole with it.
func (b *builder) record(dir string, wire []byte, o opened) {
	if b.kept += len(wire); b.kept > MaxConnection || len(b.c.Records) == maxRecords {
		b.note("the trace ends after %d records", len(b.c.Records))
		b.kept = MaxConnection + 1
		return
	}
	id := len(b.c.Records) + 1
	at := b.append(b.halves[dir].wire, wire)
	fields := dissect.Record(wire, o.layout(b.ctx.Version))
	r := Record{ID: id, Dir: dir, TUS: b.now, At: at, Epoch: o.epoch, Protected: o.protected, Fields: fields.Fields}
	if len(wire) >= 3 {
		r.Type, r.Version = wire[0], binary.BigEndian.Uint16(wire[1:])
	}
	if o.protected {
		r.Seq = o.seq
	}
	typ, content := r.Type, Span{}
	if !o.protected && len(wire) > 5 {
		content = Span{at.Buf, at.Off + 5, len(wire) - 5}
	}
	if o.inner != nil {
		inner := b.inner(id, typ, &o)
		r.Inner = &inner
		r.AEAD = b.aead(dir, wire, at, &o)
		typ, content = inner.Type, Span{inner.Buf, inner.Off, inner.Len - inner.Padding}
		if b.typed(&o) {
			content.Len--
		}
	}
	b.c.Records = append(b.c.Records, r)
	b.event("record", id, "")
	switch {
	case content.Len <= 0:
	case typ == typeHandshake:
		b.fragment(dir, content, o.epoch)
	case typ == typeAlert:
		b.event("alert", id, alertName(b.c.Slice(content)))
	}
}

// append puts bytes at the end of a buffer.
func (b *builder) append(buf int, data []byte) Span {
	buffer := &b.c.Buffers[buf]
	buffer.Bytes = append(buffer.Bytes, data...)
	return Span{buf, len(buffer.Bytes) - len(data), len(data)}
}

// typed reports whether the content type stands inside a record: in TLS 1.3,
// and so in early data, for which no version was negotiated yet.
func (b *builder) typed(o *opened) bool {
	if o.suite != nil {
		return o.suite.TLS13()
	}
	return b.ctx.Version >= tls13
}

// inner keeps what a record holds.
func (b *builder) inner(record int, outer uint8, o *opened) Inner {
	buf := b.buffer(KindInner, "", &Owner{Record: &record}, o.inner)
	in := Inner{Span: Span{buf, 0, len(o.inner)}, Type: outer}
	if n := dissect.InnerLen(o.inner); b.typed(o) && n >= 0 {
		in.Type, in.Padding = o.inner[n], len(o.inner)-n-1
	}
	return in
}

// aead says how a record was opened.
func (b *builder) aead(dir string, wire []byte, at Span, o *opened) *AEAD {
	if o.cbc != nil && len(wire) >= 5+16 {
		return &AEAD{Name: o.cbc.name, Key: o.keys + ".key", Nonce: bytes.Clone(wire[5 : 5+16])}
	}
	if o.suite == nil || o.keys == "" || len(wire) < 5+o.suite.ExplicitNonce+cipher.Overhead || len(o.iv) != cipher.NonceSize {
		return nil
	}
	var iv [cipher.NonceSize]byte
	copy(iv[:], o.iv)
	nonce := cipher.Nonce(iv, o.seq)
	aad := append([]byte{}, wire[:5]...)
	if o.suite.ExplicitNonce > 0 {
		copy(nonce[cipher.NonceSize-o.suite.ExplicitNonce:], wire[5:])
	}
	if !o.suite.TLS13() {
		aad = aad12(o.seq, wire[:5], len(wire)-5-o.suite.ExplicitNonce-cipher.Overhead)
	}
	tag := Span{at.Buf, at.Off + at.Len - cipher.Overhead, cipher.Overhead}
	return &AEAD{Name: aeadName(o.suite), Key: o.keys + ".key", IV: o.keys + ".iv", Nonce: nonce[:], AAD: aad, Tag: tag}
}

// aad12 is "additional_data = seq_num + TLSCompressed.type +
// TLSCompressed.version + TLSCompressed.length" RFC 5246, Section 6.2.3.3.
func aad12(seq uint64, header []byte, n int) []byte {
	aad := binary.BigEndian.AppendUint64(nil, seq)
	aad = append(aad, header[:3]...)
	return binary.BigEndian.AppendUint16(aad, uint16(n))
}

// aeadName is the name of a suite's AEAD: "AES-256-GCM".
func aeadName(s *cipher.Suite) string {
	parts, _ := registry.PartsOf(uint16(s.ID))
	return string(bytes.ReplaceAll([]byte(parts.Cipher), []byte("_"), []byte("-")))
}

// alertName is the description in an alert.
func alertName(b []byte) string {
	if len(b) != 2 {
		return ""
	}
	return registry.Alerts.Label(uint32(b[1]))
}

// fragment adds a piece of handshake messages.
func (b *builder) fragment(dir string, at Span, epoch string) {
	h := b.halves[dir]
	h.pending = append(h.pending, b.c.Slice(at)...)
	h.spans = append(h.spans, at)
	h.epoch = epoch
	for len(h.pending) >= 4 {
		n := 4 + int(binary.BigEndian.Uint32(h.pending)&0xffffff)
		if len(h.pending) < n {
			return
		}
		var spans []Span
		spans, h.spans = cut(h.spans, n)
		msg := h.pending[:n:n]
		h.pending = h.pending[n:]
		b.message(dir, msg, spans, epoch)
	}
}

// cut takes n bytes off the front of spans.
func cut(spans []Span, n int) (front, rest []Span) {
	for i, s := range spans {
		if s.Len > n {
			if n > 0 {
				front = append(front, Span{s.Buf, s.Off, n})
			}
			return front, append([]Span{{s.Buf, s.Off + n, s.Len - n}}, spans[i+1:]...)
		}
		front, n = append(front, s), n-s.Len
		if n == 0 {
			return front, slices.Clone(spans[i+1:])
		}
	}
	return front, nil
}

// message adds a whole message that came in records.
func (b *builder) message(dir string, msg []byte, at []Span, epoch string) {
	if msg[0] == msgServerHello {
		b.hello(msg)
		if dissect.IsHelloRetryRequest(msg) {
			b.retry()
		}
	}
	if msg[0] == msgClientHello && len(msg) >= 38 && b.random[0] == nil {
		b.random[0] = bytes.Clone(msg[6:38])
	}
	b.add(dir, msg, at, epoch, false)
}

// add adds a message to the list, and to the transcript.
func (b *builder) add(dir string, msg []byte, at []Span, epoch string, synthetic bool) {
	id := len(b.c.Messages)
	if id == maxMessages {
		b.note("the trace shows no more than %d messages", maxMessages)
		return
	}
	tree := b.dissect(msg)
	b.c.Messages = append(b.c.Messages, Message{ID: id, Dir: dir, Type: msg[0], Name: dissect.MessageName(msg), At: at, Len: len(msg),
		Epoch: epoch, Synthetic: synthetic, Fields: tree.Fields, Reason: tree.Reason})
	b.event("message", id, "")
	b.enter(id, msg)
}

// dissect makes the tree of a message, or one leaf if there are too many
// fields already.
func (b *builder) dissect(msg []byte) dissect.Field {
	if b.fields < maxFields {
		tree := dissect.Message(msg, b.ctx)
		for range tree.Leaves() {
			b.fields++
		}
		return tree
	}
	const reason = "the trace has too many fields already"
	return dissect.Field{Len: len(msg), Fields: []dissect.Field{{ID: "unparsed", Kind: dissect.Unparsed, Len: len(msg), Reason: reason}}}
}

// own adds a message that has its own buffer, for it was not in records.
func (b *builder) own(dir, kind string, msg []byte, epoch string, synthetic bool) {
	id := len(b.c.Messages)
	buf := b.buffer(kind, dir, &Owner{Message: &id}, msg)
	b.add(dir, msg, []Span{{buf, 0, len(msg)}}, epoch, synthetic)
}

// hello learns from a ServerHello what was negotiated.
func (b *builder) hello(msg []byte) {
	tree := dissect.Message(msg, dissect.Context{})
	version := tree.Find("legacy_version")
	if selected := tree.Find("extensions.supported_versions.selected_version"); selected != nil {
		version = selected
	}
	suite := tree.Find("cipher_suite")
	if version == nil || suite == nil {
		return
	}
	b.ctx.Version, b.ctx.Suite = uint16(version.Value.Num), uint16(suite.Value.Num)
	if t := tree.Find("extensions.server_certificate_type.certificate_type"); t != nil {
		b.ctx.RawKey = t.Value.Num == 2
	}
	if !dissect.IsHelloRetryRequest(msg) && len(msg) >= 38 {
		b.random[1] = bytes.Clone(msg[6:38])
	}
}

// finish closes the trace: what is left is a message that never became whole.
func (b *builder) finish() *Connection {
	for _, dir := range []string{C2S, S2C} {
		h := b.halves[dir]
		if len(h.pending) == 0 {
			continue
		}
		id := len(b.c.Messages)
		tree := b.dissect(h.pending)
		b.c.Messages = append(b.c.Messages, Message{ID: id, Dir: dir, Type: h.pending[0], Name: dissect.MessageName(h.pending), At: h.spans, Len: len(h.pending),
			Epoch: h.epoch, Incomplete: true, Fields: tree.Fields, Reason: tree.Reason})
		b.event("message", id, "")
		h.pending, h.spans = nil, nil
	}
	for i := range b.c.Secrets { // the hash may have been known before the function
		if x := b.c.Secrets[i].Context; x != nil && x.TranscriptAfter == nil {
			*x = *b.context(x.Hash)
		}
	}
	if s := Summarize(b.c); b.c.Result == nil && s != nil {
		b.c.Result, _ = json.Marshal(s)
	}
	return b.c
}

// number makes an id of a word and a number.
func numbered(word string, n int) string { return word + "_" + strconv.Itoa(n) }

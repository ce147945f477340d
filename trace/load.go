package trace

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tlsengine/tlsengine/dissect"
)

// ErrSchema says that a file is no trace that can be read here.
var ErrSchema = errors.New("not a trace of schema " + Schema)

// Load reads a trace in JSON, and refuses one whose parts do not fit each
// other.
func Load(b []byte) (*Trace, error) {
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, where(err)
	}
	if head.Schema != Schema {
		return nil, fmt.Errorf("%w: %s", ErrSchema, quote(head.Schema))
	}
	var t Trace
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, where(err)
	}
	for i, c := range t.Connections {
		if c == nil {
			return nil, fmt.Errorf("connection %d is null", i)
		}
		if err := c.Validate(); err != nil {
			return nil, fmt.Errorf("connection %d: %w", i, err)
		}
	}
	return &t, nil
}

// where says at which byte JSON is wrong.
func where(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("byte %d: %w", syntax.Offset, err)
	}
	return err
}

// Validate checks what every renderer relies on: ids are places, spans lie in
// their buffers, records cover their wire exactly, and the leaves of a record
// or message cover it exactly.
func (c *Connection) Validate() error {
	for i, b := range c.Buffers {
		if b.ID != i {
			return fmt.Errorf("buffer %d has id %d", i, b.ID)
		}
	}
	covered := map[int]int{}
	for i := range c.Records {
		r := &c.Records[i]
		if r.ID != i+1 {
			return fmt.Errorf("record %d has id %d", i+1, r.ID)
		}
		if !c.has(r.At) || r.At.Off != covered[r.At.Buf] || c.Buffers[r.At.Buf].Kind != KindWire {
			return fmt.Errorf("record %d is not behind the one before it", r.ID)
		}
		covered[r.At.Buf] += r.At.Len
		if err := cover(r.Fields, r.At.Len); err != nil {
			return fmt.Errorf("record %d: %w", r.ID, err)
		}
		if r.Inner != nil && (!c.has(r.Inner.Span) || r.Inner.Padding < 0 || r.Inner.Padding > r.Inner.Len) {
			return fmt.Errorf("record %d: its content is not in a buffer", r.ID)
		}
		if r.AEAD != nil && !c.has(r.AEAD.Tag) {
			return fmt.Errorf("record %d: its tag is not in a buffer", r.ID)
		}
	}
	for i, b := range c.Buffers {
		if b.Kind == KindWire && covered[i] != len(b.Bytes) {
			return fmt.Errorf("records cover %d of %d bytes of buffer %d", covered[i], len(b.Bytes), i)
		}
	}
	return c.validateMessages()
}

func (c *Connection) validateMessages() error {
	for i := range c.Messages {
		m := &c.Messages[i]
		total := 0
		for _, s := range m.At {
			if !c.has(s) {
				return fmt.Errorf("message %d lies outside its buffers", i)
			}
			total += s.Len
		}
		if m.ID != i || total != m.Len || m.Len == 0 {
			return fmt.Errorf("message %d has id %d and %d of %d bytes", i, m.ID, total, m.Len)
		}
		if err := cover(m.Fields, m.Len); err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
		if t := m.Transcript; t != nil && len(t.After) == 0 {
			return fmt.Errorf("message %d has an empty transcript hash", i)
		}
	}
	for i := range c.KeyExchanges {
		if c.KeyExchanges[i].ID != i {
			return fmt.Errorf("key exchange %d has id %d", i, c.KeyExchanges[i].ID)
		}
	}
	ids := map[string]bool{}
	for i := range c.Secrets {
		s := &c.Secrets[i]
		if taken := ids[s.ID]; s.ID == "" || taken {
			return fmt.Errorf("secret %d has no id, or that of another", i)
		}
		ids[s.ID] = true
		if s.Context != nil && s.Context.TranscriptAfter != nil && (*s.Context.TranscriptAfter < 0 || *s.Context.TranscriptAfter >= len(c.Messages)) {
			return fmt.Errorf("secret %d hashes up to a message that is not there", i)
		}
	}
	return nil
}

// has reports whether a span lies in its buffer. Buffers that were redacted
// hold anything.
func (c *Connection) has(s Span) bool {
	if s.Buf < 0 || s.Buf >= len(c.Buffers) || s.Off < 0 || s.Len < 0 {
		return false
	}
	return c.Buffers[s.Buf].Bytes == nil || c.Slice(s) != nil || s.Len == 0
}

// cover checks that the leaves of a tree cover n bytes exactly, and that
// children lie in their parents.
func cover(fields []dissect.Field, n int) error {
	at := 0
	var walk func(f *dissect.Field, from, to, depth int) error
	walk = func(f *dissect.Field, from, to, depth int) error {
		if f.Off < from || f.Len <= 0 || f.Len > to-f.Off || depth > maxFieldDepth {
			return fmt.Errorf("field %s is not inside the one around it", quote(f.ID))
		}
		if f.Leaf() {
			if f.Off != at {
				return fmt.Errorf("field %s starts at %d, not %d", quote(f.ID), f.Off, at)
			}
			at += f.Len
			return nil
		}
		for i := range f.Fields {
			if err := walk(&f.Fields[i], f.Off, f.Off+f.Len, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range fields {
		if err := walk(&fields[i], 0, n, 0); err != nil {
			return err
		}
	}
	if at != n {
		return fmt.Errorf("fields cover %d of %d bytes", at, n)
	}
	return nil
}

// maxFieldDepth bounds trees that are read: DER elements and what is around.
const maxFieldDepth = 2*dissect.MaxDepth + 16

// Redact takes out what must stay secret: secrets, private and shared values,
// nonces, and application data. It cannot be undone.
func (t *Trace) Redact() {
	t.Secrets = false
	for _, c := range t.Connections {
		for i := range c.Secrets {
			c.Secrets[i].Out = nil
		}
		for i := range c.KeyExchanges {
			c.KeyExchanges[i].Ours.Private, c.KeyExchanges[i].Shared = nil, nil
		}
		for i := range c.Records {
			if c.Records[i].AEAD != nil {
				c.Records[i].AEAD.Nonce = nil // with number 0 it is the IV
			}
			if in := c.Records[i].Inner; in != nil && in.Type == typeApplication {
				c.Buffers[in.Buf].Bytes = nil
			}
		}
	}
}

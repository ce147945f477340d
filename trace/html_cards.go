package trace

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/dissect"
)

// mark says in words who speaks.
func mark(dir string) string {
	from, to := dirWords(dir)
	return from + " → " + to
}

// recordCard is a record, what it holds, and the messages it completes.
func (m *composer) recordCard(r *Record, messages []*Message) card {
	c := card{ID: fmt.Sprintf("%sr%d", m.prefix, r.ID), Class: r.Dir, Mark: mark(r.Dir),
		Title: recordTitle(m.c, r, messages), Sub: fmt.Sprintf("record %d, %d bytes, +%.1f ms, %s", r.ID, r.At.Len, float64(r.TUS)/1000, recordWords(r))}
	class := ""
	if r.Protected {
		class = "enc"
	}
	c.Blocks = append(c.Blocks, m.tree(c.ID, "on the wire", class, without(r.Fields, "rec.fragment", messages), m.c.Slice(r.At), nil))
	if r.AEAD != nil && r.AEAD.IV == "" {
		c.Blocks = append(c.Blocks, block{ID: c.ID + "-decryption", Title: "decryption",
			Text: fmt.Sprintf("%s with %s, iv %s, record number %d in the MAC", escape(r.AEAD.Name), secretLabel(r.AEAD.Key), hexOut(r.AEAD.Nonce), r.Seq)})
	} else if r.AEAD != nil {
		c.Blocks = append(c.Blocks, block{ID: c.ID + "-decryption", Title: "decryption",
			Text: fmt.Sprintf("%s with %s, nonce = iv ⊕ %d = %s, additional data %x", escape(r.AEAD.Name), secretLabel(r.AEAD.Key), r.Seq, hexOut(r.AEAD.Nonce), []byte(r.AEAD.AAD))})
	}
	for _, msg := range messages {
		b := m.message(msg)
		if r.Inner != nil {
			b.Class = "dec"
		}
		c.Blocks = append(c.Blocks, b)
	}
	if r.Inner != nil {
		c.Blocks = append(c.Blocks, m.inside(c.ID, r, messages))
	}
	return c
}

// without leaves out the field that holds handshake messages, if they are shown
// for themselves: all of them came whole in this record.
func without(fields []dissect.Field, kind dissect.Kind, messages []*Message) []dissect.Field {
	total := 0
	for _, msg := range messages {
		if len(msg.At) == 1 {
			total += msg.Len
		}
	}
	return slices.DeleteFunc(slices.Clone(fields), func(f dissect.Field) bool { return f.Kind == kind && f.Len == total })
}

// recordTitle names a record by the messages in it.
func recordTitle(c *Connection, r *Record, messages []*Message) string {
	var names []string
	for _, msg := range messages {
		names = append(names, escape(msg.Name))
	}
	if len(names) > 0 {
		return strings.Join(names, ", ")
	}
	typ := r.Type
	if r.Inner != nil {
		typ = r.Inner.Type
	}
	switch {
	case typ == typeAlert && (r.Inner != nil || !r.Protected):
		content := c.Slice(Span{r.At.Buf, r.At.Off + 5, 2})
		if r.Inner != nil {
			content = c.Slice(Span{r.Inner.Buf, r.Inner.Off, 2})
		}
		if name := alertName(content); name != "" {
			return "alert " + escape(name)
		}
		return "alert"
	case typ == typeHandshake:
		return "part of a handshake message"
	case typ == typeCCS:
		return "change_cipher_spec"
	case r.Protected && r.Inner == nil:
		return "encrypted"
	}
	return "application data"
}

// inside is the plaintext of a record.
func (m *composer) inside(id string, r *Record, messages []*Message) block {
	inner := m.c.Slice(r.Inner.Span)
	if inner == nil {
		return block{ID: id + "-inner", Title: "decrypted", Text: byteCount(r.Inner.Len) + ", taken out of this page"}
	}
	tree := dissect.Inner(inner)
	if len(r.aad()) != 5 {
		tree = dissect.Field{Fields: []dissect.Field{{ID: "content", Kind: "inner.content", Len: len(inner)}}}
		if len(inner) == 0 {
			tree.Fields = nil
		}
	}
	title := "decrypted"
	if len(messages) > 0 {
		title = "behind the message"
	}
	b := m.tree(id+"-inner", title, "dec", without(tree.Fields, "inner.content", messages), inner, nil)
	if n := r.contentLen(m.c); r.Inner.Type == typeApplication && n > 0 {
		b.Text = "as text: " + quoteData(inner[:min(n, 1024)])
	}
	return b
}

// quoteData is data as text, in quotation marks.
func quoteData(b []byte) string { return `"` + escape(string(b)) + `"` }

// message is a message as a part of a card.
func (m *composer) message(msg *Message) block {
	title := escape(msg.Name)
	if len(msg.At) > 1 {
		title += fmt.Sprintf(", out of %d records", len(msg.At))
	}
	b := m.tree(fmt.Sprintf("%sm%d", m.prefix, msg.ID), title, "", msg.Fields, m.c.Bytes(msg), msg)
	if t := msg.Transcript; t != nil {
		b.Transcript = fmt.Sprintf("transcript hash: %s(%s) = %x", escape(t.Hash), transcriptWords(m.c, msg.ID), []byte(t.After))
	}
	if msg.Reason != "" {
		b.Text = escape(msg.Reason)
	}
	return b
}

// messageCard is a message that came in no record.
func (m *composer) messageCard(msg *Message) card {
	c := card{ID: fmt.Sprintf("%sm%d-card", m.prefix, msg.ID), Class: msg.Dir, Mark: mark(msg.Dir), Title: escape(msg.Name), Sub: byteCount(msg.Len)}
	if msg.Synthetic {
		c.Mark, c.Class, c.Text = "not sent", "keys", "This message was not on the wire."
	}
	c.Blocks = []block{m.message(msg)}
	return c
}

// tree is bytes with their fields: each leaf is one span and one row.
func (m *composer) tree(id, title, class string, fields []dissect.Field, b []byte, in *Message) block {
	out := block{ID: id, Title: title, Class: class}
	if id[len(m.prefix)] == 'r' && title == "on the wire" {
		out.ID = id + "-wire"
	}
	root := dissect.Field{Fields: fields}
	for leaf := range root.Leaves() {
		if raw := cutBytes(b, leaf.Off, leaf.Len); raw != nil {
			out.Spans = append(out.Spans, spanView{anchor(id, leaf.ID), spaced(raw)})
		}
	}
	out.Fields = m.rows(id, fields, in, "")
	return out
}

// anchor is the id of a field's row: "m2.key_share.group".
func anchor(id, field string) string {
	if rest, ok := strings.CutPrefix(field, "extensions."); ok && rest != "length" {
		field = rest
	}
	return id + "." + field
}

// rows are the rows of fields. Words are explained at the first of several of a
// kind; those of certificates, of which there are many, at the end of the page.
func (m *composer) rows(id string, fields []dissect.Field, in *Message, around string) []fieldView {
	var rows []fieldView
	for i := range fields {
		f := &fields[i]
		info := f.Kind.Info()
		v := fieldView{ID: anchor(id, f.ID), Label: info.Label, Fields: m.rows(id, f.Fields, in, info.Label)}
		if f.Kind == "der.header" && around != "" {
			v.Label = "header"
		}
		if f.Leaf() || f.Value.Form != dissect.NoValue {
			v.Value = describe(f, in)
		}
		if v.Value == v.Label {
			v.Value = ""
		}
		if !f.Leaf() {
			v.Reason = escape(f.Reason)
		}
		switch {
		case strings.HasPrefix(string(f.Kind), "der.") || strings.HasPrefix(string(f.Kind), "x509.") || strings.HasPrefix(string(f.Kind), "ocsp."):
			m.words[f.Kind] = true
			v.Word = string(f.Kind)
		case i == 0 || fields[i-1].Kind != f.Kind:
			v.Meaning, v.Ref = info.Meaning, info.Ref
		}
		if f.Kind == "cert.data" && !f.Leaf() {
			v.Fold = "the certificate, " + byteCount(f.Len)
		}
		rows = append(rows, v)
	}
	return rows
}

// exchangeCard is a key exchange.
func (m *composer) exchangeCard(k *KeyExchange) card {
	c := card{ID: fmt.Sprintf("%skx%d", m.prefix, k.ID), Class: "keys", Mark: "keys", Title: "key exchange", Sub: exchangeFormula(m.c, k)}
	row := func(id, label string, value []byte) {
		c.Rows = append(c.Rows, secretView{ID: c.ID + "." + id, Label: label, Out: hexOut(value)})
	}
	row("private", "private key", k.Ours.Private)
	row("public", "public key", k.Ours.Public)
	row("theirs", "peer's public key", k.Theirs)
	row("shared", "shared secret", k.Shared)
	return c
}

func hexOut(b []byte) string {
	if b == nil {
		return "(taken out)"
	}
	return hex.EncodeToString(b)
}

// keysCard is a run of secrets.
func (m *composer) keysCard(n int, ids []string) card {
	c := card{ID: fmt.Sprintf("%sk%d", m.prefix, n), Class: "keys", Mark: "keys", Title: keysTitle(ids), Sub: fmt.Sprintf("key calculation %d", n)}
	for _, id := range ids {
		if s := m.c.FindSecret(id); s != nil {
			c.Rows = append(c.Rows, m.secret(s))
		}
		of := []string{id}
		if id == "key_block" {
			of = []string{"c", "s"}
		}
		for _, base := range of {
			for _, part := range []string{".mac", ".key", ".iv"} {
				if s := m.c.FindSecret(base + part); s != nil {
					c.Rows = append(c.Rows, m.secret(s))
				}
			}
		}
	}
	return c
}

// secret is one step of the key schedule, with links to its inputs.
func (m *composer) secret(s *Secret) secretView {
	v := secretView{ID: m.prefix + "s." + s.ID, Label: secretLabel(s.ID), Out: hexOut(s.Out), Command: Command(m.c, s)}
	text := func(t string) { v.How = append(v.How, linkView{Text: t}) }
	link := func(id string) { v.How = append(v.How, m.input(id)) }
	switch s.Op {
	case OpExtract:
		text("HKDF-Extract(salt ")
		link(s.Salt)
		text(", ikm ")
		link(s.IKM)
		text(")")
	case OpExpandLabel, OpPRF:
		text(map[string]string{OpExpandLabel: "HKDF-Expand-Label(", OpPRF: "PRF("}[s.Op])
		link(s.Secret)
		text(", " + quote(s.Label) + ", ")
		if s.Context != nil && s.Context.TranscriptAfter != nil {
			id := *s.Context.TranscriptAfter
			v.How = append(v.How, linkView{"transcript after " + escape(m.c.Messages[id].Name), fmt.Sprintf("%sm%d", m.prefix, id)})
		} else {
			text(contextWords(s))
		}
		text(fmt.Sprintf(", %d)", s.Len))
	case OpSlice:
		link(s.Secret)
		text(fmt.Sprintf("[%d:%d]", s.Off, s.Off+s.Len))
	default:
		text(formula(m.c, s))
	}
	return v
}

// input is a link to where a value came from.
func (m *composer) input(id string) linkView {
	v := linkView{Text: secretLabel(id)}
	if n, ok := strings.CutPrefix(id, "shared_"); ok {
		v.Href = m.prefix + "kx" + n
	} else if m.c.FindSecret(id) != nil {
		v.Href = m.prefix + "s." + id
	}
	return v
}

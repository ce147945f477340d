package trace

import (
	"encoding/hex"
	"fmt"
	"math"
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
		Title: recordTitle(m.c, r, messages), Sub: fmt.Sprintf("record %d, %s", r.ID, recordWords(r)),
		When: m.c.when(r), Size: byteCount(r.At.Len), Locked: r.Protected}
	wire := m.tree(c.ID, "on the wire", without(r.Fields, "rec.fragment", messages), m.c.Slice(r.At), m.most(r), nil)
	if r.Protected {
		wire.Class, wire.Title = "enc", "on the wire, encrypted"
	}
	c.Blocks = append(c.Blocks, wire)
	if r.AEAD != nil {
		c.Blocks = append(c.Blocks, m.decryption(c.ID, r))
	}
	for _, msg := range messages {
		b := m.message(msg)
		if r.Inner != nil {
			b.Class, b.Title = "dec", b.Title+", decrypted"
		}
		c.Blocks = append(c.Blocks, b)
	}
	if r.Inner != nil {
		c.Blocks = append(c.Blocks, m.inside(c.ID, r, messages))
	}
	if kind := recordKind(r); len(messages) == 0 && kind != "" {
		c.Meaning = kind.Info().Meaning
	}
	return c
}

// recordKind is what a record is that holds no message: an alert or a
// change_cipher_spec.
func recordKind(r *Record) dissect.Kind {
	switch typ := r.trueType(); {
	case typ == typeCCS:
		return "ccs"
	case typ == typeAlert && (r.Inner != nil || !r.Protected):
		return "alert"
	}
	return ""
}

// trueType is the content type of a record, that inside it where it is open.
func (r *Record) trueType() uint8 {
	if r.Inner != nil {
		return r.Inner.Type
	}
	return r.Type
}

// most is how many bytes of a field are shown: of application data, fewer.
func (m *composer) most(r *Record) int {
	if r.trueType() == typeApplication {
		return m.o.AppData
	}
	return math.MaxInt
}

// decryption is how a record was opened.
func (m *composer) decryption(id string, r *Record) block {
	b := block{ID: id + "-decryption", Title: "decryption", Command: openCommand(m.c, r, mostInCommand)}
	say := func(t string) { b.How = append(b.How, linkView{Text: t}) }
	say(escape(r.AEAD.Name) + " with ")
	b.How = append(b.How, m.input(r.AEAD.Key))
	if r.AEAD.IV == "" {
		say(fmt.Sprintf(", iv %s, record number %d in the MAC", hexOut(r.AEAD.Nonce), r.Seq))
		return b
	}
	say(", nonce = ")
	b.How = append(b.How, m.input(r.AEAD.IV))
	say(fmt.Sprintf(" ⊕ record number %d = %s, additional data %x", r.Seq, hexOut(r.AEAD.Nonce), []byte(r.AEAD.AAD)))
	return b
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
		return block{ID: id + "-inner", Title: "decrypted", Note: byteCount(r.Inner.Len) + ", taken out of this page"}
	}
	tree := dissect.Inner(inner)
	if len(r.aad()) != 5 {
		tree = dissect.Field{Fields: []dissect.Field{{ID: "content", Kind: "inner.content", Len: len(inner)}}}
		if len(inner) == 0 {
			tree.Fields = nil
		}
	}
	b := m.tree(id+"-inner", "decrypted", without(tree.Fields, "inner.content", messages), inner, m.most(r), nil)
	b.Class = "dec"
	if len(messages) > 0 {
		b.Title = "behind the message"
	}
	if n := r.contentLen(m.c); r.Inner.Type == typeApplication && n > 0 && m.o.AppData > 0 {
		b.Text = quoteData(inner[:min(n, m.o.AppData)])
	}
	return b
}

// quoteData is data as text, in quotation marks.
func quoteData(b []byte) string { return `"` + escape(string(b)) + `"` }

// message is a message as a part of a card.
func (m *composer) message(msg *Message) block {
	title := escape(msg.Name) + ", " + byteCount(msg.Len)
	if len(msg.At) > 1 {
		title += fmt.Sprintf(" out of %d records", len(msg.At))
	}
	b := m.tree(fmt.Sprintf("%sm%d", m.prefix, msg.ID), title, msg.Fields, m.c.Bytes(msg), math.MaxInt, msg)
	if t := msg.Transcript; t != nil {
		b.Transcript, b.Hash = fmt.Sprintf("%s(%s) =", escape(t.Hash), transcriptWords(m.c, msg.ID)), hexOut(t.After)
		b.HashCommand = transcriptCommand(m.c, msg.ID, mostInCommand)
	}
	b.How, b.Command = m.proof(msg), finishedCommand(m.c, msg)
	if info := dissect.MessageKind(m.c.Bytes(msg)).Info(); info.Meaning != "" {
		b.Words = &wordView{Meaning: info.Meaning, Ref: info.Ref}
	}
	b.Note = escape(msg.Reason)
	return b
}

// messageCard is a message that came in no record.
func (m *composer) messageCard(msg *Message) card {
	c := card{ID: fmt.Sprintf("%sm%d-card", m.prefix, msg.ID), Class: msg.Dir, Mark: mark(msg.Dir), Title: escape(msg.Name), Sub: "not in a record", Size: byteCount(msg.Len)}
	if msg.Synthetic {
		c.Mark, c.Class, c.Meaning = "not sent", "keys", "This message was not on the wire."
	}
	c.Blocks = []block{m.message(msg)}
	return c
}

// tree is bytes with their fields: each leaf is one span and one row. No more
// than that many bytes of one leaf are shown.
func (m *composer) tree(id, title string, fields []dissect.Field, b []byte, most int, in *Message) block {
	out := block{ID: id, Title: title}
	if id[len(m.prefix)] == 'r' && title == "on the wire" {
		out.ID = id + "-wire"
	}
	root := dissect.Field{Fields: fields}
	var pane hexPane
	for leaf := range root.Leaves() {
		if raw := cutBytes(b, leaf.Off, leaf.Len); raw != nil {
			text, after := pane.leaf(leaf.Off, raw, most)
			out.Spans = append(out.Spans, spanView{anchor(id, leaf.ID), text, after})
		}
	}
	out.Offsets = pane.offsets.String()
	out.Fields = m.rows(id, fields, b, in, "")
	return out
}

// hexPane lays bytes out in lines, with a column of offsets beside them.
type hexPane struct {
	offsets strings.Builder
	column  int
}

// leaf is the bytes of a leaf, broken into lines, and what comes behind it.
func (p *hexPane) leaf(off int, b []byte, most int) (text, after string) {
	const lineLen = 16
	var out strings.Builder
	shown := b[:min(len(b), most)]
	for i, v := range shown {
		if p.column == 0 {
			fmt.Fprintf(&p.offsets, "%04x\n", off+i)
		}
		out.WriteString(after + hex.EncodeToString([]byte{v}))
		after = " "
		if p.column++; p.column == lineLen {
			p.column, after = 0, "\n"
		}
	}
	if len(shown) < len(b) {
		if after = fmt.Sprintf("… %d more\n", len(b)-len(shown)); len(shown) > 0 || p.column > 0 {
			after = "\n" + after
		}
		p.column = 0
		p.offsets.WriteByte('\n')
	}
	return out.String(), after
}

// anchor is the id of a field's row: "m2.key_share.group". What is in a
// certificate has a short one, for there is much: "m3.cert0.tbs.issuer".
func anchor(id, field string) string {
	if rest, ok := strings.CutPrefix(field, "extensions."); ok && rest != "length" {
		field = rest
	}
	if rest, ok := strings.CutPrefix(field, "certificate_list."); ok {
		if n, inside, ok := strings.Cut(rest, ".certificate."); ok {
			if rest, ok := strings.CutPrefix(inside, "tbsCertificate."); ok {
				inside = "tbs." + rest
			}
			field = "cert" + strings.TrimSuffix(n, ".cert_data") + "." + inside
		}
	}
	return id + "." + field
}

// rows are the rows of fields. A word is explained at the first of several of a
// kind. Words that come again and again are explained once, and those of
// certificates at the end of the page, where the rows link to.
func (m *composer) rows(id string, fields []dissect.Field, b []byte, in *Message, around string) []fieldView {
	var rows []fieldView
	for i := range fields {
		f := &fields[i]
		info := f.Kind.Info()
		v := fieldView{ID: anchor(id, f.ID), Off: fmt.Sprintf("%04x", f.Off), Label: info.Label, Fields: m.rows(id, f.Fields, b, in, info.Label)}
		if f.Kind == "der.header" && around != "" {
			v.Label = "header"
		}
		if f.Leaf() || f.Value.Form != dissect.NoValue {
			v.Value = describe(f, in)
		}
		if v.Value == v.Label {
			v.Value = ""
		}
		if f.Leaf() {
			v.Hex = shortHex(cutBytes(b, f.Off, f.Len))
		} else {
			v.Size, v.Reason = byteCount(f.Len), escape(f.Reason)
		}
		switch {
		case f.Kind == "der.header" && m.words[f.Kind]: // which says all, and is at every element
		case inCertificate(f.Kind) || m.words[f.Kind] && common(f.Kind):
			m.words[f.Kind] = true
			v.Word = string(f.Kind)
		case i > 0 && fields[i-1].Kind == f.Kind, strings.HasSuffix(string(f.Kind), ".length") && !common(f.Kind): // which says all
		default:
			m.words[f.Kind] = common(f.Kind)
			v.Meaning, v.Ref = info.Meaning, info.Ref
		}
		if f.Kind == "cert.data" && !f.Leaf() {
			v.Fold = "the certificate, " + byteCount(f.Len)
		}
		rows = append(rows, v)
	}
	return rows
}

// inCertificate reports whether a field is of a certificate, which has many.
func inCertificate(k dissect.Kind) bool {
	return strings.HasPrefix(string(k), "der.") || strings.HasPrefix(string(k), "x509.") || strings.HasPrefix(string(k), "ocsp.")
}

// common reports whether a field is in every record, message or extension.
func common(k dissect.Kind) bool {
	switch k {
	case "hs.type", "hs.length", "ext.type", "ext.length", "exts", "inner.type":
		return true
	}
	return strings.HasPrefix(string(k), "rec.")
}

// shortHex is the bytes of a row: of long ones the start and the end.
func shortHex(b []byte) string {
	if len(b) > 6 {
		return spaced(b[:3]) + " … " + spaced(b[len(b)-2:])
	}
	return spaced(b)
}

func hexOut(b []byte) string {
	if b == nil {
		return "(taken out)"
	}
	return hex.EncodeToString(b)
}

// keysCard is a run of secrets.
func (m *composer) keysCard(n int, ids []string) card {
	c := card{ID: fmt.Sprintf("%sk%d", m.prefix, n), Class: "keys", Mark: "keys", Title: keysTitle(ids), Sub: fmt.Sprintf("key calculation %d", n), Meaning: keysMeaning(keysTitle(ids))}
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
	v := secretView{ID: m.prefix + "s." + s.ID, Label: secretLabel(s.ID), Out: hexOut(s.Out), Meaning: secretMeaning(s.ID), Command: Command(m.c, s)}
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

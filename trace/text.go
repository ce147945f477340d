package trace

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine/dissect"
)

// Layer is a part of the text.
type Layer uint8

// The layers.
const (
	Records Layer = 1 << iota
	Messages
	Fields
	Keys
	Bytes
	AllLayers Layer = 1<<iota - 1
)

// whole adds what layers stand on: bytes are those of fields, and fields those
// of records and messages.
func (l Layer) whole() Layer {
	if l == 0 {
		return AllLayers
	}
	if l&Bytes != 0 {
		l |= Fields
	}
	if l&Fields != 0 && l&(Records|Messages) == 0 {
		l |= Records | Messages
	}
	return l
}

// HexForm says how much of the bytes text shows.
type HexForm uint8

// The forms.
const (
	ShortHex HexForm = iota // long ranges as their start and end
	FullHex                 // every byte, 16 to a line
	NoHex
)

// TextOptions says how to write a trace as text. The zero TextOptions writes
// everything, short.
type TextOptions struct {
	Layers   Layer  // 0 is all
	Message  string // only this message, by name or number; "" for all
	Hex      HexForm
	Explain  bool // a sentence under each field
	Commands bool // lines for a shell that compute each value again
	AppData  int  // bytes of application data; 0 is 256, less is none
	ASCII    bool // no characters outside ASCII
	Color    bool // ANSI colours
}

// Text writes a trace for a terminal. All that peers chose is escaped.
func Text(w io.Writer, t *Trace, o TextOptions) error {
	o.Layers = o.Layers.whole()
	o.AppData = dataShown(o.AppData)
	p := &printer{o: o}
	for i, c := range t.Connections {
		if i > 0 {
			p.line("")
		}
		p.connection(c, len(t.Connections) > 1)
	}
	out := p.out.Bytes()
	if o.ASCII {
		out = ascii(out)
	}
	_, err := w.Write(out)
	return err
}

// dataShown is how many bytes of application data are shown.
func dataShown(n int) int {
	if n == 0 {
		return 256
	}
	return max(n, 0)
}

// TextTree writes a tree of package dissect, and the bytes b that it is of: one
// line for each leaf.
func TextTree(w io.Writer, tree *dissect.Field, b []byte, o TextOptions) error {
	if o.Layers == 0 {
		o.Layers = AllLayers
	}
	p := &printer{o: o, c: &Connection{}}
	p.fields(tree.Fields, b, 0, "", nil)
	if tree.Reason != "" {
		p.line("  ! %s", escape(tree.Reason))
	}
	out := p.out.Bytes()
	if o.ASCII {
		out = ascii(out)
	}
	_, err := w.Write(out)
	return err
}

// A printer writes one trace.
type printer struct {
	o     TextOptions
	c     *Connection
	out   bytes.Buffer
	keys  []string // ids of secrets that wait for their block
	block int      // number of the last block
}

// ANSI colours.
const (
	blue   = "34"
	green  = "32"
	yellow = "33"
	faint  = "2"
	bold   = "1"
)

func (p *printer) color(code, s string) string {
	if !p.o.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p *printer) line(format string, args ...any) {
	p.out.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " "))
	p.out.WriteByte('\n')
}

// blank makes an empty line, unless there is one.
func (p *printer) blank() {
	if !bytes.HasSuffix(p.out.Bytes(), []byte("\n\n")) {
		p.line("")
	}
}

func (p *printer) connection(c *Connection, several bool) {
	p.c, p.keys, p.block = c, nil, 0
	if several {
		p.line("%s", p.color(bold, fmt.Sprintf("connection %d", c.ID)))
	}
	if s := Summarize(c); s != nil {
		p.line("%s", p.summary(s))
	}
	for _, n := range c.Notes {
		p.line("note: %s", escape(n))
	}
	for i, e := range c.Events {
		if e.Kind == "keys" {
			p.keys = append(p.keys, refString(e.Ref))
			continue
		}
		if e.Kind != "key_exchange" {
			p.keyBlock()
		}
		switch e.Kind {
		case "record":
			p.record(e, p.followers(i))
		case "message":
			p.lone(e)
		}
	}
	p.keyBlock()
}

// summary is one line for the whole connection.
func (p *printer) summary(s *Summary) string {
	parts := []string{s.Version.String(), s.Suite.String(), s.Group.String(), s.Signature.String()}
	if s.ALPN != "" {
		parts = append(parts, "ALPN "+quote(s.ALPN))
	}
	if s.HRR {
		parts = append(parts, "HelloRetryRequest")
	}
	if s.Resumed {
		parts = append(parts, "resumed")
	}
	if s.Alert != "" {
		parts = append(parts, "alert "+escape(s.Alert))
	}
	var all []string
	for _, part := range parts {
		if part != "" {
			all = append(all, part)
		}
	}
	return strings.Join(all, "  ")
}

// followers are the messages that became whole with the record of an event.
func (p *printer) followers(event int) []*Message {
	var all []*Message
	for _, e := range p.c.Events[event+1:] {
		switch e.Kind {
		case "message":
			if m := p.message(e); m != nil && !m.Synthetic {
				all = append(all, m)
			}
		case "record":
			return all
		}
	}
	return all
}

// message is the message of an event, or nil.
func (p *printer) message(e Event) *Message {
	id, err := strconv.Atoi(string(e.Ref))
	if err != nil || id < 0 || id >= len(p.c.Messages) {
		return nil
	}
	return &p.c.Messages[id]
}

// wanted reports whether a message is to be shown.
func (p *printer) wanted(m *Message) bool {
	return p.o.Message == "" || m.is(p.o.Message)
}

// is reports whether a message has that name or number.
func (m *Message) is(want string) bool {
	return strings.EqualFold(want, m.Name) || want == strconv.Itoa(m.ID)
}

// record writes a record, what it holds, and the messages it completes.
func (p *printer) record(e Event, messages []*Message) {
	id, err := strconv.Atoi(string(e.Ref))
	if err != nil || id < 1 || id > len(p.c.Records) {
		return
	}
	r := &p.c.Records[id-1]
	if p.o.Message == "" && p.o.Layers&Records != 0 {
		p.recordHeader(r)
		p.recordFields(r, messages)
	}
	if p.o.Layers&Messages == 0 {
		return
	}
	for _, m := range messages {
		if p.wanted(m) {
			p.showMessage(m, r)
		}
	}
	if p.o.Message == "" && p.o.Layers&Records != 0 {
		p.innerEnd(r)
	}
}

// recordHeader is the line that starts a record.
func (p *printer) recordHeader(r *Record) {
	arrow, colour := "▶", blue
	if r.Dir == S2C {
		arrow, colour = "◀", green
	}
	from, to := dirWords(r.Dir)
	if r.ID > 1 {
		p.blank()
	}
	when := p.c.when(r)
	if when != "" {
		when += "   "
	}
	p.line("%s", p.color(colour, fmt.Sprintf("%s record %-3d %s→%s  %-6s %s%s", arrow, r.ID, from, to, fmt.Sprintf("%d B", r.At.Len), when, recordWords(r))))
}

// when is the time of a record since the start, "" if nobody looked at a clock.
func (c *Connection) when(r *Record) string {
	if c.Started == nil {
		return ""
	}
	return fmt.Sprintf("+%.1f ms", float64(r.TUS)/1000)
}

// recordFields are the fields of a record itself. The fragment of one that
// holds handshake messages is shown as those.
func (p *printer) recordFields(r *Record, messages []*Message) {
	if p.o.Layers&Fields == 0 {
		return
	}
	wire := p.c.Slice(r.At)
	if r.Protected && len(r.Fields) >= 3 && r.Fields[2].Kind == "rec.length" {
		p.row("", 0, cutBytes(wire, 0, 5), "header = AAD", fmt.Sprintf("type %d, %s follow", r.Type, byteCount(int(r.Fields[2].Value.Num))))
		p.fields(r.Fields[3:], wire, 0, "", nil)
	} else {
		for i := range r.Fields {
			if r.Fields[i].Kind == "rec.fragment" && r.Type == typeHandshake && len(messages) > 0 {
				continue
			}
			p.fields(r.Fields[i:i+1], wire, 0, "", nil)
		}
	}
	if r.AEAD != nil && r.AEAD.IV == "" {
		p.line("  %s", p.color(yellow, fmt.Sprintf("⬇ %s, iv %s, record %d", escape(r.AEAD.Name), p.value(r.AEAD.Nonce), r.Seq)))
	} else if r.AEAD != nil {
		p.line("  %s", p.color(yellow, fmt.Sprintf("⬇ %s, key %s, nonce iv ⊕ %d = %s", escape(r.AEAD.Name), strings.TrimSuffix(secretLabel(strings.TrimSuffix(r.AEAD.Key, ".key")), " traffic"), r.Seq, p.value(r.AEAD.Nonce))))
	}
	if p.o.Commands {
		p.command(openCommand(p.c, r, math.MaxInt))
	}
	if r.Inner != nil {
		p.content(r)
	}
}

// content is what a record holds that is no handshake message.
func (p *printer) content(r *Record) {
	inner := p.c.Slice(r.Inner.Span)
	switch n := r.contentLen(p.c); {
	case r.Inner.Type == typeHandshake:
	case inner == nil:
		p.line("  %s (redacted)", byteCount(r.Inner.Len))
	case r.Inner.Type == typeAlert && n == 2:
		tree := dissect.Alert(inner[:2])
		p.fields(tree.Fields, inner[:2], 0, "+", nil)
	case n > 0:
		shown := min(n, p.o.AppData)
		more := ""
		if shown < n {
			more = fmt.Sprintf(" and %d more", n-shown)
		}
		p.row("+", 0, inner[:n], "content", byteCount(n))
		p.line("         %q%s", escapeBytes(inner[:shown]), more)
	}
}

// escapeBytes shows data that may be text.
func escapeBytes(b []byte) rawText { return rawText(escape(string(b))) }

// rawText is text that was escaped: %q only puts it in quotation marks.
type rawText string

// Format writes the text in quotation marks.
func (s rawText) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, `"%s"`, strings.ReplaceAll(string(s), `"`, `\"`))
}

// innerEnd is the type and the padding behind the content of a record.
func (p *printer) innerEnd(r *Record) {
	if r.Inner == nil || p.o.Layers&Fields == 0 {
		return
	}
	inner := p.c.Slice(r.Inner.Span)
	n := r.contentLen(p.c)
	if inner == nil || n >= len(inner) {
		return
	}
	tree := dissect.Inner(inner)
	for i := range tree.Fields {
		if f := &tree.Fields[i]; f.Kind == "inner.type" {
			padding := "no padding"
			if r.Inner.Padding > 0 {
				padding = byteCount(r.Inner.Padding) + " of padding"
			}
			p.row("+", f.Off, inner[f.Off:f.Off+1], f.Kind.Info().Label, describe(f, nil)+", "+padding)
		}
	}
}

// contentLen is how many bytes of content a decrypted record has.
func (r *Record) contentLen(c *Connection) int {
	n := r.Inner.Len - r.Inner.Padding
	if len(r.aad()) == 5 {
		n-- // the type of TLS 1.3
	}
	return max(n, 0)
}

// aad is the additional data of a record, or nil.
func (r *Record) aad() []byte {
	if r.AEAD == nil {
		return nil
	}
	return r.AEAD.AAD
}

// lone writes a message that came in no record.
func (p *printer) lone(e Event) {
	m := p.message(e)
	if m == nil || !p.wanted(m) || p.o.Layers&Messages == 0 || len(m.At) == 0 || p.fromRecords(m) {
		return
	}
	from, to := dirWords(m.Dir)
	what := "not sent"
	if !m.Synthetic {
		what = fmt.Sprintf("%s→%s", from, to)
	}
	p.line("%s", p.color(yellow, fmt.Sprintf("· message %d  %s  %d B", m.ID, what, m.Len)))
	p.showMessage(m, nil)
}

// fromRecords reports whether the bytes of a message are those of records.
func (p *printer) fromRecords(m *Message) bool {
	s := m.At[0]
	return s.Buf >= 0 && s.Buf < len(p.c.Buffers) && (p.c.Buffers[s.Buf].Kind == KindWire || p.c.Buffers[s.Buf].Kind == KindInner)
}

// showMessage writes a message. r is the record that completed it, or nil.
func (p *printer) showMessage(m *Message, r *Record) {
	name := escape(m.Name)
	if m.Incomplete {
		name += " (incomplete)"
	}
	if len(m.At) > 1 {
		name += fmt.Sprintf("  %d bytes out of %d records; offsets are those of the message", m.Len, len(m.At))
	}
	p.line("  %s", p.color(bold, name))
	if info := dissect.MessageKind(p.c.Bytes(m)).Info(); p.o.Explain && info.Meaning != "" {
		p.line("        %s", p.color(faint, info.Meaning+" "+parenthesis(info.Ref)))
	}
	base, mark := 0, "m"
	if len(m.At) == 1 && r != nil {
		base, mark = m.At[0].Off-r.At.Off, ""
		if r.Inner != nil {
			base, mark = m.At[0].Off, "+"
		}
	}
	msg := p.c.Bytes(m)
	if p.o.Layers&Fields != 0 {
		p.fields(m.Fields, msg, base, mark, m)
	}
	if m.Reason != "" {
		p.line("  ! %s", escape(m.Reason))
	}
	p.command(explainCommand(msg))
	p.command(finishedCommand(p.c, m))
	if t := m.Transcript; t != nil && p.o.Layers&Keys != 0 {
		p.line("  %s", p.color(faint, fmt.Sprintf("transcript  %s(%s) = %s", escape(t.Hash), transcriptWords(p.c, m.ID), p.value(t.After))))
		p.command(transcriptCommand(p.c, m.ID, maxTranscript))
	}
}

// ascii replaces the characters outside ASCII that text uses.
func ascii(b []byte) []byte {
	out := strings.NewReplacer("▶", ">", "◀", "<", "→", "->", "…", "...", "‖", "||", "⊕", "^", "⬇", "v", "±", "*", "·", "-").Replace(string(b))
	return []byte(strings.Map(func(r rune) rune {
		if r > 0x7e {
			return '?'
		}
		return r
	}, out))
}

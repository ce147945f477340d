package trace

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine/dissect"
)

// fields writes the leaves of trees, those of extensions and lists indented.
func (p *printer) fields(fields []dissect.Field, b []byte, base int, mark string, m *Message) {
	for i := range fields {
		p.field(&fields[i], b, base, mark, m, 0, "")
	}
}

// field writes the leaves of a tree. around is the kind of the field around
// it, which is what the header of a DER element belongs to.
func (p *printer) field(f *dissect.Field, b []byte, base int, mark string, m *Message, depth int, around dissect.Kind) {
	if !f.Leaf() {
		if f.Reason != "" {
			p.line("  ! %s: %s", escape(f.Kind.Info().Label), escape(f.Reason))
		}
		for i := range f.Fields {
			in := depth
			if i > 0 && indents(f.Kind) {
				in++
			}
			p.field(&f.Fields[i], b, base, mark, m, in, f.Kind)
		}
		return
	}
	info := f.Kind.Info()
	if f.Kind == "der.header" && around != "" {
		info = around.Info()
	}
	label := strings.Repeat("  ", min(depth, 6)) + info.Label
	p.row(mark, base+f.Off, cutBytes(b, f.Off, f.Len), label, describe(f, m))
	if p.o.Explain {
		p.line("        %s", p.color(faint, strings.TrimSpace(info.Meaning+" "+parenthesis(info.Ref))))
	}
}

// indents reports whether what is inside a field stands deeper than its first
// line. Lists at the top of a message do not: their rows are many.
func indents(k dissect.Kind) bool {
	for _, prefix := range []string{"ext.", "der.", "x509.", "ocsp.", "ech.", "sct", "quic.", "dn"} {
		if strings.HasPrefix(string(k), prefix) {
			return true
		}
	}
	return k == "ext"
}

func parenthesis(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// cutBytes is a run of bytes, or nil if they are not there.
func cutBytes(b []byte, off, n int) []byte {
	if off < 0 || n < 0 || off > len(b) || n > len(b)-off {
		return nil
	}
	return b[off : off+n]
}

// Widths of the columns of bytes and of labels.
const (
	hexWidth   = 25
	labelWidth = 21
)

// row writes one line: offset, bytes, label, value.
func (p *printer) row(mark string, off int, b []byte, label, value string) {
	at := fmt.Sprintf("%s%04x", mark, off)
	if len(label) > labelWidth {
		label += " " // so that a long one stands apart from its value
	}
	if p.o.Hex == NoHex || p.o.Layers&Bytes == 0 {
		p.line("  %-5s  %-*s %s", at, labelWidth, label, value)
		return
	}
	full := spaced(b)
	if p.o.Hex == ShortHex && len(b) > 8 {
		full = spaced(b[:3]) + " … " + spaced(b[len(b)-3:])
	}
	if len(b) <= 8 || p.o.Hex == ShortHex {
		p.line("  %s  %s%s %-*s %s", at, full, strings.Repeat(" ", max(0, hexWidth-width(full)-len(mark)-1)), labelWidth, label, value)
		return
	}
	p.line("  %s  %s %-*s %s", at, strings.Repeat(" ", hexWidth-len(mark)-1), labelWidth, label, value)
	for i := 0; i < len(b); i += 16 {
		p.line("        %s", spaced(b[i:min(i+16, len(b))]))
	}
}

// width is how many columns a string takes: the only character in it outside
// ASCII is the ellipsis.
func width(s string) int { return len(s) - strings.Count(s, "…")*(len("…")-1) }

func spaced(b []byte) string {
	var s strings.Builder
	for i, v := range b {
		if i > 0 {
			s.WriteByte(' ')
		}
		s.WriteString(hex.EncodeToString([]byte{v}))
	}
	return s.String()
}

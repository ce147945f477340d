package trace

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape makes text of a peer's choosing harmless: control characters, marks
// that turn the direction of writing, and what is no UTF-8 are written as
// \x1b and \u202e.
func escape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&out, `\x%02x`, s[i])
		case r < 0x80 && unicode.IsControl(r):
			fmt.Fprintf(&out, `\x%02x`, r)
		case r == '\\':
			out.WriteString(`\\`)
		case r != ' ' && !unicode.IsPrint(r):
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteString(s[i : i+n])
		}
		i += n
	}
	return out.String()
}

// quote is text from outside in quotation marks, escaped and cut.
func quote(s string) string {
	if len(s) > 80 {
		s = s[:80] + "…"
	}
	return `"` + escape(s) + `"`
}

// Package text is how the commands write for people: peers' strings made
// harmless, sizes and times, colours, and ASCII where nothing else is shown.
package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes a string that a peer chose harmless to print: control
// characters, marks that turn text around, and bytes that are not UTF-8 are
// written as escapes, and a backslash is doubled.
func Clean(s string) string {
	if !strings.ContainsFunc(s, unsafe) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\\':
			b.WriteString(`\\`)
		case !unsafe(r):
			b.WriteRune(r)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += n
	}
	return b.String()
}

func unsafe(r rune) bool {
	return r == '\\' || r == utf8.RuneError || !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r)
}

// Bytes is Clean for bytes, at most so many of them; what was left out is
// said by an ellipsis.
func Bytes(b []byte, most int) string {
	if len(b) > most {
		return Clean(string(b[:most])) + "…"
	}
	return Clean(string(b))
}

// stand are what stands for the characters that this program itself uses.
var stand = strings.NewReplacer(
	"─", "-", "│", "|", "├", "|", "┤", "|", "▶", ">", "◀", "<", "…", "...", "·", "-", "→", "->", "←", "<-",
	"✓", "ok", "✗", "x", "µ", "u", "±", "+", "“", `"`, "”", `"`, "–", "-", "‖", "||",
)

// ASCII writes s without characters outside ASCII.
func ASCII(s string) string {
	s = stand.Replace(s)
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}

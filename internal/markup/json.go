package markup

import (
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON makes a JSON document harmless to print, and to have in a page: what is
// neither ASCII nor printable, such as marks that turn text around, can only be
// within strings, and becomes an escape there. encoding/json has escaped the
// control characters of ASCII, but for DEL.
func JSON(doc []byte) []byte {
	var out []byte // nil as long as nothing was escaped
	done := 0
	for i := 0; i < len(doc); {
		if doc[i] < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(doc[i:])
		if r == utf8.RuneError || !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) {
			out = append(out, doc[done:i]...)
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			done = i + n
		}
		i += n
	}
	if done == 0 {
		return doc
	}
	return append(out, doc[done:]...)
}

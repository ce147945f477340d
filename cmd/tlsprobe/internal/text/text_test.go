package text

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestCleanEscapesWhatAPeerCouldDoToATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, Größe":  "plain text, Größe",
		"\x1b[31mred":        `\x1b[31mred`,
		"a\x00b\r\n":         `a\x00b\x0d\x0a`,
		"abc\u202egnp":       `abc\u202egnp`,
		"\xff\xfe":           `\xff\xfe`,
		`C:\x1b`:             `C:\\x1b`,
		"\u200bzero\ufeff":   `\u200bzero\ufeff`,
		"\U000e0041":         `\U000e0041`,
		"\u2028line":         `\u2028line`,
		"\ufffd replacement": `\ufffd replacement`,
	} {
		require.Equal(t, want, Clean(in))
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b]0;title\x07")
	f.Add("a\u202eb\xffc")
	f.Fuzz(func(t *testing.T, s string) {
		out := Clean(s)
		require.True(t, utf8.ValidString(out))
		require.False(t, strings.ContainsFunc(out, func(r rune) bool { return r != '\\' && unsafe(r) }), "%q", out)
	})
}

func TestASCIIHasNothingElse(t *testing.T) {
	require.Equal(t, `|-> ok - ... Gr\u00f6\U0001f512`, ASCII("│→ ✓ · … Grö🔒"))
}

func TestNumbersAndTimes(t *testing.T) {
	require.Equal(t, "0", Count(0))
	require.Equal(t, "999", Count(999))
	require.Equal(t, "1 431", Count(1431))
	require.Equal(t, "12 345 678", Count(12345678))
	require.Equal(t, "1 byte", Plural(1, "byte"))
	require.Equal(t, "2 bytes", Plural(2, "byte"))
	require.Equal(t, "0.1 ms", Took(100*time.Microsecond))
	require.Equal(t, "15 ms", Took(15*time.Millisecond))
	require.Equal(t, "1.2 s", Took(1200*time.Millisecond))
	require.Equal(t, "7 days", Span(7*24*time.Hour))
	require.Equal(t, "2 hours", Span(2*time.Hour))
	require.Equal(t, "90 seconds", Span(90*time.Second))
	require.Equal(t, "1 day", Span(24*time.Hour))
	require.Equal(t, "0 seconds", Span(0))
}

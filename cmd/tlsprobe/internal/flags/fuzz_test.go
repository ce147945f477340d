package flags

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A config file is read line by line, or is an error.
func FuzzConfigFile(f *testing.F) {
	f.Add("# comment\n\nname = value\n--other=a = b\r\n")
	f.Add("name\n=\n= x")
	f.Fuzz(func(t *testing.T, content string) {
		lines, err := ParseFile("fuzz", content)
		if err != nil {
			require.Empty(t, lines)
			return
		}
		for _, l := range lines {
			require.LessOrEqual(t, l.Number, 1+strings.Count(content, "\n"))
			require.Equal(t, strings.TrimSpace(l.Value), l.Value)
		}
	})
}

// Package docs tests the documents beside it.
package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lines are the lines of a text, without their indentation.
func lines(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(strings.TrimSpace(line) + "\n")
	}
	return out.String()
}

// Code that is quoted must be where it says that it is from, where it is
// compiled.
func TestQuotedCodeIsCompiledSomewhere(t *testing.T) {
	block := regexp.MustCompile("(?s)(<!-- from (\\S+) -->\n)?```go\n(.*?)```\n")
	documents, err := filepath.Glob("*.md")
	require.NoError(t, err)
	n := 0
	for _, name := range documents {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range block.FindAllStringSubmatch(string(text), -1) {
			require.NotEmpty(t, m[2], "%s quotes code that is from nowhere:\n%s", name, m[3])
			source, err := os.ReadFile(filepath.Join("..", m[2]))
			require.NoError(t, err)
			require.Contains(t, lines(string(source)), lines(m[3]), name)
			n++
		}
	}
	require.NotZero(t, n)
}

// Links to files must lead somewhere.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, pattern := range []string{"*.md", "../*.md"} {
		documents, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range documents {
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			for _, m := range link.FindAllStringSubmatch(string(text), -1) {
				_, err := os.Stat(filepath.Join(filepath.Dir(name), m[1]))
				require.NoError(t, err, "%s: %s", name, m[1])
			}
		}
	}
}

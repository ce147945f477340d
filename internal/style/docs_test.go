package style

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// testNames are the tests, fuzz targets and benchmarks of all modules here.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := make(map[string]bool)
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w*)\(`)
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range declared.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	require.NoError(t, err)
	return names
}

// documents are the pages that name tests.
func documents(t *testing.T) map[string]string {
	t.Helper()
	pages := make(map[string]string)
	list, err := filepath.Glob(filepath.Join(top, "docs", "*.md"))
	require.NoError(t, err)
	for _, name := range list {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		pages[filepath.Base(name)] = string(text)
	}
	return pages
}

// TestTestsThatDocumentsNameExist.
func TestTestsThatDocumentsNameExist(t *testing.T) {
	names := testNames(t)
	require.Greater(t, len(names), 500)
	mention := regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w*`)
	pages := documents(t)
	require.Contains(t, pages, "attacks.md")
	require.Contains(t, pages, "limits.md")
	for page, text := range pages {
		for _, name := range mention.FindAllString(text, -1) {
			if !names[name] {
				t.Errorf("docs/%s names %s, which is not there", page, name)
			}
		}
	}
}

// TestEveryAttackHasATest: each row of the tables names one.
func TestEveryAttackHasATest(t *testing.T) {
	rows := 0
	for _, page := range []string{"attacks.md", "limits.md"} {
		for line := range strings.Lines(documents(t)[page]) {
			cells := strings.Split(strings.TrimSpace(line), " | ")
			if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| limit |") || strings.HasPrefix(line, "| attack |") {
				continue
			}
			rows++
			last := cells[len(cells)-1]
			if !strings.Contains(last, "Test") && !strings.Contains(last, "Fuzz") {
				t.Errorf("docs/%s: no test in: %s", page, line)
			}
		}
	}
	require.Greater(t, rows, 60)
}

// isLimit is how a limit is called.
var isLimit = regexp.MustCompile(`^(Default)?(Max|Min)[A-Z]|^DefaultTickets$|Lifetime`)

// sizes are constants that are called like limits and bound no peer.
var sizes = []string{"cipher.MaxKeySize", "cipher.MaxHashSize", "signature.MaxContent"}

// TestEveryLimitIsListed, in docs/limits.md.
func TestEveryLimitIsListed(t *testing.T) {
	table := documents(t)["limits.md"]
	n := 0
	core(t, func(f file) {
		pkg := f.ast.Name.Name
		if strings.HasPrefix(f.pkg, "internal/") {
			return
		}
		for _, d := range f.ast.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.CONST {
				continue
			}
			for _, spec := range gen.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					full := pkg + "." + name.Name
					if !isLimit.MatchString(name.Name) || slices.Contains(sizes, full) {
						continue
					}
					n++
					if !strings.Contains(table, "`"+full+"`") {
						t.Errorf("%s: docs/limits.md does not list %s, and its test", f.at(name), full)
					}
				}
			}
		}
	})
	require.Greater(t, n, 30)
}

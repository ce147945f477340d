package style

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who reads bytes that others made is named in a test file with a fuzz target:
// of its own package, or with the package's name.
func TestParsersAreFuzzed(t *testing.T) {
	fuzzed := fuzzTests(t)
	for _, f := range sources(t) {
		for _, fn := range f.funcs() {
			if !parses.MatchString(fn.Name.Name) || fn.Recv != nil || !readsBytes(fn) {
				continue
			}
			found := false
			for dir, source := range fuzzed {
				name := f.ast.Name.Name + `\.` + fn.Name.Name
				if dir == f.pkg {
					name = fn.Name.Name
				}
				found = found || regexp.MustCompile(`\b`+name+`\b`).MatchString(source)
			}
			require.Truef(t, found, "%s: no file with a fuzz target names %s", f.at(fn), fn.Name.Name)
		}
	}
}

var (
	parses  = regexp.MustCompile(`^(Parse|Thaw|Read|Load|Decode)($|[A-Z])`)
	targets = regexp.MustCompile(`(?m)^func Fuzz\w+\(\w+ \*testing\.F\)`)
)

// readsBytes reports whether a function has a parameter of bytes or of text.
func readsBytes(fn *ast.FuncDecl) bool {
	for _, p := range fn.Type.Params.List {
		switch typ := p.Type.(type) {
		case *ast.ArrayType:
			if elem, ok := typ.Elt.(*ast.Ident); ok && elem.Name == "byte" {
				return true
			}
		case *ast.Ident:
			if typ.Name == "string" {
				return true
			}
		}
	}
	return false
}

// fuzzTests are the test files with fuzz targets, one after the other, by
// their directory.
func fuzzTests(t *testing.T) map[string]string {
	all := make(map[string]string)
	err := filepath.WalkDir(top, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		source, err := os.ReadFile(name)
		if targets.Match(source) {
			dir, _ := filepath.Rel(top, filepath.Dir(name))
			all[filepath.ToSlash(dir)] += string(source)
		}
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

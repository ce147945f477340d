package style

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/tlsengine/tlsengine"
	top    = "../.."
)

// file is a source file that is no test.
type file struct {
	path string // in the module, with slashes
	pkg  string // the package's directory; "." is the root
	ast  *ast.File
	fset *token.FileSet
}

// source parses the module once.
var source = sync.OnceValues(func() ([]file, error) {
	var files []file
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(top, name)
		rel = filepath.ToSlash(rel)
		switch {
		case err != nil:
			return err
		case d.IsDir() && rel != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || isModule(name)):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go"):
			return nil
		}
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err == nil && !ignored(parsed) {
			files = append(files, file{rel, path.Dir(rel), parsed, fset})
		}
		return err
	})
	return files, err
})

// isModule reports whether a directory below the top is a module of its own.
func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// ignored reports whether a file is never built.
func ignored(f *ast.File) bool {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if expr, err := constraint.Parse(c.Text); err == nil && !expr.Eval(func(tag string) bool { return tag != "ignore" }) {
				return true
			}
		}
	}
	return false
}

func sources(t *testing.T) []file {
	t.Helper()
	files, err := source()
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// core calls a function for each file of the core.
func core(t *testing.T, check func(f file)) {
	t.Helper()
	for _, f := range sources(t) {
		if isCore(f.pkg) {
			check(f)
		}
	}
}

func (f *file) at(n ast.Node) string {
	return f.path + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

func (f *file) imports() (paths []string) {
	for _, spec := range f.ast.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

// funcs are the functions and methods of a file.
func (f *file) funcs() (out []*ast.FuncDecl) {
	for _, d := range f.ast.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			out = append(out, fn)
		}
	}
	return out
}

// receiver is the name of the type that a method is of, or "".
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	t := fn.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}

// exported reports whether others can call a function.
func exported(fn *ast.FuncDecl) bool {
	r := receiver(fn)
	return fn.Name.IsExported() && (r == "" || ast.IsExported(r))
}

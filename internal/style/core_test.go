package style

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNothingRunsByItself: no goroutine, no channel, no init.
func TestNothingRunsByItself(t *testing.T) {
	core(t, func(f file) {
		for _, fn := range f.funcs() {
			if fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: init", f.at(fn))
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a goroutine", f.at(n))
			case *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
				t.Errorf("%s: a channel", f.at(n))
			case *ast.UnaryExpr:
				if x.Op == token.ARROW {
					t.Errorf("%s: a channel", f.at(n))
				}
			}
			return true
		})
	})
}

// TestTimeIsAnInput: the clock is read in one place, the default of a Config.
func TestTimeIsAnInput(t *testing.T) {
	reads := regexp.MustCompile(`^(Now|Since|Until|Sleep|After|AfterFunc|Tick|NewTimer|NewTicker)$`)
	core(t, func(f file) {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && reads.MatchString(sel.Sel.Name) && f.path != "handshake/config.go" {
				t.Errorf("%s: time.%s", f.at(n), sel.Sel.Name)
			}
			return true
		})
	})
}

// TestPackageVariablesAreTables: a package variable has a value from the
// start, and nothing ever assigns to it or to a part of it.
func TestPackageVariablesAreTables(t *testing.T) {
	tables := make(map[string]map[string]bool) // by package
	core(t, func(f file) {
		if tables[f.pkg] == nil {
			tables[f.pkg] = make(map[string]bool)
		}
		for _, d := range f.ast.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				v := spec.(*ast.ValueSpec)
				for _, name := range v.Names {
					if name.Name == "_" {
						continue
					}
					if len(v.Values) == 0 {
						t.Errorf("%s: %s has no value, so something will give it one", f.at(v), name.Name)
					}
					tables[f.pkg][name.Name] = true
				}
			}
		}
	})
	core(t, func(f file) {
		check := func(n ast.Node, what ast.Expr) {
			if id := rootOf(what); id != nil && tables[f.pkg][id.Name] && !f.isLocal(id) {
				t.Errorf("%s: %s is changed", f.at(n), id.Name)
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.AssignStmt:
				for _, l := range x.Lhs {
					if x.Tok != token.DEFINE {
						check(n, l)
					}
				}
			case *ast.IncDecStmt:
				check(n, x.X)
			}
			return true
		})
	})
}

// rootOf is the variable that an assignment changes, or a part of.
func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// isLocal reports whether an identifier is declared in a function.
func (f *file) isLocal(id *ast.Ident) bool {
	return id.Obj != nil && f.ast.Scope.Lookup(id.Name) != id.Obj
}

// TestExportedNamesAreDocumented: types, functions, methods, constants and
// variables; the last two also by what is said of their group.
func TestExportedNamesAreDocumented(t *testing.T) {
	for _, f := range sources(t) {
		if column(f.pkg) < 0 {
			continue
		}
		for _, fn := range f.funcs() {
			if exported(fn) && fn.Doc == nil {
				t.Errorf("%s: %s has no comment", f.at(fn), fn.Name.Name)
			}
		}
		for _, d := range f.ast.Decls {
			if gen, ok := d.(*ast.GenDecl); ok {
				undocumented(gen, func(n ast.Node, name string) { t.Errorf("%s: %s has no comment", f.at(n), name) })
			}
		}
	}
}

func undocumented(gen *ast.GenDecl, report func(ast.Node, string)) {
	for _, spec := range gen.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && s.Doc == nil && gen.Doc == nil {
				report(s, s.Name.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if name.IsExported() && s.Doc == nil && s.Comment == nil && gen.Doc == nil {
					report(s, name.Name)
				}
			}
		}
	}
}

// TestCommentsBeginWithTheName, as godoc wants it, for functions and methods.
func TestCommentsBeginWithTheName(t *testing.T) {
	for _, f := range sources(t) {
		if column(f.pkg) < 0 {
			continue
		}
		for _, fn := range f.funcs() {
			if exported(fn) && fn.Doc != nil && !strings.HasPrefix(fn.Doc.Text(), fn.Name.Name+" ") && !strings.HasPrefix(fn.Doc.Text(), fn.Name.Name+",") {
				t.Errorf("%s: the comment of %s begins with other words", f.at(fn), fn.Name.Name)
			}
		}
	}
}

// TestEveryPackageIsDocumented, in one file.
func TestEveryPackageIsDocumented(t *testing.T) {
	docs := make(map[string]int)
	for _, f := range sources(t) {
		n := docs[f.pkg]
		if f.ast.Doc != nil && strings.HasPrefix(f.ast.Doc.Text(), "Package ") {
			n++
		}
		docs[f.pkg] = n
	}
	for pkg, n := range docs {
		if column(pkg) >= 0 && n != 1 {
			t.Errorf("package %s is documented in %d files", pkg, n)
		}
	}
}

// TestArrowsNameTheirSection: the method of an arrow says where it is in an
// RFC. One that only calls another does not have to.
func TestArrowsNameTheirSection(t *testing.T) {
	arrow := regexp.MustCompile(`^on[A-Z]`)
	section := regexp.MustCompile(`RFC \d{4}`)
	n := 0
	core(t, func(f file) {
		for _, fn := range f.funcs() {
			if f.pkg != "handshake" || !arrow.MatchString(fn.Name.Name) {
				continue
			}
			n++
			if !section.MatchString(fn.Doc.Text()) && !delegates(fn) {
				t.Errorf("%s: %s names no section of an RFC", f.at(fn), fn.Name.Name)
			}
		}
	})
	if n < 20 {
		t.Errorf("there are only %d arrows", n)
	}
}

// delegates reports whether a function does nothing but call another.
func delegates(fn *ast.FuncDecl) bool {
	if len(fn.Body.List) != 1 {
		return false
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	_, ok = ret.Results[0].(*ast.CallExpr)
	return ok
}

// values are the functions that take a bool as what they are about, and not as
// what to do: writers of one.
var values = []string{"Freezer.Bool", "Freezer.Optional"}

// TestNoBoolParameters: a call that says true says nothing to its reader.
func TestNoBoolParameters(t *testing.T) {
	for _, f := range sources(t) {
		if column(f.pkg) < 0 {
			continue
		}
		for _, fn := range f.funcs() {
			if !exported(fn) || slices.Contains(values, receiver(fn)+"."+fn.Name.Name) {
				continue
			}
			for _, p := range fn.Type.Params.List {
				if id, ok := p.Type.(*ast.Ident); ok && id.Name == "bool" {
					t.Errorf("%s: %s has a bool parameter", f.at(p), fn.Name.Name)
				}
			}
		}
	}
}

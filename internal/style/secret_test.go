package style

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// secretName is what holds something that a peer could guess at, by its name.
var secretName = regexp.MustCompile(`(?i)secret|binder|verify_?data|cookie|psk|\bmac\b|^want$|^digest$|password|sessionid`)

// publicComparisons are those of such names that give nothing away.
var publicComparisons = []string{
	"handshake/retry13.go", // the session id of two ClientHellos
	"snapshot.go",          // the digest that finds damage; who makes snapshots is trusted
}

// TestSecretsAreComparedInConstantTime: what is called like a secret is
// compared with crypto/subtle, hmac.Equal or Secret.Equal; not with ==, !=,
// bytes.Equal, bytes.Compare or slices.Equal, but for its length, with nil and
// with constants.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	compares := []string{"bytes.Equal", "bytes.Compare", "slices.Equal", "slices.Compare", "strings.Compare", "reflect.DeepEqual"}
	constant := 0
	core(t, func(f file) {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			var operands []ast.Expr
			switch x := n.(type) {
			case *ast.BinaryExpr:
				if x.Op == token.EQL || x.Op == token.NEQ {
					operands = []ast.Expr{x.X, x.Y}
				}
			case *ast.CallExpr:
				switch name := dotted(x.Fun); {
				case slices.Contains(compares, name):
					operands = x.Args
				case name == "subtle.ConstantTimeCompare" || name == "hmac.Equal":
					constant++
				}
			}
			if slices.ContainsFunc(operands, isKnown) || slices.Contains(publicComparisons, f.path) {
				return true
			}
			for _, o := range operands {
				if name := dotted(o); secretName.MatchString(last(name)) && !strings.HasPrefix(name, "Ext") {
					t.Errorf("%s: %s is compared as if it were public", f.at(n), name)
				}
			}
			return true
		})
	})
	require.Greater(t, constant, 5, "there are such comparisons")
}

// isKnown reports whether an operand is nil, a literal, a length, or a
// constant of a package: nothing to guess.
func isKnown(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.BasicLit, *ast.CompositeLit:
		return true
	case *ast.Ident:
		return x.Name == "nil" || x.Name == "true" || x.Name == "false"
	case *ast.CallExpr:
		name := last(dotted(x.Fun))
		return name == "len" || name == "Len" || name == "Size"
	case *ast.SelectorExpr:
		pkg, ok := x.X.(*ast.Ident)
		return ok && pkg.Obj == nil && strings.ToUpper(x.Sel.Name[:1]) == x.Sel.Name[:1] && pkg.Name == strings.ToLower(pkg.Name) && len(pkg.Name) > 2
	}
	return false
}

// dotted is the name that an expression ends in, as a.b.c.
func dotted(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return dotted(x.X) + "." + x.Sel.Name
	case *ast.CallExpr:
		if len(x.Args) == 1 {
			return dotted(x.Args[0]) // a conversion
		}
		return dotted(x.Fun)
	case *ast.SliceExpr:
		return dotted(x.X)
	case *ast.IndexExpr:
		return dotted(x.X)
	case *ast.StarExpr:
		return dotted(x.X)
	case *ast.ParenExpr:
		return dotted(x.X)
	}
	return ""
}

func last(name string) string { return name[strings.LastIndex(name, ".")+1:] }

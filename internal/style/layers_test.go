package style

import (
	"slices"
	"strings"
	"testing"
)

// layers are the packages that an application is linked with, in columns. A
// package may import packages of the columns before its own, and no others of
// this module: not of its own column either.
//
// This is policy, not a description. An import that does not fit is in the
// wrong place; do not move the package instead.
var layers = [][]string{
	{"internal/wire", "internal/alert", "internal/simd", "trace/hook"},
	{"cipher", "group", "signature"},
	{"keyschedule"},
	{"record", "handshake"}, // never each other: the root moves bytes between them
	{".", "quic"},
	{"tlsconn", "quictls"},
}

// shells are the packages in layers that are not of the core: they exist to
// know the outside.
var shells = []string{"tlsconn", "quictls"}

// forbidden are the packages that the core does not know: the outside world,
// and what would make it other than a function of its inputs.
var forbidden = []string{
	"net", "os", "context", "log", "log/slog", "reflect", "unsafe", "runtime", "plugin",
	"math/rand", "math/rand/v2", "testing", "crypto/tls", "syscall", "embed", "flag",
}

// once are the packages that the core uses in one file only: the defaults of
// a Config.
var once = map[string]string{"crypto/rand": "handshake/config.go"}

// others are the modules that the core may use, by the beginning of a path.
var others = []string{"golang.org/x/crypto/", "golang.org/x/sys/cpu", "github.com/cloudflare/circl/"}

func column(pkg string) int {
	return slices.IndexFunc(layers, func(col []string) bool { return slices.Contains(col, pkg) })
}

func isCore(pkg string) bool { return column(pkg) >= 0 && !slices.Contains(shells, pkg) }

// local is the package of this module that a path names, or "".
func local(importPath string) string {
	if importPath == module {
		return "."
	}
	rest, ok := strings.CutPrefix(importPath, module+"/")
	if !ok {
		return ""
	}
	return rest
}

func TestLayers(t *testing.T) {
	for _, f := range sources(t) {
		mine := column(f.pkg)
		for _, p := range f.imports() {
			pkg := local(p)
			if pkg == "" || mine < 0 {
				continue
			}
			switch theirs := column(pkg); {
			case theirs < 0:
				t.Errorf("%s: %s is linked with applications, and imports %s, which is not", f.path, f.pkg, pkg)
			case theirs >= mine:
				t.Errorf("%s: %s may not import %s: see layers", f.path, f.pkg, pkg)
			}
		}
	}
}

// TestEveryPackageOfTheLayersIsThere: a policy about packages that nobody has
// would hold always.
func TestEveryPackageOfTheLayersIsThere(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range sources(t) {
		seen[f.pkg] = true
	}
	for _, col := range layers {
		for _, pkg := range col {
			if !seen[pkg] {
				t.Errorf("there is no package %s", pkg)
			}
		}
	}
}

func TestTheCoreDoesNotKnowTheOutside(t *testing.T) {
	core(t, func(f file) {
		for _, p := range f.imports() {
			if slices.Contains(forbidden, p) {
				t.Errorf("%s: the core imports %s", f.path, p)
			}
			if in, ok := once[p]; ok && in != f.path {
				t.Errorf("%s: %s is imported, which only %s may", f.path, p, in)
			}
		}
	})
}

func TestModulesOfOthers(t *testing.T) {
	for _, f := range sources(t) {
		for _, p := range f.imports() {
			dotted := strings.Contains(strings.Split(p, "/")[0], ".")
			if dotted && local(p) == "" && !slices.ContainsFunc(others, func(m string) bool { return strings.HasPrefix(p, m) }) {
				t.Errorf("%s: %s is imported", f.path, p)
			}
		}
	}
}

// TestCryptoTLSIsForComparison: crypto/tls is what others use; the engine is
// not built on it.
func TestCryptoTLSIsForComparison(t *testing.T) {
	may := []string{"tlsconn", "quictls", "internal/bench", "internal/bench/minimal/cryptotls", "examples/eventloop"}
	for _, f := range sources(t) {
		if slices.Contains(f.imports(), "crypto/tls") && !slices.Contains(may, f.pkg) {
			t.Errorf("%s: crypto/tls is imported", f.path)
		}
	}
}

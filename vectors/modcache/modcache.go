// Package modcache finds test data in the Go module cache of this machine. It
// fetches nothing: "go mod download" does.
//
// Collections of vectors that are published as Go modules are large, and no
// dependency of this module for that reason: whoever imports it shall not have
// them in their build or their go.sum.
package modcache

import (
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Find returns the files of a module, given as "path@version". The error says
// how to get the module if it is not in the cache.
func Find(module string) (fs.FS, error) {
	path, version, ok := strings.Cut(module, "@")
	if !ok {
		return nil, fmt.Errorf("%q is not path@version", module)
	}
	dir := filepath.Join(root(), filepath.FromSlash(escape(path))+"@"+escape(version))
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("not in the module cache; \"go mod download %s\" gets it", module)
	}
	return os.DirFS(dir), nil
}

// root is the module cache's folder, where "go env GOMODCACHE" says unless it
// was set by "go env -w".
func root() string {
	if dir := os.Getenv("GOMODCACHE"); dir != "" {
		return dir
	}
	gopath := filepath.SplitList(build.Default.GOPATH)
	if len(gopath) == 0 {
		return ""
	}
	return filepath.Join(gopath[0], "pkg", "mod")
}

// escape writes an upper-case letter as "!" and its lower-case one, as the
// cache does.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsUpper(r) {
			b.WriteByte('!')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

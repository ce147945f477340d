package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// pack is a package with fuzz targets.
type pack struct {
	path    string // as imported
	dir     string
	targets []string
}

// list returns the packages that have targets which match.
func list(patterns []string, match *regexp.Regexp) ([]pack, error) {
	format := "{{.ImportPath}}\t{{.Dir}}{{range .TestGoFiles}}\t{{.}}{{end}}{{range .XTestGoFiles}}\t{{.}}{{end}}"
	out, err := command("", append([]string{"list", "-f", format}, patterns...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packs []pack
	for line := range strings.Lines(string(out)) {
		words := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		p := pack{path: words[0], dir: words[1]}
		for _, file := range words[2:] {
			source, err := os.ReadFile(filepath.Join(p.dir, file))
			if err != nil {
				return nil, err
			}
			names, err := targetsIn(source)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", filepath.Join(p.dir, file), err)
			}
			for _, name := range names {
				if match.MatchString(name) {
					p.targets = append(p.targets, name)
				}
			}
		}
		if len(p.targets) > 0 {
			packs = append(packs, p)
		}
	}
	return packs, nil
}

// targetsIn returns the names of a test file's targets.
func targetsIn(source []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Fuzz") {
			names = append(names, fn.Name.Name)
		}
	}
	return names, nil
}

// build writes the test program of p, with what tells the fuzzer which way an
// input went.
func (p pack) build(program string) error {
	out, err := command(p.dir, "test", "-c", "-fuzz=.", "-o", program, ".").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go test -c %s: %w\n%s", p.path, err, out)
	}
	return nil
}

// short is the package as the go command takes it here.
func (p pack) short() string {
	here, err := os.Getwd()
	if err != nil {
		return p.path
	}
	rel, err := filepath.Rel(here, p.dir)
	if err != nil {
		return p.path
	}
	return "./" + filepath.ToSlash(rel)
}

func command(dir string, args ...string) *exec.Cmd {
	c := exec.Command("go", args...)
	c.Dir = dir
	return c
}

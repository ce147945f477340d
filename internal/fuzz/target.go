package main

import (
	"fmt"
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
			for _, name := range targetsIn(source) {
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

var declaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

func targetsIn(source []byte) []string {
	var names []string
	for _, m := range declaration.FindAllSubmatch(source, -1) {
		names = append(names, string(m[1]))
	}
	return names
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

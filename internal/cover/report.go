package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// result is what is to be said about a profile.
type result struct {
	packages  map[string]*tally
	uncovered []string // file:line: function: opening
	stale     []string // assertions that are covered, or gone
}

// tally counts the statements of a package.
type tally struct{ all, covered, asserted int }

func (r *result) whole() bool { return len(r.uncovered)+len(r.stale) == 0 }

// String has a line for each package, and one for each complaint.
func (r *result) String() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.packages)) {
		t := r.packages[name]
		left := t.all - t.covered - t.asserted
		fmt.Fprintf(&out, "%-16s %4d statements, %3d of assertions, %3d uncovered: %.2f%%\n",
			name, t.all, t.asserted, left, 100*float64(t.all-left)/float64(max(t.all, 1)))
	}
	for _, s := range r.uncovered {
		fmt.Fprintf(&out, "uncovered: %s\n", s)
	}
	for _, s := range r.stale {
		fmt.Fprintf(&out, "listed as an assertion, but covered or gone: %s\n", s)
	}
	return out.String()
}

// report compares profiles with the list of assertions. Root is the module's.
func report(root string, profiles []string, list string) (*result, error) {
	module, err := moduleOf(root)
	if err != nil {
		return nil, err
	}
	blocks, reached, err := readProfiles(profiles)
	if err != nil {
		return nil, err
	}
	asserted, err := readAssertions(list)
	if err != nil {
		return nil, err
	}
	r := &result{packages: make(map[string]*tally)}
	sources := make(map[string]*source)
	for _, b := range blocks {
		if b.statements == 0 {
			continue // an empty body: nothing to reach
		}
		file := strings.TrimPrefix(b.file, module+"/")
		t := r.packages[path.Dir(file)]
		if t == nil {
			t = &tally{}
			r.packages[path.Dir(file)] = t
		}
		t.all += b.statements
		if reached[b] {
			t.covered += b.statements
			continue
		}
		if sources[file] == nil {
			if sources[file], err = readSource(root, file); err != nil {
				return nil, err
			}
		}
		s := sources[file]
		a := assertion{file, s.function(b.start.line), s.opening(b)}
		if asserted[a] > 0 {
			asserted[a]--
			t.asserted += b.statements
			continue
		}
		r.uncovered = append(r.uncovered, fmt.Sprintf("%s:%d: %s: %s", file, b.start.line, a.function, a.opening))
	}
	for a, n := range asserted {
		for range n {
			r.stale = append(r.stale, a.String())
		}
	}
	slices.Sort(r.stale)
	return r, nil
}

// moduleOf is the path of the module at root.
func moduleOf(root string) (string, error) {
	f, err := os.Open(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "module "); ok {
			return name, nil
		}
	}
	return "", fmt.Errorf("no module in %s", f.Name())
}

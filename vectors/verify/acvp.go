package verify

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/vectors"
)

// acvpFiles are the files of NIST's ACVP data that test what this module has.
var acvpFiles = []string{"TLS-v1.3", "TLS-v1.2", "ML-KEM"}

// parseACVP makes a case of each test of an ACVP vector set: its fields are
// those of the test in the prompt, of its group, and of the test in the
// expected results. expected may be nil: then the prompt has both.
func parseACVP(name string, prompt, expected []byte) (*vectors.File, error) {
	sets, err := acvpSets(prompt)
	if err != nil {
		return nil, fmt.Errorf("%s: prompt: %w", name, err)
	}
	var answers []object
	if expected != nil {
		if answers, err = acvpSets(expected); err != nil {
			return nil, fmt.Errorf("%s: expected results: %w", name, err)
		}
		if len(sets) != len(answers) {
			return nil, fmt.Errorf("%s: %d vector sets in the prompt, %d in the expected results", name, len(sets), len(answers))
		}
	}
	f := &vectors.File{Name: name}
	for i, set := range sets {
		var answer map[string]object
		if expected != nil {
			answer = acvpTests(answers[i])
		}
		f.Title = "ACVP, " + text(set, "algorithm")
		for _, g := range objects(set, "testGroups") {
			check := strings.TrimSpace("acvp " + text(set, "algorithm") + " " + text(set, "mode"))
			group := flatten(vectors.Fields{{Name: "check", Text: check}}, g)
			for _, t := range objects(g, "tests") {
				id := text(g, "tgId") + "." + text(t, "tcId")
				fields := flatten(slices.Clone(group), t)
				fields = flatten(fields, answer[id])
				f.Sections = append(f.Sections, vectors.Section{Title: strings.TrimSpace(text(set, "mode") + " #" + id), Fields: fields})
			}
		}
	}
	if len(f.Sections) == 0 {
		return nil, fmt.Errorf("%s: no tests in it", name)
	}
	return f, nil
}

// acvpSets returns the vector sets of a file: it is one, or it is the list of a
// session, with a preamble in front.
func acvpSets(data []byte) (sets []object, err error) {
	var doc any
	if err := decode(data, &doc); err != nil {
		return nil, err
	}
	list, ok := doc.([]any)
	if !ok {
		list = []any{doc}
	}
	for _, v := range list {
		if o, ok := v.(object); ok && o["testGroups"] != nil {
			sets = append(sets, o)
		}
	}
	return sets, nil
}

// acvpTests returns the tests of a vector set by group and test number.
func acvpTests(set object) map[string]object {
	tests := map[string]object{}
	for _, g := range objects(set, "testGroups") {
		for _, t := range objects(g, "tests") {
			tests[text(g, "tgId")+"."+text(t, "tcId")] = t
		}
	}
	return tests
}

// readBzip2 reads a compressed file.
func readBzip2(fsys fs.FS, name string) ([]byte, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(bzip2.NewReader(bytes.NewReader(data)))
}

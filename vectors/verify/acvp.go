package verify

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/tlsengine/tlsengine/vectors"
)

// acvpFiles are the files of NIST's ACVP data that test what this module has.
var acvpFiles = []string{"TLS-v1.3", "TLS-v1.2", "ML-KEM"}

// parseACVP makes a case of each test of an ACVP vector set: its fields are
// those of the test in the prompt, of its group, and of the test in the
// expected results. Both files are lists of objects, the first of which is a
// preamble; further ones are vector sets.
func parseACVP(name string, prompt, expected []byte) (*vectors.File, error) {
	var sets, answers []object
	if err := decode(prompt, &sets); err != nil {
		return nil, fmt.Errorf("%s: prompt: %w", name, err)
	}
	if err := decode(expected, &answers); err != nil {
		return nil, fmt.Errorf("%s: expected results: %w", name, err)
	}
	f := &vectors.File{Name: name}
	for i := 0; i < len(sets) && i < len(answers); i++ {
		answer := acvpTests(answers[i])
		f.Title = "ACVP, " + text(sets[i], "algorithm")
		for _, g := range objects(sets[i], "testGroups") {
			check := "acvp " + text(sets[i], "algorithm") + " " + text(sets[i], "mode")
			group := flatten(vectors.Fields{{Name: "check", Text: check}}, g)
			for _, t := range objects(g, "tests") {
				id := text(g, "tgId") + "." + text(t, "tcId")
				fields := flatten(slices.Clone(group), t)
				fields = flatten(fields, answer[id])
				f.Sections = append(f.Sections, vectors.Section{Title: text(sets[i], "mode") + " #" + id, Fields: fields})
			}
		}
	}
	if len(f.Sections) == 0 {
		return nil, fmt.Errorf("%s: no tests in it", name)
	}
	return f, nil
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

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

// pairACVP finds to each prompt of ACVP's its expected results, and to results
// whose prompt is not among the files the prompt.
func pairACVP(files []*vectorFile) {
	for _, f := range files {
		if f.acvp != verify.ACVPPrompt || f.fault != nil {
			continue
		}
		if i := slices.IndexFunc(files, f.answeredBy); i >= 0 {
			f.results, files[i].done = files[i].data, true
		} else if name, data := f.beside(verify.ACVPResults); name != "" {
			f.results = data
		} else {
			f.alone("its expected results are not there")
		}
	}
	for _, f := range files {
		if f.acvp != verify.ACVPResults || f.done || f.fault != nil {
			continue
		}
		if name, data := f.beside(verify.ACVPPrompt); name != "" {
			f.name, f.data, f.results = name, data, f.data
		} else {
			f.alone("expected results, and their prompt is not there")
		}
	}
}

// answeredBy reports whether another file has the expected results of a prompt.
func (f *vectorFile) answeredBy(other *vectorFile) bool {
	return other.acvp == verify.ACVPResults && other.sets == f.sets && !other.done
}

// beside looks where the other part of a file is in collections of ACVP's: in
// the folder beside, or under the other name.
func (f *vectorFile) beside(part verify.ACVPPart) (name string, data []byte) {
	folder, base := filepath.Split(f.name)
	up, last := filepath.Split(strings.TrimRight(folder, string(filepath.Separator)))
	names := map[string]string{"prompt.json": "expectedResults.json", "vectors": "expected"}
	if part == verify.ACVPPrompt {
		names = map[string]string{"expectedResults.json": "prompt.json", "expected": "vectors"}
	}
	var candidates []string
	if other := names[base]; other != "" {
		candidates = append(candidates, filepath.Join(folder, other))
	}
	if other := names[last]; other != "" {
		candidates = append(candidates, filepath.Join(up, other, base))
	}
	for _, name := range candidates {
		if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
			continue
		}
		b, err := pki.ReadFile(name, maxVectors)
		if err != nil {
			continue
		}
		if has, sets := verify.ACVPPartOf(b); has == part && sets == f.sets {
			return name, b
		}
	}
	return "", nil
}

// alone is a file whose other part is not there.
func (f *vectorFile) alone(why string) {
	if f.why = "ACVP: " + why; f.named {
		f.fault = fault.InputError("vectors", "%s: %s", f.name, f.why).
			WithHint("name both files, or have them beside each other: prompt.json and expectedResults.json, or of one name in vectors and expected")
	}
}

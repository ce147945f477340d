package verify

import (
	"testing"
	"time"

	"github.com/tlsengine/tlsengine/vectors"
)

// A file from anywhere is judged without a panic and without taking long.
func FuzzRunFile(f *testing.F) {
	for _, file := range files(f) {
		for n := range 8 { // small seeds, and none that takes long
			seed := *file
			if file.Fields.Text("check") == "trace" {
				seed.Sections = file.Sections[:n]
			} else if n < len(file.Sections) {
				seed.Sections = file.Sections[n : n+1]
			}
			if len(seed.Sections) == 0 || seed.Sections[0].Fields.Get("iterations") == nil {
				f.Add(seed.Append(nil))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := vectors.Parse("fuzz", text)
		if err != nil || len(file.Sections) > 100 {
			return
		}
		begin := time.Now()
		RunFile(file)
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

package verify

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/vectors/modcache"
)

// sums are what go.sum would say of the modules that have test data.
var sums = map[string]string{
	"acvp":       "h1:W9bTdyWTJoakpzDOLR5BNKaGjYAmoaJOioBztGGWI98=",
	"wycheproof": "h1:pNbL2nztRsWfW/ispAwsvcDFxs9Id38uIsR2/Up5G2c=",
}

// data returns the files of all sources that are not embedded. Where a module
// is not there and cannot be had, the test is skipped; under CI it fails.
func data(t testing.TB) map[string]fs.FS {
	t.Helper()
	all := map[string]fs.FS{}
	for _, s := range sources {
		if s.Module == "" {
			continue
		}
		if err := download(t, s); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s: %v", s.Module, err)
			}
			t.Skipf("%s: %v", s.Module, err)
		}
		files, err := modcache.Find(s.Module)
		require.NoError(t, err)
		all[s.Name] = files
	}
	return all
}

// download has the go command put the module into the cache, if it is not
// there, and checks its sum.
func download(t testing.TB, s Source) error {
	cmd := exec.Command("go", "mod", "download", "-json", s.Module)
	cmd.Dir = t.TempDir() // outside of this module: go.mod stays as it is
	out, err := cmd.Output()
	if err != nil {
		return err
	}
	var module struct{ Sum string }
	require.NoError(t, json.Unmarshal(out, &module))
	require.Equal(t, sums[s.Name], module.Sum, s.Module)
	return nil
}

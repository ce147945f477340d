package verify

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// More ACVP cases than the module has, from the folder that TLSENGINE_VECTORS
// names: prompts in acvp-boringssl/vectors, answers in acvp-boringssl/expected.
func TestACVPCasesOfAFolder(t *testing.T) {
	dir := os.Getenv("TLSENGINE_VECTORS")
	if dir == "" {
		t.Skip("TLSENGINE_VECTORS is not set")
	}
	for _, name := range []string{"TLS12", "TLS13", "kdf-components", "ML-KEM", "ML-KEM-encap-key-check", "ML-KEM-seed", "ACVP-AES-GCM"} {
		prompt, err := os.ReadFile(filepath.Join(dir, "acvp-boringssl", "vectors", name+".json"))
		if os.IsNotExist(err) {
			t.Skip(err)
		}
		require.NoError(t, err)
		expected, err := os.ReadFile(filepath.Join(dir, "acvp-boringssl", "expected", name+".json"))
		require.NoError(t, err)
		question, sets := ACVPPartOf(prompt)
		answer, same := ACVPPartOf(expected)
		require.Equal(t, [2]ACVPPart{ACVPPrompt, ACVPResults}, [2]ACVPPart{question, answer}, name)
		require.Equal(t, sets, same, name)
		f, err := LoadACVP(name, prompt, expected)
		require.NoError(t, err)
		passed := 0
		for _, c := range RunFile(f, Options{}) {
			if c.Failure != nil {
				t.Errorf("%s: %s: %v", c.File, c.Name, c.Failure)
			}
			if c.Outcome == Passed {
				passed++
			}
		}
		t.Log(name, passed, "of", len(f.Sections))
		require.NotZero(t, passed)
	}
}

package pki

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A file with a certificate, a key or both, in any form, is read or is an
// error, and takes no more work than is allowed.
func FuzzFile(f *testing.F) {
	before := maxIterations
	maxIterations = 2048
	f.Cleanup(func() { maxIterations = before })
	dir := f.TempDir()
	pass := filepath.Join(dir, "pass")
	require.NoError(f, os.WriteFile(pass, []byte("fuzz\n"), 0o600))
	f.Fuzz(func(t *testing.T, b []byte) {
		file := filepath.Join(dir, "file")
		require.NoError(t, os.WriteFile(file, b, 0o600))
		again, err := ReadFile(file, maxFile)
		require.NoError(t, err)
		require.Equal(t, len(b), len(again))
		certs, err := ParseCertificates(file, b)
		require.Equal(t, err != nil, len(certs) == 0)
		for _, password := range []string{"", pass} {
			for _, key := range []string{"", file} {
				cred, err := Credential(file, key, password)
				require.Equal(t, err != nil, cred == nil)
			}
		}
	})
}

// What names a key is written as it was read, but for its spelling.
func FuzzNames(f *testing.F) {
	f.Add("3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971")
	f.Add("DANE-TA Cert Full 30 03 0201 00")
	f.Add("sha256//d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM=")
	f.Fuzz(func(t *testing.T, s string) {
		if record, err := ParseTLSA(s); err == nil {
			again, err := ParseTLSA(record.String())
			require.NoError(t, err)
			require.Equal(t, record, again)
		}
		if pin, err := ParsePin(s); err == nil {
			again, err := ParsePin(pin.String())
			require.NoError(t, err)
			require.Equal(t, pin, again)
		}
	})
}

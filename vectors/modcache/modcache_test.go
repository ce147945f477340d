package modcache

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFindsAModuleByItsEscapedName(t *testing.T) {
	root := t.TempDir()
	t.Setenv("GOMODCACHE", root)
	dir := filepath.Join(root, "example.org", "!vectors@v1.0.0-!r!c")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.json"), []byte("{}"), 0o644))

	files, err := Find("example.org/Vectors@v1.0.0-RC")
	require.NoError(t, err)
	data, err := fs.ReadFile(files, "a.json")
	require.NoError(t, err)
	require.Equal(t, "{}", string(data))

	_, err = Find("example.org/other@v1.0.0")
	require.EqualError(t, err, `not in the module cache; "go mod download example.org/other@v1.0.0" gets it`)
	_, err = Find("example.org/other")
	require.EqualError(t, err, `"example.org/other" is not path@version`)
}

func TestTheCacheIsInGOPATHUnlessSaidOtherwise(t *testing.T) {
	t.Setenv("GOMODCACHE", "")
	require.Equal(t, filepath.Join("pkg", "mod"), filepath.Join(filepath.Base(filepath.Dir(root())), filepath.Base(root())))
}

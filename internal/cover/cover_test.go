package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const code = `package p

func half(n int) int {
	if n < 0 {
		panic("negative")
	}
	return n / 2
}

func (t *T[X]) none() int { return 0 }
`

const reachedAll = `mode: set
m/p/a.go:3.22,4.11 1 1
m/p/a.go:4.11,6.3 1 0
m/p/a.go:7.2,7.14 1 1
m/p/a.go:10.27,10.39 1 0
m/p/a.go:10.27,10.39 1 1
`

const negative = `
# Comments are for people.

p/a.go: half
if n < 0 {
Callers check.
`

// judge reports on the code above under a profile and a list.
func judge(t *testing.T, profile, list string) *result {
	root := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		return path
	}
	write("go.mod", "module m\n\ngo 1.26\n")
	write("p/a.go", code)
	r, err := report(root, []string{write("coverage.out", profile)}, write("assertions.txt", list))
	require.NoError(t, err)
	return r
}

func TestAnAssertionNeedNotBeCovered(t *testing.T) {
	r := judge(t, reachedAll, negative)
	require.True(t, r.whole(), r)
	require.Equal(t, tally{all: 4, covered: 3, asserted: 1}, *r.packages["p"])
}

func TestAStatementThatIsNotReachedIsNamed(t *testing.T) {
	r := judge(t, reachedAll, "")
	require.False(t, r.whole())
	require.Equal(t, []string{"p/a.go:4: half: if n < 0 {"}, r.uncovered)
	require.Contains(t, r.String(), "75.00%")
}

func TestAMethodIsNamedByItsType(t *testing.T) {
	r := judge(t, "mode: set\nm/p/a.go:10.27,10.39 1 0\n", "")
	require.Equal(t, []string{"p/a.go:10: T.none: func (t *T[X]) none() int { return 0 }"}, r.uncovered)
}

func TestAnAssertionThatIsCoveredFails(t *testing.T) {
	r := judge(t, reachedAll+"m/p/a.go:4.11,6.3 1 7\n", negative)
	require.False(t, r.whole())
	require.Equal(t, []string{"p/a.go: half: if n < 0 {"}, r.stale)
}

func TestAnAssertionThatIsGoneFails(t *testing.T) {
	r := judge(t, reachedAll, negative+"\np/a.go: twice\nif n < 0 {\nCallers check.\n")
	require.Equal(t, []string{"p/a.go: twice: if n < 0 {"}, r.stale)
}

func TestAnAssertionExcusesOneBlock(t *testing.T) {
	r := judge(t, reachedAll+"m/p/a.go:4.12,6.3 1 0\n", negative)
	require.Len(t, r.uncovered, 1, "two blocks that look the same are two assertions")
}

func TestAnAssertionNeedsAReason(t *testing.T) {
	path := filepath.Join(t.TempDir(), "assertions.txt")
	require.NoError(t, os.WriteFile(path, []byte("p/a.go: half\nif n < 0 {\n"), 0o644))
	_, err := readAssertions(path)
	require.ErrorContains(t, err, "and a reason")
}

func TestWhatIsNoProfileIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "coverage.out")
	for _, line := range []string{"nonsense\n", "m/p/a.go:1.1 2\n"} {
		require.NoError(t, os.WriteFile(path, []byte(line), 0o644))
		_, _, err := readProfiles([]string{path})
		require.ErrorContains(t, err, "not a line of a profile")
	}
}

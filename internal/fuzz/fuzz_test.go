package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const begin = `fuzz: elapsed: 0s, gathering baseline coverage: 0/9 completed
fuzz: elapsed: 0s, gathering baseline coverage: 9/9 completed, now fuzzing with 1 workers
fuzz: elapsed: 3s, execs: 23610 (7869/sec), new interesting: 2 (total: 11)
fuzz: elapsed: 6s, execs: 46890 (7760/sec), new interesting: 2 (total: 11)
`

func TestOutcomes(t *testing.T) {
	const (
		end    = "fuzz: elapsed: 10s, execs: 78160 (7730/sec), new interesting: 3 (total: 12)\n"
		stands = `fuzz: elapsed: 9s, execs: 46890 (0/sec), new interesting: 2 (total: 11)
fuzz: elapsed: 12s, execs: 46890 (0/sec), new interesting: 2 (total: 11)
`
		found = `fuzz: minimizing 57-byte failing input file
--- FAIL: FuzzX (4.05s)
    --- FAIL: FuzzX (0.00s)
        x_test.go:11: found it

    Failing input written to testdata/fuzz/FuzzX/582528ddfad69eb5
    To re-run:
    go test -run=FuzzX/582528ddfad69eb5
FAIL
`
		seed = `failure while testing seed corpus entry: FuzzX/seed#0
--- FAIL: FuzzX (0.01s)
    --- FAIL: FuzzX (0.00s)
        x_test.go:11: found it

FAIL
`
	)
	for _, test := range []struct {
		name   string
		output string
		ended  bool
		want   outcome
	}{
		{"a target that found nothing", begin + end + "PASS\n", true, outcome{78160, 9, 3, passed, ""}},
		{"an input that fails is a failure", begin + found, false, outcome{46890, 9, 2, failed, "testdata/fuzz/FuzzX/582528ddfad69eb5"}},
		{"even if the program ends well", begin + found, true, outcome{46890, 9, 2, failed, "testdata/fuzz/FuzzX/582528ddfad69eb5"}},
		{"a seed that fails is a failure", seed, false, outcome{verdict: failed}},
		{"a program that dies is a failure", begin, false, outcome{46890, 9, 2, failed, ""}},
		{"an execution without end is a failure", begin + stands + "PASS\n", true, outcome{46890, 9, 2, stalled, ""}},
		{"no executions are a failure", "PASS\n", true, outcome{verdict: failed}},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, judge(test.output, test.ended))
		})
	}
}

const inputs = `package p

import "testing"

func FuzzFine(f *testing.F) {
	f.Add([]byte("a"))
	f.Fuzz(func(t *testing.T, b []byte) {})
}

func FuzzFinds(f *testing.F) {
	f.Add([]byte("a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) != 1 {
			t.Fatal("found it")
		}
	})
}

func helpFuzz(f *testing.F) {}
`

// A real run of the fuzzer: what it finds is printed, and fails. The package
// is built without instrumentation, which for the standard library takes long.
func TestFailingInputIsPrinted(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module p\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p_test.go"), []byte(inputs), 0o600))
	names, err := targetsIn([]byte(inputs))
	require.NoError(t, err)
	require.Equal(t, []string{"FuzzFine", "FuzzFinds"}, names)
	program := filepath.Join(t.TempDir(), "p.test")
	out, err := command(dir, "test", "-c", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(out))

	p := pack{path: "p", dir: dir}
	o := options{time: time.Second, atOnce: 2}
	var text strings.Builder
	executions, failures := o.all([]job{{p, "FuzzFine", program, t.TempDir()}}, &text)
	require.Zero(t, failures, text.String())
	require.NotZero(t, executions)

	text.Reset()
	_, failures = o.all([]job{{p, "FuzzFine", program, t.TempDir()}, {p, "FuzzFinds", program, t.TempDir()}}, &text)
	require.Equal(t, 1, failures)
	require.Contains(t, text.String(), "found it")
	require.Contains(t, text.String(), "go test fuzz v1\n[]byte(")
}

func TestEveryTargetIsListed(t *testing.T) {
	packs, err := list([]string{"../../record", "../../keyschedule"}, regexp.MustCompile("Reader|Assembler"))
	require.NoError(t, err)
	require.Len(t, packs, 1)
	require.Equal(t, []string{"FuzzAssembler", "FuzzReader"}, packs[0].targets)
	require.Equal(t, "../../record", strings.TrimPrefix(packs[0].short(), "./"))
}

package verify

import (
	"flag"
	"fmt"
	"hash/crc32"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/vectors"
)

var update = flag.Bool("update", false, "write the counts into vectors/README.md")

// everything is the results of all sources, once they have been run.
var everything []Result

// sample chooses all cases, but with the race detector, which makes them ten
// times as long, one of eight.
func sample(_, name string) bool {
	return !race.Enabled || crc32.ChecksumIEEE([]byte(name))%8 == 0
}

func runAll(t *testing.T) []Result {
	t.Helper()
	if everything == nil {
		files, begin := data(t), time.Now()
		var err error
		everything, err = Run(Options{Data: files, Match: sample})
		require.NoError(t, err)
		t.Logf("all sources took %v", time.Since(begin))
	}
	return everything
}

func TestAllSourcesPass(t *testing.T) {
	results := runAll(t)
	require.Len(t, results, len(Sources()))
	for i := range results {
		r := &results[i]
		t.Log(r)
		require.True(t, len(r.Cases) > 0 || race.Enabled, r.Source.Name)
		for _, c := range r.Cases {
			if c.Failure != nil {
				t.Errorf("%s: %s: %v", c.File, c.Name, c.Failure)
			}
			require.True(t, strings.HasPrefix(c.File, r.Source.Name+"/"), "%s of %s", c.File, r.Source.Name)
		}
	}
}

func TestOneSourceCanBeChosen(t *testing.T) {
	results, err := Run(Options{Sources: []string{"rfc5869"}})
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Equal(t, "rfc5869: 3 passed, 0 failed, 4 skipped (4: hash SHA-1 is in no suite of this module)", results[0].String())

	results, err = Run(Options{Sources: []string{"acvp"}})
	require.NoError(t, err)
	require.Equal(t, "acvp: not run (the data of module github.com/geomys/acvp-testdata@v0.0.0-20251201200548-d893de8b8b1c is not there)", results[0].String())

	_, err = Run(Options{Sources: []string{"rfc0000"}})
	require.EqualError(t, err, `no source of vectors is called "rfc0000"`)
}

// The table of sources in README.md is what Run prints.
func TestReadmeHasTheCounts(t *testing.T) {
	if race.Enabled {
		t.Skip("with the race detector only some cases are run")
	}
	results := runAll(t)
	const file, begin, end = "../README.md", "<!-- counts -->\n", "<!-- end of counts -->"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	head, rest, ok := strings.Cut(string(text), begin)
	require.True(t, ok)
	_, tail, ok := strings.Cut(rest, end)
	require.True(t, ok)
	want := head + begin + table(results) + end + tail
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "go test ./vectors/verify -run Readme -update writes it")
}

func table(results []Result) string {
	var b strings.Builder
	b.WriteString("| source | document | what it covers | cases | passed | skipped | licence |\n|---|---|---|---|---|---|---|\n")
	for i := range results {
		r := &results[i]
		skipped := fmt.Sprint(r.Count(Skipped))
		for _, s := range r.Skips() {
			skipped += fmt.Sprintf("<br>%d: %s", s.Cases, s.Reason)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %d | %d | %s | %s |\n",
			r.Source.Name, r.Source.Title, r.Source.Covers, len(r.Cases), r.Count(Passed), skipped, r.Source.License)
	}
	return b.String()
}

func TestFailuresNameTheStepAndTheByte(t *testing.T) {
	text := `check: trace
suite: TLS_AES_128_GCM_SHA256
-- client key x25519 --
private: 49af42ba7f7994852d713ef2784bcbcaa7911de26adc5642cb634540e7ea5005
public: 99381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2d
`
	f, err := vectors.Parse("mine", []byte(text))
	require.NoError(t, err)
	c := RunFile(f, Options{})[0]
	require.Equal(t, Failed, c.Outcome)
	require.EqualError(t, c.Failure, "line 5: client key x25519, public: byte 31 of 32: 2d stated, 2c computed")
}

func TestWhatCannotBeCheckedIsNotPassed(t *testing.T) {
	for text, want := range map[string]string{
		"-- a --\n":                                                                     `line 1: check: "" is not a kind of case`,
		"check: x\n-- a --\n":                                                           `line 2: check: "x" is not a kind of case`,
		"check: hkdf\n-- a --\nhash: SHA-256":                                           `line 2: salt: missing`,
		"check: poly1305\n-- a --\nkey: 0g\ntext:\ntag:\n":                              `line 2: key: line 3: "key" is not hex: encoding/hex: invalid byte: U+0067 'g'`,
		"check: trace\nsuite: TLS_AES_128_GCM_SHA256\n":                                 `line 1: nothing was compared`,
		"check: trace\nsuite: TLS_AES_128_GCM_SHA256\nclient random: 00\n":              `line 3: client random: no step uses this input`,
		"check: trace\nsuite: TLS_AES_128_GCM_SHA256\n-- client finished --\n":          `line 3: client finished, prk: "c hs traffic" is missing`,
		"check: trace\nsuite: TLS_AES_128_GCM_SHA256\n-- client derive exp master --\n": `line 3: client derive exp master, expanded: no such label, or what it is derived from is missing`,
		"check: trace\nsuite: TLS_AES_128_GCM_SHA256\n-- client record alert --\npayload: 0100\nrecord: 15030300020100\n": `line 5: client record alert, record: byte 2 of 7: 03 stated, 01 computed`,
		"check: trace\nsuite: TLS_AES_128_GCM_SHA256\n-- client message Finished --\n00\n":                                `line 3: client message Finished: no message of this name, or shorter than its header`,
		"check: trace\nsuite: TLS_AES_128_GCM_SHA256\n-- client message KeyUpdate --\n18000000\n":                         `line 3: client message KeyUpdate: KeyUpdate is malformed (alert decode_error)`,
	} {
		f, err := vectors.Parse("f", []byte(text))
		require.NoError(t, err)
		c := RunFile(f, Options{})[0]
		require.Equal(t, Failed, c.Outcome, text)
		require.EqualError(t, c.Failure, want, text)
	}
	f, err := vectors.Parse("f", []byte("check: trace\nsuite: TLS_FOO\n"))
	require.NoError(t, err)
	require.Equal(t, Case{File: "f", Line: 1, Outcome: Skipped, Reason: "cipher suite TLS_FOO is not implemented here"}, RunFile(f, Options{})[0])
}

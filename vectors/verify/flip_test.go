package verify

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/vectors"
)

// everyByte says that each byte is changed, one after the other; "make flips"
// does so, and takes an hour. Else it is a byte of some values.
var everyByte = os.Getenv("TLSENGINE_FLIPS") == "all"

// Every value of every embedded file is changed in one byte, which must make
// the case that holds it fail. The byte is another for each value. Of whole
// handshakes, and with -short or the race detector of all, only each eighth
// value is changed.
func TestAChangedByteFailsItsCase(t *testing.T) {
	var total atomic.Int64
	t.Run("files", func(t *testing.T) {
		for name, f := range files(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				step, n := 1, len(name)
				if testing.Short() || race.Enabled || wholeFiles[f.Fields.Text("check")] != nil {
					step = 8
				}
				each(f, func(section int, fd *vectors.Field) {
					b, err := fd.Bytes()
					if err != nil || len(b) == 0 || isNumber(fd.Name) || runCase(f, section).Outcome == Skipped {
						return
					}
					for at := range b {
						if everyByte || at == n*7%len(b) && n%step == 0 {
							total.Add(changeByte(t, f, section, fd, at))
						}
					}
					n++
				})
			})
		}
	})
	t.Log(total.Load(), "bytes changed")
	require.Greater(t, total.Load(), int64(400))
}

// changeByte changes a byte and runs the case, which must fail. It returns how
// many bytes it has changed: none if the byte counts for nothing.
func changeByte(t *testing.T, f *vectors.File, section int, fd *vectors.Field, at int) int64 {
	text := fd.Text
	defer func() { fd.Text = text }()
	if fd.Text = flip(strings.ToLower(text), at); means(f, section, fd, at) && runCase(f, section).Outcome != Failed {
		t.Errorf("%s, line %d: byte %d of %q was changed, and the case passes", f.Name, fd.Line, at, fd.Name)
	}
	return 1
}

// means reports whether the byte counts for anything.
func means(f *vectors.File, section int, fd *vectors.Field, at int) bool {
	if key := f.Sections[max(section, 0)].Fields.Text("key"); fd.Name == "text" && strings.HasPrefix(key, strings.Repeat("00", 16)) {
		return false // Poly1305 with r of zero: any text has this tag
	}
	if fd.Name != "rand" {
		return true
	}
	switch side := f.Sections[section].Title; {
	case side == "client" && strings.HasPrefix(f.Title, "TLS 1.3: full handshake") && strings.Contains(f.Title, "MLKEM"):
		// What the key answers wrong ciphertexts with: there is none here. It is
		// behind random, session id and the first half of the seed.
		const z = 32 + 32 + 32
		return at < z || at >= z+32
	case side == "server" && strings.HasSuffix(f.Name, "tls12-sentinel.txt"):
		return at < 24 || at >= 32 // the sentinel is written over the end of the random
	}
	return true
}

func TestAChangedByteFailsNoOtherCase(t *testing.T) {
	for name, f := range files(t) {
		before := RunFile(f, Options{})
		changed := len(f.Sections) / 2
		fields := f.Sections[changed].Fields
		last := &fields[len(fields)-1]
		if last.Name == "same as" || before[min(changed, len(before)-1)].Outcome == Skipped {
			continue
		}
		last.Text = flip(last.Text, 0)
		for i, c := range RunFile(f, Options{}) {
			want := before[i].Outcome
			if i == changed || len(before) == 1 {
				want = Failed
			}
			require.Equal(t, want, c.Outcome, "%s: %s", name, c.Name)
		}
	}
}

// keys are those of all files.
var keys = &keyCache{}

// runCase runs the case of a section, or the whole file if that is one case.
func runCase(f *vectors.File, section int) Case {
	if run := wholeFiles[f.Fields.Text("check")]; run != nil {
		return run(f)
	}
	return sectionCase(f, &f.Sections[section], Options{}, keys)
}

// isNumber reports whether the field holds a decimal number, and not hex.
func isNumber(name string) bool {
	return slices.Contains([]string{"mode", "kem id", "kdf id", "aead id", "length", "iterations",
		"counter", "version", "packet number", "payload length"}, name) || strings.HasPrefix(name, "exporter length ")
}

// each calls do with all the fields of the file that hold hex, and the index
// of the section they are in, -1 for the header.
func each(f *vectors.File, do func(section int, fd *vectors.Field)) {
	for i := range f.Fields {
		do(-1, &f.Fields[i])
	}
	for s := range f.Sections {
		for i := range f.Sections[s].Fields {
			do(s, &f.Sections[s].Fields[i])
		}
	}
}

// flip changes half of the bits of the i-th byte of a hex string. It is more
// than one bit because some bits count for nothing: those that X25519 and
// Poly1305 clear in their keys.
func flip(text string, i int) string {
	b := []byte(text)
	const digits = "0123456789abcdef"
	for _, n := range []int{2 * i, 2*i + 1} {
		b[n] = digits[strings.IndexByte(digits, b[n])^0x5]
	}
	return string(b)
}

func files(t testing.TB) map[string]*vectors.File {
	t.Helper()
	all := map[string]*vectors.File{}
	err := fs.WalkDir(vectors.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(vectors.Files(), name)
		require.NoError(t, err)
		all[name], err = vectors.Parse(name, text)
		return err
	})
	require.NoError(t, err)
	return all
}

// expectations are the fields of foreign cases that say what must come out.
var expectations = []string{
	"ct", "tag", "shared", "okm", "K", "c", "ek", "sig", // Wycheproof
	"clientEarlyTrafficSecret", "earlyExporterMasterSecret", "clientHandshakeTrafficSecret", "serverHandshakeTrafficSecret",
	"clientApplicationTrafficSecret", "serverApplicationTrafficSecret", "exporterMasterSecret", "resumptionMasterSecret",
	"masterSecret", "keyBlock", "dk", "k", // ACVP
}

// The same for the cases of other projects: all of ACVP's, and a few of each
// file of Wycheproof's, which has many of a kind.
func TestAChangedByteFailsItsForeignCase(t *testing.T) {
	all, total := data(t), new(atomic.Int64)
	t.Run("files", func(t *testing.T) {
		for _, s := range sources {
			if s.load == nil {
				continue
			}
			for f, err := range s.load(s.Name, all[s.Name]) {
				require.NoError(t, err)
				step := 1
				if s.Name == "wycheproof" && !everyByte {
					step = len(f.Sections)/4 + 1
				}
				t.Run(f.Name, func(t *testing.T) {
					t.Parallel()
					for i := 0; i < len(f.Sections); i += step {
						if runCase(f, i).Outcome == Passed {
							total.Add(changeForeign(t, f, i))
						}
					}
				})
			}
		}
	})
	t.Log(total.Load(), "bytes and verdicts changed")
	require.Greater(t, total.Load(), int64(400))
}

// changeForeign turns the verdict of a case around, and changes the values of
// one that is valid.
func changeForeign(t *testing.T, f *vectors.File, section int) (n int64) {
	fields := f.Sections[section].Fields
	for _, name := range []string{"result", "testPassed"} {
		fd := fields.Get(name)
		if fd == nil {
			continue
		}
		other := map[string]string{"valid": "invalid", "invalid": "valid", "true": "false", "false": "true"}[fd.Text]
		if text := fd.Text; other != "" {
			fd.Text = other
			if n++; runCase(f, section).Outcome != Failed {
				t.Errorf("%s: %s: %s was %s, and the case passes", f.Name, f.Sections[section].Title, name, text)
			}
			fd.Text = text
		}
	}
	if fields.Get("result") != nil && fields.Text("result") != "valid" {
		return n
	}
	for _, name := range expectations {
		fd := fields.Get(name)
		if fd == nil || fd.Text == "" || name == "ek" && fields.Get("m") != nil || name == "dk" && fields.Get("k") != nil {
			continue // there is none, or it is an input here
		}
		for at := range len(fd.Text) / 2 {
			if everyByte || at == section*7%(len(fd.Text)/2) {
				n += changeByte(t, f, section, fd, at)
			}
		}
	}
	return n
}

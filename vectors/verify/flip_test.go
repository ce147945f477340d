package verify

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/vectors"
)

// Every value of every embedded file is changed in one byte, which must make
// the case that holds it fail. The byte is another for each value; with -short
// only each eighth value is changed.
func TestAChangedByteFailsItsCase(t *testing.T) {
	step, n := 1, 0
	if testing.Short() {
		step = 8
	}
	all := files(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f := all[name]
		each(f, func(section int, fd *vectors.Field) {
			b, err := fd.Bytes()
			if n++; err != nil || len(b) == 0 || isNumber(fd.Name) || n%step != 0 || runCase(f, section).Outcome == Skipped {
				return
			}
			if key := f.Sections[max(section, 0)].Fields.Text("key"); fd.Name == "text" && strings.HasPrefix(key, strings.Repeat("00", 16)) {
				return // Poly1305 with r of zero: any text has this tag
			}
			text := fd.Text
			at := n * 7 % len(b)
			if fd.Name == "rand" && strings.Contains(f.Title, "MLKEM") {
				at %= 96 // behind it is what an ML-KEM key answers wrong ciphertexts with: there is none here
			}
			fd.Text = flip(text, at)
			got := runCase(f, section)
			fd.Text = text
			require.Equal(t, Failed, got.Outcome, "%s, line %d, %q", name, fd.Line, fd.Name)
		})
	}
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

// runCase runs the case of a section, or the whole file if that is one case.
func runCase(f *vectors.File, section int) Case {
	if run := wholeFiles[f.Fields.Text("check")]; run != nil {
		return run(f)
	}
	return sectionCase(f, &f.Sections[section], Options{}, &keyCache{})
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
	files, n := data(t), 0
	for _, s := range sources {
		if s.load == nil {
			continue
		}
		for f, err := range s.load(s.Name, files[s.Name]) {
			require.NoError(t, err)
			step := 1
			if s.Name == "wycheproof" {
				step = len(f.Sections)/4 + 1
			}
			for i := range f.Sections {
				fields := f.Sections[i].Fields
				if i%step != 0 || fields.Get("result") != nil && fields.Text("result") != "valid" || runCase(f, i).Outcome != Passed {
					continue
				}
				for _, name := range expectations {
					fd := fields.Get(name)
					if fd == nil || fd.Text == "" || name == "ek" && fields.Get("m") != nil || name == "dk" && fields.Get("k") != nil {
						continue // there is none, or it is an input here
					}
					n++
					text := fd.Text
					fd.Text = flip(strings.ToLower(text), n*7%(len(text)/2))
					require.Equal(t, Failed, runCase(f, i).Outcome, "%s: %s: %q", f.Name, f.Sections[i].Title, name)
					fd.Text = text
				}
			}
		}
	}
	t.Log(n, "values changed")
	require.Greater(t, n, 200)
}

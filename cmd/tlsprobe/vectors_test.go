package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/vectors"
)

// runVectors is the command without a module cache: what it needs is in the
// program.
func runVectors(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	t.Setenv("GOMODCACHE", t.TempDir())
	var out, talk bytes.Buffer
	exit = run(append([]string{"vectors", "--ascii"}, args...), strings.NewReader(""), &out, &talk)
	return exit, out.String(), talk.String()
}

// hkdfCase has one wrong byte, where end is not 65.
func hkdfCase(end string) string {
	return `# Mine
check: hkdf
-- right --
hash: SHA-256
ikm: 0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b
salt: 000102030405060708090a0b0c
info: f0f1f2f3f4f5f6f7f8f9
length: 42
prk: 077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5
okm: 3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b8871858` + end + `
-- unknown --
hash: SHA-1
`
}

func vectorFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestVectorsHasALineForEachSourceAndTheSums(t *testing.T) {
	exit, out, talk := runVectors(t, "--suite", "rfc8448", "--suite", "rfc5869", "--suite", "acvp")
	require.Zero(t, exit)
	require.Empty(t, talk)
	require.Equal(t, `rfc8448: 5 passed, 0 failed, 0 skipped
rfc5869: 3 passed, 0 failed, 4 skipped (4: hash SHA-1 is in no suite of this module)
acvp: skipped: not in the module cache; "go mod download github.com/geomys/acvp-testdata@v0.0.0-20251201200548-d893de8b8b1c" gets it
8 passed, 0 failed, 4 skipped
`, out)
}

func TestVectorsRunsTheCasesThatAreChosen(t *testing.T) {
	exit, out, _ := runVectors(t, "--run", "5-hello-retry|A.1. Test", "-v")
	require.Zero(t, exit)
	require.Contains(t, out, "rfc8448: 1 passed, 0 failed, 0 skipped\n  PASS rfc8448/5-hello-retry-request.txt: RFC 8448, Section 5: HelloRetryRequest (187 values)\n")
	require.NotContains(t, out, "rfc9001")

	exit, out, talk := runVectors(t, "--run", "no such case")
	require.Equal(t, 2, exit)
	require.Contains(t, out, "wycheproof: skipped: ")
	require.True(t, strings.HasSuffix(out, "\n0 passed, 0 failed, 0 skipped\n"), out)
	require.Equal(t, "tlsprobe: no vector was run\n", talk)
}

func TestVectorsNamesTheFirstByteThatDiffers(t *testing.T) {
	name := vectorFile(t, "mine.txt", hkdfCase("66"))
	exit, out, talk := runVectors(t, "--file", name)
	require.Equal(t, 1, exit)
	require.Equal(t, "tlsprobe: 1 vector failed\n", talk)
	require.Equal(t, name+`: 0 passed, 1 failed, 1 skipped (1: hash SHA-1 is in no suite of this module)
  FAIL mine.txt: right
       line 10: okm: byte 41 of 42: 66 stated, 65 computed
       stated    3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185866
       computed  3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865
0 passed, 1 failed, 1 skipped
`, strings.ReplaceAll(out, "FAIL "+name, "FAIL mine.txt"))

	exit, out, talk = runVectors(t, "--json", "--file", name)
	require.Equal(t, 1, exit)
	require.Equal(t, "tlsprobe: 1 vector failed\n", talk)
	var rep vectorsReport
	require.NoError(t, json.Unmarshal([]byte(out), &rep))
	require.Equal(t, "tlsprobe.vectors/1", rep.Schema)
	require.Equal(t, 1, rep.Exit)
	require.Equal(t, 1, rep.Failed)
	require.Equal(t, 1, rep.Skipped)
	require.Len(t, rep.Sources[0].Cases, 1)
	f := rep.Sources[0].Cases[0].Failure
	require.Equal(t, "okm", f.Value)
	require.Equal(t, 41, f.Offset)
	require.Equal(t, 10, f.Line)
}

func TestVectorsTakesDirectories(t *testing.T) {
	name := vectorFile(t, "mine.txt", hkdfCase("65"))
	exit, out, _ := runVectors(t, "-v", filepath.Dir(name))
	require.Zero(t, exit)
	require.Contains(t, out, "PASS "+name+": right (2 values)\n")
	require.Contains(t, out, "SKIP "+name+": unknown (hash SHA-1 is in no suite of this module)\n")

	exit, _, talk := runVectors(t, t.TempDir())
	require.Equal(t, 2, exit)
	require.Contains(t, talk, "has no .txt and no .json files")
}

func TestVectorsRefusesWhatItCannotRead(t *testing.T) {
	for want, args := range map[string][]string{
		"nothing.txt: no such file or directory": {"--file", filepath.Join(t.TempDir(), "nothing.txt")},
		"broken.json: unexpected EOF":            {vectorFile(t, "broken.json", `{"algorithm":`)},
		`broken.txt: line 1: "abc" has no name`:  {vectorFile(t, "broken.txt", "abc\n")},
		"no vector was run":                      {vectorFile(t, "empty.txt", "")},
		"--suite chooses among the sources":      {"--suite", "rfc8448", "mine.txt"},
		"hint: did you mean rfc8448?":            {"--suite", "rfc8484"},
		"--run [: error parsing regexp":          {"--run", "["},
	} {
		exit, _, talk := runVectors(t, args...)
		require.Equal(t, 2, exit, "%s", args)
		require.Contains(t, talk, want)
	}
}

// A secret of a handshake that is wrong in one byte is named, and so is the
// byte; what follows from it is not blamed.
func TestVectorsNamesTheStepOfAHandshake(t *testing.T) {
	for _, c := range []struct{ file, value, want string }{
		{"handshakes/tls13-full-x25519.txt", "SERVER_TRAFFIC_SECRET_0: SECRET", "secrets, SERVER_TRAFFIC_SECRET_0: byte 1 of 32: "},
		{"handshakes/tls12-full-ecdsa-aes128.txt", "CLIENT_RANDOM:\n  SECRET", "secrets, CLIENT_RANDOM: byte 1 of 48: "},
		{"handshakes/quic-full.txt", "exporter: SECRET", "outcome, exporter: byte "},
		{"rfc8448/3-simple-1rtt.txt", "-- server derive c hs traffic --\nprk: SECRET", "server derive c hs traffic, prk: byte 1 of 32: "},
	} {
		text, err := fs.ReadFile(vectors.Files(), c.file)
		require.NoError(t, err)
		at := strings.Index(string(text), strings.TrimSuffix(c.value, "SECRET")) + len(c.value) - len("SECRET") + len("00")
		text[at] = "1032547698badcfe"[strings.IndexByte("0123456789abcdef", text[at])]
		exit, out, _ := runVectors(t, "--file", vectorFile(t, "mine.txt", string(text)))
		require.Equal(t, 1, exit)
		require.Contains(t, out, c.want)
	}
}

func TestDocumentsOfVectorsFitTheirSchema(t *testing.T) {
	for _, args := range [][]string{
		{"--json", "--suite", "acvp", "--suite", "rfc5869"}, // one of them is missing
		{"--json", "-v", "--suite", "rfc5869"},              // passed and skipped
		{"--json", vectorFile(t, "mine.txt", hkdfCase("66"))},
		{"--json", vectorFile(t, "mine.txt", hkdfCase("6"))},
		{"--json", vectorFile(t, "empty.txt", "")},
	} {
		_, out, _ := runVectors(t, args...)
		checkJSON(t, []byte(out))
		require.Contains(t, out, `"schema": "tlsprobe.vectors/1"`)
	}
	var out, talk bytes.Buffer
	require.Zero(t, run([]string{"schema", "vectors"}, strings.NewReader(""), &out, &talk))
	require.Contains(t, out.String(), `"$id": "tlsprobe.vectors/1"`)
}

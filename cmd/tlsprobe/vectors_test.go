package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/vectors"
	"github.com/tlsengine/tlsengine/vectors/verify"
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

func aFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// Without -v there is nothing but what failed and what was skipped, and the
// sums; a source that is not there counts as one that was skipped.
func TestVectorsSaysWhatFailedAndWhatWasSkipped(t *testing.T) {
	exit, out, talk := runVectors(t, "--run", "rfc(8448|5869)/")
	require.Zero(t, exit)
	require.Empty(t, talk)
	require.Equal(t, `SKIP rfc5869/hkdf.txt: A.4 Basic test case with SHA-1, and 3 others: hash SHA-1 is in no suite of this module
SKIP acvp: not in the module cache; "go mod download github.com/geomys/acvp-testdata@v0.0.0-20251201200548-d893de8b8b1c" gets it
SKIP wycheproof: not in the module cache; "go mod download github.com/c2sp/wycheproof@v0.0.0-20260902155932-3fa63dd0344a" gets it
8 passed, 0 failed, 6 skipped
`, out)
}

func TestVectorsRunsTheCasesThatAreChosen(t *testing.T) {
	exit, out, _ := runVectors(t, "--run", "5-hello-retry|A.[14] Basic", "-v")
	require.Zero(t, exit)
	require.Contains(t, out, "PASS rfc8448/5-hello-retry-request.txt: RFC 8448, Section 5: HelloRetryRequest (187 values)\n")
	require.Contains(t, out, "SKIP rfc5869/hkdf.txt: A.4 Basic test case with SHA-1: hash SHA-1 is in no suite of this module\n")
	require.NotContains(t, out, "rfc9001")

	exit, out, talk := runVectors(t, "--run", "no such case")
	require.Equal(t, 2, exit)
	require.Contains(t, out, "SKIP wycheproof: ")
	require.True(t, strings.HasSuffix(out, "\n0 passed, 0 failed, 2 skipped\n"), out)
	require.Equal(t, "tlsprobe: no vector was run\n", talk)
}

// An expression that begins with a source's name need not read the others.
func TestVectorsReadsTheSourcesThatMayMatch(t *testing.T) {
	for expr, want := range map[string]string{
		"^rfc8448/": "rfc8448", "^rfc8448/3-simple.*1-RTT": "rfc8448", "^rfc8": "rfc8448 rfc8439", "^no-such": "", "^acvp/TLS": "acvp",
	} {
		v := testVectors{match: regexp.MustCompile(expr)}
		require.Equal(t, strings.Fields(want), append([]string{}, v.sources()...), expr)
	}
	for _, expr := range []string{"rfc8448", "(?i)^RFC8448", "^rfc8448|hkdf", "(?m)^rfc8448", "^", "^r*fc8448"} {
		v := testVectors{match: regexp.MustCompile(expr)}
		require.Len(t, v.sources(), len(verify.Sources()), expr)
	}
	exit, _, talk := runVectors(t, "--run", "^no-such")
	require.Equal(t, 2, exit)
	require.Equal(t, "tlsprobe: no vector was run\n", talk)
}

func TestVectorsNamesTheFirstByteThatDiffers(t *testing.T) {
	name := aFile(t, "mine.txt", hkdfCase("66"))
	exit, out, talk := runVectors(t, name)
	require.Equal(t, 1, exit)
	require.Equal(t, "tlsprobe: 1 vector failed\n", talk)
	require.Equal(t, `FAIL mine.txt: right
     line 10: okm: the first byte that differs is 41, of 42
     expected  3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185866
     got       3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865
SKIP mine.txt: unknown: hash SHA-1 is in no suite of this module
0 passed, 1 failed, 1 skipped
`, strings.ReplaceAll(out, name, "mine.txt"))

	exit, out, talk = runVectors(t, "--json", name)
	require.Equal(t, 1, exit)
	require.Equal(t, "tlsprobe: 1 vector failed\n", talk)
	var rep vectorsReport
	require.NoError(t, json.Unmarshal([]byte(out), &rep))
	require.Equal(t, "tlsprobe.vectors/1", rep.Schema)
	require.Equal(t, [3]int{1, 1, 1}, [3]int{rep.Exit, rep.Failed, rep.Skipped})
	require.Equal(t, "rfc8448", rep.Sources[0].Format)
	require.Len(t, rep.Sources[0].Cases, 1)
	f := rep.Sources[0].Cases[0].Failure
	require.Equal(t, "okm", f.Value)
	require.Equal(t, 41, *f.Offset)
	require.Equal(t, 10, f.Line)
	require.Equal(t, []byte{0x66, 0x65}, []byte{f.Expected[41], f.Got[41]})
}

// A value that is long is shown around the byte that differs.
func TestVectorsShowsLongValuesInPart(t *testing.T) {
	long := bytes.Repeat([]byte{0xab}, 100)
	require.Equal(t, strings.Repeat("ab", 64)+" ... (36 bytes)", excerpt(long, 3))
	require.Equal(t, "(34 bytes) ... "+strings.Repeat("ab", 64)+" ... (2 bytes)", excerpt(long, 50))
	require.Equal(t, "(36 bytes) ... "+strings.Repeat("ab", 64), excerpt(long, 99))
	require.Equal(t, "nothing", excerpt(nil, 0))
}

func TestVectorsSaysWhereAnExpressionIsWrong(t *testing.T) {
	for expr, want := range map[string]string{
		"[":         "byte 0: missing closing ]",
		"ab(c(d)":   "byte 2: missing closing )",
		"a|b**":     "byte 4: invalid nested repetition operator",
		"tls13)":    "byte 5: unexpected )",
		`x\pQ`:      "byte 1: invalid character class range",
		"a{3,2}":    "byte 5: invalid repeat count",
		"a\xff":     "byte 1: invalid UTF-8",
		"(?P<n>a)(": "byte 8: missing closing )",
	} {
		exit, out, talk := runVectors(t, "--run", expr)
		require.Equal(t, 2, exit)
		require.Empty(t, out)
		require.Contains(t, talk, "--run ")
		require.Contains(t, talk, want)
	}
}

// A secret of a handshake that is wrong in one byte is named, and so is the
// byte; what follows from it is not blamed.
func TestVectorsNamesTheStepOfAHandshake(t *testing.T) {
	for _, c := range []struct{ file, value, want string }{
		{"handshakes/tls13-full-x25519.txt", "SERVER_TRAFFIC_SECRET_0: SECRET", "secrets, SERVER_TRAFFIC_SECRET_0: the first byte that differs is 1, of 32"},
		{"handshakes/tls12-full-ecdsa-aes128.txt", "CLIENT_RANDOM:\n  SECRET", "secrets, CLIENT_RANDOM: the first byte that differs is 1, of 48"},
		{"handshakes/quic-full.txt", "exporter: SECRET", "outcome, exporter: the first byte "},
		{"rfc8448/3-simple-1rtt.txt", "-- server derive c hs traffic --\nprk: SECRET", "server derive c hs traffic, prk: the first byte that differs is 1, of 32"},
	} {
		text, err := fs.ReadFile(vectors.Files(), c.file)
		require.NoError(t, err)
		at := strings.Index(string(text), strings.TrimSuffix(c.value, "SECRET")) + len(c.value) - len("SECRET") + len("00")
		text[at] = "1032547698badcfe"[strings.IndexByte("0123456789abcdef", text[at])]
		exit, out, _ := runVectors(t, aFile(t, "mine.txt", string(text)))
		require.Equal(t, 1, exit)
		require.Contains(t, out, c.want)
	}
}

func TestDocumentsOfVectorsFitTheirSchema(t *testing.T) {
	for _, args := range [][]string{
		{"--json", "--run", "^rfc5869"},       // some are missing
		{"--json", "-v", "--run", "^rfc5869"}, // passed and skipped
		{"--json", aFile(t, "mine.txt", hkdfCase("66"))},
		{"--json", aFile(t, "mine.txt", hkdfCase("6"))},
		{"--json", aFile(t, "empty.txt", "")},
		{"--json", aFile(t, "mine.txt", hkdfCase("65")), aFile(t, "junk.bin", "\x00\x01")},
		{"--json", "-v", filepath.Dir(aFile(t, "notes.md", "nothing"))},
	} {
		_, out, _ := runVectors(t, args...)
		checkJSON(t, []byte(out))
		require.Contains(t, out, `"schema": "tlsprobe.vectors/1"`)
	}
	var out, talk bytes.Buffer
	require.Zero(t, run([]string{"schema", "vectors"}, strings.NewReader(""), &out, &talk))
	require.Contains(t, out.String(), `"$id": "tlsprobe.vectors/1"`)
}

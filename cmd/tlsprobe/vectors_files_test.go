package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/trace"
)

// wycheproofFile and the two of ACVP are in the forms of their projects, with
// values of RFC 5869 and of NIST's AES-GCM example.
const (
	wycheproofFile = `{"algorithm":"HKDF-SHA-256","numberOfTests":1,"testGroups":[{"type":"HkdfTest","keySize":176,"tests":[{"tcId":1,"comment":"RFC 5869",
"ikm":"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b","salt":"000102030405060708090a0b0c","info":"f0f1f2f3f4f5f6f7f8f9","size":42,
"okm":"3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865","result":"valid","flags":[]}]}]}`
	acvpPrompt = `[{"acvVersion":"1.0"},{"vsId":7,"algorithm":"ACVP-AES-GCM","revision":"1.0","testGroups":[{"tgId":1,"testType":"AFT","direction":"encrypt",
"ivGen":"external","keyLen":128,"ivLen":96,"tagLen":128,"tests":[{"tcId":1,"key":"00000000000000000000000000000000","iv":"000000000000000000000000","pt":"","aad":""}]}]}]`
	acvpResults = `[{"acvVersion":"1.0"},{"vsId":7,"algorithm":"ACVP-AES-GCM","testGroups":[{"tgId":1,"tests":[{"tcId":1,"ct":"","tag":"58e2fccefa7e3061367f1d57a4e7455a"}]}]}]`
)

// files makes a directory of files by their names, and returns it.
func someFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		name = filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
	}
	return dir
}

// savedDemo is a trace of ours, and the two directions of its first connection
// with their key log.
func savedDemo(t *testing.T, flags ...string) (file string, c2s, s2c []byte, keyLog string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "trace.json")
	require.Zero(t, run(append([]string{"demo", "--save-trace", file}, flags...), strings.NewReader(""), io.Discard, io.Discard))
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	tr, err := trace.Load(b)
	require.NoError(t, err)
	c := tr.Connections[0]
	hello := c.Bytes(&c.Messages[0])
	for _, s := range c.Secrets {
		if s.KeyLog != "" {
			keyLog += fmt.Sprintf("%s %x %s\n", s.KeyLog, hello[6:38], hex.EncodeToString(s.Out))
		}
	}
	return file, c.Buffers[0].Bytes, c.Buffers[1].Bytes, keyLog
}

func TestVectorsFindsOutTheFormOfAFile(t *testing.T) {
	dir := someFiles(t, map[string]string{
		"a.dat": hkdfCase("65"), "b.dat": wycheproofFile, "c/prompt.json": acvpPrompt, "c/expectedResults.json": acvpResults,
		"d/vectors/x.json": acvpPrompt, "d/expected/x.json": acvpResults,
	})
	demo, c2s, s2c, keyLog := savedDemo(t)
	for form, args := range map[string][]string{
		"rfc8448": {dir + "/a.dat"}, "wycheproof": {dir + "/b.dat"}, "trace": {demo},
		"acvp": {dir + "/c/prompt.json"},
	} {
		for _, flags := range [][]string{nil, {"--format", "auto"}, {"--format", form}} {
			exit, out, talk := runVectors(t, append(append(flags, "--json"), args...)...)
			require.Zero(t, exit, "%s: %s", args, talk)
			var rep vectorsReport
			require.NoError(t, json.Unmarshal([]byte(out), &rep))
			require.Equal(t, form, rep.Sources[0].Format)
			require.Equal(t, 1, rep.Passed)
			checkJSON(t, []byte(out))
		}
	}
	for _, args := range [][]string{
		{dir + "/c/prompt.json", dir + "/c/expectedResults.json"}, {dir + "/c/expectedResults.json"}, {dir + "/d/vectors/x.json"},
		{dir + "/d/expected/x.json"}, {dir + "/c"}, {dir + "/d"}, {dir + "/c/prompt.json", dir + "/d/expected/x.json"},
	} {
		exit, out, talk := runVectors(t, args...)
		require.Zero(t, exit, "%s: %s", args, talk)
		require.Equal(t, "1 passed, 0 failed, 0 skipped\n", out, "%s", args)
	}
	exit, out, _ := runVectors(t, "-v", aFile(t, "both.json", strings.Replace(acvpPrompt, `"pt":""`, `"pt":"","ct":"","tag":"58e2fccefa7e3061367f1d57a4e7455b"`, 1)))
	require.Equal(t, 1, exit)
	require.Contains(t, out, "the first byte that differs is 15, of 16\n     expected  58e2fccefa7e3061367f1d57a4e7455b\n     got       58e2fccefa7e3061367f1d57a4e7455a\n")

	raw := someFiles(t, map[string]string{"c2s": string(c2s), "s2c": string(s2c), "keys": keyLog})
	exit, out, _ = runVectors(t, "-v", "--c2s", raw+"/c2s", "--s2c", raw+"/s2c", "--keylog", raw+"/keys")
	require.Zero(t, exit)
	require.Contains(t, out, "PASS "+raw+"/c2s: connection 0 (")
	s2c[len(s2c)-1] ^= 1 // of the last record's tag
	require.NoError(t, os.WriteFile(raw+"/s2c", s2c, 0o600))
	exit, out, _ = runVectors(t, "--c2s", raw+"/c2s", "--s2c", raw+"/s2c", "--keylog", raw+"/keys")
	require.Equal(t, 1, exit)
	require.Contains(t, out, "no key that is known opens it")
}

// A directory is walked; what is in it that has no vectors is skipped, and says
// why; what is broken is said, and the others run.
func TestVectorsWalksDirectories(t *testing.T) {
	dir := someFiles(t, map[string]string{
		"mine.txt": hkdfCase("65"), "deep/er/wycheproof.json": wycheproofFile, "README.md": "words\n", "code.go": "package x\n/*\ncheck:\n*/", "z.txt": "words\n", "empty": "", "junk.bin": "\x00\xff\x17",
		"report.json": `{"schema":"tlsprobe.connect/1"}`, "list.json": "[1, 2]", "half.json": `{"a":`, "records": "\x16\x03\x01\x00\x05\x01", "lonely.json": acvpPrompt,
	})
	require.NoError(t, os.Symlink(dir, filepath.Join(dir, "deep", "loop")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "mine.txt"), filepath.Join(dir, "same.txt")))
	exit, out, talk := runVectors(t, dir)
	require.Zero(t, exit, talk)
	require.Empty(t, talk)
	out = strings.ReplaceAll(out, dir+"/", "")
	for _, line := range []string{
		"SKIP README.md, and 2 others: text without a line that begins with check:\n", "SKIP deep/loop: a link to a directory\n", "SKIP empty: it is empty\n",
		"SKIP junk.bin: binary data\n", "SKIP report.json: tlsprobe.connect, and no tlsprobe.trace\n", "SKIP list.json: JSON, but no trace, and neither Wycheproof nor ACVP\n",
		"SKIP half.json: it begins as JSON, and is broken or ends in the middle\n", "SKIP records: TLS records of one direction, of which --c2s and --s2c take the two\n",
		"SKIP lonely.json: ACVP: its expected results are not there\n",
		"\n3 passed, 0 failed, 13 skipped\n",
	} {
		require.Contains(t, out, line)
	}

	require.NoError(t, os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "gone")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bad.txt"), []byte("check: hkdf\n-- a --\nx\n: y\n"), 0o600))
	exit, out, talk = runVectors(t, dir)
	require.Equal(t, 2, exit)
	require.Contains(t, out, "\n3 passed, 0 failed, 13 skipped\n", "the others run")
	require.Contains(t, talk, "tlsprobe: "+dir+"/gone: no such file or directory\n")
	require.Contains(t, talk, "tlsprobe: "+dir+"/bad.txt: line 4: ")
	exit, out, _ = runVectors(t, "--json", dir)
	require.Equal(t, 2, exit)
	checkJSON(t, []byte(out))
	require.Contains(t, out, `"code": "input.vectors"`)

	exit, out, _ = runVectors(t, "--format", "wycheproof", dir)
	require.Equal(t, 2, exit)
	require.Contains(t, out, "README.md, and 12 others: not of the form wycheproof\n")
	require.Contains(t, out, "\n1 passed, ")

	exit, out, talk = runVectors(t, t.TempDir())
	require.Equal(t, 2, exit)
	require.Contains(t, out, ": an empty directory\n0 passed, 0 failed, 1 skipped\n")
	require.Equal(t, "tlsprobe: no vector was run\n", talk)
}

func TestVectorsRefusesWhatItCannotRead(t *testing.T) {
	demo, _, _, keyLog := savedDemo(t)
	b, err := os.ReadFile(demo)
	require.NoError(t, err)
	half := aFile(t, "half.json", string(b[:len(b)/2]))
	other := aFile(t, "other.json", strings.Replace(string(b), "tlsprobe.trace/1", "tlsprobe.trace/2", 1))
	for want, args := range map[string][]string{
		"nothing.txt: no such file or directory":                                             {filepath.Join(t.TempDir(), "nothing.txt")},
		"broken.json: no known form: it begins as JSON, and is broken or ends in the middle": {aFile(t, "broken.json", `{"algorithm":`)},
		"cut.json: byte 53: the document ends in the middle":                                 {aFile(t, "cut.json", `{"algorithm":"HKDF-SHA-256","testGroups":[{"tests":[{`)},
		"two.json: byte 17: something follows the document":                                  {aFile(t, "two.json", `{"testGroups":[]}{}`)},
		`abc.txt: no known form: text without a line that begins with check:`:                {aFile(t, "abc.txt", "abc\n")},
		`forced.txt: line 1: "abc" has no name`:                                              {"--format", "rfc8448", aFile(t, "forced.txt", "abc\n")},
		"empty.txt: no known form: it is empty":                                              {aFile(t, "empty.txt", "")},
		"no vector was run":                                                                  {aFile(t, "none.txt", "check: hkdf\n")},
		"junk.bin: no known form: binary data":                                               {aFile(t, "junk.bin", "\x01\x00\xfe")},
		"prompt.json: ACVP: its expected results are not there":                              {aFile(t, "prompt.json", acvpPrompt)},
		"results.json: ACVP: expected results, and their prompt is not there":                {aFile(t, "results.json", acvpResults)},
		"half.json: byte ": {half},
		"other.json: not a trace of schema tlsprobe.trace/1":                {other},
		"capture.pcap: not a .pcap or .pcapng file":                         {aFile(t, "capture.pcap", "\xd4\xc3\xb2\xa1\x02\x00")},
		"text.pcap: not a .pcap or .pcapng file":                            {"--format", "pcap", aFile(t, "text.pcap", "text")},
		"keys: line 1 of the key log has 1 words":                           {"--keylog", aFile(t, "keys", "x\n"), demo},
		"log has no secret of any connection in the captures":               {"--keylog", aFile(t, "log", keyLog), demo},
		"--c2s and --s2c belong together":                                   {"--c2s", demo},
		"--format and --keylog are for files":                               {"--format", "trace"},
		"--format xml: want auto, rfc8448, trace, wycheproof, acvp or pcap": {"--format", "xml", demo},
		"unknown flag --suite":                                              {"--suite", "rfc8448"},
	} {
		exit, _, talk := runVectors(t, args...)
		require.Equal(t, 2, exit, "%s: %s", args, talk)
		require.Contains(t, talk, want)
	}
}

// What fails is shown, but what could not be read decides.
func TestVectorsThatFailBesidesFilesThatCannotBeRead(t *testing.T) {
	exit, out, talk := runVectors(t, "no-such-file", aFile(t, "mine.txt", hkdfCase("66")), "neither")
	require.Equal(t, 2, exit)
	require.Contains(t, out, "FAIL ")
	require.Contains(t, out, "0 passed, 1 failed, 1 skipped\n")
	require.Equal(t, "tlsprobe: neither: no such file or directory\ntlsprobe: no-such-file: no such file or directory\n", talk)
}

// A file of 300 MiB is refused before it is read; one that cannot be read is
// said.
func TestVectorsRefusesHugeAndUnreadableFiles(t *testing.T) {
	huge := aFile(t, "huge.txt", "")
	require.NoError(t, os.Truncate(huge, 300<<20)) // a hole: it takes no space
	begin := time.Now()
	exit, _, talk := runVectors(t, huge)
	require.Equal(t, 2, exit)
	require.Contains(t, talk, "huge.txt is longer than 268435456 bytes")
	require.Less(t, time.Since(begin), time.Second)

	dir := someFiles(t, map[string]string{"mine.txt": hkdfCase("65"), "secret.txt": hkdfCase("65")})
	require.NoError(t, os.Symlink(huge, filepath.Join(dir, "link.txt")))
	exit, out, talk := runVectors(t, dir)
	require.Equal(t, 2, exit)
	require.Contains(t, talk, "link.txt is longer than")
	require.Contains(t, out, "2 passed, 0 failed, 2 skipped\n")

	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	require.NoError(t, os.Chmod(filepath.Join(dir, "secret.txt"), 0))
	exit, _, talk = runVectors(t, filepath.Join(dir, "secret.txt"))
	require.Equal(t, 2, exit)
	require.Contains(t, talk, "secret.txt: permission denied")
}

// What the user ends says how far it came.
func TestVectorsEndsWhenItIsInterrupted(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var out, talk strings.Builder
	p := &probe{ctx: ctx, stdin: strings.NewReader(""), stdout: &out, stderr: &talk, getenv: func(string) string { return "" }, now: time.Now}
	require.Equal(t, 130, p.main([]string{"vectors", "--json", aFile(t, "mine.txt", hkdfCase("65"))}))
	require.Contains(t, out.String(), `"complete": false`)
	checkJSON(t, []byte(out.String()))
	require.Equal(t, "tlsprobe: interrupted\n", talk.String())
}

// vectorsOf is the report of a run, with all its cases.
func vectorsOf(t *testing.T, args ...string) (rep vectorsReport) {
	t.Helper()
	_, out, talk := runVectors(t, append(args, "--json", "-v")...)
	require.NoError(t, json.Unmarshal([]byte(out), &rep), talk)
	checkJSON(t, []byte(out))
	return rep
}

// The reference vectors that are not of this module: captures with key logs,
// ACVP of two folders, and a lot that has no form that is known.
func TestVectorsOfAFolder(t *testing.T) {
	dir := os.Getenv("TLSENGINE_VECTORS")
	if dir == "" {
		t.Skip("TLSENGINE_VECTORS is not set")
	}
	rep := vectorsOf(t, dir)
	require.Zero(t, rep.Failed)
	passed := map[string]int{}
	for _, s := range rep.Sources {
		passed[s.Format] += s.Passed
		require.Nil(t, s.Error, s.Name)
	}
	require.GreaterOrEqual(t, passed["acvp"], 45)
	require.GreaterOrEqual(t, passed["pcap"], 3, "each key log opened its capture")
}

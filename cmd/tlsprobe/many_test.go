package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSeveralTargets(t *testing.T) {
	fx := newFixtures(t)
	good, closed, http, self, ca := fx.expand("{engine}"), fx.expand("{closed}"), fx.expand("{http}"), fx.expand("{selfsigned}"), fx.expand("{ca}")
	list := fx.file("targets", "# two\r\n"+good+"   # the good one\r\n\r\n"+closed+"\r\n")
	bad := fx.file("bad", good+"\nhost:99999\nhttps://[::1\n"+good+"\n")
	for _, c := range []struct {
		line  string
		stdin string
		exits []int
		exit  int
		says  string
	}{
		{"connect " + good + " " + good + " --jsonl", "", []int{0, 0}, 0, ""},
		{"connect --targets " + list + " --jsonl", "", []int{0, 3}, 3, "refused the connection"},
		{"connect --targets " + list + " " + self + " --jsonl", "", []int{1, 0, 3}, 3, ""},
		{"connect " + self + " " + good + " --jsonl", "", []int{1, 0}, 1, "not trusted"},
		{"connect " + closed + " " + http + " " + self + " --jsonl", "", []int{3, 4, 1}, 4, ""},
		{"connect --targets " + bad + " --jsonl", "", []int{0, 0}, 2, "line 2: port \"99999\" is not a number"},
		{"connect - --jsonl", good + "\n" + good + "\n", []int{0, 0}, 0, ""},
		{"cert " + good + " " + good + " --jsonl", "", []int{0, 0}, 0, ""},
		{"connect " + good + " --jsonl", "", []int{0}, 0, ""},
	} {
		var stdout, stderr bytes.Buffer
		p := fx.probe(strings.NewReader(c.stdin), &stdout, &stderr)
		p.getenv = func(string) string { return "" }
		exit := p.main(append(words(c.line), "--ca-file", ca))
		require.Equal(t, c.exit, exit, "%s\n%s", c.line, &stderr)
		require.Contains(t, stderr.String(), c.says)
		var exits []int
		for line := range strings.Lines(stdout.String()) {
			var rep struct{ Exit int }
			require.NoError(t, json.Unmarshal([]byte(line), &rep))
			exits = append(exits, rep.Exit)
			checkJSON(t, []byte(line))
		}
		require.Equal(t, c.exits, exits, c.line)
	}
}

func TestSeveralTargetsInTextAndToAFile(t *testing.T) {
	fx := newFixtures(t)
	good, ca, out := fx.expand("{engine}"), fx.expand("{ca}"), filepath.Join(fx.dir, "out")
	var stdout, stderr bytes.Buffer
	p := fx.probe(strings.NewReader(""), &stdout, &stderr)
	p.getenv = func(string) string { return "" }
	require.Zero(t, p.main([]string{"connect", good, good, "--ca-file", ca}))
	require.Equal(t, 2, strings.Count(stdout.String(), "  version "))
	require.Zero(t, p.main([]string{"connect", good, good, "--ca-file", ca, "-o", out, "--jsonl"}))
	b, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(b), "\n"))
}

func TestTheExitCodeOfSeveralTargetsIsTheWorst(t *testing.T) {
	order := []int{130, 70, 2, 4, 3, 1, 5, 0}
	for i, worse := range order {
		for _, other := range order[i:] {
			require.Equal(t, worse, worst([]int{other, worse, other, 0}))
		}
	}
}

func TestListsThatCannotBe(t *testing.T) {
	fx := newFixtures(t)
	good := fx.expand("{engine}")
	for line, says := range map[string]string{
		"connect a b --json":                   "several targets need --jsonl",
		"connect a b --interactive":            "--interactive goes with one target only",
		"connect a b --save-trace x":           "--save-trace goes with one target only",
		"cert a b --out x":                     "--out goes with one target only",
		"connect --targets {dir}/none":         "no such file",
		"connect --targets {empty}":            "the list has no target",
		"connect " + good + " - --jsonl":       "line 1",
		"connect " + good + " --targets {dir}": "{dir}",
	} {
		var stdout, stderr bytes.Buffer
		p := fx.probe(strings.NewReader("a b\n"), &stdout, &stderr)
		p.getenv = func(string) string { return "" }
		require.Equal(t, 2, p.main(append(words(fx.expand(line)), "--no-verify", "--timeout", "2s")), line)
		require.Contains(t, stderr.String(), fx.expand(says), line)
	}
}

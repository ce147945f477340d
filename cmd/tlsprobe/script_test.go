package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestScripts runs the dialogues in testdata: what is typed, and what comes
// out. A script is a list of commands:
//
//	# a comment
//	$ tlsprobe demo --seed 01
//	stdout:
//	A client and a server ...
//	...
//	stderr:
//	exit: 0
//
// A line of three dots stands for any number of lines, and three dots within a
// line for anything. stderr and exit are nothing and 0 unless they are there.
// {name} is a fixture: a server's address, or a file (see fixtures_test.go);
// "< text" behind the command is its stdin, "VAR=value" before it environment.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			fx := newFixtures(t)
			for _, step := range readScript(t, file) {
				step.run(t, fx)
			}
		})
	}
}

// step is one command of a script.
type step struct {
	where          string
	line           string
	stdout, stderr []string
	exit           int
}

func readScript(t *testing.T, file string) (steps []*step) {
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	var block *[]string
	for n, line := range strings.Split(strings.TrimRight(string(content), "\n"), "\n") {
		s := &step{}
		if len(steps) > 0 {
			s = steps[len(steps)-1]
		}
		switch {
		case strings.HasPrefix(line, "$ "):
			steps = append(steps, &step{where: file + ":" + strconv.Itoa(n+1), line: line[2:]})
			block = nil
		case line == "stdout:":
			block = &s.stdout
		case line == "stderr:":
			block = &s.stderr
		case strings.HasPrefix(line, "exit: "):
			s.exit, err = strconv.Atoi(line[len("exit: "):])
			require.NoError(t, err, s.where)
			block = nil
		case strings.HasPrefix(line, "# "):
			block = nil
		case block != nil:
			*block = append(*block, line)
		default:
			require.True(t, line == "" || line[0] == '#', "%s: line %d is no command and no comment: %q", file, n+1, line)
		}
	}
	return steps
}

func (s *step) run(t *testing.T, fx *fixtures) {
	line, stdin, _ := strings.Cut(s.line, " < ")
	env := map[string]string{"LANG": "C.UTF-8"}
	args := words(fx.expand(line))
	for strings.Contains(args[0], "=") {
		name, value, _ := strings.Cut(args[0], "=")
		env[name], args = value, args[1:]
	}
	require.Equal(t, "tlsprobe", args[0], s.where)
	var stdout, stderr bytes.Buffer
	p := fx.probe(strings.NewReader(fx.expand(stdin)), &stdout, &stderr)
	p.getenv = func(name string) string { return env[name] }
	exit := p.main(args[1:])
	require.Equal(t, s.exit, exit, "%s: exit code\nstdout:\n%s\nstderr:\n%s", s.where, &stdout, &stderr)
	if strings.HasPrefix(stdout.String(), "{\n") && args[1] != "schema" {
		checkJSON(t, stdout.Bytes())
	}
	fx.match(t, s.where+": stdout", s.stdout, stdout.String())
	fx.match(t, s.where+": stderr", s.stderr, stderr.String())
}

// words splits a command line at blanks, but not within single quotes.
func words(line string) (list []string) {
	for _, m := range regexp.MustCompile(`(?:'[^']*'|[^\s'])+`).FindAllString(line, -1) {
		list = append(list, strings.ReplaceAll(m, "'", ""))
	}
	return list
}

// match holds an output to the lines of a script.
func (fx *fixtures) match(t *testing.T, what string, want []string, got string) {
	for len(want) > 0 && want[len(want)-1] == "" {
		want = want[:len(want)-1] // what separates it from the next command
	}
	pattern := `^`
	for _, line := range want {
		if line == "..." {
			pattern += `(?:.*\n)*`
			continue
		}
		line = regexp.QuoteMeta(fx.expand(line))
		pattern += strings.ReplaceAll(line, `\.\.\.`, `.*`) + `\n`
	}
	if got != "" {
		got = strings.TrimRight(got, "\n") + "\n"
	}
	if !regexp.MustCompile(pattern + `$`).MatchString(got) {
		require.Failf(t, what+" differs", "want:\n%s\n\ngot:\n%s", strings.Join(want, "\n"), got)
	}
}

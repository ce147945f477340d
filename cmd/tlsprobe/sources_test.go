package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
)

// values are good ones for flags that do not take any word.
var goodValues = map[string]string{
	"timeout": "1s", "connect-timeout": "1s", "linger": "1s", "idle": "1s", "max-reply": "1k", "app-data": "1k", "min-version": "1.2", "max-version": "1.3",
	"at": "2026-11-21", "seed": "01", "pin": "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "tlsa": "3 1 1 " + strings.Repeat("00", 32),
	"field": "names", "early-data": "1", "tickets": "1", "record-size": "1024", "max-conns": "1", "warn": "1", "stream": "1", "run": "x",
}

func goodValue(f *flags.Flag) string {
	switch {
	case goodValues[f.Name] != "":
		return goodValues[f.Name]
	case f.Arg == "":
		return "true"
	case len(f.Choices) > 0:
		return f.Choices[0]
	}
	return "x"
}

// TestEveryFlagOfEveryCommandHasItsVariableAndItsLine: TLSPROBE_<FLAG> and a
// line of the config file do what the flag does, and what is nearer holds.
func TestEveryFlagOfEveryCommandHasItsVariableAndItsLine(t *testing.T) {
	count := 0
	for _, c := range commands() {
		for _, f := range (&probe{}).flagSet(c.make()).Flags {
			count++
			about := c.name + " --" + f.Name
			value := goodValue(f)
			env := func(name string) string {
				if name == "TLSPROBE_"+strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")) {
					return value
				}
				return ""
			}
			line := []flags.Line{{Number: 1, Name: f.Name, Value: value}}
			for want, apply := range map[string]func(*flags.Set) error{
				"flag": func(s *flags.Set) error {
					args := []string{"--" + f.Name, value}
					if f.Arg == "" {
						args = args[:1]
					}
					_, err := s.Parse(args)
					return err
				},
				"environment": func(s *flags.Set) error { return s.Environment(env) },
				"file":        func(s *flags.Set) error { return s.Apply("config", line) },
			} {
				set := (&probe{}).flagSet(c.make())
				require.NoError(t, apply(set), about)
				require.Equal(t, want, set.Lookup(f.Name).From, about)
				require.NoError(t, set.Environment(env), about)
				require.NoError(t, set.Apply("config", line), about)
				if want != "file" {
					require.Equal(t, want, set.Lookup(f.Name).From, "%s: the nearer holds", about)
				}
			}
			require.NotEmpty(t, f.Help, about)
			require.Equal(t, strings.ToLower(f.Name), f.Name, about)
		}
	}
	require.Greater(t, count, 150)
}

// TestOneLetterMeansTheSameEverywhere, and no flag is there twice.
func TestOneLetterMeansTheSameEverywhere(t *testing.T) {
	letters := map[string]string{}
	for _, c := range commands() {
		set := (&probe{}).flagSet(c.make())
		names := set.Names()
		slices.Sort(names)
		require.Equal(t, len(names), len(slices.Compact(names)), c.name)
		for _, f := range set.Flags {
			if f.Short != "" && letters[f.Short] != "" {
				require.Equal(t, letters[f.Short], f.Name, c.name)
			}
			if f.Short != "" {
				letters[f.Short] = f.Name
			}
		}
	}
	require.Equal(t, map[string]string{"o": "output", "q": "quiet", "v": "verbose", "h": "help", "4": "ipv4", "6": "ipv6", "i": "interactive"}, letters)
}

// TestEveryCommandHasJSON: one document and nothing else, whatever comes of it.
func TestEveryCommandHasJSON(t *testing.T) {
	fx := newFixtures(t)
	fx.expand("{engine} {ca}")
	for _, line := range []string{
		"", "nonsense", "demo", "connect {engine} --ca-file {ca}", "connect", "connect --help", "connect {closed}", "connect {alert40} --why", "connect {selfsigned}", "connect {engine} --no-verify --get / -v",
		"connect {engine} -i", "connect {engine} --ca-file {ca} --resume -vv", "cert {engine} --ca-file {ca}", "cert {ca}", "cert {hello}", "cert {engine} --field names --ca-file {ca}", "show {engine} --ca-file {ca}",
		"show {closed}", "show {hello}", "show {alert40}", "serve --addr 192.0.2.1:1", "serve --cert {ca}", "vectors --run ^rfc5869", "vectors {hello}", "vectors {forged}", "diff {hello} {hello}", "diff",
		"explain 0x1301", "explain nonsense", "explain hex 16", "help", "help connect", "help targets", "help nonsense", "man", "man show", "completion bash", "completion", "version", "version -v", "schema nonsense",
	} {
		for _, flag := range []string{"--json", "--jsonl"} {
			var stdout, stderr lockedBuffer
			p := fx.probe(strings.NewReader(""), &stdout, &stderr)
			p.getenv = func(string) string { return "" }
			exit := p.main(append(words(fx.expand(line)), flag))
			out := stdout.String()
			require.True(t, strings.HasPrefix(out, "{") && strings.HasSuffix(out, "}\n"), "%s %s: %q", line, flag, out)
			var doc struct{ Exit *int }
			require.NoError(t, json.Unmarshal([]byte(out), &doc), "%s: one document", line)
			checkJSON(t, []byte(out))
			if doc.Exit != nil {
				require.Equal(t, exit, *doc.Exit, line)
			}
			require.Equal(t, flag == "--jsonl", strings.Count(out, "\n") == 1, line)
		}
	}
}

package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// complete asks bash what it makes of a command line.
func complete(t *testing.T, words ...string) []string {
	script := call(t, "completion", "bash") + "\nCOMP_WORDS=(" + strings.Join(words, " ") + ")\n"
	script += "COMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_tlsprobe\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
	out, err := exec.Command("bash", "-c", script).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.Fields(string(out))
}

func TestBashCompletesCommandsFlagsAndValues(t *testing.T) {
	have(t, "bash")
	require.Equal(t, []string{"connect"}, complete(t, "tlsprobe", "conn"))
	require.Equal(t, []string{"--early-data"}, complete(t, "tlsprobe", "connect", "--early"))
	require.Equal(t, []string{"require"}, complete(t, "tlsprobe", "serve", "--client-auth", "requi"))
	require.Equal(t, []string{"exit-codes"}, complete(t, "tlsprobe", "help", "exi"))
	require.Equal(t, []string{"html"}, complete(t, "tlsprobe", "show", "--format", "h"))
	require.Equal(t, commandNames(), complete(t, "tlsprobe", "''"))
}

func TestFishCompletesCommandsFlagsAndValues(t *testing.T) {
	have(t, "fish")
	script := call(t, "completion", "fish")
	for line, want := range map[string][]string{
		"tlsprobe conn":                     {"connect"},
		"tlsprobe connect --early":          {"--early-data"},
		"tlsprobe serve --client-auth requ": {"request", "require"},
		"tlsprobe help exi":                 {"exit-codes"},
		"tlsprobe show --format h":          {"html"},
	} {
		cmd := exec.Command("fish", "--no-config", "-c", script+"\ncomplete -C '"+line+"'")
		cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir())
		out, err := cmd.Output()
		require.NoError(t, err)
		var got []string
		for line := range strings.Lines(string(out)) {
			word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
			got = append(got, word)
		}
		require.Equal(t, want, got, line)
	}
}

// TestZshCompletes lets zsh run the function with stand-ins for what it calls,
// which print what they would offer.
func TestZshCompletes(t *testing.T) {
	have(t, "zsh")
	for line, want := range map[string]string{
		"tlsprobe conn":                   "connect:one connection",
		"tlsprobe serve --client-auth re": "--client-auth[client certificates (none)]:value:(none request require)",
		"tlsprobe help exi":               "exit-codes",
	} {
		script := "_describe() { print -rl -- $commands; }\n_arguments() { print -rl -- $@; }\nwords=(" + line + "); CURRENT=$#words\n" +
			"f() {\n" + call(t, "completion", "zsh") + "}\nf\n"
		out, err := exec.Command("zsh", "-f", "-c", script).CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), want, line)
	}
}

func TestCompletionScriptsParse(t *testing.T) {
	for shell, args := range map[string][]string{"bash": {"-n"}, "zsh": {"-n"}, "fish": {"--no-execute"}} {
		script := call(t, "completion", shell)
		require.Contains(t, script, "early-data")
		t.Run(shell, func(t *testing.T) {
			have(t, shell)
			cmd := exec.Command(shell, args...)
			cmd.Stdin = strings.NewReader(script)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}

package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// complete asks bash what it makes of a command line.
func complete(t *testing.T, words ...string) []string {
	script := call(t, "completion", "bash") + "\nCOMP_WORDS=(" + strings.Join(words, " ") + " '')\n"
	last := words[len(words)-1]
	if last != "''" {
		script = strings.Replace(script, " '')\n", ")\n", 1)
	}
	script += "COMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_tlsprobe\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
	out, err := exec.Command("bash", "-c", script).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.Fields(string(out))
}

func TestBashCompletesCommandsFlagsAndValues(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("bash is not installed")
	}
	require.Equal(t, []string{"connect"}, complete(t, "tlsprobe", "conn"))
	require.Equal(t, []string{"--early-data"}, complete(t, "tlsprobe", "connect", "--early"))
	require.Equal(t, []string{"require"}, complete(t, "tlsprobe", "serve", "--client-auth", "requi"))
	require.Equal(t, []string{"exit-codes"}, complete(t, "tlsprobe", "help", "exi"))
}

func TestCompletionScriptsParse(t *testing.T) {
	for shell, args := range map[string][]string{"bash": {"-n"}, "zsh": {"-n"}, "fish": {"--no-execute"}} {
		script := call(t, "completion", shell)
		require.Contains(t, script, "early-data")
		if _, err := exec.LookPath(shell); err != nil {
			continue
		}
		cmd := exec.Command(shell, args...)
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", shell, out)
	}
}

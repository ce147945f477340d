package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhatCannotBeWrittenIsExit2: the answer, and whatever else was asked for.
// No partial file is left.
func TestWhatCannotBeWrittenIsExit2(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	fx := newFixtures(t)
	fx.expand("{engine} {ca}")
	require.NoError(t, os.Mkdir(filepath.Join(fx.dir, "certs"), 0o700))
	require.NoError(t, os.Symlink("/dev/full", filepath.Join(fx.dir, "certs", "0.pem")))
	for _, line := range []string{
		"connect {engine} --ca-file {ca} -o /dev/full", "connect {engine} --ca-file {ca} -o {dir}/none/x", "connect {engine} --ca-file {ca} -o {dir}",
		"connect {engine} --ca-file {ca} --json -o /dev/full", "connect {engine} {engine} --ca-file {ca} --jsonl -o /dev/full",
		"connect {engine} --ca-file {ca} --save-trace /dev/full", "connect {engine} --ca-file {ca} --save-trace /dev/full -q", "connect {engine} --ca-file {ca} --save-trace {dir}/none/x",
		"connect {engine} --ca-file {ca} --session-out /dev/full", "connect {engine} --ca-file {ca} --session-out {dir}/none/x",
		"connect {engine} --ca-file {ca} --keylog /dev/full", "connect {engine} --ca-file {ca} --keylog /dev/full --json", "connect {engine} --ca-file {ca} --keylog {dir}/none/x",
		"connect {engine} --ca-file {ca} --certs-out {dir}/none", "connect {engine} --ca-file {ca} --certs-out {dir}/certs",
		"cert {engine} --ca-file {ca} -o /dev/full", "cert {engine} --ca-file {ca} --keylog /dev/full", "cert {engine} --ca-file {ca} --keylog /dev/full --json", "cert {engine} --ca-file {ca} --out {dir}/none",
		"show {engine} --ca-file {ca} -o /dev/full", "show {engine} --ca-file {ca} --save-trace /dev/full", "show {engine} --ca-file {ca} --keylog /dev/full --json", "demo -o /dev/full", "demo --save-trace /dev/full",
		"vectors --run ^rfc8448 -o /dev/full", "explain 0x1301 -o /dev/full", "schema trace -o {dir}/none/x", "help connect -o /dev/full", "connect --help -o /dev/full", "version -o /dev/full",
	} {
		before, err := os.ReadDir(fx.dir)
		require.NoError(t, err)
		exit, stdout, said := fx.exits("", line)
		require.Equal(t, 2, exit, "%s: %s", line, said)
		require.Regexp(t, `^(tlsprobe: .*\n){1,2}(hint: .*\n)?$`, said, line)
		if strings.Contains(line, "--json") && stdout != "" {
			checkJSON(t, []byte(stdout))
		}
		after, err := os.ReadDir(fx.dir)
		require.NoError(t, err)
		require.Len(t, after, len(before), "%s: nothing is left", line)
	}
}

// TestStdoutThatCannotBeWritten is of processes: what failed is said, and the
// exit code is that of the writing; a reader that left hears nothing.
func TestStdoutThatCannotBeWritten(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer full.Close() //nolint:errcheck // nothing is in it
	reader, gone, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	defer gone.Close() //nolint:errcheck // it is over
	fx := newFixtures(t)
	for _, line := range []string{"connect {engine} --ca-file {ca}", "connect {closed} --json", "connect {alert40} --json", "connect {closed} {engine} --jsonl", "demo --format html", "nonsense --json"} {
		for _, c := range []struct {
			to   *os.File
			exit int
			says string
		}{{full, 2, "no space left on device\n"}, {gone, 0, ""}} {
			cmd := program(t, words(fx.expand(line))...)
			var stderr lockedBuffer
			cmd.Stdout, cmd.Stderr = c.to, &stderr
			cmd.Run() //nolint:errcheck // the exit code is looked at
			require.Equal(t, c.exit, cmd.ProcessState.ExitCode(), "%s: %s", line, stderr.String())
			if c.says == "" {
				require.Empty(t, stderr.String(), line)
			}
			require.Contains(t, stderr.String(), c.says, line)
		}
	}
}

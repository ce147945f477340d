//go:build linux

package main

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// shipped builds the program as it is shipped, but for -trimpath and, unless it
// is in the environment as make bars has it, CGO_ENABLED=0, with which all
// packages would be compiled again.
func shipped(t *testing.T) string {
	if testing.Short() {
		t.Skip("the program is built")
	}
	have(t, "go")
	name := filepath.Join(t.TempDir(), "tlsprobe")
	out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", name, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return name
}

// needsNothing holds a program to being static.
func needsNothing(t *testing.T, name string) {
	program, err := elf.Open(name)
	require.NoError(t, err)
	defer program.Close() //nolint:errcheck // it was only read
	for _, p := range program.Progs {
		require.NotEqual(t, elf.PT_INTERP, p.Type)
	}
}

// TestTheProgramIsSmallAndQuick, from its start to its report, by the clock on
// the wall: the least of several runs, so that a busy machine makes no
// difference.
func TestTheProgramIsSmallAndQuick(t *testing.T) {
	name := shipped(t)
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.LessOrEqual(t, info.Size(), int64(12_000_000), "bytes of the program")
	if os.Getenv("CGO_ENABLED") == "0" {
		needsNothing(t, name)
	}

	fx := newFixtures(t)
	server, ca := fx.expand("{engine}"), fx.expand("{ca}")
	for _, c := range []struct {
		args []string
		time time.Duration
		kib  int
	}{
		{[]string{"--help"}, 20 * time.Millisecond, 30 << 10},
		{[]string{"connect", server, "--ca-file", ca}, 50 * time.Millisecond, 30 << 10},
		{[]string{"connect", server, "--ca-file", ca, "--json"}, 50 * time.Millisecond, 30 << 10},
		{[]string{"show", server, "--ca-file", ca, "--format", "html"}, 200 * time.Millisecond, 60 << 10},
	} {
		least, busy, most := time.Hour, time.Hour, 0
		for n := 0; n < 5 || n < 40 && least > c.time; n++ {
			cmd := exec.Command(name, c.args...)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			start := time.Now()
			require.NoError(t, cmd.Start())
			memory := watchMemory(cmd.Process.Pid)
			require.NoError(t, cmd.Wait(), "%s", &out)
			least = min(least, time.Since(start))
			busy = min(busy, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
			most = max(most, <-memory)
		}
		t.Logf("%s: %v, %v of it computing, %d KiB, of a program of %d bytes", c.args[0], least, busy, most, info.Size())
		require.LessOrEqual(t, least, c.time, c.args)
		require.LessOrEqual(t, most, c.kib, c.args)
	}
}

//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheProgramIsSmallAndQuick builds it as it is shipped, but for -trimpath, with
// which all packages would be compiled again. Time is that of
// the processor, the least of several runs, so that a busy machine makes no
// difference.
func TestTheProgramIsSmallAndQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("it is built")
	}
	have(t, "go")
	name := filepath.Join(t.TempDir(), "tlsprobe")
	out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", name, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.LessOrEqual(t, info.Size(), int64(12_000_000), "bytes of the program")

	fx := newFixtures(t)
	server, ca := fx.expand("{engine}"), fx.expand("{ca}")
	for _, c := range []struct {
		args []string
		time time.Duration
		kib  int64
	}{
		{[]string{"--help"}, 20 * time.Millisecond, 30 << 10},
		{[]string{"connect", server, "--ca-file", ca}, 50 * time.Millisecond, 30 << 10},
		{[]string{"show", server, "--ca-file", ca, "--format", "html"}, 200 * time.Millisecond, 60 << 10},
	} {
		least, most := time.Hour, int64(0)
		for range 5 {
			cmd := exec.Command(name, c.args...)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			least = min(least, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
			if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
				most = max(most, int64(usage.Maxrss)) //nolint:unconvert // it is shorter where int is
			}
		}
		t.Logf("%s: %v, %d KiB, of a program of %d bytes", c.args[0], least, most, info.Size())
		require.LessOrEqual(t, least, c.time, c.args)
		require.LessOrEqual(t, most, c.kib, c.args)
	}
}

//go:build !unix

package testproc

import (
	"os"
	"os/exec"
	"testing"
)

func group(*exec.Cmd) {}

func end(cmd *exec.Cmd, ended <-chan struct{}) {
	cmd.Process.Kill() //nolint:errcheck // it may have ended
	<-ended
}

// AsNobody does nothing where there is no user nobody.
func AsNobody(testing.TB, *exec.Cmd) {}

// Nobody is who runs the test.
func Nobody(testing.TB) (uid, gid int) { return os.Getuid(), os.Getgid() }

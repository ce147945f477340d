//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// terminal is a pseudo-terminal: the program's end, and what comes out of it.
func terminal(t *testing.T) (end *os.File, shown *lockedBuffer) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("there are no terminals here")
	}
	t.Cleanup(func() { master.Close() }) //nolint:errcheck // the test is over
	var number, unlock int32
	for request, arg := range map[uintptr]*int32{syscall.TIOCGPTN: &number, syscall.TIOCSPTLCK: &unlock} {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, master.Fd(), request, uintptr(unsafe.Pointer(arg)))
		require.Zero(t, errno)
	}
	end, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	shown = &lockedBuffer{}
	go io.Copy(shown, master) //nolint:errcheck // until the other end is closed
	return end, shown
}

// TestATerminalIsShownWhatIsWaitedFor, by the program itself: within 300 ms, in
// one line that goes away. Colours are for terminals only, unless NO_COLOR or a
// dumb one say no.
func TestATerminalIsShownWhatIsWaitedFor(t *testing.T) {
	fx := newFixtures(t)
	slow, good := fx.expand("{silent}"), fx.expand("{engine}")
	for _, c := range []struct {
		args  []string
		env   []string
		has   string
		hasNo string
	}{
		{[]string{"connect", slow, "--timeout", "700ms"}, nil, "\r" + slow + "  waiting for the server's TLS …\x1b[K\r\x1b[Ktlsprobe: " + slow, ""},
		{[]string{"connect", slow, "--timeout", "700ms", "-q"}, nil, "tlsprobe: " + slow, "\x1b[K"},
		{[]string{"connect", good, "--no-verify"}, []string{"TERM=xterm"}, "\x1b[1m" + good + "\x1b[0m", "\x1b[K"},
		{[]string{"connect", good, "--no-verify"}, []string{"TERM=dumb"}, good, "\x1b"},
		{[]string{"connect", good, "--no-verify"}, []string{"TERM=xterm", "NO_COLOR=1"}, good, "\x1b"},
		{[]string{"connect", good, "--no-verify", "--color", "never"}, []string{"TERM=xterm"}, good, "\x1b"},
		{[]string{"connect", good, "--no-verify", "--ascii"}, []string{"TERM=dumb"}, good, "…"},
	} {
		end, shown := terminal(t)
		cmd := program(t, c.args...)
		cmd.Env = append(append(cmd.Env, "NO_COLOR=", "CLICOLOR_FORCE="), c.env...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = end, end, end
		cmd.Run()                         //nolint:errcheck // what it shows is looked at
		time.Sleep(50 * time.Millisecond) // it arrives
		require.NoError(t, end.Close())
		require.Contains(t, shown.String(), c.has, "%v %v", c.args, c.env)
		if c.hasNo != "" {
			require.False(t, strings.Contains(shown.String(), c.hasNo), "%v %v: %q", c.args, c.env, shown.String())
		}
	}
}

// TestColoursAreForTerminals: elsewhere they are asked for.
func TestColoursAreForTerminals(t *testing.T) {
	fx := newFixtures(t)
	for _, c := range []struct {
		args, env string
		want      bool
	}{
		{"", "", false}, {"", "CLICOLOR_FORCE=1", true}, {"", "CLICOLOR_FORCE=0", false}, {"--color always", "", true}, {"--color always", "NO_COLOR=1", true}, {"--color never", "CLICOLOR_FORCE=1", false},
	} {
		var stdout, stderr lockedBuffer
		p := fx.probe(strings.NewReader(""), &stdout, &stderr)
		name, value, _ := strings.Cut(c.env, "=")
		p.getenv = func(n string) string {
			if n == name {
				return value
			}
			return ""
		}
		p.main(append(words(fx.expand("connect {engine} --no-verify")), words(c.args)...))
		require.Equal(t, c.want, strings.Contains(stdout.String(), "\x1b["), "%s %s", c.args, c.env)
	}
}

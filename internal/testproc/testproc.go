package testproc

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Find returns the path of a program; a pattern is that of the last match.
// Where it is not installed the test is skipped, in CI it fails. The source
// says how to get it.
func Find(t testing.TB, program, source string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin", "/usr/local/sbin", "/sbin"} { // the last are not in everybody's PATH
		if path, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return path
		}
	}
	if found, err := filepath.Glob(program); err == nil && len(found) > 0 {
		return found[len(found)-1]
	}
	msg := fmt.Sprintf("%s is not installed: %s", program, source)
	if os.Getenv("CI") == "true" {
		t.Fatal(msg)
	}
	t.Skip(msg)
	return ""
}

// The ports are below those that systems give out by themselves.
const firstPort, numPorts = 20000, 12000

var portsUsed atomic.Uint32

// FreePort is a port that nobody listens on, and that no other test of this
// process gets.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := firstPort + (os.Getpid()*191+int(portsUsed.Add(1)))%numPorts
		if l, err := net.Listen("tcp", fmt.Sprintf(":%d", port)); err == nil {
			l.Close() //nolint:errcheck // nobody came
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// patience is how long a program may take until it listens, or ends.
const patience = 20 * time.Second

// Serve starts a server and waits until it listens on the ports. It and all it
// has started end with the test; what it said is shown if the test fails.
func Serve(t testing.TB, cmd *exec.Cmd, ports ...int) {
	t.Helper()
	said := &output{}
	if cmd.Stdout == nil {
		cmd.Stdout = said
	}
	cmd.Stderr = said
	cmd.WaitDelay = time.Second
	group(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait() //nolint:errcheck // how it ended is no matter
		close(ended)
	}()
	t.Cleanup(func() {
		end(cmd, ended)
		if t.Failed() {
			t.Logf("%s said:\n%s", strings.Join(cmd.Args, " "), said)
		}
	})
	deadline := time.Now().Add(patience)
	for _, port := range ports {
		for !listens(port) {
			select {
			case <-ended:
				t.Fatalf("%s ended: %s", cmd.Path, said)
			case <-time.After(5 * time.Millisecond):
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s does not listen on port %d", cmd.Path, port)
			}
		}
	}
}

func listens(port int) bool {
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	return err == nil && c.Close() == nil
}

// Run runs a program to its end and returns what it said.
func Run(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	cmd.WaitDelay = time.Second
	timer := time.AfterFunc(patience, func() { cmd.Process.Kill() }) //nolint:errcheck // it may have ended
	defer timer.Stop()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}

// output is what a program said.
type output struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := o.all.Bytes()
	return strings.ToValidUTF8(string(all[max(0, len(all)-4000):]), "?")
}

package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/race"
)

// TestMain lets the test binary be the program, for tests of processes.
func TestMain(m *testing.M) {
	if os.Getenv("TLSPROBE_TEST_MAIN") == "1" {
		if address := os.Getenv("TLSPROBE_TEST_RESOLVER"); address != "" {
			net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}}
		}
		main()
	}
	flag.Parse()
	flag.Set("test.parallel", "8") //nolint:errcheck // most of the time they wait
	os.Exit(m.Run())
}

// program is the program in a process of its own, where nobody hears what the
// race detector says.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	if race.Enabled && testing.Short() {
		t.Skip("a process of its own says nothing of races")
	}
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "TLSPROBE_TEST_MAIN=1", "LANG=C.UTF-8")
	return cmd
}

func TestReaderThatGoesAwayIsNoError(t *testing.T) {
	cmd := program(t, "help")
	r, w, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, r.Close())
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &stderr
	require.NoError(t, cmd.Run(), "%s", &stderr)
	require.Empty(t, stderr.String())
}

func TestFullDiskIsExit2(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer full.Close() //nolint:errcheck // nothing is in it
	cmd := program(t, "help")
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = full, &stderr
	require.Error(t, cmd.Run())
	require.Equal(t, 2, cmd.ProcessState.ExitCode())
	require.Equal(t, "tlsprobe: writing the answer: write /dev/stdout: no space left on device\n", stderr.String())
}

func TestNoCommandWaitsForStdin(t *testing.T) {
	fx := newFixtures(t)
	for _, args := range [][]string{{"connect", fx.expand("{engine}"), "--no-verify"}, {"demo"}, {"version"}, {"help"}} {
		cmd := program(t, args...)
		stdin, err := cmd.StdinPipe() // never written, never closed
		require.NoError(t, err)
		cmd.Stdout = io.Discard
		start := time.Now()
		require.NoError(t, cmd.Run(), args)
		require.Less(t, time.Since(start), 5*time.Second)
		stdin.Close() //nolint:errcheck // it is gone
	}
}

func TestABugIsExit70WithoutAStackTrace(t *testing.T) {
	var stdout, stderr bytes.Buffer
	p := newFixtures(t).probe(strings.NewReader(""), &stdout, &stderr)
	p.now = nil // as a bug would have it
	require.Equal(t, 70, func() (exit int) {
		p.getenv = os.Getenv
		return p.main([]string{"demo", "--json"})
	}())
	require.Contains(t, stderr.String(), "tlsprobe: a bug in tlsprobe: ")
	require.NotContains(t, stderr.String(), "goroutine")
	require.Contains(t, stdout.String(), `"code": "internal"`)
}

// descriptors is how many files this process has open.
func descriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("there is no /proc/self/fd")
	}
	return len(entries)
}

func TestNothingIsLeftOpenOrRunning(t *testing.T) {
	if os.Getenv("TLSPROBE_TEST_MAIN") == "" {
		// In a process of its own: other tests have goroutines too.
		cmd := exec.Command(os.Args[0], "-test.run=^TestNothingIsLeftOpenOrRunning$")
		cmd.Env = append(os.Environ(), "TLSPROBE_TEST_MAIN=0")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return
	}
	fx := newFixtures(t)
	for _, name := range []string{"{engine}", "{alert40}", "{http}", "{ca}", "{selfsigned}", "{reset}", "{silent}", "{ssh}"} {
		fx.expand(name)
	}
	lines := []string{
		"connect {engine} --ca-file {ca}", "connect {engine} --ca-file {ca} --resume", "connect {alert40} --why", "connect {http}", "connect {closed}",
		"connect {selfsigned}", "cert {engine} --ca-file {ca}", "show {engine} --ca-file {ca}", "demo", "explain 0x1301", "connect {engine} --no-verify --get /",
		"connect {echo} --no-verify --send {hello} --linger 50ms", "connect {engine} {closed} {http} --no-verify --jsonl", "show {closed}", "cert {closed}", "cert {ca}",
		"connect {reset}", "connect {silent} --timeout 50ms", "connect {silent} --timeout 50ms --why", "connect {ssh} --starttls smtp", "connect {alert40} --proxy http://{http}", "connect {alert40} --proxy https://{engine}",
		"connect {engine} --ca-file {ca} --save-trace {dir}/t --session-out {dir}/s --keylog {dir}/k --certs-out {dir}", "show {dir}/t", "vectors {dir}/t", "connect {engine} --ca-file {ca} --session-in {dir}/s",
		"vectors --run ^rfc5869", "diff {dir}/t {dir}/t", "schema trace", "version -v", "help", "man", "completion zsh", "connect host:0", "connect {engine} --ech x",
	}
	cut := []string{ // by SIGINT, which ends the context
		"connect {silent}", "connect {silent} --starttls smtp", "connect {alert40} --proxy https://{silent}", "connect {alert40} --proxy socks5://{silent}", "cert {silent}", "show {silent}",
		"connect {silent} {silent} --jsonl", "connect no-such-host.invalid", "serve --addr 127.0.0.1:0", "serve --addr 127.0.0.1:0 --once", "vectors --run ^rfc8448",
	}
	once := func() {
		for _, line := range lines {
			run(words(fx.expand(line)), strings.NewReader(""), io.Discard, io.Discard)
		}
		for _, line := range cut {
			p := fx.probe(strings.NewReader(""), io.Discard, io.Discard)
			ctx, stop := context.WithCancel(context.Background())
			p.ctx, p.getenv = ctx, os.Getenv
			time.AfterFunc(50*time.Millisecond, stop)
			p.main(words(fx.expand(line)))
			stop()
		}
	}
	once() // what is made once and kept is made now
	settle := func() (goroutines, files int) {
		for range 100 { // the servers of the test end too
			time.Sleep(10 * time.Millisecond)
			goroutines, files = runtime.NumGoroutine(), descriptors(t)
		}
		return goroutines, files
	}
	goroutines, files := settle()
	for range 3 {
		once()
	}
	after, filesAfter := settle()
	require.LessOrEqual(t, after, goroutines)
	require.LessOrEqual(t, filesAfter, files)
}

// TestHelpIsThereAtOnce: what the packages do before main, and the whole of
// --help, in the processor's time, which others on the machine do not change.
func TestHelpIsThereAtOnce(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector takes its time")
	}
	cmd := program(t, "--help")
	cmd.Env = append(cmd.Env, "GODEBUG=inittrace=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	require.NoError(t, cmd.Run())
	for _, m := range regexp.MustCompile(`init (github.com/tlsengine/\S+) @\S+ ms, \S+ ms clock, (\d+) bytes`).FindAllStringSubmatch(stderr.String(), -1) {
		n, err := strconv.Atoi(m[2])
		require.NoError(t, err)
		require.LessOrEqual(t, n, 100_000, "%s makes %d bytes before anybody asked", m[1], n)
	}
	best := time.Hour
	for range 10 {
		cmd := program(t, "--help")
		require.NoError(t, cmd.Run())
		best = min(best, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
	require.LessOrEqual(t, best, 20*time.Millisecond)
}

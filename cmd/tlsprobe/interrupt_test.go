//go:build linux

package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// A stop is a command that is sent SIGINT when the server has come to a point
// from where it does nothing any more.
type stop struct {
	line  string
	stdin string // what is written before; the end never comes
	knows string // on stdout, as text
	says  string // on stderr
	code  string // of the schema with --json: "error" if there is no report; "" if there is no JSON
}

// stops has the commands at every stage of a connection.
var stops = []stop{
	{"connect no-such-host.test", "", "", "interrupted while resolving the name", "error"},
	{"connect {full}", "", "", "interrupted while connecting", "error"},
	{"connect localhost:9 --proxy http://{deaf}", "", "", "interrupted while asking the proxy", "error"},
	{"connect localhost:9 --proxy https://{deaf}", "", "", "interrupted while asking the proxy", "error"},
	{"connect localhost:9 --proxy socks5h://{deaf}", "", "", "interrupted while asking the proxy", "error"},
	{"connect {mum} --starttls smtp", "", "", "interrupted before TLS, while asking for STARTTLS", "error"},
	{"connect {deaf}", "", "INCOMPLETE    interrupted after the ClientHello", "interrupted after the ClientHello", "connect"},
	{"connect {deaf} --why", "", "INCOMPLETE    interrupted after the ClientHello", "interrupted after the ClientHello", "connect"},
	{"connect {deaf} --save-trace {dir}/trace", "", "INCOMPLETE", "interrupted after the ClientHello", "connect"},
	{"connect {half} --ca-file {ca}", "", "key exchange  X25519MLKEM768", "interrupted after its ServerHello", "connect"},
	{"connect {quiet} --ca-file {ca}", "", "certificate   valid", "interrupted after the handshake", "connect"},
	{"connect {quiet} --ca-file {ca} --resume", "", "certificate   valid", "interrupted after the handshake", "connect"},
	{"connect {quiet} --ca-file {ca} --get /", "", "some of it", "interrupted after the handshake", "connect"},
	{"connect {quiet} --ca-file {ca} -i", "x", "some of it", "interrupted after the handshake", ""},
	{"connect {quiet} --ca-file {ca} -i --timeout 100ms", "x", "some of it", "interrupted after the handshake", ""},
	{"connect {refusing} --why", "", "why   interrupted before it was found.", "handshake_failure", "connect"},
	{"cert {deaf}", "", "", "interrupted after the ClientHello", "error"},
	{"cert {quiet} --ca-file {ca}", "", "INCOMPLETE    interrupted after the handshake", "interrupted after the handshake", "cert"},
	{"show {deaf}", "", "incomplete: interrupted after the ClientHello", "interrupted after the ClientHello", "trace"},
	{"show {half} --ca-file {ca}", "", "incomplete: interrupted after its ServerHello", "interrupted after its ServerHello", "trace"},
	{"show {quiet} --ca-file {ca}", "", "incomplete: interrupted after the handshake", "interrupted after the handshake", "trace"},
}

func TestSIGINTAtEveryStage(t *testing.T) {
	for _, s := range stops {
		t.Run(s.line, func(t *testing.T) {
			t.Parallel()
			fx := newFixtures(t)
			w := fx.waits()
			stdout, stderr := w.interrupt(t, s.stdin, words(fx.expand(s.line))...)
			require.Contains(t, stdout, s.knows)
			require.Contains(t, stderr, s.says)
			require.Regexp(t, `^([^\n]*\n)?tlsprobe: .*\n$`, stderr[strings.LastIndex(strings.TrimRight(stderr, "\n"), "\n")+1:])
			if s.code == "" {
				return
			}
			stdout, _ = w.interrupt(t, s.stdin, append(words(fx.expand(s.line)), "--json")...)
			var doc struct {
				Schema   string
				Exit     int
				Complete *bool
				Error    struct{ Code string }
			}
			decoder := json.NewDecoder(strings.NewReader(stdout))
			require.NoError(t, decoder.Decode(&doc), "%s", stdout)
			require.ErrorIs(t, decoder.Decode(&doc), io.EOF, "one document")
			require.Equal(t, "tlsprobe."+s.code+"/1", doc.Schema)
			checkJSON(t, []byte(stdout))
			if s.code == "trace" {
				return
			}
			require.Equal(t, 130, doc.Exit)
			if s.code != "error" {
				require.NotNil(t, doc.Complete)
				require.False(t, *doc.Complete)
			}
		})
	}
}

// waiting are servers that say when there is nothing to come from them.
type waiting struct {
	fx       *fixtures
	reached  chan bool
	resolver string
}

func (fx *fixtures) waits() *waiting {
	w := &waiting{fx: fx, reached: make(chan bool, 100)}
	hold := func(c net.Conn) {
		w.reached <- true
		io.Copy(io.Discard, c) //nolint:errcheck // until the client leaves
	}
	cred := fx.credentialFor("localhost")
	secure := func(c net.Conn) (*tlsconn.Conn, error) {
		return tlsconn.Server(c, &tlsengine.Config{Credentials: []*tlsengine.Credential{cred}, TicketKeys: tlsengine.NewTicketKeys()}, tlsconn.Options{})
	}
	var refusals atomic.Int32
	for name, serve := range map[string]func(net.Conn){
		"deaf": func(c net.Conn) {
			c.Read(make([]byte, 1)) //nolint:errcheck // what the client says, if it says anything
			hold(c)
		},
		"mum": hold,
		"half": func(c net.Conn) { // the rest of its flight never comes
			if conn, err := secure(&muted{Conn: c, hold: func() { hold(c) }}); err == nil {
				conn.Read(make([]byte, 1)) //nolint:errcheck // it never comes to that
			}
		},
		"quiet": func(c net.Conn) { // takes what comes, answers once, and does not say close_notify
			conn, err := secure(c)
			if err != nil {
				return
			}
			if n, _ := conn.Read(make([]byte, 100)); n > 0 { //nolint:errcheck // close_notify
				conn.Write([]byte("some of it\n")) //nolint:errcheck // the client says
				time.Sleep(50 * time.Millisecond)
			}
			hold(c)
		},
		"refusing": func(c net.Conn) { // and then says nothing
			c.Read(make([]byte, 4096)) //nolint:errcheck // whatever it is
			if refusals.Add(1)%2 == 1 {
				c.Write([]byte("\x15\x03\x01\x00\x02\x02\x28")) //nolint:errcheck // the client says
				return
			}
			hold(c)
		},
	} {
		fx.made[name] = fx.raw(serve)
	}
	fx.made["full"] = w.full()
	w.resolver = w.mute()
	return w
}

// muted is a connection that sends a ServerHello and no more.
type muted struct {
	net.Conn
	hold func()
}

func (m *muted) Write(b []byte) (int, error) {
	first := 5 + int(b[3])<<8 + int(b[4])
	m.Conn.Write(b[:first]) //nolint:errcheck // the client says
	m.hold()
	return len(b), nil
}

// full is a port whose listener takes no more connections.
func (w *waiting) full() string {
	t := w.fx.t
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	t.Cleanup(func() { syscall.Close(fd) }) //nolint:errcheck // the test is over
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	require.NoError(t, syscall.Listen(fd, 0))
	name, err := syscall.Getsockname(fd)
	require.NoError(t, err)
	address := (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: name.(*syscall.SockaddrInet4).Port}).String()
	for range 8 {
		c, err := net.DialTimeout("tcp", address, 50*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { c.Close() }) //nolint:errcheck // the test is over
	}
	t.Skip("this listener takes more than it said")
	return ""
}

// mute is a name server that does not answer.
func (w *waiting) mute() string {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(w.fx.t, err)
	w.fx.t.Cleanup(func() { pc.Close() }) //nolint:errcheck // the test is over
	go func() {
		for {
			if _, _, err := pc.ReadFrom(make([]byte, 512)); err != nil {
				return
			}
			w.reached <- true
		}
	}()
	return pc.LocalAddr().String()
}

// interrupt runs the program until a server says that nothing comes any more,
// and sends it SIGINT, after which it must end soon, and as is fit.
func (w *waiting) interrupt(t *testing.T, stdin string, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := program(t, args...)
	cmd.Env = append(cmd.Env, "LANG=C.UTF-8")
	if strings.HasSuffix(args[1], ".test") {
		cmd.Env = append(cmd.Env, "TLSPROBE_TEST_RESOLVER="+w.resolver)
	}
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	defer in.Close() //nolint:errcheck // it is over
	for len(w.reached) > 0 {
		<-w.reached // of the run before
	}
	r := start(t, cmd)
	_, err = io.WriteString(in, stdin)
	require.NoError(t, err)
	if args[1] == w.fx.made["full"] {
		time.Sleep(200 * time.Millisecond) // nobody can tell
	} else {
		w.come(t, r)
	}
	if strings.Contains(strings.Join(args, " "), "-i --timeout") {
		time.Sleep(300 * time.Millisecond) // the timeout is over, and does not matter
	}
	r.signal(t)
	require.Equal(t, 130, cmd.ProcessState.ExitCode(), "%s", &r.stderr)
	return r.stdout.String(), r.stderr.String()
}

// come waits for a server; the second connection of --why counts, as the first
// is refused.
func (w *waiting) come(t *testing.T, r *running) {
	t.Helper()
	select {
	case <-w.reached:
		time.Sleep(20 * time.Millisecond) // what was sent arrives
	case <-time.After(10 * time.Second):
		r.cmd.Process.Kill() //nolint:errcheck // it failed
		require.Fail(t, "nobody came", "%s", &r.stderr)
	}
}

// running is a process of the program.
type running struct {
	cmd            *exec.Cmd
	stdout, stderr lockedBuffer
	ended          chan error
}

func start(t *testing.T, cmd *exec.Cmd) *running {
	t.Helper()
	r := &running{cmd: cmd, ended: make(chan error, 1)}
	if cmd.Stdout == nil {
		cmd.Stdout = &r.stdout
	}
	cmd.Stderr = &r.stderr
	require.NoError(t, cmd.Start())
	go func() { r.ended <- cmd.Wait() }()
	return r
}

// soon is less than the time after which the program ends itself, and more than
// the second that serve has: the machine may be busy.
const soon = lastWait * 9 / 10

// signal sends SIGINT and waits, not for long.
func (r *running) signal(t *testing.T) time.Duration {
	t.Helper()
	start := time.Now()
	require.NoError(t, r.cmd.Process.Signal(os.Interrupt))
	select {
	case <-r.ended:
	case <-time.After(5 * time.Second):
		r.cmd.Process.Kill() //nolint:errcheck // it failed
		require.Fail(t, "it goes on", "%s", &r.stderr)
	}
	return time.Since(start)
}

// until waits for a text on stdout or stderr.
func (r *running) until(t *testing.T, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(r.stdout.String()+r.stderr.String(), text) }, 10*time.Second, 5*time.Millisecond)
}

// TestSIGINTWithSeveralTargets: what is finished is printed, what was begun is
// marked, and each of the others has its line.
func TestSIGINTWithSeveralTargets(t *testing.T) {
	t.Parallel()
	fx := newFixtures(t)
	w := fx.waits()
	line := words(fx.expand("connect {engine} {closed} {deaf} {engine} last.test --ca-file {ca}"))
	stdout, stderr := w.interrupt(t, "", line...)
	require.Contains(t, stdout, "certificate   valid")
	require.Contains(t, stdout, "INCOMPLETE    interrupted after the ClientHello")
	require.Contains(t, stderr, fx.expand("tlsprobe: interrupted; not tried: {engine} last.test\n"))

	for _, args := range [][]string{{"--jsonl"}, {"--jsonl", "-o", fx.dir + "/out"}} {
		stdout, _ = w.interrupt(t, "", append(line, args...)...)
		if len(args) > 1 {
			b, err := os.ReadFile(args[2])
			require.NoError(t, err)
			require.Empty(t, stdout)
			stdout = string(b)
		}
		var exits []int
		for one := range strings.Lines(stdout) {
			var doc struct{ Exit int }
			require.NoError(t, json.Unmarshal([]byte(one), &doc))
			checkJSON(t, []byte(one))
			exits = append(exits, doc.Exit)
		}
		require.Equal(t, []int{0, 3, 130, 130, 130}, exits)
	}
}

// TestSIGINTWhileStdinIsRead: a read of a terminal cannot be stopped.
func TestSIGINTWhileStdinIsRead(t *testing.T) {
	for _, line := range []string{"connect -", "connect localhost --send -", "cert -", "explain hex -", "diff - other"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, words(line)...)
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			defer in.Close() //nolint:errcheck // it is over
			r := start(t, cmd)
			_, err = io.WriteString(in, "16")
			require.NoError(t, err)
			time.Sleep(300 * time.Millisecond)
			require.Less(t, r.signal(t), soon)
			require.Equal(t, 130, cmd.ProcessState.ExitCode())
			require.Equal(t, "tlsprobe: interrupted while reading stdin\n", r.stderr.String())
		})
	}
}

func TestSIGINTEndsVectorsWithWhatWasRun(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"vectors", "--slow"}, {"vectors", "--slow", "--json"}} {
		r := start(t, program(t, args...))
		time.Sleep(700 * time.Millisecond)
		require.Less(t, r.signal(t), 3*time.Second)
		require.Equal(t, 130, r.cmd.ProcessState.ExitCode())
		require.Contains(t, r.stderr.String(), "interrupted")
		if len(args) == 2 {
			require.Regexp(t, `(?s)INCOMPLETE: interrupted\n\d+ passed, \d+ failed, \d+ skipped\n$`, r.stdout.String())
			continue
		}
		var rep struct{ Complete bool }
		rep.Complete = true
		require.NoError(t, json.Unmarshal([]byte(r.stdout.String()), &rep))
		require.False(t, rep.Complete)
		checkJSON(t, []byte(r.stdout.String()))
	}
}

// TestSIGINTEndsServeWithinASecond: whoever is connected is told; stdout keeps
// to its one document.
func TestSIGINTEndsServeWithinASecond(t *testing.T) {
	for _, args := range []string{"", "--echo", "--max-conns 1", "--once", "--once --echo", "--starttls smtp"} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			r := start(t, program(t, append(words("serve --addr 127.0.0.1:0 --json"), words(args)...)...))
			r.until(t, `"pin"`)
			var about serveReport
			require.Eventually(t, func() bool { return json.Unmarshal([]byte(r.stdout.String()), &about) == nil }, time.Second, time.Millisecond)
			mute, err := net.Dial("tcp", about.Address)
			require.NoError(t, err)
			defer mute.Close() //nolint:errcheck // it is over
			var end chan error
			if !strings.Contains(args, "--once") && !strings.Contains(args, "--max-conns") && !strings.Contains(args, "smtp") {
				c, err := tls.Dial("tcp", about.Address, &tls.Config{InsecureSkipVerify: true})
				require.NoError(t, err)
				defer c.Close() //nolint:errcheck // it is over
				end = make(chan error, 1)
				go func() { _, err := c.Read(make([]byte, 1)); end <- err }()
			}
			time.Sleep(50 * time.Millisecond)
			require.Less(t, r.signal(t), soon)
			require.Equal(t, 130, r.cmd.ProcessState.ExitCode(), "%s", &r.stderr)
			require.Contains(t, r.stderr.String(), ": stopped after ")
			checkJSON(t, []byte(r.stdout.String()))
			if end != nil {
				require.ErrorIs(t, <-end, io.EOF, "close_notify came")
			}
		})
	}
}

// TestASecondSIGINTEndsAtOnce, where one has to wait for who reads stdout.
func TestASecondSIGINTEndsAtOnce(t *testing.T) {
	for _, signals := range []int{1, 2} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			cmd := program(t, "demo", "--format", "html")
			reader, writer, err := os.Pipe()
			require.NoError(t, err)
			defer reader.Close() //nolint:errcheck // it is over
			cmd.Stdout = writer
			r := start(t, cmd)
			require.NoError(t, writer.Close())
			time.Sleep(400 * time.Millisecond)
			if signals == 2 {
				require.NoError(t, cmd.Process.Signal(os.Interrupt))
				time.Sleep(100 * time.Millisecond)
				require.Less(t, r.signal(t), soon)
				require.Equal(t, syscall.SIGINT, cmd.ProcessState.Sys().(syscall.WaitStatus).Signal(), "which a shell calls 130")
				return
			}
			require.Less(t, r.signal(t), lastWait+time.Second, "nor is a reader waited for that never reads")
			require.Equal(t, 130, cmd.ProcessState.ExitCode())
		})
	}
}

// TestSIGINTLeavesNoPartialFile.
func TestSIGINTLeavesNoPartialFile(t *testing.T) {
	t.Parallel()
	fx := newFixtures(t)
	w := fx.waits()
	w.interrupt(t, "", words(fx.expand("connect {deaf} --json -o {dir}/answer --save-trace {dir}/trace"))...)
	b, err := os.ReadFile(fx.dir + "/answer")
	require.NoError(t, err)
	checkJSON(t, bytes.TrimSpace(b))
	entries, err := os.ReadDir(fx.dir)
	require.NoError(t, err)
	for _, e := range entries {
		require.False(t, strings.HasPrefix(e.Name(), ".tlsprobe"), e.Name())
	}
}

package interop

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// process is a peer that is a program, or something in its place.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    stream // its standard output
	errs   stream // its standard error
	exited chan struct{}
}

// stream is output that grows and can be waited for.
type stream struct {
	mu     sync.Mutex
	grown  *sync.Cond
	all    []byte
	closed bool
}

// start starts a program with a way to say things to it. It is killed when
// the test ends, or takes too long; what it said is shown when it failed.
func start(t testing.TB, env []string, name string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(name, args...), exited: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Dir = keys(t).dir
	p.cmd.WaitDelay = time.Second
	p.out.grown, p.errs.grown = sync.NewCond(&p.out.mu), sync.NewCond(&p.errs.mu)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errs
	in, err := p.cmd.StdinPipe()
	require.NoError(t, err)
	p.in = in
	require.NoError(t, p.cmd.Start())
	go func() {
		p.cmd.Wait()
		p.out.close()
		p.errs.close()
		close(p.exited)
	}()
	timer := time.AfterFunc(patience, func() { p.cmd.Process.Kill() })
	t.Cleanup(func() {
		timer.Stop()
		p.stop()
		if t.Failed() {
			t.Logf("%s\n--- said:\n%s--- and on standard error:\n%s", strings.Join(p.cmd.Args, " "), p.out.end(), p.errs.end())
		}
	})
	return p
}

// stop ends the program.
func (p *process) stop() {
	p.cmd.Process.Kill()
	<-p.exited
}

// wait waits until the program ends by itself.
func (p *process) wait() {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-after(patience):
		require.Fail(p.t, "the peer did not end")
	}
}

// say writes to the program's standard input.
func (p *process) say(text string) {
	p.t.Helper()
	_, err := io.WriteString(p.in, text)
	require.NoError(p.t, err)
}

// hear waits for a text on standard output or, if the program says such
// things there, on standard error.
func (p *process) hear(text string) {
	p.t.Helper()
	for _, s := range []*stream{&p.out, &p.errs} {
		if s.has(text) {
			return
		}
	}
	require.True(p.t, p.out.wait(text) || p.errs.has(text), "the peer did not say %q", text)
}

// hearMatch waits for what matches, in either output.
func (p *process) hearMatch(re *regexp.Regexp) {
	p.t.Helper()
	for n := 0; !re.MatchString(p.all()); {
		b, more := p.out.from(n)
		n += len(b)
		require.True(p.t, more || re.MatchString(p.all()), "the peer did not say %v", re)
	}
}

// echo gives the program back what it says.
func (p *process) echo() {
	go func() {
		for n := 0; ; {
			b, ok := p.out.from(n)
			if !ok {
				return
			}
			if _, err := p.in.Write(b); err != nil {
				return
			}
			n += len(b)
		}
	}()
}

// all is what the program said so far.
func (p *process) all() string {
	p.out.mu.Lock()
	defer p.out.mu.Unlock()
	p.errs.mu.Lock()
	defer p.errs.mu.Unlock()
	return string(p.out.all) + string(p.errs.all)
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, b...)
	s.grown.Broadcast()
	return len(b), nil
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.grown.Broadcast()
}

// from waits for something after the first n bytes.
func (s *stream) from(n int) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.all) <= n && !s.closed {
		s.grown.Wait()
	}
	return s.all[n:len(s.all):len(s.all)], len(s.all) > n
}

func (s *stream) has(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Contains(s.all, []byte(text))
}

// wait waits for a text, or until there is no more.
func (s *stream) wait(text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !bytes.Contains(s.all, []byte(text)) && !s.closed {
		s.grown.Wait()
	}
	return bytes.Contains(s.all, []byte(text))
}

// end is the last of what was said, in a form fit for a log.
func (s *stream) end() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.all[max(0, len(s.all)-4000):]
	return strings.ToValidUTF8(string(b), "?") + "\n"
}

func after(d time.Duration) <-chan time.Time { return time.After(d) }

// dialWhenReady connects as soon as somebody listens; the first connection
// that is accepted is the one that is used.
func dialWhenReady(addr string, p *process) (net.Conn, error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", addr)
		if err == nil || time.Now().After(deadline) {
			return conn, err
		}
		if p == nil {
			continue
		}
		select {
		case <-p.exited:
			return nil, err
		default:
		}
	}
}

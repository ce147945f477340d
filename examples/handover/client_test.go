//go:build unix

package main

import (
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// client sends a stream and compares what comes back with it.
type client interface {
	run(stop <-chan struct{}) error
	inPlace() bool // where the test wants it to be moved
	isHeld() bool  // in the middle of the handshake
	release()
	echoed() int
}

// hold is where a client is held: so many writes, and so much of the next.
type hold struct{ writes, bytes int }

// gate holds a client until it is opened.
type gate struct {
	hold
	held, open chan struct{}
	once       sync.Once
}

func newGate(h hold) *gate {
	return &gate{hold: h, held: make(chan struct{}), open: make(chan struct{})}
}

func (g *gate) release() { g.once.Do(func() { close(g.open) }) }

// gated is a connection whose writes a gate holds.
type gated struct {
	net.Conn
	*gate
}

func (g *gated) Write(p []byte) (n int, err error) {
	if g.writes > 0 {
		g.writes--
		return g.Conn.Write(p)
	}
	if g.writes < 0 {
		return g.Conn.Write(p)
	}
	n = min(g.bytes, len(p))
	if _, err := g.Conn.Write(p[:n]); err != nil {
		return 0, err
	}
	g.writes = -1
	close(g.held)
	<-g.open
	_, err = g.Conn.Write(p[n:])
	return len(p), err
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// stream are the bytes of a client, again and again the same.
func stream(seed int) io.Reader {
	return rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
}

// back compares what comes back, and counts it.
type back struct {
	want  io.Reader
	count atomic.Int64
}

func (b *back) Write(p []byte) (int, error) {
	want := make([]byte, len(p))
	if _, err := io.ReadFull(b.want, want); err != nil {
		return 0, err
	}
	if !bytes.Equal(want, p) {
		return 0, fmt.Errorf("another byte came back after %d", b.count.Load())
	}
	b.count.Add(int64(len(p)))
	return len(p), nil
}

// stdClient is crypto/tls.
type stdClient struct {
	pki     *pki
	addr    string
	seed    int
	version uint16
	gate    *gate // in the handshake
	stuck   *gate // writes much, and reads nothing until it opens
	total   int   // 0: until stop

	back back
	sent atomic.Int64
	last struct {
		sent int64
		at   time.Time
	}
}

const stuckBytes = 10 << 20

func (c *stdClient) run(stop <-chan struct{}) error {
	dialer := net.Dialer{}
	if c.stuck != nil {
		c.total = stuckBytes
		dialer.Control = func(_, _ string, raw syscall.RawConn) error {
			return raw.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 1<<14) })
		}
	}
	tcp, err := dialer.Dial("tcp", c.addr)
	if err != nil {
		return err
	}
	defer tcp.Close()
	tcp.SetDeadline(time.Now().Add(3 * testPatience))
	if c.gate != nil {
		tcp = &gated{tcp, c.gate}
	}
	conn := tls.Client(tcp, c.pki.config(c.version))
	if err := conn.Handshake(); err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	c.back.want = stream(c.seed)
	written := make(chan error, 1)
	go func() { written <- errors.Join(c.write(conn, stop), conn.CloseWrite()) }()
	if c.stuck != nil {
		<-c.stuck.open
	}
	// An end without close_notify is an error of Read.
	if _, err := io.Copy(&c.back, conn); err != nil {
		return fmt.Errorf("after %d bytes: %w", c.echoed(), err)
	}
	if err := <-written; err != nil {
		return err
	}
	if sent := c.sent.Load(); int64(c.echoed()) != sent {
		return fmt.Errorf("sent %d bytes, got %d back", sent, c.echoed())
	}
	return nil
}

func (c *stdClient) write(to io.Writer, stop <-chan struct{}) error {
	from, sizes := stream(c.seed), rand.New(rand.NewPCG(1, uint64(c.seed)))
	for {
		n := 1 + sizes.IntN(4096)
		if c.total > 0 {
			n = min(1<<14, c.total-int(c.sent.Load()))
		}
		if n == 0 {
			return nil
		}
		chunk := make([]byte, n)
		io.ReadFull(from, chunk)
		if _, err := to.Write(chunk); err != nil {
			return err
		}
		c.sent.Add(int64(n))
		if c.total > 0 {
			continue
		}
		select {
		case <-stop:
			return nil
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (c *stdClient) inPlace() bool {
	switch {
	case c.gate != nil:
		return isClosed(c.gate.held)
	case c.stuck != nil: // nothing moves any more
		if sent := c.sent.Load(); sent != c.last.sent {
			c.last.sent, c.last.at = sent, time.Now()
		}
		return c.last.sent > 0 && time.Since(c.last.at) > 200*time.Millisecond
	}
	return c.echoed() > 1000
}

func (c *stdClient) isHeld() bool { return c.gate != nil }

func (c *stdClient) release() {
	for _, g := range []*gate{c.gate, c.stuck} {
		if g != nil {
			g.release()
		}
	}
}

func (c *stdClient) echoed() int { return int(c.back.count.Load()) }

// openssl is s_client, behind a relay with a gate if it is to be held.
type openssl struct {
	cmd  *exec.Cmd
	seed int
	in   io.WriteCloser
	gate *gate
	back back
	errs bytes.Buffer
	sent int64
}

func newOpenSSL(t *testing.T, pki *pki, addr string, i int) *openssl {
	if _, err := exec.LookPath("openssl"); err != nil {
		require.NotEqual(t, "true", os.Getenv("CI"), "CI has openssl")
		t.Skip("openssl is not installed")
	}
	c := &openssl{seed: 300 + i}
	version := "-tls1_3"
	if i%2 == 1 {
		version = "-tls1_2"
	}
	if i > 2 {
		c.gate = newGate(hold{1, 0})
		addr = relay(t, addr, c.gate)
	}
	c.cmd = exec.Command("openssl", "s_client", "-connect", addr, "-quiet", "-no_ign_eof", version,
		"-CAfile", filepath.Join(pki.dir, "cert.pem"), "-verify_return_error", "-verify_hostname", "localhost", "-servername", "localhost")
	var err error
	c.in, err = c.cmd.StdinPipe()
	require.NoError(t, err)
	c.back.want = hexStream(c.seed)
	c.cmd.Stdout, c.cmd.Stderr = &c.back, &c.errs
	require.NoError(t, c.cmd.Start())
	t.Cleanup(func() { c.cmd.Process.Kill() })
	return c
}

// hexStream has no letter that s_client takes as a command.
func hexStream(seed int) io.Reader {
	r, w := io.Pipe()
	go io.Copy(hex.NewEncoder(w), stream(seed))
	return r
}

func (c *openssl) run(stop <-chan struct{}) error {
	from := hexStream(c.seed)
	for more := true; more; {
		chunk := make([]byte, 1500)
		io.ReadFull(from, chunk)
		if _, err := c.in.Write(chunk); err != nil {
			return errors.Join(err, c.end())
		}
		c.sent += int64(len(chunk))
		select {
		case <-stop:
			more = false
		case <-time.After(10 * time.Millisecond):
		}
	}
	all := eventually(func() bool { return c.back.count.Load() == c.sent })
	c.in.Close()
	return errors.Join(all, c.end())
}

// end waits for s_client, which ends well after close_notify of both sides.
func (c *openssl) end() error {
	if err := c.cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, c.errs.String())
	}
	return nil
}

func (c *openssl) inPlace() bool {
	if c.gate != nil {
		return isClosed(c.gate.held)
	}
	return c.echoed() > 1000
}

func (c *openssl) isHeld() bool { return c.gate != nil }

func (c *openssl) release() {
	if c.gate != nil {
		c.gate.release()
	}
}

func (c *openssl) echoed() int { return int(c.back.count.Load()) }

// relay carries one connection through a gate.
func relay(t *testing.T, to string, g *gate) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() {
		a, err := l.Accept()
		l.Close()
		if err != nil {
			return
		}
		defer a.Close()
		b, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		go func() {
			io.Copy(struct{ io.Writer }{&gated{b, g}}, struct{ io.Reader }{a})
			b.(*net.TCPConn).CloseWrite()
		}()
		io.Copy(a, b)
	}()
	return l.Addr().String()
}

//go:build linux

package main

import (
	"bufio"
	"context"
	stdtls "crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// The servers and the clients are processes of their own, so that neither is
// counted as the other and each has its own limit of file descriptors. They are
// told what to do by a line, and answer with one.

// measured is what a server's process has.
type measured struct {
	conns, goroutines, heap, stacks int
}

func (m measured) String() string {
	return fmt.Sprintf("%d %d %d %d", m.conns, m.goroutines, m.heap, m.stacks)
}

func measure(s *server) measured {
	runtime.GC()
	runtime.GC() // what pools keep goes with the second
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	return measured{int(s.Count.Load()), runtime.NumGoroutine(), int(mem.HeapAlloc), int(mem.StackInuse)}
}

// child is the server's process of a comparison.
func child(stack string) error {
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	var s *server
	if stack == "crypto/tls" {
		s, err = startStd("127.0.0.1:0", &stdtls.Config{
			Certificates: []stdtls.Certificate{certificate}, CurvePreferences: []stdtls.CurveID{stdtls.X25519},
		})
	} else {
		var cfg *tls.Config
		if cfg, err = config(certificate); err != nil {
			return err
		}
		s, err = start("127.0.0.1:0", cfg, loops, 0)
	}
	if err != nil {
		return err
	}
	fmt.Println(s.Addr)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if in.Text() == "park" {
			s.idle.Store(1)
			time.Sleep(2500 * time.Millisecond) // until the loops have swept
		}
		fmt.Println(measure(s))
	}
	return nil
}

// crowd is the clients' process: n connections to addr that each say
// something once. It holds them until its input ends.
func crowd(addr string, n int) error {
	session, err := firstSession(addr)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make(chan error, n)
	turns := make(chan bool, 32)
	conns := make([]net.Conn, n)
	for i := range n {
		turns <- true
		wg.Go(func() {
			defer func() { <-turns }()
			c, err := connect(addr, session, nil)
			conns[i] = c
			errs <- err
		})
	}
	wg.Wait()
	for range n {
		if err := <-errs; err != nil {
			return err
		}
	}
	fmt.Println("connected")
	io.Copy(io.Discard, os.Stdin)
	runtime.KeepAlive(conns)
	return nil
}

// connect makes a connection and lets the server send something back.
func connect(addr string, session []byte, sessions func([]byte)) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var d tlsconn.Dialer
	d.Config = &tls.Config{ServerName: "localhost", Ask: tls.AskVerdict, Session: session,
		Groups: []*group.Group{group.Lookup(group.X25519)}}
	d.Options.Answer = func(e *tls.Engine, _ tls.Request) error { return e.Verified(nil) }
	d.Options.NewSession = sessions
	c, err := d.Dial(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if _, err := c.Write([]byte("hello")); err != nil {
		return nil, err
	}
	_, err = io.ReadFull(c, make([]byte, 5))
	return c, err
}

func firstSession(addr string) (session []byte, err error) {
	c, err := connect(addr, nil, func(s []byte) { session = s })
	if err != nil {
		return nil, err
	}
	return session, c.Close()
}

// compare prints what n idle connections cost.
func compare(n int) error {
	if most := connectionsAllowed(); n > most {
		fmt.Printf("only %d connections: the limit of open files allows no more\n", most)
		n = most
	}
	fmt.Printf("%-15s %11s %10s %18s %13s\n", "", "connections", "goroutines", "bytes/connection", "of it stacks")
	for _, stack := range []string{"engine", "crypto/tls"} {
		if err := idle(stack, n); err != nil {
			return fmt.Errorf("%s: %w", stack, err)
		}
	}
	return nil
}

// connectionsAllowed is how many one process can have. Go's runtime has raised
// the limit to the hard one.
func connectionsAllowed() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1000
	}
	return int(min(limit.Max, 1<<20)) - 100
}

// idle measures a server before and after n connections.
func idle(stack string, n int) error {
	s, err := spawn("-server", stack)
	if err != nil {
		return err
	}
	defer s.end()
	addr, err := s.line()
	if err != nil {
		return err
	}
	first, err := connect(addr, nil, nil) // brings what is there once only
	if err != nil {
		return err
	}
	defer first.Close()
	before, err := s.measured("")
	if err != nil {
		return err
	}
	clients, err := spawn("-crowd", addr, "-n", fmt.Sprint(n))
	if err != nil {
		return err
	}
	defer clients.end()
	if _, err := clients.line(); err != nil {
		return err
	}
	after, err := s.measured("")
	if err != nil {
		return err
	}
	row(stack, before, after, n)
	if stack == "engine" {
		if after, err = s.measured("park"); err == nil {
			row("engine, parked", before, after, n)
		}
	}
	return err
}

func row(name string, before, after measured, n int) {
	heap, stacks := (after.heap-before.heap)/n, max(0, after.stacks-before.stacks)/n
	fmt.Printf("%-15s %11d %10d %18d %13d\n", name, after.conns-before.conns, after.goroutines, heap+stacks, stacks)
}

// process is this program again, as a server or as clients.
type process struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func spawn(args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(self, args...)}
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewScanner(out)
	return p, p.cmd.Start()
}

func (p *process) line() (string, error) {
	if !p.out.Scan() {
		return "", fmt.Errorf("%s has ended", strings.Join(p.cmd.Args[1:], " "))
	}
	return p.out.Text(), nil
}

func (p *process) measured(how string) (m measured, err error) {
	if _, err := fmt.Fprintln(p.in, how); err != nil {
		return m, err
	}
	line, err := p.line()
	if err != nil {
		return m, err
	}
	_, err = fmt.Sscan(line, &m.conns, &m.goroutines, &m.heap, &m.stacks)
	return m, err
}

// end ends the process: its input does, and that is all it waits for.
func (p *process) end() {
	p.in.Close()
	timer := time.AfterFunc(10*time.Second, func() { p.cmd.Process.Kill() })
	p.cmd.Wait()
	timer.Stop()
}

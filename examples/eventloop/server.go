//go:build linux

package main

import (
	stdtls "crypto/tls"
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	tls "github.com/tlsengine/tlsengine"
)

// server is some number of loops, or a goroutine for each connection.
type server struct {
	Addr  string
	Count atomic.Int64 // of connections

	fd   int // of the listener
	stop atomic.Bool
	idle atomic.Int64 // ns after which a connection is parked; 0 is never
	done []chan error
}

// start listens on addr ("127.0.0.1:0") and serves with so many loops,
// which park what was idle for so long.
func start(addr string, cfg *tls.Config, loops int, idle time.Duration) (*server, error) {
	fd, bound, err := listen(addr)
	if err != nil {
		return nil, err
	}
	s := &server{Addr: bound, fd: fd}
	s.idle.Store(int64(idle))
	for range loops {
		l, err := newLoop(cfg, fd, s)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		done := make(chan error, 1)
		s.done = append(s.done, done)
		go func() { done <- l.run() }()
	}
	return s, nil
}

// Close ends the loops and their connections.
func (s *server) Close() error {
	s.stop.Store(true)
	var errs []error
	for _, done := range s.done {
		errs = append(errs, <-done)
	}
	return errors.Join(append(errs, syscall.Close(s.fd))...)
}

// listen opens a listening socket that does not block.
func listen(addr string) (fd int, bound string, err error) {
	at, err := net.ResolveTCPAddr("tcp4", addr)
	if err != nil {
		return 0, "", err
	}
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, "", err
	}
	sa := &syscall.SockaddrInet4{Port: at.Port}
	copy(sa.Addr[:], at.IP.To4())
	err = errors.Join(syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1),
		syscall.Bind(fd, sa), syscall.Listen(fd, 4096))
	name, err2 := syscall.Getsockname(fd)
	if err = errors.Join(err, err2); err != nil {
		syscall.Close(fd)
		return 0, "", err
	}
	got := name.(*syscall.SockaddrInet4)
	return fd, (&net.TCPAddr{IP: got.Addr[:], Port: got.Port}).String(), nil
}

// startStd is the same server as programs over crypto/tls are: a goroutine for
// each connection, with a small buffer.
func startStd(addr string, cfg *stdtls.Config) (*server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	s := &server{Addr: l.Addr().String()}
	go func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			s.Count.Add(1)
			go func() {
				defer s.Count.Add(-1)
				defer raw.Close()
				echo(stdtls.Server(raw, cfg))
			}()
		}
	}()
	return s, nil
}

func echo(conn net.Conn) {
	buf := make([]byte, 512)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		if _, err := conn.Write(buf[:n]); err != nil {
			return
		}
	}
}

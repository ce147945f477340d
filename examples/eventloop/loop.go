//go:build linux

package main

import (
	"syscall"
	"time"

	tls "github.com/tlsengine/tlsengine"
)

// handshakeTimeout ends connections that do not get on with it.
const handshakeTimeout = 10 * time.Second

// exclusive lets one of several loops that wait for the listener wake up:
// EPOLLEXCLUSIVE, which package syscall does not have.
const exclusive = 1 << 28

// loop serves connections with one goroutine.
type loop struct {
	cfg      *tls.Config
	epoll    int
	listener int
	conns    map[int]*conn
	server   *server
}

func newLoop(cfg *tls.Config, listener int, s *server) (*loop, error) {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	l := &loop{cfg: cfg, epoll: epoll, listener: listener, conns: make(map[int]*conn), server: s}
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN | exclusive, Fd: int32(listener)}
	return l, syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, listener, &ev)
}

// run serves until stop.
func (l *loop) run() error {
	events := make([]syscall.EpollEvent, 256)
	buf, out := make([]byte, 64<<10), make([]byte, 0, 64<<10)
	swept := time.Now()
	for !l.server.stop.Load() {
		n, err := syscall.EpollWait(l.epoll, events, 200) // ms
		if err != nil && err != syscall.EINTR {
			return err
		}
		now := time.Now()
		for i := range max(n, 0) {
			fd := int(events[i].Fd)
			if fd == l.listener {
				l.accept(now)
			} else if c := l.conns[fd]; c != nil {
				out = l.serve(c, now, buf, out)
			}
		}
		if now.Sub(swept) > time.Second {
			swept = now
			l.sweep(now)
		}
	}
	for _, c := range l.conns {
		l.end(c)
	}
	return syscall.Close(l.epoll)
}

// accept takes the connections that wait, but not all of them: there are other
// loops.
func (l *loop) accept(now time.Time) {
	for range 16 {
		fd, _, err := syscall.Accept4(l.listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		if err != nil {
			return // EAGAIN, or no file descriptors left: later
		}
		e, err := tls.NewServer(l.cfg)
		ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
		if err != nil || syscall.EpollCtl(l.epoll, syscall.EPOLL_CTL_ADD, fd, &ev) != nil {
			syscall.Close(fd)
			continue
		}
		l.conns[fd] = &conn{fd: fd, engine: e, used: now}
		l.server.Count.Add(1)
	}
}

// serve does what a connection is ready for.
func (l *loop) serve(c *conn, now time.Time, buf, out []byte) []byte {
	var err error
	before := c.interest()
	if c.used = now; c.unsent != nil {
		err = c.writable()
	} else {
		out, err = c.readable(buf, out)
	}
	if err != nil {
		l.end(c)
	} else if want := c.interest(); want != before {
		ev := syscall.EpollEvent{Events: want, Fd: int32(c.fd)}
		if syscall.EpollCtl(l.epoll, syscall.EPOLL_CTL_MOD, c.fd, &ev) != nil {
			l.end(c)
		}
	}
	return out
}

// sweep ends handshakes that take too long, and parks what is idle.
func (l *loop) sweep(now time.Time) {
	idle := time.Duration(l.server.idle.Load())
	for _, c := range l.conns {
		quiet := now.Sub(c.used)
		switch {
		case !c.done && quiet > handshakeTimeout:
			l.end(c)
		case c.done && !c.parked && c.unsent == nil && idle > 0 && quiet > idle:
			c.engine.Park()
			c.parked = true
		}
	}
}

// end closes a connection.
func (l *loop) end(c *conn) {
	delete(l.conns, c.fd)
	syscall.Close(c.fd) // which takes it out of epoll
	l.server.Count.Add(-1)
}

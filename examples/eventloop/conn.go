//go:build linux

package main

import (
	"errors"
	"syscall"
	"time"

	tls "github.com/tlsengine/tlsengine"
)

// conn is one connection. That it is idle is what costs nothing: there is no
// buffer and no stack, only the engine.
type conn struct {
	fd     int
	engine *tls.Engine
	unsent []byte // what the socket did not take
	used   time.Time
	done   bool // the handshake is
	parked bool
	ending bool // nothing more is received, and closed once all is sent
}

// errEnded says that the connection is over.
var errEnded = errors.New("the connection has ended")

// readable reads once into buf and does what there is to do. out is memory for
// what is sent, and is returned, perhaps grown.
func (c *conn) readable(buf, out []byte) ([]byte, error) {
	n, err := syscall.Read(c.fd, buf)
	switch {
	case err == syscall.EAGAIN || err == syscall.EINTR:
		return out, nil
	case err != nil || n == 0:
		return out, errEnded // a truncation, if there was no close_notify
	}
	c.parked = false
	out = out[:0]
	for ev, err := range c.engine.Feed(buf[:n]) {
		if err != nil {
			c.ending = true // the alert goes out first
			break
		}
		switch ev.Kind {
		case tls.EventHandshakeDone:
			c.done = true
		case tls.EventData:
			if out, err = c.engine.Send(out, ev.Data); err != nil {
				return out, err
			}
		case tls.EventPeerClosed:
			out = c.engine.Close(out)
			c.ending = true
		}
	}
	return c.send(c.engine.Flush(out))
}

// send writes out, and keeps what the socket does not take.
func (c *conn) send(out []byte) ([]byte, error) {
	n, err := c.write(out)
	if err != nil {
		return out, err
	}
	if n < len(out) {
		c.unsent = append([]byte(nil), out[n:]...)
	} else if c.ending {
		return out, errEnded
	}
	return out, nil
}

// writable sends what is unsent.
func (c *conn) writable() error {
	n, err := c.write(c.unsent)
	if err != nil {
		return err
	}
	if c.unsent = c.unsent[n:]; len(c.unsent) == 0 {
		c.unsent = nil
		if c.ending {
			return errEnded
		}
	}
	return nil
}

// write writes what the socket takes.
func (c *conn) write(b []byte) (n int, err error) {
	for n < len(b) {
		m, err := syscall.Write(c.fd, b[n:])
		switch err {
		case nil:
			n += m
		case syscall.EINTR:
		case syscall.EAGAIN:
			return n, nil
		default:
			return n, err
		}
	}
	return n, nil
}

// interest is what to wait for.
func (c *conn) interest() uint32 {
	if c.unsent != nil {
		return syscall.EPOLLOUT
	}
	return syscall.EPOLLIN
}

//go:build unix

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/tlsengine/tlsengine"
)

// conn is a connection that echoes. All that it is between two calls of the
// socket is in its fields, so it can be stopped at any of them.
type conn struct {
	tcp       *net.TCPConn
	engine    *tlsengine.Engine
	unread    []byte // from the client, not eaten
	unwritten []byte // to the client
	finishing bool   // ends when all is written

	snapshot []byte // in place of the engine, see freeze
}

// errStopped: the connection was stopped and can go on.
var errStopped = errors.New("stopped")

// stop makes run return, at once if it waits.
func (c *conn) stop() { c.tcp.SetDeadline(time.Unix(1, 0)) }

// run echoes until the client is done, an error, or stop.
func (c *conn) run() error {
	err := c.echo()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errStopped
	}
	c.tcp.Close()
	return err
}

func (c *conn) echo() error {
	buf := make([]byte, 16<<10)
	for {
		if err := c.write(); err != nil || c.finishing {
			return err
		}
		n, err := c.tcp.Read(buf)
		c.unread = append(c.unread, buf[:n]...)
		if n > 0 {
			c.receive()
		} else if err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return err
			}
			return errors.Join(err, c.engine.TransportEOF())
		}
	}
}

// write gives the socket what it takes.
func (c *conn) write() error {
	for len(c.unwritten) > 0 {
		n, err := c.tcp.Write(c.unwritten)
		c.unwritten = c.unwritten[n:]
		if err != nil {
			return err
		}
	}
	c.unwritten = nil
	return nil
}

// receive makes an answer of what was read.
func (c *conn) receive() {
	in := c.unread
	for !c.finishing {
		n, ev, err := c.engine.Receive(in)
		in = in[n:]
		if err == nil && ev.Kind == tlsengine.EventData {
			c.unwritten, err = c.engine.Send(c.unwritten, ev.Data)
		}
		if err != nil { // the alert is owed
			c.finishing = true
			break
		}
		if ev.Kind == tlsengine.EventPeerClosed {
			c.unwritten = c.engine.Close(c.unwritten)
			c.finishing = true
		}
		if ev.Stops() {
			break
		}
	}
	c.unwritten = c.engine.Flush(c.unwritten)
	c.unread = append([]byte(nil), in...)
}

// freeze turns the engine into bytes. The connection is stopped.
func (c *conn) freeze() (err error) {
	c.snapshot, err = c.engine.Freeze(nil)
	return err
}

// thaw is the reverse, here or in another process.
func (c *conn) thaw(cfg *tlsengine.Config) (err error) {
	if c.engine, err = tlsengine.Thaw(cfg, c.snapshot); err != nil {
		return fmt.Errorf("%v: %w", c.tcp.RemoteAddr(), err)
	}
	clear(c.snapshot)
	c.snapshot = nil
	return c.tcp.SetDeadline(time.Time{})
}

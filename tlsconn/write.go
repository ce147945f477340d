package tlsconn

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// Write encrypts p and sends it.
func (c *Conn) Write(p []byte) (int, error) {
	if !c.done.Load() {
		if err := c.Handshake(context.Background()); err != nil {
			return 0, err
		}
	}
	c.write.Lock()
	defer c.write.Unlock()
	sent := 0
	for first := true; first || sent < len(p); first = false {
		if err := c.drain(); err != nil {
			return sent, err
		}
		n := min(len(p)-sent, maxWrite)
		err := c.send(func(out []byte) ([]byte, error) { return c.engine.Send(out, p[sent:sent+n]) })
		if err == nil || c.unsent != nil {
			sent += n
		}
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// drain sends what a deadline kept from being sent, and reports when it is not
// the time to encrypt more. The sending half is locked.
func (c *Conn) drain() error {
	if c.failed != nil {
		return c.failed
	}
	if until := c.until.Load(); until != 0 && time.Now().UnixNano() >= until {
		return os.ErrDeadlineExceeded
	}
	if c.unsent == nil {
		return nil
	}
	out := c.unsent
	c.unsent = nil
	return c.transmit(out)
}

// send writes what f appends, after what is unsent. The sending half is
// locked.
func (c *Conn) send(f func(out []byte) ([]byte, error)) error {
	if err := c.drain(); err != nil {
		return err
	}
	buf := takeBuffer()
	defer buf.give()
	out, err := f(buf[:0])
	if len(out) > 0 {
		if werr := c.transmit(out); werr != nil {
			return werr
		}
	}
	return err
}

// transmit writes to the transport. What a deadline keeps back is remembered:
// the peer would not understand what follows a part of a record.
func (c *Conn) transmit(out []byte) error {
	n, err := c.conn.Write(out)
	switch {
	case err == nil:
		c.left.Store(false)
	case isTimeout(err):
		c.unsent = append([]byte(nil), out[n:]...)
		c.left.Store(true)
	default:
		c.failed = err
	}
	return err
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// flush sends what the engine owes. Data that is left is for the next Write to
// send: a Read that did would wait for the peer to read.
func (c *Conn) flush() error {
	if !c.engine.Owes() && (c.done.Load() || !c.left.Load()) {
		return nil
	}
	c.write.Lock()
	defer c.write.Unlock()
	return c.send(func(out []byte) ([]byte, error) { return c.engine.Flush(out), nil })
}

// abort tells the peer why the connection ends.
func (c *Conn) abort(err error) {
	why := tls.Alert(alert.InternalError)
	if ours := (*tls.AlertError)(nil); errors.As(err, &ours) {
		why = ours.Alert
	}
	c.write.Lock()
	defer c.write.Unlock()
	c.send(func(out []byte) ([]byte, error) { return c.engine.Abort(out, why), nil })
	c.failed = err
}

// CloseWrite says close_notify: this side sends nothing more, and may go on
// reading. It does not close the connection beneath.
func (c *Conn) CloseWrite() error {
	if !c.done.Load() {
		return tls.ErrHandshakeNotDone
	}
	c.write.Lock()
	defer c.write.Unlock()
	return c.send(func(out []byte) ([]byte, error) { return c.engine.Close(out), nil })
}

// Close says close_notify, if it can at once, and closes the connection
// beneath. Blocked calls return.
func (c *Conn) Close() error {
	c.SetWriteDeadline(time.Now().Add(5 * time.Second))
	if c.write.TryLock() {
		c.send(func(out []byte) ([]byte, error) { return c.engine.Close(out), nil })
		c.failed = net.ErrClosed
		c.write.Unlock()
	}
	return c.conn.Close()
}

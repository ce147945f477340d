// Package drive moves an Engine's bytes over a net.Conn: the part of a program
// that knows sockets.
package drive

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
)

// bufferSize holds the largest record.
const bufferSize = 5 + 16384 + 2048

// maxPlaintext is how much a record holds.
const maxPlaintext = 16384

// firstBytes is how much of what came first is kept, for those who want to
// know what it was if it was not TLS.
const firstBytes = 64

// Conn is an Engine at the end of a net.Conn. One goroutine may call Next and
// another Write.
type Conn struct {
	Engine *tlsengine.Engine
	net    net.Conn

	buf        []byte
	start, end int // what was read and not eaten
	eof        bool

	sending sync.Mutex // the sending half; held while the transport takes its bytes
	out     []byte

	mu    sync.Mutex // of what follows; never held for long
	count Count
	first []byte
}

// Count is what went over the wire.
type Count struct {
	In, Out int64 // bytes
}

// New returns the driver of an engine.
func New(e *tlsengine.Engine, nc net.Conn) *Conn {
	return &Conn{Engine: e, net: nc}
}

// Count is what went over the wire so far.
func (c *Conn) Count() Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count
}

// First is the beginning of what came from the peer.
func (c *Conn) First() []byte { return c.first }

// ErrClosed is a close_notify before the handshake was done, which anybody can
// have said. It is an ErrTruncated.
var ErrClosed = fmt.Errorf("the peer said close_notify before the handshake was done: %w", tlsengine.ErrTruncated)

// Next says what happens next: it sends what is owed and receives until there
// is an event. Its Data is valid until the next call. An EventRequest is
// answered through the Engine, and then Next called again. The end of the
// transport is an error, ErrTruncated, unless the peer said close_notify when
// the handshake was done.
func (c *Conn) Next() (tlsengine.Event, error) {
	for {
		if err := c.flushIfFree(); err != nil && c.end == c.start {
			if broken := c.salvage(); broken != nil {
				return tlsengine.Event{}, err
			}
		}
		n, ev, err := c.Engine.Receive(c.buf[c.start:c.end])
		c.start += n
		if err != nil {
			c.Flush() //nolint:errcheck // the alert is a courtesy
			return ev, err
		}
		switch ev.Kind {
		case tlsengine.EventNone:
		case tlsengine.EventNeedMore:
			if err := c.read(); err != nil {
				return tlsengine.Event{}, err
			}
		case tlsengine.EventPeerClosed:
			if c.Engine.TransportEOF() != nil {
				return ev, ErrClosed
			}
			return ev, nil
		default:
			return ev, nil
		}
	}
}

// flushIfFree sends what the engine owes, unless the other goroutine is sending:
// it may wait for the peer to read, who may wait for us. What is owed then goes
// with what is sent next.
func (c *Conn) flushIfFree() error {
	if !c.Engine.Owes() || !c.sending.TryLock() {
		return nil
	}
	defer c.sending.Unlock()
	return c.sendLocked(flush)
}

func flush(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.Flush(out), nil }

// salvage reads what the peer said before it stopped listening: a peer that
// refuses us sends an alert and closes, and our write fails first.
func (c *Conn) salvage() error { return c.read() }

// read reads once.
func (c *Conn) read() error {
	if c.eof {
		return c.ended()
	}
	if c.buf == nil {
		c.buf = make([]byte, bufferSize)
	}
	if c.start > 0 {
		c.end = copy(c.buf, c.buf[c.start:c.end])
		c.start = 0
	}
	n, err := c.net.Read(c.buf[c.end:])
	c.saw(c.buf[c.end : c.end+n])
	c.end += n
	switch {
	case n > 0:
		c.eof = errors.Is(err, io.EOF)
		return nil
	case errors.Is(err, io.EOF):
		c.eof = true
		return c.ended()
	}
	return err
}

// ended is the end of the transport.
func (c *Conn) ended() error {
	if err := c.Engine.TransportEOF(); err != nil {
		return err
	}
	return io.EOF
}

func (c *Conn) saw(b []byte) {
	if len(b) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count.In += int64(len(b))
	if room := firstBytes - len(c.first); room > 0 {
		c.first = append(c.first, b[:min(room, len(b))]...)
	}
}

// Flush sends what the engine owes.
func (c *Conn) Flush() error {
	if !c.Engine.Owes() {
		return nil
	}
	return c.send(flush)
}

// Write sends application data.
func (c *Conn) Write(b []byte) (int, error) {
	for sent := 0; sent < len(b); {
		part := b[sent:min(len(b), sent+maxPlaintext)]
		err := c.send(func(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.Send(out, part) })
		if err != nil {
			return sent, err
		}
		sent += len(part)
	}
	return len(b), nil
}

// WriteEarly sends early data.
func (c *Conn) WriteEarly(b []byte) error {
	return c.send(func(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.SendEarly(out, b) })
}

// UpdateKeys sends a KeyUpdate and asks for the peer's.
func (c *Conn) UpdateKeys() error {
	return c.send(func(e *tlsengine.Engine, out []byte) ([]byte, error) {
		return e.UpdateKeys(out, handshake.UpdateRequested)
	})
}

// CloseWrite says close_notify. The peer may go on.
func (c *Conn) CloseWrite() error {
	return c.send(func(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.Close(out), nil })
}

// Abort ends the connection with an alert.
func (c *Conn) Abort(a tlsengine.Alert) error {
	return c.send(func(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.Abort(out, a), nil })
}

// HandshakeDone tells a transport that carries the handshake otherwise than
// what comes behind it.
func (c *Conn) HandshakeDone() {
	if t, ok := c.net.(interface{ HandshakeDone() }); ok {
		t.HandshakeDone()
	}
}

// Close closes the transport.
func (c *Conn) Close() error { return c.net.Close() }

// send has the engine append to the output and writes it.
func (c *Conn) send(do func(*tlsengine.Engine, []byte) ([]byte, error)) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	return c.sendLocked(do)
}

func (c *Conn) sendLocked(do func(*tlsengine.Engine, []byte) ([]byte, error)) error {
	out, err := do(c.Engine, c.out[:0])
	if c.out = out; cap(out) > 2*bufferSize {
		c.out = nil
	}
	if len(out) == 0 {
		return err
	}
	n, writing := c.net.Write(out)
	c.mu.Lock()
	c.count.Out += int64(n)
	c.mu.Unlock()
	if err == nil {
		err = writing
	}
	return err
}

// SetReadDeadline is when a Next that waits gives up; zero is never.
func (c *Conn) SetReadDeadline(t time.Time) {
	c.net.SetReadDeadline(t) //nolint:errcheck // a socket takes deadlines
}

// SetDeadline is the same for both directions.
func (c *Conn) SetDeadline(t time.Time) {
	c.net.SetDeadline(t) //nolint:errcheck // a socket takes deadlines
}

// CloseTransport ends our direction of the transport, after close_notify.
func (c *Conn) CloseTransport() {
	if half, ok := c.net.(interface{ CloseWrite() error }); ok {
		half.CloseWrite() //nolint:errcheck // the other direction tells
	}
}

// SetWriteDeadline is when a Write that waits gives up.
func (c *Conn) SetWriteDeadline(t time.Time) {
	c.net.SetWriteDeadline(t) //nolint:errcheck // a socket takes deadlines
}

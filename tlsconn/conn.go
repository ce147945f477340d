package tlsconn

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	tls "github.com/tlsengine/tlsengine"
)

// Conn is a TLS connection over another connection. Its methods are safe for
// concurrent use as those of every net.Conn are.
type Conn struct {
	conn   net.Conn
	engine *tls.Engine
	name   string // a client's ServerName
	answer Answerer

	shake sync.Mutex // held while somebody drives the handshake; taken before read
	read  sync.Mutex // the receiving half, and what follows
	input input
	data  []byte // decrypted and not read; points into input
	err   error  // of the receiving half, sticky
	sess  func([]byte)
	std   stdSide         // what serves a crypto/tls Config; nil without one
	ctx   context.Context // of the handshake, while it runs

	write  sync.Mutex   // the sending half
	failed error        // of the transport, sticky: a record may be half written
	unsent []byte       // what a deadline kept from being sent
	left   atomic.Bool  // there is something unsent
	until  atomic.Int64 // the deadline, in ns since 1970; 0 is none

	done  atomic.Bool                         // the handshake is complete
	state atomic.Pointer[tls.ConnectionState] // from then on
}

// Answerer answers the engine's questions, by its answering methods. It may
// block. An error ends the connection.
type Answerer func(e *tls.Engine, q tls.Request) error

// ErrQuestion says that the engine asked and nobody was there to answer.
var ErrQuestion = errors.New("tlsconn: the engine has a question and the Options no Answer")

// Options are what a Conn needs beside the engine's Config. The zero value is
// good.
type Options struct {
	// Answer answers the engine's questions.
	Answer Answerer

	// NewSession gets a client's sessions as they come, to resume later. It
	// is called from Read and must not block.
	NewSession func(session []byte)
}

// Client returns the client's end of a connection over conn. The Config is
// used as [Prepare] makes it. The handshake runs with the first Read or Write,
// or with Handshake.
func Client(conn net.Conn, cfg *tls.Config, o Options) (*Conn, error) {
	cfg, err := Prepare(cfg)
	if err != nil {
		return nil, err
	}
	e, err := tls.NewClient(cfg)
	if err != nil {
		return nil, err
	}
	c := newConn(conn, e, o)
	c.name = cfg.ServerName
	return c, nil
}

// Server returns the server's end of a connection over conn. It takes no early
// data, whatever the Config says: what Read returns is never a replay.
func Server(conn net.Conn, cfg *tls.Config, o Options) (*Conn, error) {
	if cfg.MaxEarlyData > 0 {
		without := *cfg
		without.MaxEarlyData = 0
		cfg = &without
	}
	e, err := tls.NewServer(cfg)
	if err != nil {
		return nil, err
	}
	return newConn(conn, e, o), nil
}

func newConn(conn net.Conn, e *tls.Engine, o Options) *Conn {
	return &Conn{conn: conn, engine: e, answer: o.Answer, sess: o.NewSession}
}

// NetConn is the connection beneath. Reading or writing it breaks this one.
func (c *Conn) NetConn() net.Conn { return c.conn }

// LocalAddr is that of the connection beneath.
func (c *Conn) LocalAddr() net.Addr { return c.conn.LocalAddr() }

// RemoteAddr is that of the connection beneath.
func (c *Conn) RemoteAddr() net.Addr { return c.conn.RemoteAddr() }

// SetDeadline bounds reading and writing, both of which may go on with a later
// deadline.
func (c *Conn) SetDeadline(t time.Time) error {
	c.setUntil(t)
	return c.conn.SetDeadline(t)
}

// SetReadDeadline bounds reading, which may go on with a later deadline.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.conn.SetReadDeadline(t) }

// SetWriteDeadline bounds writing. What a Write that runs into it says to have
// written is encrypted, and sent before all that is written later.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.setUntil(t)
	return c.conn.SetWriteDeadline(t)
}

func (c *Conn) setUntil(t time.Time) {
	until := int64(0)
	if !t.IsZero() {
		until = t.UnixNano()
	}
	c.until.Store(until)
}

// Handshake runs the handshake if it is not complete, until ctx is done; then
// the Conn cannot be used any more.
func (c *Conn) Handshake(ctx context.Context) error {
	if c.done.Load() {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { c.conn.SetDeadline(time.Unix(1, 0)) })
	err := c.ensure(ctx)
	if !stop() { // the deadlines are over, or about to be
		return ctx.Err()
	}
	return err
}

// HandshakeContext is Handshake, under crypto/tls's name.
func (c *Conn) HandshakeContext(ctx context.Context) error { return c.Handshake(ctx) }

// ensure runs the handshake. A Read that waits for data must not keep a Write
// from learning that it is done, so that it has a lock of its own.
func (c *Conn) ensure(ctx context.Context) error {
	if c.done.Load() {
		return nil
	}
	c.shake.Lock()
	defer c.shake.Unlock()
	if c.done.Load() {
		return nil
	}
	c.read.Lock()
	defer c.read.Unlock()
	c.ctx = ctx
	defer func() { c.ctx = nil }()
	return c.handshake()
}

// handshake goes on until the handshake is done. The receiving half is locked.
func (c *Conn) handshake() error {
	for !c.done.Load() {
		if c.err != nil {
			return c.err
		}
		if err := c.next(); err != nil {
			return err
		}
	}
	return c.flush()
}

var errEarly = errors.New("tlsconn: a Conn takes no early data, and the Config chosen for it does")

// next receives until something happened, good or bad.
func (c *Conn) next() error {
	n, ev, err := c.engine.Receive(c.input.bytes())
	c.input.eaten(n)
	if err != nil {
		c.flush() // the alert
		return c.fail(err)
	}
	switch ev.Kind {
	case tls.EventNeedMore:
		return c.more(ev.Need)
	case tls.EventRequest:
		return c.ask()
	case tls.EventPeerClosed:
		c.input.release()
		if !c.done.Load() { // anybody can have said so: it is no end of data
			return c.fail(errors.Join(io.ErrUnexpectedEOF, tls.ErrTruncated))
		}
		return c.fail(io.EOF)
	case tls.EventData:
		c.data = ev.Data
	case tls.EventEarlyData:
		return c.fail(errEarly)
	case tls.EventHandshakeDone:
		return c.settle()
	case tls.EventNewSession:
		if c.sess != nil {
			c.sess(ev.Data)
		}
	}
	return nil
}

// settle makes the connection one that data can go over.
func (c *Conn) settle() error {
	if c.std != nil {
		if err := c.std.settled(); err != nil {
			c.abort(err)
			return c.fail(err)
		}
	}
	st := c.engine.ConnectionState()
	if c.name != "" {
		st.ServerName = c.name
	}
	c.state.Store(&st)
	c.done.Store(true)
	return nil
}

// ask has the engine's question answered.
func (c *Conn) ask() error {
	if c.answer == nil {
		return c.fail(ErrQuestion)
	}
	if err := c.answer(c.engine, c.engine.Pending()); err != nil {
		c.flush() // the alert, if the engine has one
		return c.fail(err)
	}
	return nil
}

// more flushes what is owed and reads from the transport.
func (c *Conn) more(need int) error {
	if err := c.flush(); err != nil {
		return err
	}
	err := c.input.fill(c.conn, need)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		if err = c.engine.TransportEOF(); err == nil {
			err = io.EOF
		} else if errors.Is(err, tls.ErrTruncated) {
			err = errors.Join(io.ErrUnexpectedEOF, err)
		}
		return c.fail(err)
	}
	return err // a deadline, say: reading may go on
}

// fail makes an error of the receiving half sticky.
func (c *Conn) fail(err error) error {
	if c.err == nil {
		c.err = err
	}
	return c.err
}

// Read reads decrypted data. At the peer's close_notify it returns io.EOF; if
// the transport ends without, an error that is io.ErrUnexpectedEOF.
func (c *Conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if err := c.ensure(context.Background()); err != nil {
			return 0, err
		}
		if n, err := c.readData(p); n > 0 || err != nil {
			return n, err
		}
	}
}

// readData reads what is decrypted, or waits for it once the handshake is
// done.
func (c *Conn) readData(p []byte) (int, error) {
	c.read.Lock()
	defer c.read.Unlock()
	for len(c.data) == 0 {
		if !c.done.Load() {
			return 0, nil
		}
		if c.err != nil {
			return 0, c.err
		}
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.data)
	c.data = c.data[n:]
	if len(c.data) == 0 {
		c.data = nil
		c.input.idle()
	}
	return n, nil
}

// Engine is the engine beneath, for what a Conn has no method for. It must be
// used by one goroutine while no other uses the Conn.
func (c *Conn) Engine() *tls.Engine { return c.engine }

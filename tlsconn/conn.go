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
	"github.com/tlsengine/tlsengine/internal/alert"
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

	write  sync.Mutex // the sending half
	failed error      // of the transport, sticky: a record may be half written

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

// SetDeadline bounds reading and writing. A write that ran into its deadline
// may have sent a part of a record: the connection cannot be written any more.
func (c *Conn) SetDeadline(t time.Time) error { return c.conn.SetDeadline(t) }

// SetReadDeadline bounds reading, which may go on with a later deadline.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.conn.SetReadDeadline(t) }

// SetWriteDeadline bounds writing; see [Conn.SetDeadline].
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.conn.SetWriteDeadline(t) }

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

// flush sends what the engine owes.
func (c *Conn) flush() error {
	if !c.engine.Owes() {
		return nil
	}
	c.write.Lock()
	defer c.write.Unlock()
	return c.send(func(out []byte) ([]byte, error) { return c.engine.Flush(out), nil })
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
		n := min(len(p)-sent, maxWrite)
		err := c.send(func(out []byte) ([]byte, error) { return c.engine.Send(out, p[sent:sent+n]) })
		if err != nil {
			return sent, err
		}
		sent += n
	}
	return sent, nil
}

// send writes what f appends. The sending half is locked.
func (c *Conn) send(f func(out []byte) ([]byte, error)) error {
	if c.failed != nil {
		return c.failed
	}
	buf := takeBuffer()
	defer buf.give()
	out, err := f(buf[:0])
	if len(out) > 0 {
		if _, werr := c.conn.Write(out); werr != nil {
			c.failed = werr
			return werr
		}
	}
	return err
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
	c.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	if c.write.TryLock() {
		c.send(func(out []byte) ([]byte, error) { return c.engine.Close(out), nil })
		c.failed = net.ErrClosed
		c.write.Unlock()
	}
	return c.conn.Close()
}

// Engine is the engine beneath, for what a Conn has no method for. It must be
// used by one goroutine while no other uses the Conn.
func (c *Conn) Engine() *tls.Engine { return c.engine }

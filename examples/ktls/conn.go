//go:build linux

package main

import (
	"cmp"
	"errors"
	"io"
	"math"
	"net"
	"sync"
	"syscall"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/record"
)

// ErrNoRekey: the connection needs new keys, and this kernel takes none.
// Nothing more can be received, or sent.
var ErrNoRekey = errors.New("the kernel takes no second key (Linux before 6.14)")

// Conn is a TCP connection whose records the kernel makes. One goroutine may
// read and another write.
type Conn struct {
	net.Conn // *net.TCPConn, whose Read and Write carry application data

	// Session gets what a later Config.Session can resume; may be nil. It is
	// set before the first Read.
	Session func([]byte)

	raw   syscall.RawConn
	buf   []byte // a record, for Reads with less room
	rest  []byte // of buf
	ended error  // what Read says from now on

	mu sync.Mutex // of the Detached, and not held while the socket waits
	d  *tlsengine.Detached

	sending sync.Mutex // of the order of records
	left    uint64     // records that may be sealed under the key in force
	limited bool       // there is such a limit
	closed  bool
}

// Offload gives the keys of a connection to the kernel. The engine must have
// eaten all that was read, see [Shake].
func Offload(tcp *net.TCPConn, e *tlsengine.Engine) (*Conn, error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	if err := attach(raw); err != nil {
		return nil, err
	}
	d, err := e.Detach()
	if err != nil {
		return nil, err
	}
	c := &Conn{Conn: tcp, raw: raw, d: d}
	if err := c.setSendKeys(d.SendKeys()); err != nil {
		return nil, err
	}
	return c, setKeys(raw, tlsRX, d.ReceiveKeys())
}

func (c *Conn) setSendKeys(keys tlsengine.TrafficKeys) error {
	c.left, c.limited = keys.Limit-keys.Sequence, keys.Limit > 0
	return setKeys(c.raw, tlsTX, keys)
}

// Read reads application data. What else comes is handled on the way.
func (c *Conn) Read(p []byte) (int, error) {
	for len(c.rest) == 0 && c.ended == nil {
		// Data goes where it is wanted, if a whole record has room there:
		// the kernel may else cut a message.
		into := p
		if len(p) < record.MaxPlaintext {
			if c.buf == nil {
				c.buf = make([]byte, record.MaxPlaintext)
			}
			into = c.buf
		}
		typ, n, err := receiveRecord(c.raw, into)
		switch {
		case errors.Is(err, syscall.EBADMSG):
			c.ended = c.refuse(badRecordMAC, err)
		case errors.Is(err, syscall.EMSGSIZE):
			c.ended = c.refuse(recordOverflow, err)
		case err != nil:
			return 0, err // a deadline, say
		case typ == 0 && n == 0:
			c.ended = c.transportEOF()
		case typ != record.ApplicationData:
			c.ended = c.control(typ, into[:n])
		case len(p) < record.MaxPlaintext:
			c.rest = into[:n]
		case n > 0:
			return n, nil
		}
	}
	if len(c.rest) == 0 {
		return 0, c.ended
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// Alerts about records, which the kernel opens: RFC 9846, Section 6.
const (
	badRecordMAC   = 20
	recordOverflow = 22
)

// refuse tells the peer of a record that the kernel refused.
func (c *Conn) refuse(alert byte, err error) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	const fatal = 2
	return errors.Join(err, clearError(c.raw), c.finish(fatal, alert))
}

// finish sends an alert past the Detached, as the last thing.
func (c *Conn) finish(level, alert byte) error {
	if c.closed {
		return nil
	}
	c.closed = true
	return sendRecord(c.raw, record.Alert, []byte{level, alert})
}

func (c *Conn) transportEOF() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.d.TransportEOF(); err != nil {
		return err
	}
	return io.EOF
}

// control takes the content of a record that is not application data. The
// error is the end, io.EOF after the peer's close_notify.
func (c *Conn) control(typ record.ContentType, content []byte) error {
	err := c.take(typ, content)
	if err == ErrNoRekey {
		// A KeyUpdate is owed, after which nothing could be sent: so it is
		// not sent, and the peer is told that this is all.
		c.sending.Lock()
		defer c.sending.Unlock()
		const warning, closeNotify = 1, 0
		return cmp.Or(c.finish(warning, closeNotify), err)
	}
	// An answer to a request for new keys has time until the next Write; a
	// Write that waits for the peer must not keep this side from reading.
	if c.sending.TryLock() {
		defer c.sending.Unlock()
		if failed := c.flush(); err == nil {
			err = failed
		}
	}
	return err
}

func (c *Conn) take(typ record.ContentType, content []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ev, err := range c.d.Receive(typ, content) {
		switch {
		case err != nil:
			return err
		case ev.Kind == tlsengine.EventPeerClosed:
			return io.EOF
		case ev.Kind == tlsengine.EventNewSession && c.Session != nil:
			c.Session(ev.Data)
		case ev.Kind == tlsengine.EventKeyUpdated:
			if err := mustRekey(); err != nil {
				return err
			}
			if err := setKeys(c.raw, tlsRX, c.d.ReceiveKeys()); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush sends what the Detached owes. sending is held.
func (c *Conn) flush() error {
	for !c.closed {
		c.mu.Lock()
		out, ok := c.d.Next()
		c.mu.Unlock()
		if !ok {
			return nil
		}
		if err := sendRecord(c.raw, out.Type, out.Content); err != nil {
			return err
		}
		if out.Keys != nil {
			if err := c.setSendKeys(*out.Keys); err != nil {
				return err
			}
		}
	}
	return nil
}

// Write sends application data.
func (c *Conn) Write(p []byte) (int, error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	if err := c.reserve(len(p)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	c.spend(n)
	return n, cmp.Or(err, c.flush())
}

// sendfileAtOnce is how much of a file is sent between two looks at what is
// owed.
const sendfileAtOnce = 64 << 20

// ReadFrom sends what r has; a file goes from the page cache to the network
// without being copied to this process.
func (c *Conn) ReadFrom(r io.Reader) (total int64, err error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	limit := int64(math.MaxInt64)
	if l, ok := r.(*io.LimitedReader); ok { // net looks through one of these only
		r, limit = l.R, l.N
		defer func() { l.N -= total }()
	}
	for total < limit {
		piece := &io.LimitedReader{R: r, N: min(limit-total, sendfileAtOnce)}
		if err := c.reserve(int(piece.N)); err != nil {
			return total, err
		}
		n, err := c.Conn.(*net.TCPConn).ReadFrom(piece)
		total += n
		c.spend(int(n))
		if err = cmp.Or(err, c.flush()); err != nil || piece.N > 0 {
			return total, err
		}
	}
	return total, nil
}

// records is how many n bytes are at most. The kernel does not say; it makes
// none of less than a page but the last.
func records(n int) uint64 {
	const page = 4096
	return uint64(n)/page + 1
}

// reserve sends what is owed, and a KeyUpdate if the key could not seal n
// bytes more. sending is held.
func (c *Conn) reserve(n int) error {
	if c.closed {
		return net.ErrClosed
	}
	if c.limited && records(n) > c.left {
		if err := c.updateKeys(handshake.UpdateNotRequested); err != nil {
			return err
		}
	}
	return c.flush()
}

func (c *Conn) spend(n int) { c.left -= min(c.left, records(n)) }

// UpdateKeys sends a KeyUpdate, see [tlsengine.Detached.UpdateKeys].
func (c *Conn) UpdateKeys(request handshake.KeyUpdateRequest) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	return cmp.Or(c.updateKeys(request), c.flush())
}

func (c *Conn) updateKeys(request handshake.KeyUpdateRequest) error {
	if err := mustRekey(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.d.UpdateKeys(request)
}

func mustRekey() error {
	can, err := Rekeys()
	if err == nil && !can {
		err = ErrNoRekey
	}
	return err
}

// CloseWrite sends close_notify, the last thing to be sent.
func (c *Conn) CloseWrite() error {
	c.sending.Lock()
	defer c.sending.Unlock()
	c.mu.Lock()
	c.d.Close()
	c.mu.Unlock()
	err := c.flush()
	c.closed = true
	return err
}

// Close ends both directions.
func (c *Conn) Close() error { return cmp.Or(c.CloseWrite(), c.Conn.Close()) }

package main

import (
	"crypto"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/signature"
)

// conn is one connection: the engine, the socket, and what was seen.
type conn struct {
	o, again *options
	env      *environment
	i        int // number of the connection

	net     net.Conn
	e       engine
	in      []byte // received and not eaten
	visible int    // how much of in the engine may see: all, or with -async a byte more each time

	creds    []*tls.Credential
	selected int
	hello    *tls.ConfigRequest
	wanted   *tls.CredentialRequest
	asked    int // how often the open question was put off
	verdicts int

	done, peerClosed bool
	held             []byte // of a write that is not finished
	sessions         [][]byte
	unsent           []byte // of the initial write: more than early data may be
	refused          bool   // early data was rejected
}

func dial(o *options) (net.Conn, error) {
	host := "127.0.0.1"
	if o.ipv6 {
		host = "::1"
	}
	c, err := net.Dial("tcp", net.JoinHostPort(host, fmt.Sprint(o.port)))
	if err != nil {
		return nil, err
	}
	_, err = c.Write(binary.LittleEndian.AppendUint64(nil, o.shimID))
	return c, err
}

// next goes on until something happened that is not the transport's
// business. io.EOF says that the peer's bytes ended.
func (c *conn) next() (tls.Event, error) {
	for {
		n, ev, err := c.e.Receive(c.in[:c.visible])
		if err != nil {
			return ev, err
		}
		ev.Data = slices.Clone(ev.Data)
		c.in, c.visible = c.in[n:], c.visible-n
		switch ev.Kind {
		case tls.EventNone, tls.EventFlightDone, tls.EventKeyUpdated:
			continue
		case tls.EventNeedMore:
			if err := c.more(); err != nil {
				return ev, err
			}
			continue
		case tls.EventRequest:
			if err := c.answer(); err != nil {
				return ev, err
			}
			continue
		case tls.EventNewSession:
			c.sessions = append(c.sessions, ev.Data)
			continue
		}
		return ev, nil
	}
}

// more lets the engine see more of what was received, or receives more.
func (c *conn) more() error {
	if c.visible < len(c.in) {
		c.visible++
		return nil
	}
	if err := c.flush(nil); err != nil {
		return err
	}
	buf := make([]byte, 16384+2048)
	n, err := c.net.Read(buf)
	if n == 0 {
		if err == nil || !errors.Is(err, io.EOF) {
			err = fmt.Errorf("read: %w", err)
		}
		return err
	}
	c.in = append(slices.Clone(c.in), buf[:n]...)
	if !c.o.async {
		c.visible = len(c.in)
	} else {
		c.visible++
	}
	return nil
}

// flush writes out and what the engine owes.
func (c *conn) flush(out []byte) error {
	return c.write(c.e.Flush(out))
}

// write writes to the peer, with -async a byte at a time.
func (c *conn) write(out []byte) error {
	if !c.o.async {
		_, err := c.net.Write(out)
		return err
	}
	for i := range out {
		if _, err := c.net.Write(out[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// answer answers the engine's question; with -async only when it is put the
// second time.
func (c *conn) answer() error {
	if c.asked++; c.o.async && c.asked%2 == 1 {
		return nil
	}
	switch q := c.e.Pending().(type) {
	case *tls.ConfigRequest:
		return c.answerConfig(q)
	case *tls.CredentialRequest:
		return c.answerCredential(q)
	case *tls.SignatureRequest:
		sig, err := signature.Sign(randomness, q.Scheme, c.signer(), q.Message)
		return c.e.Signed(sig, err)
	case *tls.VerdictRequest:
		return c.answerVerdict(q)
	case *tls.TicketRequest:
		return c.answerTicket(q)
	case *tls.ResumeRequest:
		return c.e.(*quic).resume(q)
	default:
		return fmt.Errorf("unexpected question %T", q)
	}
}

func (c *conn) answerTicket(q *tls.TicketRequest) error {
	a := tls.TicketAnswer{Early: true}
	if q.SessionID {
		a.Session = c.env.cache.Get(q.Identity)
	} else {
		a.Session = c.env.tickets.Open(c.env.now, q.Identity)
	}
	return c.e.Ticket(a, nil)
}

func (c *conn) answerConfig(q *tls.ConfigRequest) error {
	c.hello = q
	cfg, err := c.o.config(c.env)
	if err != nil {
		return err
	}
	if c.o.emptyALPN {
		cfg.ALPN = []string{""}
	}
	return c.e.UseConfig(cfg, nil)
}

func (c *conn) signer() crypto.Signer { return c.creds[c.selected].Signer }

// answerVerdict says what the flags say of the peer's chain. BoringSSL does not
// verify that of a session again unless it is told to.
func (c *conn) answerVerdict(q *tls.VerdictRequest) error {
	if q.Resumed && !c.o.reverify {
		return c.e.Verified(nil)
	}
	if c.verdicts++; c.verdicts > 1 {
		return errors.New("the chain was to be verified twice")
	}
	if !c.o.verifyFail || !(c.o.verifyPeer || c.o.requireCert) {
		return c.e.Verified(nil)
	}
	a := tls.Alert(40) // handshake_failure, as the default hook has it
	if c.o.customHook {
		a = 46 // certificate_unknown
	}
	return c.e.Verified(tls.Refuse(a, verifyFailed))
}

// deadline bounds the wait for the peer.
func (c *conn) deadline(d time.Duration) { c.net.SetDeadline(time.Now().Add(d)) }

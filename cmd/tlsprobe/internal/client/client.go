// Package client is one TLS connection of a client: handshake, verdict, data,
// and an end, with everything that a report wants to know of it.
package client

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/drive"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
)

// Options say how a connection is made.
type Options struct {
	Config  tlsengine.Config // Roots and Ask are set here
	Check   *pki.Check       // what the chain is held to
	Enforce bool             // a chain that is not good ends the connection
	Early   []byte           // early data; nil for none
	Linger  time.Duration    // how long a silent peer is waited for after all is sent
}

// Conn is a connection, and what is known of it.
type Conn struct {
	opts Options
	wire *drive.Conn

	Verdict   *pki.Verdict                 // nil before the chain came
	Request   *tlsengine.CredentialRequest // nil if the server asked for no certificate
	Sent      bool                         // a certificate was sent
	Sessions  [][]byte
	Early     string        // report.EarlyNotOffered, …
	Took      time.Duration // of the handshake
	Trips     int           // round trips of the handshake
	Closed    bool          // the peer said close_notify
	Truncated bool          // the transport ended without it
	Updated   bool          // the peer changed its keys
	done      bool
	spoiled   bool // a write was given up in the middle
	failure   *fault.Fault
	release   func() bool // the end of the context does not matter any more
}

// New makes a connection over an open transport. Nothing is sent yet. Ending
// the context ends it.
func New(ctx context.Context, nc net.Conn, opts Options) (*Conn, error) {
	c := &Conn{opts: opts, Early: report.EarlyNotOffered}
	cfg := &c.opts.Config
	cfg.Roots = nil
	cfg.Ask |= tlsengine.AskCredential | tlsengine.AskVerdict | tlsengine.AskVerdictResumed
	e, err := tlsengine.NewClient(cfg)
	if err != nil {
		return nil, fault.UsageError("config", "%v", err)
	}
	c.wire = drive.New(e, nc)
	if deadline, ok := ctx.Deadline(); ok {
		nc.SetDeadline(deadline) //nolint:errcheck // a socket takes deadlines
	}
	c.endWith(ctx)
	return c, nil
}

// endWith has the end of the context end what waits for the peer.
func (c *Conn) endWith(ctx context.Context) {
	if c.release != nil {
		c.release()
	}
	c.release = context.AfterFunc(ctx, func() { c.wire.SetDeadline(time.Unix(1, 0)) })
}

// State is what was agreed, as far as it was.
func (c *Conn) State() tlsengine.ConnectionState { return c.wire.Engine.ConnectionState() }

// Count is what went over the wire.
func (c *Conn) Count() drive.Count { return c.wire.Count() }

// Done reports whether the handshake is complete.
func (c *Conn) Done() bool { return c.done }

// End says how the peer ended its data, if it did.
func (c *Conn) End() string {
	switch {
	case c.Truncated:
		return "cut"
	case c.Closed:
		return "close_notify"
	}
	return "open"
}

// Failure is what ended the connection, or nil.
func (c *Conn) Failure() *fault.Fault { return c.failure }

// Export derives keying material: RFC 9846, Section 7.5.
func (c *Conn) Export(label string, context []byte, length int) ([]byte, error) {
	return c.wire.Engine.Export(label, context, length)
}

// Handshake goes on until both sides are done.
func (c *Conn) Handshake(ctx context.Context) error {
	start := time.Now()
	defer func() { c.Took = time.Since(start) }()
	if err := c.sendEarly(); err != nil {
		return err
	}
	for !c.done {
		if _, err := c.next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sendEarly sends the ClientHello, and early data if there is any and the
// session lets it.
func (c *Conn) sendEarly() error {
	if err := c.wire.Flush(); err != nil || c.opts.Early == nil {
		return nil // what the peer said tells more than the failed write
	}
	switch err := c.wire.WriteEarly(c.opts.Early); {
	case errors.Is(err, tlsengine.ErrEarlyDataLimit):
		return c.fail(fault.InputError("early_data", "%d bytes of early data are more than the ticket allows", len(c.opts.Early)))
	case err == nil:
		c.Early = report.EarlyRejected // until it is accepted
	}
	return nil
}

// next is the next event that is of interest to the application. A fault
// stays.
func (c *Conn) next(ctx context.Context) (tlsengine.Event, error) {
	if c.failure != nil {
		return tlsengine.Event{}, c.failure
	}
	ev, err := c.wire.Next()
	if err != nil {
		return ev, c.explain(ctx, err)
	}
	switch ev.Kind {
	case tlsengine.EventRequest:
		err := c.answer(ctx)
		if err != nil {
			c.wire.Flush() //nolint:errcheck // the alert is a courtesy
		}
		return ev, err
	case tlsengine.EventFlightDone:
		if !c.done {
			c.Trips++
		}
	case tlsengine.EventHandshakeDone:
		c.done = true
		err := c.wire.Flush()
		c.wire.HandshakeDone()
		return ev, c.explain(ctx, err)
	case tlsengine.EventNewSession:
		c.Sessions = append(c.Sessions, ev.Data)
	case tlsengine.EventEarlyDataAccepted:
		c.Early = report.EarlyAccepted
	case tlsengine.EventEarlyDataRejected:
		c.Early = report.EarlyRejected
	case tlsengine.EventKeyUpdated:
		c.Updated = true
	case tlsengine.EventPeerClosed:
		c.Closed = true
	}
	return ev, nil
}

// answer answers what the engine asks.
func (c *Conn) answer(ctx context.Context) error {
	e := c.wire.Engine
	switch req := e.Pending().(type) {
	case *tlsengine.VerdictRequest:
		c.Verdict = c.opts.Check.Judge(req.Chain)
		refusal := c.Verdict.Refusal(c.opts.Enforce)
		if refusal == nil {
			return c.explain(ctx, e.Verified(nil))
		}
		e.Verified(refusal.Err()) //nolint:errcheck // it says what it was told
		return c.fail(refusal.Fault())
	case *tlsengine.CredentialRequest:
		c.Request = req
		return c.explain(ctx, e.UseCredential(c.choose(req), nil))
	default:
		return c.fail(fault.New(fault.Bug, "internal", "internal", "a question without an answer: %T", req))
	}
}

// choose is the first credential that the server can use.
func (c *Conn) choose(req *tlsengine.CredentialRequest) *tlsengine.Credential {
	for _, cred := range c.opts.Config.Credentials {
		if req.Accepts(cred) {
			c.Sent = true
			return cred
		}
	}
	return nil
}

// fail makes a fault stay.
func (c *Conn) fail(f *fault.Fault) error {
	if f == nil {
		return nil
	}
	if c.failure == nil {
		c.failure = f
	}
	return c.failure
}

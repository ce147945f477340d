package main

import (
	"context"
	"net"

	tls "github.com/tlsengine/tlsengine"
)

// Hub is one goroutine that all engines live in.
type Hub struct {
	Config  *tls.Config
	Signer  func(ctx context.Context, q *tls.SignatureRequest) ([]byte, error)
	Verdict func(ctx context.Context, q *tls.VerdictRequest) error
	Ended   func(err error) // is told how each connection ended; may be nil

	inbox chan func()
}

// NewHub returns a Hub that runs until ctx is done.
func NewHub(ctx context.Context, cfg *tls.Config) *Hub {
	h := &Hub{Config: cfg, inbox: make(chan func(), 64)}
	go func() {
		for {
			select {
			case f := <-h.inbox:
				f()
			case <-ctx.Done():
				return
			}
		}
	}()
	return h
}

// Serve serves until the listener is closed: it sends back what it gets.
func (h *Hub) Serve(l net.Listener) error {
	for {
		raw, err := l.Accept()
		if err != nil {
			return err
		}
		h.inbox <- func() { h.start(raw) }
	}
}

// conn is a connection. Its fields are the hub's.
type conn struct {
	hub    *Hub
	raw    net.Conn
	engine *tls.Engine
	cancel context.CancelFunc // of the question that is asked
	queue  []byte             // received while a question is open
	next   chan bool          // lets the reader go on
	ended  bool
}

func (h *Hub) start(raw net.Conn) {
	e, err := tls.NewServer(h.Config)
	if err != nil {
		raw.Close()
		return
	}
	c := &conn{hub: h, raw: raw, engine: e, next: make(chan bool, 1)}
	go c.read()
}

// read only moves bytes: to the hub, and waits until it has taken them.
func (c *conn) read() {
	buf := make([]byte, 16<<10)
	for {
		n, err := c.raw.Read(buf)
		c.hub.inbox <- func() {
			if n > 0 {
				c.receive(buf[:n])
			}
			if err != nil && !c.ended {
				c.end(c.engine.TransportEOF())
			}
			c.next <- true
		}
		if <-c.next; err != nil {
			return
		}
	}
}

// receive takes bytes, or keeps them while a question is open.
func (c *conn) receive(in []byte) {
	if c.ended {
		return
	}
	if c.cancel != nil {
		c.queue = append(c.queue, in...)
		return
	}
	var out []byte
	for ev, err := range c.engine.Feed(in) {
		if err != nil {
			c.send(c.engine.Flush(out))
			c.end(err)
			return
		}
		switch ev.Kind {
		case tls.EventData:
			out, _ = c.engine.Send(out, ev.Data)
		case tls.EventRequest:
			c.ask()
		case tls.EventPeerClosed:
			c.send(c.engine.Close(out))
			c.end(nil)
			return
		}
	}
	c.send(c.engine.Flush(out))
}

// ask gives the engine's question to who can answer it.
func (c *conn) ask() {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	switch q := c.engine.Pending().(type) {
	case *tls.SignatureRequest:
		go func() {
			sig, err := c.hub.Signer(ctx, q)
			c.hub.inbox <- func() { c.answered(func() error { return c.engine.Signed(sig, err) }) }
		}()
	case *tls.VerdictRequest:
		go func() {
			verdict := c.hub.Verdict(ctx, q)
			c.hub.inbox <- func() { c.answered(func() error { return c.engine.Verified(verdict) }) }
		}()
	}
}

// answered goes on where the question stopped.
func (c *conn) answered(answer func() error) {
	if c.ended {
		return // it has hung up meanwhile
	}
	c.cancel()
	c.cancel = nil
	if err := answer(); err != nil {
		c.send(c.engine.Flush(nil))
		c.end(err)
		return
	}
	queue := c.queue
	c.queue = nil
	c.receive(nil) // what the engine has kept
	if len(queue) > 0 {
		c.receive(queue)
	}
}

// send writes. It is an example's: a peer that does not read makes the hub
// wait; examples/eventloop shows how not to.
func (c *conn) send(out []byte) {
	if len(out) > 0 {
		c.raw.Write(out)
	}
}

func (c *conn) end(err error) {
	c.ended = true
	if c.cancel != nil {
		c.cancel() // nobody needs the answer
	}
	c.raw.Close()
	if c.hub.Ended != nil {
		c.hub.Ended(err)
	}
}

package main

import (
	"bytes"
	stdtls "crypto/tls"
	"io"
	"net"
	"sync"
	"time"
)

// half is one direction of an in-memory connection. While a handshake runs,
// an empty one is waited on; afterwards nobody ever waits.
type half struct {
	mu   sync.Mutex
	cond sync.Cond
	buf  bytes.Buffer
	end  bool
}

func newHalf() *half {
	h := &half{}
	h.cond.L = &h.mu
	return h
}

// conn is an end of it, as crypto/tls wants it.
type conn struct{ in, out *half }

func newConns() (client, server *conn) {
	a, b := newHalf(), newHalf()
	return &conn{a, b}, &conn{b, a}
}

func (c *conn) Read(p []byte) (int, error) {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	for c.in.buf.Len() == 0 {
		if c.in.end {
			return 0, io.EOF
		}
		c.in.cond.Wait()
	}
	return c.in.buf.Read(p)
}

func (c *conn) Write(p []byte) (int, error) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.out.cond.Signal()
	return c.out.buf.Write(p)
}

func (c *conn) Close() error                     { return nil }
func (c *conn) LocalAddr() net.Addr              { return nil }
func (c *conn) RemoteAddr() net.Addr             { return nil }
func (c *conn) SetDeadline(time.Time) error      { return nil }
func (c *conn) SetReadDeadline(time.Time) error  { return nil }
func (c *conn) SetWriteDeadline(time.Time) error { return nil }

// peerHandshake runs two crypto/tls ends against each other. Blocking as they
// are, one of them needs a goroutine.
func peerHandshake(ccfg, scfg *stdtls.Config) (client, server *stdtls.Conn) {
	a, b := newConns()
	client, server = stdtls.Client(a, ccfg), stdtls.Server(b, scfg)
	done := make(chan error, 1)
	go func() { done <- server.Handshake() }()
	if err := client.Handshake(); err != nil {
		panic(err)
	}
	if err := <-done; err != nil {
		panic(err)
	}
	return client, server
}

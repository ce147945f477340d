//lint:file-ignore SA1019 net/http, to which it points, takes HTTP/2 over crypto/tls's own Conn only

package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"

	"golang.org/x/net/http2"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// Transport is an http.RoundTripper over tlsconn that speaks what ALPN
// chooses. It finds out what a server speaks with the first connection, whose
// Config must offer "h2" and "http/1.1".
type Transport struct {
	dialer tlsconn.Dialer
	h1     http.Transport
	h2     http2.Transport

	mu    sync.Mutex
	hosts map[string]*host // by address
}

// host is what is known of a server.
type host struct {
	mu    sync.Mutex // held while the first connection is made
	conn  *http2.ClientConn
	plain bool     // it speaks HTTP/1.1
	spare net.Conn // its first connection
}

// NewTransport returns a Transport that connects by the Dialer.
func NewTransport(d tlsconn.Dialer) *Transport {
	t := &Transport{dialer: d, hosts: make(map[string]*host)}
	t.h1.DialTLSContext = t.dialPlain
	return t
}

// RoundTrip sends a request over the HTTP/2 connection that there is, over a
// new one, or over HTTP/1.1.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "https" {
		return nil, errors.New("this transport is for https")
	}
	addr := req.URL.Host
	if req.URL.Port() == "" {
		addr = net.JoinHostPort(req.URL.Hostname(), "443")
	}
	cc, err := t.connect(req.Context(), addr)
	switch {
	case err != nil:
		return nil, err
	case cc == nil:
		return t.h1.RoundTrip(req)
	}
	return cc.RoundTrip(req)
}

func (t *Transport) host(addr string) *host {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hosts[addr] == nil {
		t.hosts[addr] = new(host)
	}
	return t.hosts[addr]
}

// connect is an HTTP/2 connection, or nil if the server speaks HTTP/1.1.
func (t *Transport) connect(ctx context.Context, addr string) (*http2.ClientConn, error) {
	h := t.host(addr)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.plain || h.conn != nil && h.conn.CanTakeNewRequest() {
		return h.conn, nil
	}
	conn, err := t.dialer.Dial(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if conn.ConnectionState().NegotiatedProtocol != http2.NextProtoTLS {
		h.plain, h.spare, h.conn = true, conn, nil
		return nil, nil
	}
	if h.conn, err = t.h2.NewClientConn(conn); err != nil {
		conn.Close()
	}
	return h.conn, err
}

// dialPlain is for net/http's Transport, which speaks HTTP/1.1 over what it
// gets, and no HTTP/2 over a Conn that is not crypto/tls's.
func (t *Transport) dialPlain(ctx context.Context, network, addr string) (net.Conn, error) {
	h := t.host(addr)
	h.mu.Lock()
	conn := h.spare
	h.spare = nil
	h.mu.Unlock()
	if conn != nil {
		return conn, nil
	}
	d := t.dialer
	cfg := tls.Config{}
	if d.Config != nil {
		cfg = *d.Config
	}
	cfg.ALPN = []string{"http/1.1"}
	d.Config = &cfg
	return d.DialContext(ctx, network, addr)
}

package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/preamble"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// Client says how to get to a target.
type Client struct {
	Proxy string      // of SOCKS5, an address
	Relay string      // an address, for the proxy
	Outer *tls.Config // for the relay
	Inner *tls.Config // for the target
}

// Dial connects to a target.
func (c *Client) Dial(ctx context.Context, target string) (*tlsconn.Conn, error) {
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", c.Proxy)
	if err != nil {
		return nil, err
	}
	conn, err := c.over(ctx, raw, target)
	if err != nil {
		raw.Close()
	}
	return conn, err
}

func (c *Client) over(ctx context.Context, raw net.Conn, target string) (*tlsconn.Conn, error) {
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	if err := throughSOCKS(raw, c.Relay); err != nil {
		return nil, err
	}
	cfg, err := tlsconn.Prepare(c.Outer)
	if err != nil {
		return nil, err
	}
	e, err := tls.NewClient(cfg)
	if err != nil {
		return nil, err
	}
	outer, err := NewLayer(raw, e)
	if err != nil {
		return nil, err
	}
	if err := askRelay(outer, target); err != nil {
		return nil, err
	}
	inner, err := tlsconn.Client(outer, c.Inner, tlsconn.Options{})
	if err != nil {
		return nil, err
	}
	if err := inner.Handshake(ctx); err != nil {
		return nil, err
	}
	return inner, outer.Drop()
}

// throughSOCKS asks a SOCKS5 proxy for a connection.
func throughSOCKS(conn net.Conn, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return err
	}
	m, err := preamble.NewProxy("socks5h", preamble.Options{Host: host, Port: uint16(n)})
	if err != nil {
		return err
	}
	out := m.Start()
	for buf := make([]byte, 1); ; { // byte by byte: what follows is not the proxy's
		if _, err := conn.Write(out); err != nil {
			return err
		}
		if m.Done() {
			return nil
		}
		if _, err := conn.Read(buf); err != nil {
			return m.Closed()
		}
		if out, err = m.Receive(buf); err != nil {
			return err
		}
	}
}

// askRelay sends the line that says where to, and waits for the answer.
func askRelay(outer *Layer, target string) error {
	if _, err := fmt.Fprintf(outer, "%s\n", target); err != nil {
		return err
	}
	answer, err := readLine(outer)
	if err != nil {
		return err
	}
	if answer != "ok" {
		return fmt.Errorf("the relay says: %s", answer)
	}
	return nil
}

// readLine reads a line and nothing behind it.
func readLine(l *Layer) (string, error) {
	line, err := bufio.NewReaderSize(oneByte{l}, 16).ReadString('\n')
	return strings.TrimSuffix(line, "\n"), err
}

// oneByte reads byte by byte.
type oneByte struct{ *Layer }

func (o oneByte) Read(p []byte) (int, error) { return o.Layer.Read(p[:1]) }

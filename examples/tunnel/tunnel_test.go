package main

import (
	"bytes"
	"crypto/rand"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/tlsconn"
)

func configs() (client, server *tls.Config) {
	client, server = testpeer.ClientConfig(), testpeer.ServerConfig()
	client.Rand, server.Rand = nil, nil // one for all connections must be safe for concurrent use
	return client, server
}

// tap is a connection that is listened to, and reads as it is told.
type tap struct {
	net.Conn
	most int           // bytes that a Read returns
	wait time.Duration // before a Read, so that more comes at once
	mu   sync.Mutex
	read []byte
	sent []byte
}

func (t *tap) Read(p []byte) (int, error) {
	time.Sleep(t.wait)
	n, err := t.Conn.Read(p[:min(len(p), t.most)])
	t.mu.Lock()
	defer t.mu.Unlock()
	t.read = append(t.read, p[:n]...)
	return n, err
}

func (t *tap) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.sent = append(t.sent, p...)
	t.mu.Unlock()
	return t.Conn.Write(p)
}

// lab is a target that sends back what it gets, a relay and a proxy.
type lab struct {
	client *Client
	target string
	wire   chan *tap // between proxy and relay
	inside chan *tap // between relay and target
}

func serving(t *testing.T, serve func(net.Listener) error) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go serve(l)
	return l.Addr().String()
}

func newLab(t *testing.T, most int, wait time.Duration) *lab {
	client, server := configs()
	l := &lab{wire: make(chan *tap, 1), inside: make(chan *tap, 1)}
	l.target = serving(t, func(listener net.Listener) error {
		conn, err := tlsconn.NewListener(listener, server).Accept()
		if err == nil {
			defer conn.Close()
			io.Copy(conn, conn)
		}
		return err
	})
	dial := func(to chan *tap) func(network, addr string) (net.Conn, error) {
		return func(network, addr string) (net.Conn, error) {
			conn, err := net.Dial(network, addr)
			if err != nil {
				return nil, err
			}
			c := &tap{Conn: conn, most: most, wait: wait}
			to <- c
			return c, nil
		}
	}
	relay := &Relay{Config: server, Dial: dial(l.inside)}
	l.client = &Client{Outer: client, Inner: client}
	l.client.Relay = serving(t, relay.Serve)
	l.client.Proxy = serving(t, func(listener net.Listener) error { return serveSOCKS(listener, dial(l.wire)) })
	return l
}

func TestTheOuterLayerIsDroppedAndNothingIsLost(t *testing.T) {
	for _, c := range []struct {
		most, size int
		wait       time.Duration
	}{{1 << 20, 1 << 20, 0}, {3, 5000, 0}, {1 << 20, 50_000, 2 * time.Millisecond}} {
		l := newLab(t, c.most, c.wait)
		conn, err := l.client.Dial(t.Context(), l.target)
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))

		// A first exchange, so that both sides know that they have dropped it.
		_, err = conn.Write([]byte("first"))
		require.NoError(t, err)
		_, err = io.ReadFull(conn, make([]byte, 5))
		require.NoError(t, err)

		sent, got := make([]byte, c.size), make([]byte, c.size)
		rand.Read(sent)
		go conn.Write(sent)
		_, err = io.ReadFull(conn, got)
		require.NoError(t, err)
		require.True(t, bytes.Equal(sent, got))
		require.NoError(t, conn.CloseWrite())
		_, err = conn.Read(got)
		require.Equal(t, io.EOF, err, "the end of the inner connection is its own")

		// The bytes on the wire are those of the inner connection, no more.
		wire, inside := <-l.wire, <-l.inside
		wire.mu.Lock()
		inside.mu.Lock()
		require.True(t, bytes.HasSuffix(wire.sent, inside.sent[len(inside.sent)-c.size:]))
		require.True(t, bytes.HasSuffix(inside.read, wire.read[len(wire.read)-c.size:]))
		require.False(t, bytes.Contains(wire.sent, sent[:100]), "and they are encrypted")
		wire.mu.Unlock()
		inside.mu.Unlock()
	}
}

func TestATargetThatIsNotThere(t *testing.T) {
	l := newLab(t, 1<<20, 0)
	_, err := l.client.Dial(t.Context(), "127.0.0.1:1")
	require.ErrorContains(t, err, "127.0.0.1:1 cannot be reached")
}

func TestARelayThatIsNotThere(t *testing.T) {
	l := newLab(t, 1<<20, 0)
	l.client.Relay = "127.0.0.1:1"
	_, err := l.client.Dial(t.Context(), l.target)
	require.ErrorContains(t, err, "the proxy refuses the connection")
}

// Somebody in the middle cannot drop the layer: he cannot say close_notify.
func TestOnlyThePeerCanDropTheLayer(t *testing.T) {
	client, server := configs()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	go func() {
		if e, err := tls.NewServer(server); err == nil {
			if l, err := NewLayer(b, e); err == nil {
				io.Copy(io.Discard, l)
			}
		}
	}()
	e, err := tls.NewClient(client)
	require.NoError(t, err)
	l, err := NewLayer(a, e)
	require.NoError(t, err)
	for _, forged := range [][]byte{{21, 3, 3, 0, 2, 1, 0}, append([]byte{23, 3, 3, 0, 19}, make([]byte, 19)...)} {
		for _, err := range e.Feed(forged) {
			require.Error(t, err)
		}
	}
	require.False(t, l.Bare())
	require.Error(t, e.Err())
}

package tlsengine_test

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
)

// memory is one end of a connection in memory whose writes never block.
type memory struct {
	in, out *buffer
}

// buffer is one direction of it.
type buffer struct {
	mu     sync.Mutex
	filled sync.Cond
	data   []byte
	closed bool
}

func newMemory() (a, b *memory) {
	x, y := &buffer{}, &buffer{}
	x.filled.L, y.filled.L = &x.mu, &y.mu
	return &memory{x, y}, &memory{y, x}
}

func (m *memory) Read(b []byte) (int, error) {
	m.in.mu.Lock()
	defer m.in.mu.Unlock()
	for len(m.in.data) == 0 && !m.in.closed {
		m.in.filled.Wait()
	}
	if len(m.in.data) == 0 {
		return 0, io.EOF
	}
	n := copy(b, m.in.data)
	m.in.data = m.in.data[n:]
	return n, nil
}

func (m *memory) Write(b []byte) (int, error) {
	m.out.mu.Lock()
	defer m.out.mu.Unlock()
	if m.out.closed {
		return 0, io.ErrClosedPipe
	}
	m.out.data = append(m.out.data, b...)
	m.out.filled.Broadcast()
	return len(b), nil
}

func (m *memory) Close() error {
	for _, half := range []*buffer{m.in, m.out} {
		half.mu.Lock()
		half.closed = true
		half.filled.Broadcast()
		half.mu.Unlock()
	}
	return nil
}

func (m *memory) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (m *memory) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (m *memory) SetDeadline(time.Time) error      { return nil }
func (m *memory) SetReadDeadline(time.Time) error  { return nil }
func (m *memory) SetWriteDeadline(time.Time) error { return nil }

// foreign is crypto/tls at the other end of an engine.
type foreign struct {
	*end
	conn  *memory
	other *tls.Conn
	errs  chan error // of the other side's handshake
}

// againstServer is an engine that is a client of crypto/tls.
func againstServer(t testing.TB, client *tlsengine.Config, server *tls.Config) *foreign {
	t.Helper()
	e, err := tlsengine.NewClient(client)
	require.NoError(t, err)
	return against(t, &end{Engine: e, name: "client"}, func(c net.Conn) *tls.Conn { return tls.Server(c, server) })
}

// againstClient is an engine that is a server of crypto/tls.
func againstClient(t testing.TB, server *tlsengine.Config, client *tls.Config) *foreign {
	t.Helper()
	e, err := tlsengine.NewServer(server)
	require.NoError(t, err)
	return against(t, &end{Engine: e, name: "server"}, func(c net.Conn) *tls.Conn { return tls.Client(c, client) })
}

func against(t testing.TB, e *end, other func(net.Conn) *tls.Conn) *foreign {
	near, far := newMemory()
	f := &foreign{end: e, conn: near, other: other(far), errs: make(chan error, 1)}
	t.Cleanup(func() { near.Close() })
	go func() { f.errs <- f.other.Handshake() }()
	return f
}

// shake runs the handshake to its end on both sides.
func (f *foreign) shake(t testing.TB) {
	t.Helper()
	f.until(t, func() bool { return f.ConnectionState().HandshakeDone })
	require.NoError(t, f.err)
	require.NoError(t, <-f.errs)
}

// until carries bytes until something is so, or an error.
func (f *foreign) until(t testing.TB, so func() bool) {
	t.Helper()
	buf := make([]byte, 4096)
	for {
		_, err := f.conn.Write(f.Flush(nil))
		require.NoError(t, err)
		if f.err != nil || so() {
			return
		}
		n, err := f.conn.Read(buf)
		if err != nil {
			f.err = errors.Join(f.TransportEOF(), err)
			return
		}
		f.take(t, buf[:n])
	}
}

// echo sends data both ways.
func (f *foreign) echo(t testing.TB, data []byte) {
	t.Helper()
	f.data = nil
	go func() {
		got := make([]byte, len(data))
		_, err := io.ReadFull(f.other, got)
		if err == nil {
			_, err = f.other.Write(got)
		}
		f.errs <- err
	}()
	out, err := f.Send(nil, data)
	require.NoError(t, err)
	_, err = f.conn.Write(out)
	require.NoError(t, err)
	f.until(t, func() bool { return len(f.data) >= len(data) })
	require.NoError(t, f.err)
	require.NoError(t, <-f.errs)
	require.Equal(t, len(data), len(f.data))
	require.Equal(t, data, f.data)
}

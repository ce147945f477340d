package interop

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
)

// patience is how long any one thing may take, on a busy machine.
const patience = 60 * time.Second

// side is an engine over a connection: one goroutine receives, another
// flushes what the engine owes, and the test sends.
type side struct {
	t    testing.TB
	e    *tlsengine.Engine
	conn net.Conn
	owes chan struct{} // wakes the flushing goroutine

	// answer answers what the engine asks; nil if it has nothing to ask.
	answer func(e *tlsengine.Engine) error

	receiving sync.Mutex // the engine's receiving half
	sending   sync.Mutex // the engine's sending half

	mu   sync.Mutex // what follows
	cond *sync.Cond
	seen seen
}

// seen is what happened so far.
type seen struct {
	done     bool
	data     []byte // not yet read
	early    []byte
	sessions [][]byte
	updates  int // of the peer's keys
	accepted bool
	rejected bool
	closed   bool  // the peer said close_notify
	err      error // of the engine or of the transport
}

// newClient starts an engine as client on the connection.
func newClient(t testing.TB, conn net.Conn, cfg *tlsengine.Config, early []byte) *side {
	return startClient(t, conn, cfg, early, nil)
}

func startClient(t testing.TB, conn net.Conn, cfg *tlsengine.Config, early []byte, answer func(*tlsengine.Engine) error) *side {
	conn, cfg = watch(t, conn, "client", cfg)
	e, err := tlsengine.NewClient(cfg)
	require.NoError(t, err)
	s := newSide(t, conn, e)
	s.answer = answer
	s.write(func(out []byte) ([]byte, error) {
		if early == nil {
			return e.Flush(out), nil
		}
		return e.SendEarly(out, early)
	})
	go s.run()
	return s
}

// newServer starts an engine as server on the connection.
func newServer(t testing.TB, conn net.Conn, cfg *tlsengine.Config) *side {
	return startServer(t, conn, cfg, nil)
}

func startServer(t testing.TB, conn net.Conn, cfg *tlsengine.Config, answer func(*tlsengine.Engine) error) *side {
	conn, cfg = watch(t, conn, "server", cfg)
	e, err := tlsengine.NewServer(cfg)
	require.NoError(t, err)
	s := newSide(t, conn, e)
	s.answer = answer
	go s.run()
	return s
}

func newSide(t testing.TB, conn net.Conn, e *tlsengine.Engine) *side {
	s := &side{t: t, e: e, conn: conn, owes: make(chan struct{}, 1)}
	s.cond = sync.NewCond(&s.mu)
	conn.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { conn.Close() })
	go s.flush()
	return s
}

// run receives until the connection ends.
func (s *side) run() {
	defer close(s.owes)
	var buf []byte
	room := make([]byte, 32<<10)
	for {
		n, err := s.conn.Read(room)
		buf = append(buf, room[:n]...)
		eaten, stop := s.receive(buf)
		buf = buf[eaten:]
		s.wake()
		if err != nil {
			s.ended(err)
			return
		}
		if stop {
			return
		}
	}
}

// receive gives the engine whole records, and reports whether it takes no
// more.
func (s *side) receive(buf []byte) (eaten int, stop bool) {
	for {
		s.receiving.Lock()
		n, ev, err := s.e.Receive(buf[eaten:])
		s.receiving.Unlock()
		eaten += n
		s.note(ev, err)
		if err != nil || ev.Kind == tlsengine.EventPeerClosed {
			return eaten, true
		}
		if ev.Kind == tlsengine.EventRequest && s.answered() {
			continue
		}
		if ev.Stops() {
			return eaten, false
		}
	}
}

// answered answers the engine's question.
func (s *side) answered() bool {
	if s.answer == nil {
		s.note(tlsengine.Event{}, errors.New("the engine asks, and nobody is there to answer"))
		return false
	}
	s.wake()
	s.receiving.Lock()
	err := s.answer(s.e)
	s.receiving.Unlock()
	s.note(tlsengine.Event{}, err)
	return err == nil
}

func (s *side) note(ev tlsengine.Event, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.cond.Broadcast()
	w := &s.seen
	if err != nil && w.err == nil {
		w.err = err
	}
	switch ev.Kind {
	case tlsengine.EventHandshakeDone:
		w.done = true
	case tlsengine.EventData:
		w.data = append(w.data, ev.Data...)
	case tlsengine.EventEarlyData:
		w.early = append(w.early, ev.Data...)
	case tlsengine.EventNewSession:
		w.sessions = append(w.sessions, ev.Data)
	case tlsengine.EventKeyUpdated:
		w.updates++
	case tlsengine.EventEarlyDataAccepted:
		w.accepted = true
	case tlsengine.EventEarlyDataRejected:
		w.rejected = true
	case tlsengine.EventPeerClosed:
		w.closed = true
	}
}

// ended notes the end of the transport.
func (s *side) ended(err error) {
	if err == io.EOF {
		s.receiving.Lock()
		err = s.e.TransportEOF()
		s.receiving.Unlock()
	}
	s.note(tlsengine.Event{}, err)
}

// wake lets the flushing goroutine run if there is something to flush. The
// receiving goroutine never waits for the sending half: both peers could be
// waiting for each other then.
func (s *side) wake() {
	if s.e.Owes() {
		select {
		case s.owes <- struct{}{}:
		default:
		}
	}
}

func (s *side) flush() {
	for range s.owes {
		s.write(func(out []byte) ([]byte, error) { return s.e.Flush(out), nil })
	}
}

// write sends what f appends.
func (s *side) write(f func([]byte) ([]byte, error)) error {
	s.sending.Lock()
	defer s.sending.Unlock()
	out, err := f(nil)
	if len(out) > 0 {
		if _, werr := s.conn.Write(out); err == nil {
			err = werr
		}
	}
	return err
}

// wait waits until what was seen is enough.
func (s *side) wait(enough func(*seen) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !enough(&s.seen) {
		if s.seen.err != nil {
			return s.seen.err
		}
		if s.seen.closed {
			return io.EOF
		}
		s.cond.Wait()
	}
	return nil
}

// await is wait that fails the test.
func (s *side) await(what string, enough func(*seen) bool) {
	s.t.Helper()
	require.NoError(s.t, s.wait(enough), "while waiting for "+what)
}

// handshake waits for the end of the handshake and returns what was agreed.
func (s *side) handshake() tlsengine.ConnectionState {
	s.t.Helper()
	s.await("the handshake", func(w *seen) bool { return w.done })
	return s.state()
}

func (s *side) state() tlsengine.ConnectionState {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	return s.e.ConnectionState()
}

func (s *side) export(label string, n int) []byte {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	out, err := s.e.Export(label, nil, n)
	require.NoError(s.t, err)
	return out
}

// send sends data in pieces.
func (s *side) send(data []byte) error {
	for piece := range slices.Chunk(data, 64<<10) {
		err := s.write(func(out []byte) ([]byte, error) { return s.e.Send(out, piece) })
		if err != nil {
			return err
		}
	}
	return nil
}

// read waits for n bytes of data.
func (s *side) read(n int) ([]byte, error) {
	err := s.wait(func(w *seen) bool { return len(w.data) >= n })
	s.mu.Lock()
	defer s.mu.Unlock()
	n = min(n, len(s.seen.data))
	out := s.seen.data[:n:n]
	s.seen.data = s.seen.data[n:]
	return out, err
}

// line waits for data up to a line's end.
func (s *side) line() string {
	s.t.Helper()
	n := 0
	s.await("a line", func(w *seen) bool {
		n = bytes.IndexByte(w.data, '\n') + 1
		return n > 0
	})
	out, _ := s.read(n)
	return string(out)
}

// echo sends data to a peer that says all it hears, while it hears it back.
func (s *side) echo(data []byte) {
	s.t.Helper()
	sent := make(chan error, 1)
	go func() { sent <- s.send(data) }()
	got, err := s.read(len(data))
	require.NoError(s.t, err, "%d of %d bytes came back", len(got), len(data))
	require.True(s.t, bytes.Equal(data, got), "what came back is not what was sent")
	require.NoError(s.t, <-sent)
}

// session waits for a session to resume.
func (s *side) session() []byte {
	s.t.Helper()
	s.await("a session", func(w *seen) bool { return len(w.sessions) > 0 })
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen.sessions[0]
}

// updateKeys changes our keys, and asks for new ones of the peer's.
func (s *side) updateKeys(r handshake.KeyUpdateRequest) {
	s.t.Helper()
	require.NoError(s.t, s.write(func(out []byte) ([]byte, error) { return s.e.UpdateKeys(out, r) }))
}

// close says close_notify.
func (s *side) close() {
	s.t.Helper()
	require.NoError(s.t, s.write(func(out []byte) ([]byte, error) { return s.e.Close(out), nil }))
}

// closed waits for the peer's close_notify.
func (s *side) closed() {
	s.t.Helper()
	s.await("close_notify", func(w *seen) bool { return w.closed })
}

// failed waits for the end of a connection that must not succeed.
func (s *side) failed() error {
	s.t.Helper()
	err := s.wait(func(w *seen) bool { return false })
	require.Error(s.t, err)
	return err
}

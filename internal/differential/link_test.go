package differential

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"reflect"
	"sync"
	"time"
)

// link is the transport of crypto/tls, which goes on in step with the test: it
// is given bytes, and the test waits until it wants more.
type link struct {
	mu      sync.Mutex
	changed sync.Cond
	in, out []byte
	waits   bool // for bytes
	closed  bool
	over    bool // nothing will be read any more
}

func newLink() *link {
	l := &link{}
	l.changed.L = &l.mu
	return l
}

func (l *link) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.in) == 0 && !l.closed {
		l.waits = true
		l.changed.Broadcast()
		l.changed.Wait()
	}
	l.waits = false
	if len(l.in) == 0 {
		return 0, io.EOF
	}
	n := copy(b, l.in)
	l.in = l.in[n:]
	return n, nil
}

func (l *link) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out = append(l.out, b...)
	return len(b), nil
}

func (l *link) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed, l.waits = true, false
	l.changed.Broadcast()
	return nil
}

// give hands over bytes, and returns what comes back.
func (l *link) give(in []byte) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(in) > 0 {
		l.in, l.waits = append(l.in, in...), false
		l.changed.Broadcast()
	}
	for !l.over && !(l.waits && len(l.in) == 0) {
		l.changed.Wait()
	}
	out := l.out
	l.out = nil
	return out
}

func (l *link) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	l.changed.Broadcast()
}

func (l *link) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (l *link) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (l *link) SetDeadline(time.Time) error      { return nil }
func (l *link) SetReadDeadline(time.Time) error  { return nil }
func (l *link) SetWriteDeadline(time.Time) error { return nil }

// standard is crypto/tls as a subject.
type standard struct {
	*link
	conn *tls.Conn
	done bool
	data []byte
	err  error
}

func newStandard(client bool, cfg *tls.Config) *standard {
	s := &standard{link: newLink()}
	if s.conn = tls.Server(s.link, cfg); client {
		s.conn = tls.Client(s.link, cfg)
	}
	go func() {
		defer s.end()
		if s.err = s.conn.Handshake(); s.err != nil {
			return
		}
		s.done = true
		_, s.err = s.conn.Write([]byte("subject"))
		buf := make([]byte, 1000)
		for s.err == nil {
			var n int
			n, s.err = s.conn.Read(buf)
			s.data = append(s.data, buf[:n]...)
		}
	}()
	return s
}

// finish takes the transport away, and says what came of it.
func (s *standard) finish() outcome {
	s.mu.Lock()
	over := s.over
	s.mu.Unlock()
	_ = s.Close()
	s.give(nil)
	o := outcome{done: s.done, data: string(s.data), alert: none}
	var op *net.OpError
	switch {
	case !over, errors.Is(s.err, io.EOF):
	case errors.As(s.err, &op) && op.Op == "remote error":
		o.told = true
	default:
		o.refused, o.why, o.alert = true, s.err.Error(), sentAlert(reflect.ValueOf(s.conn).Elem().FieldByName("out").FieldByName("err"))
	}
	return o
}

// sentAlert finds the alert that crypto/tls has sent, which it keeps in an error
// but does not return.
func sentAlert(v reflect.Value) int {
	for {
		switch v.Kind() {
		case reflect.Interface, reflect.Pointer:
			v = v.Elem()
		case reflect.Struct:
			if next := v.FieldByName("err"); next.IsValid() {
				v = next
			} else {
				v = v.FieldByName("Err")
			}
		case reflect.Uint8:
			return int(v.Uint())
		default:
			return none
		}
	}
}

package main

import (
	"io"
	"net"
	"sync"

	tls "github.com/tlsengine/tlsengine"
)

// Layer is a net.Conn that is TLS over another until one side drops it, each
// for what it sends. Its methods may be called as those of every net.Conn.
type Layer struct {
	net.Conn // beneath
	engine   *tls.Engine

	read sync.Mutex
	buf  []byte // for what is read from beneath, until the peer drops the layer
	data []byte // decrypted, or in the clear behind the layer's end
	bare bool   // the peer has dropped it

	write   sync.Mutex
	dropped bool
}

// NewLayer runs a handshake over conn.
func NewLayer(conn net.Conn, e *tls.Engine) (*Layer, error) {
	l := &Layer{Conn: conn, engine: e, buf: make([]byte, 32<<10)}
	for !e.ConnectionState().HandshakeDone {
		if err := l.flush(); err != nil {
			return nil, err
		}
		if err := l.receive(); err != nil {
			return nil, err
		}
		if l.bare { // anybody can have said so
			return nil, tls.ErrTruncated
		}
	}
	return l, l.flush()
}

// receive reads once from beneath, and decrypts.
func (l *Layer) receive() error {
	n, err := l.Conn.Read(l.buf)
	if n == 0 {
		if err == io.EOF {
			err = l.engine.TransportEOF()
		}
		return err
	}
	for ev, err := range l.engine.Feed(l.buf[:n]) {
		if err != nil {
			l.flush() // the alert
			return err
		}
		switch ev.Kind {
		case tls.EventData:
			l.data = append(l.data, ev.Data...)
		case tls.EventPeerClosed:
			l.bare = true
		}
	}
	if l.bare {
		l.data = append(l.data, l.engine.Unread()...) // what came behind close_notify
		l.buf = nil
	}
	return nil
}

// Read reads what is inside the layer, and what follows it.
func (l *Layer) Read(p []byte) (int, error) {
	l.read.Lock()
	defer l.read.Unlock()
	for len(l.data) == 0 {
		if l.bare {
			return l.Conn.Read(p)
		}
		if err := l.receive(); err != nil {
			return 0, err
		}
		if err := l.flush(); err != nil {
			return 0, err
		}
	}
	n := copy(p, l.data)
	if l.data = l.data[n:]; len(l.data) == 0 {
		l.data = nil
	}
	return n, nil
}

// Bare reports whether the peer has dropped the layer, and all that was inside
// has been read.
func (l *Layer) Bare() bool {
	l.read.Lock()
	defer l.read.Unlock()
	return l.bare && len(l.data) == 0
}

// Write writes inside the layer, or without it once it is dropped.
func (l *Layer) Write(p []byte) (int, error) {
	l.write.Lock()
	defer l.write.Unlock()
	if l.dropped {
		return l.Conn.Write(p)
	}
	out, err := l.engine.Send(nil, p)
	if err != nil {
		return 0, err
	}
	if _, err := l.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Drop ends the layer for what this side sends. The peer must expect it: to
// others close_notify is the end of all.
func (l *Layer) Drop() error {
	l.write.Lock()
	defer l.write.Unlock()
	if l.dropped {
		return nil
	}
	l.dropped = true
	_, err := l.Conn.Write(l.engine.Close(nil))
	return err
}

func (l *Layer) flush() error {
	if !l.engine.Owes() {
		return nil
	}
	l.write.Lock()
	defer l.write.Unlock()
	_, err := l.Conn.Write(l.engine.Flush(nil))
	return err
}

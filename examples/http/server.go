//lint:file-ignore SA1019 net/http, to which it points, takes HTTP/2 over crypto/tls's own Conn only

package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/http2"

	"github.com/tlsengine/tlsengine/tlsconn"
)

// handshakeTimeout bounds a handshake; a Server has nothing else to bound it.
const handshakeTimeout = 10 * time.Second

// Server serves HTTP/1.1 and HTTP/2 on one listener.
type Server struct {
	http  *http.Server
	h2    http2.Server
	plain handover

	mu    sync.Mutex
	conns map[*tlsconn.Conn]bool // of HTTP/2
	left  sync.WaitGroup
}

// NewServer returns a Server that serves as an http.Server says. End it by its
// own Shutdown and Close, not that one's.
func NewServer(srv *http.Server) (*Server, error) {
	s := &Server{http: srv, conns: make(map[*tlsconn.Conn]bool)}
	s.plain = handover{conns: make(chan net.Conn), closed: make(chan struct{})}
	return s, http2.ConfigureServer(srv, &s.h2)
}

// Serve accepts connections until the listener or the Server is closed, which
// is http.ErrServerClosed. The listener's Config must offer "h2" and
// "http/1.1" in ALPN.
func (s *Server) Serve(l *tlsconn.Listener) error {
	s.plain.Listener = l
	go s.accept(l)
	return s.http.Serve(&s.plain)
}

func (s *Server) accept(l *tlsconn.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			s.plain.Close()
			return
		}
		go s.take(conn.(*tlsconn.Conn))
	}
}

// take runs the handshake here, not with the first Read: net/http asks for the
// ConnectionState before it reads.
func (s *Server) take(conn *tlsconn.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	err := conn.Handshake(ctx)
	cancel()
	switch {
	case err != nil:
		conn.NetConn().Close()
	case conn.ConnectionState().NegotiatedProtocol != http2.NextProtoTLS:
		s.plain.give(conn)
	case s.track(conn):
		s.h2.ServeConn(conn, &http2.ServeConnOpts{BaseConfig: s.http, Handler: s.http.Handler})
		s.untrack(conn)
	}
}

func (s *Server) track(conn *tlsconn.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns == nil {
		conn.NetConn().Close()
		return false
	}
	s.conns[conn] = true
	s.left.Add(1)
	return true
}

func (s *Server) untrack(conn *tlsconn.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
	s.left.Done()
}

// Shutdown takes no more connections and waits until those that there are have
// done their requests, or ctx is done.
func (s *Server) Shutdown(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		s.left.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends everything at once.
func (s *Server) Close() error {
	err := s.http.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		conn.NetConn().Close()
	}
	s.conns = nil
	return err
}

// handover is the listener of the HTTP/1.1 connections.
type handover struct {
	net.Listener
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (h *handover) give(conn net.Conn) {
	select {
	case h.conns <- conn:
	case <-h.closed:
		conn.Close()
	}
}

func (h *handover) Accept() (net.Conn, error) {
	select {
	case conn := <-h.conns:
		return conn, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handover) Close() error {
	err := net.ErrClosed
	h.once.Do(func() {
		close(h.closed)
		err = h.Listener.Close()
	})
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

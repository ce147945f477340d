package main

import (
	"errors"
	"net"
	"time"

	"github.com/tlsengine/tlsengine"
)

// result is what a client has of a connection.
type result struct {
	answer   []byte
	state    tlsengine.ConnectionState
	early    bool // 0-RTT was taken
	sessions [][]byte
}

// exchange connects to a server, sends the question on a stream, and waits for
// the answer, and for as many sessions.
func exchange(addr string, cfg *tlsengine.Config, question []byte, sessions int, limit time.Duration) (*result, error) {
	socket, err := net.Dial("udp", addr)
	if err != nil {
		return nil, err
	}
	defer socket.Close()
	c, err := newClient(cfg, question)
	if err != nil {
		return nil, err
	}
	_ = socket.SetReadDeadline(time.Now().Add(limit))
	buf := make([]byte, 1<<16)
	for {
		for _, datagram := range c.datagrams() {
			if _, err := socket.Write(datagram); err != nil {
				return nil, err
			}
		}
		if c.err != nil && !errors.Is(c.err, errClosed) {
			return nil, c.err
		}
		if c.err == nil && c.in.done() && c.confirmed && len(c.sessions) >= sessions {
			c.close()
			continue
		}
		if c.err != nil {
			return &result{c.received, c.tls.ConnectionState(), c.tookEarly, c.sessions}, nil
		}
		n, err := socket.Read(buf)
		if err != nil {
			return nil, err
		}
		_ = c.receive(buf[:n])
	}
}

// server answers any number of clients on a socket.
type server struct {
	socket *net.UDPConn
	cfg    *tlsengine.Config
	answer func(question []byte) []byte
	conns  map[string]*conn // by the connection IDs that name them
	ended  func(*conn)      // told of each connection that ends; may be nil
}

func newListener(addr string, cfg *tlsengine.Config, answer func([]byte) []byte) (*server, error) {
	at, err := net.ResolveUDPAddr("udp", addr)
	if err != nil {
		return nil, err
	}
	socket, err := net.ListenUDP("udp", at)
	if err != nil {
		return nil, err
	}
	return &server{socket: socket, cfg: cfg, answer: answer, conns: map[string]*conn{}}, nil
}

// serve runs until the socket is closed.
func (s *server) serve() error {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := s.socket.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		c := s.find(buf[:n])
		if c == nil {
			continue
		}
		_ = c.receive(buf[:n])
		if c.in.done() && c.received != nil {
			c.out = outflow{pending: s.answer(c.received), fin: true}
			c.received = nil
		}
		for _, datagram := range c.datagrams() {
			if _, err := s.socket.WriteToUDPAddrPort(datagram, from); err != nil {
				return err
			}
		}
		if c.err != nil {
			s.forget(c)
		}
	}
}

// find returns the connection that a datagram is for, a new one if it begins
// with a client's first Initial packet, or nil.
func (s *server) find(b []byte) *conn {
	h, err := parseHeader(b)
	if err != nil {
		return nil
	}
	if c := s.conns[string(h.destination)]; c != nil {
		return c
	}
	if h.level != tlsengine.QUICInitial || len(b) < maxDatagram || len(h.destination) < 8 {
		return nil
	}
	c, err := newServer(s.cfg, &h)
	if err != nil {
		return nil
	}
	s.conns[string(c.original)], s.conns[string(c.local)] = c, c
	return c
}

func (s *server) forget(c *conn) {
	delete(s.conns, string(c.original))
	delete(s.conns, string(c.local))
	if s.ended != nil {
		s.ended(c)
	}
}

//go:build unix

package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"
)

// patience is how long the other process may take for all of its part.
// Meanwhile the connections stand still.
const patience = 10 * time.Second

// handOver gives everything to a successor. With an error this process still
// has it, and goes on.
func (s *server) handOver(successor *net.UnixConn) error {
	successor.SetDeadline(time.Now().Add(patience))
	start := time.Now()
	s.stop()
	s.tell()
	if err := s.offer(successor); err != nil {
		return errors.Join(err, s.resume())
	}
	for c := range s.conns { // from here on they are not ours
		clear(c.snapshot)
	}
	if err := send(successor, commit, nil, nil); err != nil {
		log.Fatalf("cannot know whether the new process has the connections: %v", err)
	}
	log.Printf("has handed over in %v", time.Since(start).Round(time.Millisecond))
	return nil
}

// offer sends everything, and returns when the successor is ready for it.
func (s *server) offer(successor *net.UnixConn) error {
	if err := send(successor, keys, s.ticketKey[:], nil); err != nil {
		return err
	}
	if err := send(successor, listener, nil, s.listener); err != nil {
		return err
	}
	for c := range s.conns {
		if err := c.freeze(); err != nil {
			return err
		}
		if err := send(successor, connection, c.body(), c.tcp); err != nil {
			return err
		}
	}
	count := binary.BigEndian.AppendUint32(nil, uint32(len(s.conns)))
	if err := send(successor, end, count, nil); err != nil {
		return err
	}
	return expect(successor, ready, count)
}

// expect receives a message that is known.
func expect(from *net.UnixConn, want kind, wantBody []byte) error {
	k, body, fd, err := receive(from)
	switch {
	case err != nil:
		return err
	case k != want || string(body) != string(wantBody) || fd >= 0:
		return errProtocol
	}
	return nil
}

// resume takes back what was offered and not taken.
func (s *server) resume() (failed error) {
	for c := range s.conns {
		if c.snapshot == nil { // not frozen yet
			c.tcp.SetDeadline(time.Time{})
		} else if err := c.thaw(s.cfg); err != nil {
			failed = errors.Join(failed, err)
			delete(s.conns, c)
			c.tcp.Close()
		}
	}
	s.start()
	return failed
}

// tell logs what is handed over.
func (s *server) tell() {
	var handshaking, unread, unwritten int
	for c := range s.conns {
		if !c.engine.ConnectionState().HandshakeDone {
			handshaking++
		}
		unread += len(c.unread)
		unwritten += len(c.unwritten)
	}
	log.Printf("hands over %d connections, %d in the handshake, %d bytes unread, %d bytes unwritten",
		len(s.conns), handshaking, unread, unwritten)
}

// takeOver gets everything from the process that listens on the socket. With
// an error that one still has it.
func (s *server) takeOver(path string) error {
	u, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return err
	}
	defer u.Close()
	u.SetDeadline(time.Now().Add(patience))
	for {
		k, body, fd, err := receive(u)
		if err != nil {
			return err
		}
		if k == end {
			return s.accepted(u, body)
		}
		if err := s.take(k, body, fd); err != nil {
			return err
		}
	}
}

// take takes one thing, and does nothing with it yet.
func (s *server) take(k kind, body []byte, fd int) error {
	var file *os.File
	if fd >= 0 {
		file = os.NewFile(uintptr(fd), "handed over")
		defer file.Close() // net duplicates it
	}
	switch {
	case k == keys && len(body) == len(s.ticketKey) && file == nil:
		s.ticketKey = [32]byte(body)
		return s.cfg.TicketKeys.SetKeys(s.ticketKey)
	case k == listener && file != nil:
		l, err := net.FileListener(file)
		if err != nil {
			return err
		}
		var ok bool
		if s.listener, ok = l.(*net.TCPListener); !ok {
			return errProtocol
		}
		return nil
	case k == connection && file != nil:
		sock, err := net.FileConn(file)
		if err != nil {
			return err
		}
		tcp, ok := sock.(*net.TCPConn)
		c := &conn{tcp: tcp}
		if !ok {
			return errProtocol
		}
		if err := c.parse(body); err != nil {
			return err
		}
		s.conns[c] = true
		return c.thaw(s.cfg)
	}
	return fmt.Errorf("%w: message %d", errProtocol, k)
}

// accepted says that all is here, and waits until it is ours.
func (s *server) accepted(u *net.UnixConn, count []byte) error {
	if s.listener == nil || string(count) != string(binary.BigEndian.AppendUint32(nil, uint32(len(s.conns)))) {
		return errProtocol
	}
	if err := send(u, ready, count, nil); err != nil {
		return err
	}
	return expect(u, commit, nil)
}

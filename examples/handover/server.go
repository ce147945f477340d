//go:build unix

package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"log"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/tlsengine/tlsengine"
)

// server is all that one process hands to the next.
type server struct {
	cfg       *tlsengine.Config
	ticketKey [32]byte
	listener  *net.TCPListener

	mu        sync.Mutex
	conns     map[*conn]bool
	accepting sync.WaitGroup
	running   sync.WaitGroup // a goroutine for each connection
}

// serve takes over from the process that has the socket, or starts afresh, and
// runs until a successor has taken over.
func serve(cfg *tlsengine.Config, listen, path string) error {
	s := &server{cfg: cfg, conns: make(map[*conn]bool)}
	err := s.takeOver(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		err = s.begin(listen)
	}
	if err != nil {
		return err
	}
	successors, err := listenUnix(path)
	if err != nil {
		return err
	}
	log.Printf("serves %v with %d connections", s.listener.Addr(), len(s.conns))
	s.start()
	for {
		successor, err := successors.AcceptUnix()
		if err != nil {
			return err
		}
		err = s.handOver(successor)
		successor.Close()
		if err == nil {
			return nil
		}
		log.Printf("goes on: %v", err)
	}
}

// begin is without a predecessor.
func (s *server) begin(listen string) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	s.listener = l.(*net.TCPListener)
	rand.Read(s.ticketKey[:])
	return s.cfg.TicketKeys.SetKeys(s.ticketKey)
}

// listenUnix makes the socket, for this user only, in the place of one that
// nobody listens on any more.
func listenUnix(path string) (*net.UnixListener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	defer syscall.Umask(syscall.Umask(0o177))
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err == nil {
		l.SetUnlinkOnClose(false) // by then it may be the successor's
	}
	return l, err
}

// start accepts, and lets every connection go on.
func (s *server) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		s.run(c)
	}
	s.listener.SetDeadline(time.Time{})
	s.accepting.Go(s.accept)
}

func (s *server) accept() {
	for {
		tcp, err := s.listener.AcceptTCP()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return
		}
		if err != nil {
			log.Print(err)
			time.Sleep(10 * time.Millisecond)
			continue
		}
		engine, err := tlsengine.NewServer(s.cfg)
		if err != nil {
			log.Fatal(err)
		}
		c := &conn{tcp: tcp, engine: engine}
		s.mu.Lock()
		s.conns[c] = true
		s.run(c)
		s.mu.Unlock()
	}
}

// run lets a connection go on. One that was stopped stays in conns.
func (s *server) run(c *conn) {
	s.running.Go(func() {
		err := c.run()
		if err == errStopped {
			return
		}
		if err != nil {
			log.Printf("%v: %v", c.tcp.RemoteAddr(), err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.conns, c)
	})
}

// stop is the reverse of start.
func (s *server) stop() {
	s.listener.SetDeadline(time.Unix(1, 0))
	s.accepting.Wait()
	s.mu.Lock()
	for c := range s.conns {
		c.stop()
	}
	s.mu.Unlock()
	s.running.Wait()
}

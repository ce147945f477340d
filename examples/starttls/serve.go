package main

import (
	"net"
	"time"

	tls "github.com/tlsengine/tlsengine"
)

// serve serves until the listener is closed.
func serve(l net.Listener, cfg *tls.Config, deliver func(Letter)) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			talk(conn, &Session{Config: cfg, Deliver: deliver})
		}()
	}
}

// talk is the I/O of a session, before and under TLS.
func talk(conn net.Conn, s *Session) error {
	buf := make([]byte, 16<<10)
	out := s.Greet()
	for {
		if _, err := conn.Write(out); err != nil {
			return err
		}
		conn.SetReadDeadline(time.Now().Add(5 * time.Minute))
		n, err := conn.Read(buf)
		if err != nil {
			return err
		}
		if out, err = s.Receive(buf[:n]); err != nil {
			conn.Write(out)
			return err
		}
	}
}

package main

import (
	"fmt"
	"io"
	"net"

	tls "github.com/tlsengine/tlsengine"
)

// Relay is the other end of the outer TLS.
type Relay struct {
	Config *tls.Config
	Dial   func(network, addr string) (net.Conn, error)
}

// Serve serves until the listener is closed.
func (r *Relay) Serve(l net.Listener) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			r.serve(conn)
		}()
	}
}

func (r *Relay) serve(conn net.Conn) error {
	e, err := tls.NewServer(r.Config)
	if err != nil {
		return err
	}
	outer, err := NewLayer(conn, e)
	if err != nil {
		return err
	}
	addr, err := readLine(outer)
	if err != nil {
		return err
	}
	target, err := r.Dial("tcp", addr)
	if err != nil {
		_, err := fmt.Fprintf(outer, "%s cannot be reached\n", addr)
		return err
	}
	defer target.Close()
	if _, err := io.WriteString(outer, "ok\n"); err != nil {
		return err
	}
	go func() {
		io.Copy(outer, target)
		conn.Close()
	}()
	return copyAndDrop(target, outer)
}

// copyAndDrop copies what the client sends, and drops the layer when the client
// does.
func copyAndDrop(target io.Writer, outer *Layer) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := outer.Read(buf)
		if n > 0 {
			if _, err := target.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		if outer.Bare() {
			if err := outer.Drop(); err != nil {
				return err
			}
		}
	}
}

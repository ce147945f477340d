//go:build linux

package main

import (
	"errors"
	"io"
	"net"

	"github.com/tlsengine/tlsengine"
)

// Shake runs the handshake, reading no byte that comes after it.
func Shake(conn net.Conn, e *tlsengine.Engine) error {
	var in []byte
	for done := false; ; {
		n, ev, err := e.Receive(in)
		in = in[n:]
		done = done || ev.Kind == tlsengine.EventHandshakeDone
		if err != nil || ev.Stops() {
			if _, wrong := conn.Write(e.Flush(nil)); wrong != nil {
				return errors.Join(err, wrong)
			}
		}
		switch {
		case err != nil:
			return err
		case ev.Kind == tlsengine.EventPeerClosed:
			return e.TransportEOF()
		case ev.Kind == tlsengine.EventRequest:
			return errors.New("a question that the Config does not answer")
		case ev.Kind == tlsengine.EventNeedMore && done && len(in) == 0:
			return nil
		case ev.Kind == tlsengine.EventNeedMore:
			have := len(in)
			in = append(in, make([]byte, ev.Need)...)
			if _, err := io.ReadFull(conn, in[have:]); err != nil {
				return errors.Join(err, e.TransportEOF())
			}
		}
	}
}

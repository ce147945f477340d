package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/preamble"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// upgrade speaks a line protocol up to the point where TLS begins, and runs the
// handshake. A server that does not offer it is an error: to go on without
// would be what somebody in the middle wants.
func upgrade(conn net.Conn, protocol string, cfg *tls.Config, o tlsconn.Options) (*tlsconn.Conn, error) {
	m, err := preamble.New(protocol, preamble.Options{Name: "client.example"})
	if err != nil {
		return nil, err
	}
	out := m.Start()
	for buf := make([]byte, 4096); ; {
		if len(out) > 0 {
			if _, err := conn.Write(out); err != nil {
				return nil, err
			}
		}
		if m.Done() {
			break
		}
		n, err := conn.Read(buf)
		if err != nil {
			return nil, m.Closed()
		}
		if out, err = m.Receive(buf[:n]); err != nil { // also for bytes behind the go-ahead
			return nil, err
		}
	}
	under, err := tlsconn.Client(conn, cfg, o)
	if err != nil {
		return nil, err
	}
	return under, under.Handshake(context.Background())
}

// send sends a letter.
func send(conn net.Conn, letter Letter) error {
	text := textproto.NewConn(conn)
	say := func(code int, format string, args ...any) error {
		if err := text.PrintfLine(format, args...); err != nil {
			return err
		}
		_, _, err := text.ReadResponse(code)
		return err
	}
	lines := []string{"EHLO client.example", "MAIL FROM:<" + letter.From + ">"}
	for _, to := range letter.To {
		lines = append(lines, "RCPT TO:<"+to+">")
	}
	for _, line := range lines {
		if err := say(250, "%s", line); err != nil {
			return err
		}
	}
	if err := say(354, "DATA"); err != nil {
		return err
	}
	w := text.DotWriter()
	if _, err := io.Copy(w, bufio.NewReader(strings.NewReader(letter.Text))); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if _, _, err := text.ReadResponse(250); err != nil {
		return err
	}
	if err := say(221, "QUIT"); err != nil {
		return fmt.Errorf("after the letter was taken: %w", err)
	}
	return nil
}

// Engine is a client on the engine that does as little as can be, for its
// size: it sends standard input to a server, and prints what comes back.
package main

import (
	"crypto/x509"
	"io"
	"net"
	"os"

	tls "github.com/tlsengine/tlsengine"
)

func main() {
	host, _, err := net.SplitHostPort(os.Args[1])
	check(err)
	roots, err := x509.SystemCertPool()
	check(err)
	conn, err := net.Dial("tcp", os.Args[1])
	check(err)
	plain, err := io.ReadAll(os.Stdin)
	check(err)
	e, err := tls.NewClient(&tls.Config{Roots: roots, ServerName: host})
	check(err)
	var out []byte
	for in := make([]byte, 1<<15); ; {
		_, err = conn.Write(e.Flush(out[:0]))
		check(err)
		n, err := conn.Read(in)
		check(err)
		for ev, err := range e.Feed(in[:n]) {
			check(err)
			switch ev.Kind {
			case tls.EventHandshakeDone:
				out, err = e.Send(out[:0], plain)
				check(err)
				_, err = conn.Write(out)
				check(err)
			case tls.EventData:
				os.Stdout.Write(ev.Data)
			case tls.EventPeerClosed:
				return
			}
		}
	}
}

func check(err error) {
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

package tlsengine_test

import (
	"fmt"
	"log"
	"net"

	tls "github.com/tlsengine/tlsengine"
)

// The whole of a client over any transport that reads and writes bytes.
func Example() {
	conn, err := net.Dial("tcp", "example.test:443")
	if err != nil {
		return // this example is compiled, not run
	}
	var cfg tls.Config // Roots, ServerName, …
	e, err := tls.NewClient(&cfg)
	if err != nil {
		log.Fatal(err)
	}
	conn.Write(e.Flush(nil)) // the ClientHello

	buf := make([]byte, 16<<10)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			log.Fatal(e.TransportEOF()) // nil after close_notify
		}
		for ev, err := range e.Feed(buf[:n]) {
			if err != nil {
				conn.Write(e.Flush(nil)) // the alert
				log.Fatal(err)
			}
			switch ev.Kind {
			case tls.EventHandshakeDone:
				out, _ := e.Send(nil, []byte("hello"))
				conn.Write(out)
			case tls.EventData:
				fmt.Printf("%s", ev.Data)
			}
		}
		conn.Write(e.Flush(nil)) // whatever is owed
	}
}

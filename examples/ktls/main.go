//go:build linux

package main

import (
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/tlsengine/tlsengine"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8443", "address")
	cert := flag.String("cert", "cert.pem", "the chain, in PEM")
	key := flag.String("key", "key.pem", "the leaf's key, in PEM")
	dir := flag.String("dir", ".", "what to serve")
	flag.Parse()
	rekeys, err := Rekeys()
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("the kernel takes new keys: %v", rekeys)
	cfg, err := config(*cert, *key)
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(newListener(l, cfg), http.FileServer(http.Dir(*dir))))
}

func config(cert, key string) (*tlsengine.Config, error) {
	chainPEM, err := os.ReadFile(cert)
	if err != nil {
		return nil, err
	}
	keyPEM, err := os.ReadFile(key)
	if err != nil {
		return nil, err
	}
	credential, err := tlsengine.CredentialFromPEM(chainPEM, keyPEM)
	if err != nil {
		return nil, err
	}
	return &tlsengine.Config{
		Credentials: []*tlsengine.Credential{credential},
		TicketKeys:  tlsengine.NewTicketKeys(),
		AllowDetach: true,
	}, nil
}

// listener gives connections after their handshake.
type listener struct {
	net.Listener
	ready  chan net.Conn
	failed chan error
}

func newListener(l net.Listener, cfg *tlsengine.Config) net.Listener {
	out := &listener{l, make(chan net.Conn), make(chan error, 1)}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				out.failed <- err
				return
			}
			go out.shake(conn.(*net.TCPConn), cfg)
		}
	}()
	return out
}

// handshakeTime is how long a client has for the handshake.
const handshakeTime = 10 * time.Second

func (l *listener) shake(tcp *net.TCPConn, cfg *tlsengine.Config) {
	tcp.SetDeadline(time.Now().Add(handshakeTime))
	engine, err := tlsengine.NewServer(cfg)
	if err == nil {
		err = Shake(tcp, engine)
	}
	var conn *Conn
	if err == nil {
		conn, err = Offload(tcp, engine)
	}
	if err != nil {
		log.Printf("%v: %v", tcp.RemoteAddr(), err)
		tcp.Close()
		return
	}
	tcp.SetDeadline(time.Time{})
	l.ready <- conn
}

// Accept waits for a connection whose keys the kernel has.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.ready:
		return conn, nil
	case err := <-l.failed:
		l.failed <- err
		return nil, err
	}
}

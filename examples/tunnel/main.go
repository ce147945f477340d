package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"os"

	tls "github.com/tlsengine/tlsengine"
)

func main() {
	relay := flag.String("relay", "", "be the relay on this `address`")
	cert := flag.String("cert", "cert.pem", "the relay's chain and key, a PEM `file`")
	socks := flag.String("socks", "", "be a SOCKS5 proxy on this `address`")
	proxy := flag.String("proxy", "", "the `address` of a SOCKS5 proxy")
	via := flag.String("via", "", "the `address` of the relay")
	to := flag.String("to", "", "the `address` of the target")
	flag.Parse()
	var err error
	switch {
	case *socks != "":
		err = listen(*socks, func(l net.Listener) error { return serveSOCKS(l, net.Dial) })
	case *relay != "":
		err = serveRelay(*relay, *cert)
	case *to != "":
		err = client(*proxy, *via, *to)
	default:
		err = errors.New("one of -relay, -socks and -to is needed")
	}
	if err != nil {
		log.Fatal(err)
	}
}

func listen(addr string, serve func(net.Listener) error) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	return serve(l)
}

func serveRelay(addr, file string) error {
	pem, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	cred, err := tls.CredentialFromPEM(pem, pem)
	if err != nil {
		return err
	}
	r := &Relay{Config: &tls.Config{Credentials: []*tls.Credential{cred}}, Dial: net.Dial}
	return listen(addr, r.Serve)
}

// client sends its input to the target, and prints what comes back.
func client(proxy, via, to string) error {
	relay, _, err := net.SplitHostPort(via)
	if err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(to)
	if err != nil {
		return err
	}
	c := &Client{Proxy: proxy, Relay: via, Outer: &tls.Config{ServerName: relay}, Inner: &tls.Config{ServerName: host}}
	conn, err := c.Dial(context.Background(), to)
	if err != nil {
		return err
	}
	go func() {
		io.Copy(conn, os.Stdin)
		conn.CloseWrite()
	}()
	_, err = io.Copy(os.Stdout, conn)
	return err
}

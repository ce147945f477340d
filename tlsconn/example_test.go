package tlsconn_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	stdtls "crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// selfSigned is a certificate for "example.test", and a pool with it.
func selfSigned() (stdtls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"example.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	roots.AddCert(leaf)
	return stdtls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// A client of a server on the Internet, by the system's roots.
func ExampleDial() {
	conn, err := tlsconn.Dial(context.Background(), "tcp", "example.com:443", nil)
	if err != nil {
		return // this example is compiled, not run
	}
	defer conn.Close()
	fmt.Println(conn.ConnectionState().Version)
}

func ExampleNewListener() {
	cert, roots := selfSigned()
	cred, err := tlsconn.CredentialFrom(&cert)
	if err != nil {
		log.Fatal(err)
	}
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	l := tlsconn.NewListener(raw, &tls.Config{Credentials: []*tls.Credential{cred}})
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		io.Copy(conn, conn)
	}()

	conn, err := tlsconn.Dial(context.Background(), "tcp", raw.Addr().String(), &tls.Config{Roots: roots, ServerName: "example.test"})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "hello")
	conn.CloseWrite()
	got, err := io.ReadAll(conn)
	fmt.Printf("%s %v\n", got, err)
	// Output: hello <nil>
}

// A program that has a crypto/tls Config changes the two lines that make
// connections of it. Here the server is one of crypto/tls.
func ExampleNewStdClient() {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())

	cfg := &stdtls.Config{RootCAs: roots, ServerName: "example.com"}
	d, err := tlsconn.NewStdClient(cfg)
	if err != nil {
		log.Fatal(err) // it names the field that cannot be converted
	}
	client := &http.Client{Transport: &http.Transport{DialTLSContext: d.DialContext}}
	resp, err := client.Get(server.URL)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Printf("%s %v\n", body, err)
	// Output: HTTP/1.1 <nil>
}

// Certificate managers give a Config with callbacks, which are asked as
// crypto/tls asks them.
func ExampleNewStdServer() {
	cert, roots := selfSigned()
	cfg := &stdtls.Config{GetCertificate: func(hello *stdtls.ClientHelloInfo) (*stdtls.Certificate, error) {
		fmt.Println("a certificate for", hello.ServerName)
		return &cert, nil
	}}
	s, err := tlsconn.NewStdServer(cfg)
	if err != nil {
		log.Fatal(err)
	}
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler()}
	go srv.Serve(s.Listener(raw))
	defer srv.Close()

	conn, err := stdtls.Dial("tcp", raw.Addr().String(), &stdtls.Config{RootCAs: roots, ServerName: "example.test"})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.0\r\n\r\n")
	line := make([]byte, 22)
	_, err = io.ReadFull(conn, line)
	fmt.Printf("%s %v\n", line, err)
	// Output:
	// a certificate for example.test
	// HTTP/1.0 404 Not Found <nil>
}

// A file that SSLKEYLOGFILE names gets a client's keys, for Wireshark.
func ExamplePrepare() {
	cfg, err := tlsconn.Prepare(&tls.Config{ServerName: "example.test"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(cfg.Roots != nil, "is the system's")
	// Output: true is the system's
}

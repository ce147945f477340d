package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	stdtls "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/tlsconn"
)

var protocols = []string{"h2", "http/1.1"}

func main() {
	listen := flag.String("listen", "", "serve on this `address`")
	fetch := flag.String("fetch", "", "get this `URL`")
	insecure := flag.Bool("insecure", false, "believe any server")
	flag.Parse()
	var err error
	switch {
	case *listen != "":
		err = serve(*listen)
	case *fetch != "":
		err = get(*fetch, *insecure)
	default:
		flag.Usage()
		os.Exit(2)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// say describes the request and what it came over.
func say(w http.ResponseWriter, r *http.Request) {
	n, _ := io.Copy(io.Discard, r.Body)
	fmt.Fprintf(w, "%s %s over %s, %s, %v, %d bytes\n", r.Method, r.URL.Path, r.Proto,
		stdtls.VersionName(r.TLS.Version), r.TLS.CurveID, n)
}

func serve(addr string) error {
	cert, err := selfSigned("localhost")
	if err != nil {
		return err
	}
	cred, err := tlsconn.CredentialFrom(&cert)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	cfg := &tls.Config{ALPN: protocols, Credentials: []*tls.Credential{cred}, TicketKeys: tls.NewTicketKeys()}
	s, err := NewServer(&http.Server{Handler: http.HandlerFunc(say)})
	if err != nil {
		return err
	}
	log.Printf("https://%s", l.Addr())
	return s.Serve(tlsconn.NewListener(l, cfg))
}

func get(url string, insecure bool) error {
	var d tlsconn.Dialer
	d.Config = &tls.Config{ALPN: protocols}
	if insecure {
		d.Config.Ask = tls.AskVerdict
		d.Options.Answer = func(e *tls.Engine, _ tls.Request) error { return e.Verified(nil) }
	}
	resp, err := (&http.Client{Transport: NewTransport(d)}).Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	log.Print(resp.Proto, " ", resp.Status)
	_, err = io.Copy(os.Stdout, resp.Body)
	return err
}

// selfSigned makes a certificate that vouches for itself.
func selfSigned(name string) (cert stdtls.Certificate, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return cert, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return stdtls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

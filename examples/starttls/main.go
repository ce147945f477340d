package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/tlsconn"
)

func main() {
	listen := flag.String("listen", "", "be a server on this `address`")
	to := flag.String("send", "", "send the input to the server on this `address`")
	insecure := flag.Bool("insecure", false, "believe any server")
	flag.Parse()
	var err error
	switch {
	case *listen != "":
		err = server(*listen)
	case *to != "":
		err = client(*to, *insecure)
	default:
		flag.Usage()
		os.Exit(2)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func server(addr string) error {
	cred, _, err := selfSigned("localhost")
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	log.Print("mail on ", l.Addr())
	cfg := &tls.Config{Credentials: []*tls.Credential{cred}, TicketKeys: tls.NewTicketKeys()}
	return serve(l, cfg, func(letter Letter) { fmt.Printf("%+v\n", letter) })
}

func client(addr string, insecure bool) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	cfg := &tls.Config{ServerName: host}
	var o tlsconn.Options
	if insecure {
		cfg.Ask = tls.AskVerdict
		o.Answer = func(e *tls.Engine, _ tls.Request) error { return e.Verified(nil) }
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	raw, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer raw.Close()
	conn, err := upgrade(raw, "smtp", cfg, o)
	if err != nil {
		return err
	}
	return send(conn, Letter{From: "me@client.example", To: []string{"you@mail.example"}, Text: string(text)})
}

// selfSigned is a certificate for a name.
func selfSigned(name string) (*tls.Credential, *x509.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	cred, err := tls.NewCredential([][]byte{der}, key)
	return cred, leaf, err
}

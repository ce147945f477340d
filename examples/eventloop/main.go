//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	stdtls "crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"flag"
	"log"
	"math/big"
	"os"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/tlsconn"
)

// loops is how many goroutines serve, however many connections there are.
const loops = 2

func main() {
	listen := flag.String("listen", "", "serve on this IPv4 `address`")
	park := flag.Duration("park", 10*time.Second, "park connections that were idle for so long")
	most := flag.Int("compare", 0, "measure this `number` of idle connections")
	stack := flag.String("server", "", "be the server of a comparison")
	addr := flag.String("crowd", "", "be the clients of a comparison")
	n := flag.Int("n", 0, "how many clients")
	flag.Parse()
	var err error
	switch {
	case *listen != "":
		err = serve(*listen, *park)
	case *most > 0:
		err = compare(*most)
	case *stack != "":
		err = child(*stack)
	case *addr != "":
		err = crowd(*addr, *n)
	default:
		flag.Usage()
		os.Exit(2)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func serve(addr string, park time.Duration) error {
	cert, err := selfSigned()
	if err != nil {
		return err
	}
	cfg, err := config(cert)
	if err != nil {
		return err
	}
	cfg.Groups = nil // the default, with a hybrid first
	s, err := start(addr, cfg, loops, park)
	if err != nil {
		return err
	}
	log.Print("echo on ", s.Addr)
	return <-s.done[0]
}

func config(cert stdtls.Certificate) (*tls.Config, error) {
	cred, err := tlsconn.CredentialFrom(&cert)
	return &tls.Config{
		Credentials: []*tls.Credential{cred}, TicketKeys: tls.NewTicketKeys(),
		Groups: []*group.Group{group.Lookup(group.X25519)},
	}, err
}

// selfSigned is a certificate for localhost.
func selfSigned() (cert stdtls.Certificate, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return cert, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return stdtls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

//go:build unix

package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/tlsengine/tlsengine"
)

func main() {
	log.SetFlags(log.Lmicroseconds)
	log.SetPrefix(fmt.Sprintf("handover[%d] ", os.Getpid()))
	listen := flag.String("listen", "127.0.0.1:8443", "address, where nobody hands over a listener")
	cert := flag.String("cert", "cert.pem", "the chain, in PEM")
	key := flag.String("key", "key.pem", "the leaf's key, in PEM")
	path := flag.String("socket", "handover.sock", "unix socket of the service")
	flag.Parse()
	cfg, err := config(*cert, *key)
	if err == nil {
		err = serve(cfg, *listen, *path)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// config is what both processes have in the same way.
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
	}, nil
}

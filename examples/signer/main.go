package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"log"
	"net"
	"os"

	tls "github.com/tlsengine/tlsengine"
)

func main() {
	key := flag.String("key", "", "the private key, a PEM `file`")
	sign := flag.String("sign", "", "sign for those who connect to this unix `socket`")
	cert := flag.String("cert", "", "the chain, a PEM `file`")
	clients := flag.String("clients", "", "want certificates of clients, issued by those of this PEM `file`")
	signer := flag.String("remote", "", "have a signer at this unix `socket`")
	listen := flag.String("listen", "", "serve on this `address`")
	flag.Parse()
	var err error
	switch {
	case *key != "" && *sign != "":
		err = runSigner(*key, *sign)
	case *cert != "" && *signer != "" && *listen != "":
		err = runServer(*cert, *signer, *listen, *clients)
	default:
		err = errors.New("-key and -sign, or -cert, -remote and -listen")
	}
	if err != nil {
		log.Fatal(err)
	}
}

func runSigner(file, socket string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	key, err := tls.SignerFromPEM(text)
	if err != nil {
		return err
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	return serveKey(l, key)
}

func runServer(file, socket, addr, clients string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var chain [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		chain = append(chain, block.Bytes)
	}
	cfg, err := config(chain)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if clients != "" {
		text, err := os.ReadFile(clients)
		if err != nil {
			return err
		}
		roots.AppendCertsFromPEM(text)
		cfg.ClientAuth = tls.RequireClientCert
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	h := NewHub(context.Background(), cfg)
	h.Signer, h.Verdict = remote("unix", socket), verifier(roots)
	return h.Serve(l)
}

// config is a server's that has a chain and no key. It asks for signatures, and
// for verdicts on clients, if there are any. TLS 1.2 is left out: the signer
// could not tell what it signs.
func config(chain [][]byte) (*tls.Config, error) {
	cred, err := tls.NewCredential(chain, nil)
	return &tls.Config{MinVersion: tls.VersionTLS13, Credentials: []*tls.Credential{cred}, Ask: tls.AskVerdict}, err
}

// verifier is a verdict by crypto/x509; one that asks a directory or an OCSP
// responder has the same form.
func verifier(roots *x509.CertPool) func(ctx context.Context, q *tls.VerdictRequest) error {
	return func(ctx context.Context, q *tls.VerdictRequest) error {
		opts := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
		leaf, err := x509.ParseCertificate(q.Chain[0])
		if err != nil {
			return err
		}
		for _, der := range q.Chain[1:] {
			cert, err := x509.ParseCertificate(der)
			if err != nil {
				return err
			}
			opts.Intermediates.AddCert(cert)
		}
		_, err = leaf.Verify(opts)
		return err
	}
}

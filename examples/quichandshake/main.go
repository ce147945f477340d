package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"time"

	"github.com/tlsengine/tlsengine"
)

const name = "quichandshake.test"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 0:
		return both()
	case len(args) == 3 && args[0] == "server":
		return runServer(args[1], args[2])
	case len(args) == 3 && args[0] == "client":
		return runClient(args[1], args[2])
	}
	return errors.New("usage: quichandshake [server ADDRESS ROOT | client ADDRESS ROOT]")
}

func both() error {
	cred, roots, err := newCredential(name)
	if err != nil {
		return err
	}
	s, err := newListener("127.0.0.1:0", serverConfig(cred), bytes.ToUpper)
	if err != nil {
		return err
	}
	defer s.socket.Close()
	go s.serve()
	return twice(s.socket.LocalAddr().String(), roots)
}

func runServer(addr, root string) error {
	cred, _, err := newCredential(name)
	if err != nil {
		return err
	}
	block := &pem.Block{Type: "CERTIFICATE", Bytes: cred.Chain[0]}
	if err := os.WriteFile(root, pem.EncodeToMemory(block), 0o644); err != nil {
		return err
	}
	s, err := newListener(addr, serverConfig(cred), bytes.ToUpper)
	if err != nil {
		return err
	}
	fmt.Println("listening on", s.socket.LocalAddr())
	return s.serve()
}

func runClient(addr, root string) error {
	roots := x509.NewCertPool()
	if b, err := os.ReadFile(root); err != nil || !roots.AppendCertsFromPEM(b) {
		return fmt.Errorf("no certificate in %s: %v", root, err)
	}
	return twice(addr, roots)
}

// twice connects, and again with the session of the first time.
func twice(addr string, roots *x509.CertPool) error {
	cfg := clientConfig(roots)
	for range 2 {
		r, err := exchange(addr, cfg, []byte("hello over quic"), 1, 5*time.Second)
		if err != nil {
			return err
		}
		fmt.Printf("%q: %v, %v, resumed %v, 0-RTT %v\n", r.answer, r.state.Suite, r.state.Group, r.state.Resumed, r.early)
		cfg.Session = r.sessions[0]
	}
	return nil
}

func clientConfig(roots *x509.CertPool) *tlsengine.Config {
	return &tlsengine.Config{Roots: roots, ServerName: name, ALPN: []string{"demo"}, MaxEarlyData: 1}
}

func serverConfig(cred *tlsengine.Credential) *tlsengine.Config {
	return &tlsengine.Config{
		Credentials: []*tlsengine.Credential{cred}, ALPN: []string{"demo"}, TicketKeys: tlsengine.NewTicketKeys(),
		MaxEarlyData: 1, AntiReplay: tlsengine.NewReplayMemory(1000), Ask: tlsengine.AskResume,
	}
}

// newCredential makes a certificate that signs itself.
func newCredential(host string) (*tlsengine.Credential, *x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		return nil, nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	cred, err := tlsengine.NewCredential([][]byte{der}, key)
	return cred, roots, err
}

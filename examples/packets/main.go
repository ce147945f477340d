package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
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
	client, server, err := configs()
	if err == nil {
		switch {
		case len(os.Args) == 2 && os.Args[1] == "eap":
			err = authenticate(client, server, os.Stdout)
		case len(os.Args) == 2 && os.Args[1] == "tds":
			err = login(client, server, os.Stdout)
		default:
			err = errors.New("packets eap, or packets tds")
		}
	}
	if err != nil {
		log.Fatal(err)
	}
}

// authenticate runs EAP-TLS between two Carriers, and prints the packets.
func authenticate(client, server *tls.Config, w io.Writer) error {
	peer, err := NewPeer(client)
	if err != nil {
		return err
	}
	network, err := NewAuthenticator(server)
	if err != nil {
		return err
	}
	for p := network.Start(); p != nil; {
		fmt.Fprintln(w, "-> ", describe(p))
		answer, err := peer.Receive(p)
		if err != nil || answer == nil {
			break
		}
		fmt.Fprintln(w, " <-", describe(answer))
		if p, err = network.Receive(answer); err != nil && p == nil {
			return err
		}
	}
	theirs, err := network.Key()
	if err != nil {
		return errors.Join(err, network.err, peer.err)
	}
	ours, err := peer.Key()
	if err != nil {
		return errors.Join(err, peer.err)
	}
	fmt.Fprintln(w, "both have the same key:", string(theirs) == string(ours))
	return nil
}

// login runs a handshake in TDS packets over a pipe, and a message without.
func login(client, server *tls.Config, w io.Writer) error {
	c, s := *client, *server
	c.MaxVersion, s.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 // TDS before version 8 knows no later one
	a, b := net.Pipe()
	defer a.Close()
	answered := make(chan error, 1)
	go func() {
		defer b.Close()
		conn, stop, err := overTDS(b, func(under net.Conn) (*tlsconn.Conn, error) {
			return tlsconn.Server(under, &s, tlsconn.Options{})
		})
		if err == nil {
			stop()
			_, err = conn.Write([]byte("LOGINACK"))
		}
		answered <- err
	}()
	conn, stop, err := overTDS(a, func(under net.Conn) (*tlsconn.Conn, error) {
		return tlsconn.Client(under, &c, tlsconn.Options{})
	})
	if err != nil {
		return errors.Join(err, <-answered)
	}
	stop()
	got := make([]byte, 8)
	if _, err := io.ReadFull(conn, got); err != nil {
		return err
	}
	fmt.Fprintf(w, "%v in packets, then %s without\n", conn.Engine().ConnectionState().Version, got)
	return <-answered
}

// overTDS runs a handshake over TDS packets, and says how to stop them.
func overTDS(raw net.Conn, end func(under net.Conn) (*tlsconn.Conn, error)) (*tlsconn.Conn, func(), error) {
	packets := &TDS{Conn: raw}
	conn, err := end(packets)
	if err != nil {
		return nil, nil, err
	}
	return conn, func() { packets.Stop.Store(true) }, conn.Handshake(context.Background())
}

// configs are of a client and a server with client certificates, as networks
// want them. The same certificate serves both.
func configs() (client, server *tls.Config, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"radius.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
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
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	creds := []*tls.Credential{cred}
	client = &tls.Config{Roots: roots, ServerName: "radius.example", Credentials: creds}
	server = &tls.Config{Roots: roots, Credentials: creds, ClientAuth: tls.RequireClientCert}
	return client, server, err
}

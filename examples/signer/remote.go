package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/signature"
)

// The signer's protocol: one question and one answer on each connection.
//
//	struct {
//	    SignatureScheme scheme;
//	    opaque message<0..2^16-1>;
//	} Question;
//
//	struct {
//	    uint8 ok;
//	    opaque text<0..2^16-1>;      /* the signature, or why there is none */
//	} Answer;

// serveKey answers the questions of servers that do not have the key.
func serveKey(l net.Listener, key crypto.Signer) error {
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			answerOne(conn, key)
		}()
	}
}

// mark begins what a TLS 1.3 server signs: RFC 9846, Section 4.5.3. A signer
// that signs anything signs certificates too.
const mark = "TLS 1.3, server CertificateVerify\x00"

func answerOne(conn net.Conn, key crypto.Signer) error {
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil {
		return err
	}
	message, err := readOpaque(conn)
	if err != nil {
		return err
	}
	ok, text := byte(1), []byte(nil)
	if err = proper(message); err == nil {
		text, err = signature.Sign(rand.Reader, signature.Scheme(binary.BigEndian.Uint16(head)), key, message)
	}
	if err != nil {
		ok, text = 0, []byte(err.Error())
	}
	_, err = conn.Write(appendOpaque([]byte{ok}, text))
	return err
}

// proper refuses to sign what no TLS server has to sign.
func proper(message []byte) error {
	for i := range min(64, len(message)) {
		if message[i] != ' ' {
			return errors.New("not a message of TLS 1.3")
		}
	}
	if len(message) < 64+len(mark) || string(message[64:64+len(mark)]) != mark {
		return errors.New("not a server's message")
	}
	return nil
}

// remote asks a signer at an address of a unix socket or of TCP.
func remote(network, addr string) func(ctx context.Context, q *tls.SignatureRequest) ([]byte, error) {
	return func(ctx context.Context, q *tls.SignatureRequest) ([]byte, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		defer context.AfterFunc(ctx, func() { conn.Close() })()
		question := binary.BigEndian.AppendUint16(nil, uint16(q.Scheme))
		if _, err := conn.Write(appendOpaque(question, q.Message)); err != nil {
			return nil, err
		}
		var ok [1]byte
		if _, err := io.ReadFull(conn, ok[:]); err != nil {
			return nil, err
		}
		text, err := readOpaque(conn)
		if err == nil && ok[0] != 1 {
			err = fmt.Errorf("the signer refuses: %s", text)
		}
		return text, err
	}
}

func appendOpaque(b, text []byte) []byte {
	return append(binary.BigEndian.AppendUint16(b, uint16(len(text))), text...)
}

func readOpaque(r io.Reader) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	text := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(r, text)
	return text, err
}

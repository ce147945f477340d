package tlsconn

import (
	"bytes"
	"context"
	stdtls "crypto/tls"
	"encoding/binary"
	"errors"
	"net"
)

// A ClientHelloInfo has fields that only crypto/tls can set: its context, and
// the Config by which SupportsCertificate judges. So crypto/tls makes it: a
// server of crypto/tls is given the ClientHello, asks its GetConfigForClient,
// which is ours, and gets no further.

// helloConfig is a Config by which crypto/tls only reads ClientHellos.
func helloConfig(from *stdtls.Config) *stdtls.Config {
	cfg := from.Clone()
	cfg.GetConfigForClient = func(info *stdtls.ClientHelloInfo) (*stdtls.Config, error) {
		in := info.Conn.(*helloConn)
		info.Conn, in.asked = in.Conn, true
		in.ask(info)
		return nil, errHelloRead
	}
	return cfg
}

var errHelloRead = errors.New("tlsconn: the ClientHello has been read")

// withHello calls ask with what crypto/tls makes of a ClientHello, header
// included. The context of the info ends with the call.
func withHello(ctx context.Context, cfg *stdtls.Config, raw []byte, conn net.Conn, ask func(*stdtls.ClientHelloInfo)) error {
	in := &helloConn{Conn: conn, ask: ask}
	for rest := raw; len(rest) > 0; {
		n := min(len(rest), maxWrite)
		head := binary.BigEndian.AppendUint16([]byte{22, 3, 1}, uint16(n))
		in.hello.Write(head)
		in.hello.Write(rest[:n])
		rest = rest[n:]
	}
	if err := stdtls.Server(in, cfg).HandshakeContext(ctx); !in.asked {
		return err
	}
	return nil
}

// helloConn is a connection on which a ClientHello comes in, and nothing goes
// out.
type helloConn struct {
	net.Conn
	hello bytes.Buffer
	ask   func(*stdtls.ClientHelloInfo)
	asked bool
}

func (c *helloConn) Read(b []byte) (int, error)  { return c.hello.Read(b) }
func (c *helloConn) Write(b []byte) (int, error) { return len(b), nil }
func (c *helloConn) Close() error                { return nil }

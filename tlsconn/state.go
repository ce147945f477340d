package tlsconn

import (
	stdtls "crypto/tls"
	"crypto/x509"

	tls "github.com/tlsengine/tlsengine"
)

// ConnectionState describes the connection as crypto/tls does, for packages
// that know no other: net/http, x/net/http2, database drivers. Before the
// handshake is complete it says nothing but that: net/http's Server asks before,
// so that Request.TLS is empty unless the handshake is run first, as the Server
// of examples/http does.
//
// Its VerifiedChains are those of a Conn with a crypto/tls Config; the engine
// keeps none. Its ExportKeyingMaterial cannot be called, since only crypto/tls
// can set what is behind it: [Conn.ExportKeyingMaterial] can.
func (c *Conn) ConnectionState() stdtls.ConnectionState {
	st := c.state.Load()
	if st == nil {
		return stdtls.ConnectionState{}
	}
	out := describe(st)
	if c.std != nil {
		out.VerifiedChains = c.std.verified()
	}
	return out
}

// describe says in crypto/tls's words what the engine says in its own.
func describe(st *tls.ConnectionState) stdtls.ConnectionState {
	out := stdtls.ConnectionState{
		Version: uint16(st.Version), HandshakeComplete: st.HandshakeDone, DidResume: st.Resumed,
		NegotiatedProtocol: st.ALPN, ServerName: st.ServerName,
		CurveID: stdtls.CurveID(st.Group), OCSPResponse: st.PeerStaple, HelloRetryRequest: st.Retried,
	}
	//lint:ignore SA1019 net/http looks at it
	out.NegotiatedProtocolIsMutual = true
	if st.Suite != nil {
		out.CipherSuite = uint16(st.Suite.ID)
	}
	for _, der := range st.PeerChain {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			break // the leaf has parsed; the others were not needed
		}
		out.PeerCertificates = append(out.PeerCertificates, cert)
	}
	return out
}

// ExportKeyingMaterial derives length bytes for the application: RFC 5705 and
// RFC 9846, Section 7.5. It waits for a Read in another goroutine to return,
// and needs a complete handshake.
func (c *Conn) ExportKeyingMaterial(label string, context []byte, length int) ([]byte, error) {
	c.read.Lock()
	defer c.read.Unlock()
	return c.engine.Export(label, context, length)
}

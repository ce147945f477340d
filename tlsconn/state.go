package tlsconn

import (
	stdtls "crypto/tls"
	"crypto/x509"
)

// ConnectionState describes the connection as crypto/tls does, for packages
// that know no other: net/http, x/net/http2, database drivers. Before the
// handshake is complete it says nothing but that.
func (c *Conn) ConnectionState() stdtls.ConnectionState {
	st := c.state.Load()
	if st == nil {
		return stdtls.ConnectionState{}
	}
	out := stdtls.ConnectionState{
		Version: uint16(st.Version), HandshakeComplete: st.HandshakeDone, DidResume: st.Resumed,
		NegotiatedProtocol: st.ALPN, NegotiatedProtocolIsMutual: true, ServerName: st.ServerName,
		CurveID: stdtls.CurveID(st.Group), OCSPResponse: st.PeerStaple,
	}
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

package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// ClientKeyExchange carries the client's share, in TLS 1.2 with ECDHE: RFC
// 8422, Section 5.7.
//
//	struct {
//	    ECPoint ecdh_Yc;
//	} ClientECDiffieHellmanPublic;
//
//	struct {
//	    select (KeyExchangeAlgorithm) {
//	        case ec_diffie_hellman: ClientECDiffieHellmanPublic;
//	    } exchange_keys;
//	} ClientKeyExchange;
//
// The point of a parsed message aliases it.
type ClientKeyExchange struct {
	ECDHYc []byte // ecdh_Yc
}

// ParseClientKeyExchange parses the body of a ClientKeyExchange.
func ParseClientKeyExchange(body []byte) (ClientKeyExchange, error) {
	r := wire.NewReader(body)
	point := r.NonEmpty8()
	if !r.Done() {
		return ClientKeyExchange{}, MsgClientKeyExchange.malformed()
	}
	return ClientKeyExchange{ECDHYc: point}, nil
}

// Append appends the message, header included. It panics if the point is
// longer than 255 bytes.
func (m *ClientKeyExchange) Append(dst []byte) []byte {
	w := newMessage(dst, MsgClientKeyExchange, 1+len(m.ECDHYc))
	w.Vector24(func() { w.Opaque8(m.ECDHYc) })
	return w.Result()
}

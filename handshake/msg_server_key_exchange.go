package handshake

import (
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
	"github.com/tlsengine/tlsengine/signature"
)

// ServerKeyExchange carries the server's signed share, in TLS 1.2 with ECDHE
// and a named curve, the only key exchange spoken here: RFC 8422, Section 5.4.
//
//	enum {
//	    deprecated (1..2),
//	    named_curve (3),
//	    reserved(248..255)
//	} ECCurveType;
//
//	struct {
//	    ECCurveType    curve_type;
//	    select (curve_type) {
//	        case named_curve:
//	            NamedCurve namedcurve;
//	    };
//	} ECParameters;
//
//	struct {
//	    opaque point <1..2^8-1>;
//	} ECPoint;
//
//	struct {
//	    ECParameters    curve_params;
//	    ECPoint         public;
//	} ServerECDHParams;
//
//	struct {
//	    ServerECDHParams    params;
//	    Signature           signed_params;
//	} ServerKeyExchange;
//
// The signature is that of RFC 5246, Section 4.7:
//
//	struct {
//	    SignatureAndHashAlgorithm algorithm;
//	    opaque signature<0..2^16-1>;
//	} DigitallySigned;
//
// Slices of a parsed message alias it.
type ServerKeyExchange struct {
	Params    ServerECDHParams
	Algorithm signature.Scheme
	Signature []byte
}

// ServerECDHParams is the signed part of a [ServerKeyExchange].
type ServerECDHParams struct {
	NamedCurve group.ID
	Public     []byte
}

const curveTypeNamed = 3

// ParseServerKeyExchange parses the body of a ServerKeyExchange. A curve that
// is not named has its own refusal.
func ParseServerKeyExchange(body []byte) (ServerKeyExchange, error) {
	var m ServerKeyExchange
	r := wire.NewReader(body)
	if t := r.Uint8(); t != curveTypeNamed && !r.Failed() {
		return ServerKeyExchange{}, alert.UnsupportedCurveType.Errorf("server chose a curve of type %d, and only named ones (3) are allowed", t)
	}
	m.Params.NamedCurve = group.ID(r.Uint16())
	m.Params.Public = r.NonEmpty8()
	m.Algorithm = signature.Scheme(r.Uint16())
	m.Signature = r.Vector16()
	if !r.Done() {
		return ServerKeyExchange{}, MsgServerKeyExchange.malformed()
	}
	return m, nil
}

// Append appends the parameters as they are signed: without a header. It
// panics if the point is longer than 255 bytes.
func (p *ServerECDHParams) Append(dst []byte) []byte {
	w := wire.NewBuilder(dst)
	p.append(&w)
	return w.Result()
}

func (p *ServerECDHParams) append(w *wire.Builder) {
	w.Uint8(curveTypeNamed)
	w.Uint16(uint16(p.NamedCurve))
	w.Opaque8(p.Public)
}

// Append appends the message, header included. It panics if a field is longer
// than its vector allows.
func (m *ServerKeyExchange) Append(dst []byte) []byte {
	w := newMessage(dst, MsgServerKeyExchange, 8+len(m.Params.Public)+len(m.Signature))
	w.Vector24(func() {
		m.Params.append(&w)
		w.Uint16(uint16(m.Algorithm))
		w.Opaque16(m.Signature)
	})
	return w.Result()
}

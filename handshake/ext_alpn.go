package handshake

import (
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// ParseALPN parses the application_layer_protocol_negotiation extension of a
// ClientHello. The list aliases data.
//
//	opaque ProtocolName<1..2^8-1>;
//
//	struct {
//	    ProtocolName protocol_name_list<2..2^16-1>
//	} ProtocolNameList;
//
// RFC 7301, Section 3.1.
func ParseALPN(data []byte) (OpaqueList8, error) {
	r := wire.NewReader(data)
	l := OpaqueList8(r.NonEmpty16())
	if !r.Done() || !l.bounded(1) {
		return nil, ExtApplicationLayerProtocolNegotiation.malformed()
	}
	return l, nil
}

// ParseALPNSelected parses the same extension of a server's answer, and returns
// the one protocol in it, which aliases data.
func ParseALPNSelected(data []byte) ([]byte, error) {
	l, err := ParseALPN(data)
	if err != nil {
		return nil, err
	}
	// "the "ProtocolNameList" MUST contain exactly one "ProtocolName"."
	// RFC 7301, Section 3.1.
	if n := l.Len(); n != 1 {
		return nil, alert.MalformedExtension.Errorf("server answered with %d application protocols", n)
	}
	return l[1:], nil
}

// AppendALPN appends the extension with these protocols; a server answers with
// one.
func AppendALPN(x Extensions, protocols OpaqueList8) Extensions {
	return appendOpaque16(x, ExtApplicationLayerProtocolNegotiation, protocols)
}

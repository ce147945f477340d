package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// ParseRenegotiationInfo parses the renegotiation_info extension of TLS 1.2,
// and returns what it says, which aliases data: nothing, in a first handshake.
//
//	struct {
//	    opaque renegotiated_connection<0..255>;
//	} RenegotiationInfo;
//
// RFC 5746, Section 3.2.
func ParseRenegotiationInfo(data []byte) ([]byte, error) {
	r := wire.NewReader(data)
	v := r.Vector8()
	if !r.Done() {
		return nil, ExtRenegotiationInfo.malformed()
	}
	return v, nil
}

// AppendRenegotiationInfo appends the renegotiation_info extension.
func AppendRenegotiationInfo(x Extensions, renegotiatedConnection []byte) Extensions {
	return appendOpaque8(x, ExtRenegotiationInfo, renegotiatedConnection)
}

package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// ECPointFormat is an ECPointFormat of RFC 8422, Section 5.1.2.
//
//	enum {
//	    uncompressed(0),
//	    deprecated (1..2),
//	    reserved (248..255)
//	} ECPointFormat;
type ECPointFormat uint8

// Uncompressed is the only point format there is.
const Uncompressed ECPointFormat = 0

// ParseECPointFormats parses the ec_point_formats extension of TLS 1.2. The
// list aliases data. Whether uncompressed is in it is for the machine to say.
//
//	struct {
//	    ECPointFormat ec_point_format_list<1..2^8-1>
//	} ECPointFormatList;
//
// RFC 8422, Section 5.1.2.
func ParseECPointFormats(data []byte) (List8[ECPointFormat], error) {
	r := wire.NewReader(data)
	l := r.NonEmpty8()
	if !r.Done() {
		return nil, ExtECPointFormats.malformed()
	}
	return l, nil
}

// AppendECPointFormats appends the ec_point_formats extension.
func AppendECPointFormats(x Extensions, formats List8[ECPointFormat]) Extensions {
	return appendOpaque8(x, ExtECPointFormats, formats)
}

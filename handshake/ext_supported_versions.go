package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// ParseSupportedVersionsCH parses the supported_versions extension of a
// ClientHello. The list aliases data.
//
//	struct {
//	    select (Handshake.msg_type) {
//	        case client_hello:
//	             ProtocolVersion versions<2..254>;
//
//	        case server_hello: /* and HelloRetryRequest */
//	             ProtocolVersion selected_version;
//	    };
//	} SupportedVersions;
//
// RFC 9846, Section 4.3.1.
func ParseSupportedVersionsCH(data []byte) (List16[Version], error) {
	r := wire.NewReader(data)
	l := evenList[Version](&r, r.NonEmpty8())
	if !r.Done() {
		return nil, ExtSupportedVersions.malformed()
	}
	return l, nil
}

// AppendSupportedVersionsCH appends the supported_versions extension of a
// ClientHello. It panics if there are more than 127 versions.
func AppendSupportedVersionsCH(x Extensions, versions List16[Version]) Extensions {
	return appendOpaque8(x, ExtSupportedVersions, versions)
}

// ParseSupportedVersionsSH parses the supported_versions extension of a
// ServerHello or HelloRetryRequest.
func ParseSupportedVersionsSH(data []byte) (Version, error) {
	v, err := parseUint16(ExtSupportedVersions, data)
	return Version(v), err
}

// AppendSupportedVersionsSH appends the supported_versions extension of a
// ServerHello or HelloRetryRequest.
func AppendSupportedVersionsSH(x Extensions, selected Version) Extensions {
	return appendUint16(x, ExtSupportedVersions, uint16(selected))
}

package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// ParseCookie parses the cookie extension, and returns the cookie, which
// aliases data.
//
//	struct {
//	    opaque cookie<1..2^16-1>;
//	} Cookie;
//
// RFC 9846, Section 4.3.2.
func ParseCookie(data []byte) ([]byte, error) {
	r := wire.NewReader(data)
	cookie := r.NonEmpty16()
	if !r.Done() {
		return nil, ExtCookie.malformed()
	}
	return cookie, nil
}

// AppendCookie appends the cookie extension. A cookie out of [ParseCookie]
// fits; whether the message then does is for the caller to see: [MaxExtensions].
func AppendCookie(x Extensions, cookie []byte) Extensions {
	return appendOpaque16(x, ExtCookie, cookie)
}

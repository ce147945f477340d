package handshake

import (
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// malformed is the refusal of an extension whose data do not follow its
// syntax.
//
// "When processing an extension, receivers MUST abort the handshake with a
// "decode_error" alert if there is data left over after parsing the structure."
// RFC 9846, Section 4.3.
func (t ExtensionType) malformed() error {
	return alert.MalformedExtension.Errorf("%v extension is malformed", t)
}

// ParseEmpty checks the data of an extension that says all by being there. Such
// are, always: extended_main_secret and post_handshake_auth; in the ClientHello
// and its answer: early_data; in a ClientHello: signed_certificate_timestamp;
// in a server's answer: server_name; in a TLS 1.2 ServerHello and in a
// CertificateRequest: status_request; in a TLS 1.2 ServerHello: session_ticket.
func ParseEmpty(t ExtensionType, data []byte) error {
	if len(data) != 0 {
		return t.malformed()
	}
	return nil
}

// says reports whether an extension that says all by being there is there.
func (x Extensions) says(t ExtensionType) (bool, error) {
	data, ok := x.Get(t)
	return ok, ParseEmpty(t, data)
}

// AppendEmpty appends an extension that says all by being there.
func AppendEmpty(x Extensions, t ExtensionType) Extensions { return AppendExtension(x, t, nil) }

// parseCodes parses an extension that is one vector<2..2^16-2> of code points.
func parseCodes[T ~uint16](t ExtensionType, data []byte) (List16[T], error) {
	r := wire.NewReader(data)
	l := readList16[T](&r)
	if !r.Done() {
		return nil, t.malformed()
	}
	return l, nil
}

// appendOpaque16 appends an extension that is one vector behind two bytes.
func appendOpaque16(x Extensions, t ExtensionType, vector []byte) Extensions {
	w := newExtension(x, t, 2+len(vector))
	w.Vector16(func() { w.Opaque16(vector) })
	return w.Result()
}

// appendOpaque8 appends an extension that is one vector behind one byte.
func appendOpaque8(x Extensions, t ExtensionType, vector []byte) Extensions {
	w := newExtension(x, t, 1+len(vector))
	w.Vector16(func() { w.Opaque8(vector) })
	return w.Result()
}

// parseUint16 parses an extension that is one number.
func parseUint16(t ExtensionType, data []byte) (uint16, error) {
	r := wire.NewReader(data)
	v := r.Uint16()
	if !r.Done() {
		return 0, t.malformed()
	}
	return v, nil
}

// appendUint16 appends an extension that is one number.
func appendUint16(x Extensions, t ExtensionType, v uint16) Extensions {
	return AppendExtension(x, t, []byte{byte(v >> 8), byte(v)})
}

package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// EncryptedExtensions carries the server's answers that need no reading before
// there are keys: RFC 9846, Section 4.4.1.
//
//	struct {
//	    Extension extensions<0..2^16-1>;
//	} EncryptedExtensions;
//
// The extensions of a parsed message alias it.
type EncryptedExtensions struct {
	Extensions Extensions
}

// ParseEncryptedExtensions parses the body of an EncryptedExtensions message.
func ParseEncryptedExtensions(body []byte) (EncryptedExtensions, error) {
	r := wire.NewReader(body)
	block := r.Vector16()
	if !r.Done() {
		return EncryptedExtensions{}, MsgEncryptedExtensions.malformed()
	}
	x, err := parseExtensions(block, MsgEncryptedExtensions)
	return EncryptedExtensions{Extensions: x}, err
}

// Append appends the message, header included. It panics if the extensions are
// longer than [MaxExtensions].
func (m *EncryptedExtensions) Append(dst []byte) []byte {
	w := newMessage(dst, MsgEncryptedExtensions, 2+len(m.Extensions))
	w.Vector24(func() { w.Opaque16(m.Extensions) })
	return w.Result()
}

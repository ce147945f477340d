package handshake

import (
	"github.com/tlsengine/tlsengine/internal/wire"
	"github.com/tlsengine/tlsengine/signature"
)

// CertificateVerify proves that the sender has the private key of its
// certificate: RFC 9846, Section 4.5.2. The TLS 1.2 message has the same
// syntax (RFC 5246, Section 7.4.8); what is signed differs.
//
//	struct {
//	    SignatureScheme algorithm;
//	    opaque signature<0..2^16-1>;
//	} CertificateVerify;
//
// The signature of a parsed message aliases it.
type CertificateVerify struct {
	Algorithm signature.Scheme
	Signature []byte
}

// ParseCertificateVerify parses the body of a CertificateVerify of either
// version.
func ParseCertificateVerify(body []byte) (CertificateVerify, error) {
	var m CertificateVerify
	r := wire.NewReader(body)
	m.Algorithm = signature.Scheme(r.Uint16())
	m.Signature = r.Vector16()
	if !r.Done() {
		return CertificateVerify{}, MsgCertificateVerify.malformed()
	}
	return m, nil
}

// Append appends the message, header included. It panics if the signature is
// longer than 65535 bytes.
func (m *CertificateVerify) Append(dst []byte) []byte {
	w := newMessage(dst, MsgCertificateVerify, 4+len(m.Signature))
	w.Vector24(func() {
		w.Uint16(uint16(m.Algorithm))
		w.Opaque16(m.Signature)
	})
	return w.Result()
}

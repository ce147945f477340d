package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// CertificateRequest asks a client for a certificate, in TLS 1.3: RFC 9846,
// Section 4.4.2.
//
//	struct {
//	    opaque certificate_request_context<0..2^8-1>;
//	    Extension extensions<0..2^16-1>;
//	} CertificateRequest;
//
// Slices of a parsed message alias it.
type CertificateRequest struct {
	CertificateRequestContext []byte
	Extensions                Extensions
}

// ParseCertificateRequest parses the body of a TLS 1.3 CertificateRequest.
// That signature_algorithms is among the extensions is for the machine to
// check.
func ParseCertificateRequest(body []byte) (CertificateRequest, error) {
	r := wire.NewReader(body)
	context := r.Vector8()
	block := r.Vector16()
	if !r.Done() {
		return CertificateRequest{}, MsgCertificateRequest.malformed()
	}
	x, err := parseExtensions(block, MsgCertificateRequest)
	if err != nil {
		return CertificateRequest{}, err
	}
	return CertificateRequest{CertificateRequestContext: context, Extensions: x}, nil
}

// Append appends the message, header included. It panics if a field is longer
// than its vector allows.
func (m *CertificateRequest) Append(dst []byte) []byte {
	w := newMessage(dst, MsgCertificateRequest, 3+len(m.CertificateRequestContext)+len(m.Extensions))
	w.Vector24(func() {
		w.Opaque8(m.CertificateRequestContext)
		w.Opaque16(m.Extensions)
	})
	return w.Result()
}

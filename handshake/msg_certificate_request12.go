package handshake

import (
	"github.com/tlsengine/tlsengine/internal/wire"
	"github.com/tlsengine/tlsengine/signature"
)

// ClientCertificateType is a ClientCertificateType of RFC 5246, Section 7.4.4,
// and RFC 8422, Section 5.5.
//
//	enum {
//	    rsa_sign(1), dss_sign(2), rsa_fixed_dh(3), dss_fixed_dh(4),
//	    rsa_ephemeral_dh_RESERVED(5), dss_ephemeral_dh_RESERVED(6),
//	    fortezza_dms_RESERVED(20),
//	    ecdsa_sign(64),
//	    (255)
//	} ClientCertificateType;
type ClientCertificateType uint8

// The types in use. Ed25519 and Ed448 count as ECDSA.
const (
	RSASign   ClientCertificateType = 1
	ECDSASign ClientCertificateType = 64
)

// CertificateRequest12 asks a client for a certificate, in TLS 1.2: RFC 5246,
// Section 7.4.4.
//
//	opaque DistinguishedName<1..2^16-1>;
//
//	struct {
//	    ClientCertificateType certificate_types<1..2^8-1>;
//	    SignatureAndHashAlgorithm
//	      supported_signature_algorithms<2..2^16-2>;
//	    DistinguishedName certificate_authorities<0..2^16-1>;
//	} CertificateRequest;
//
// Slices of a parsed message alias it.
type CertificateRequest12 struct {
	CertificateTypes             List8[ClientCertificateType]
	SupportedSignatureAlgorithms List16[signature.Scheme]
	CertificateAuthorities       OpaqueList16 // DER
}

// ParseCertificateRequest12 parses the body of a TLS 1.2 CertificateRequest.
func ParseCertificateRequest12(body []byte) (CertificateRequest12, error) {
	var m CertificateRequest12
	r := wire.NewReader(body)
	m.CertificateTypes = r.NonEmpty8()
	m.SupportedSignatureAlgorithms = readList16[signature.Scheme](&r)
	m.CertificateAuthorities = r.Vector16()
	if !r.Done() || !m.CertificateAuthorities.bounded(1) {
		return CertificateRequest12{}, MsgCertificateRequest.malformed()
	}
	return m, nil
}

// Append appends the message, header included. It panics if a field is longer
// than its vector allows.
func (m *CertificateRequest12) Append(dst []byte) []byte {
	size := 5 + len(m.CertificateTypes) + len(m.SupportedSignatureAlgorithms) + len(m.CertificateAuthorities)
	w := newMessage(dst, MsgCertificateRequest, size)
	w.Vector24(func() {
		w.Opaque8(m.CertificateTypes)
		w.Opaque16(m.SupportedSignatureAlgorithms)
		w.Opaque16(m.CertificateAuthorities)
	})
	return w.Result()
}

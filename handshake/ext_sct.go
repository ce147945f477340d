package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// ParseSignedCertificateTimestamp parses the signed_certificate_timestamp
// extension of a CertificateEntry or of a TLS 1.2 ServerHello. The list aliases
// data. (A request is empty: [ParseEmpty].)
//
//	opaque SerializedSCT<1..2^16-1>;
//
//	struct {
//	    SerializedSCT sct_list <1..2^16-1>;
//	} SignedCertificateTimestampList;
//
// RFC 6962, Section 3.3.
func ParseSignedCertificateTimestamp(data []byte) (OpaqueList16, error) {
	r := wire.NewReader(data)
	l := OpaqueList16(r.NonEmpty16())
	if !r.Done() || !l.bounded(1) {
		return nil, ExtSignedCertificateTimestamp.malformed()
	}
	return l, nil
}

// AppendSignedCertificateTimestamp appends the signed_certificate_timestamp
// extension of an answer.
func AppendSignedCertificateTimestamp(x Extensions, list OpaqueList16) Extensions {
	return appendOpaque16(x, ExtSignedCertificateTimestamp, list)
}

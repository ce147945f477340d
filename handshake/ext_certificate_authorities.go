package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// ParseCertificateAuthorities parses the certificate_authorities extension.
// The list, of DER distinguished names, aliases data.
//
//	opaque DistinguishedName<1..2^16-1>;
//
//	struct {
//	    DistinguishedName authorities<3..2^16-1>;
//	} CertificateAuthoritiesExtension;
//
// RFC 9846, Section 4.3.4.
func ParseCertificateAuthorities(data []byte) (OpaqueList16, error) {
	r := wire.NewReader(data)
	l := OpaqueList16(r.NonEmpty16())
	if !r.Done() || !l.bounded(1) {
		return nil, ExtCertificateAuthorities.malformed()
	}
	return l, nil
}

// AppendCertificateAuthorities appends the certificate_authorities extension.
// It panics if the list is longer than the extension can say.
func AppendCertificateAuthorities(x Extensions, authorities OpaqueList16) Extensions {
	return appendOpaque16(x, ExtCertificateAuthorities, authorities)
}

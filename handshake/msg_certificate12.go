package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// Certificate12 carries a certificate chain, in TLS 1.2: RFC 5246, Section
// 7.4.2.
//
//	opaque ASN.1Cert<1..2^24-1>;
//
//	struct {
//	    ASN.1Cert certificate_list<0..2^24-1>;
//	} Certificate;
//
// The certificates of a parsed message, X.509 in DER, alias it. The list of a
// client without a suitable certificate is empty.
type Certificate12 struct {
	CertificateList [][]byte
}

// ParseCertificate12 parses the body of a TLS 1.2 Certificate. It allocates the
// list, and refuses one of more than [MaxCertificates].
func ParseCertificate12(body []byte) (Certificate12, error) {
	r := wire.NewReader(body)
	list := wire.NewReader(r.Vector24())
	if !r.Done() {
		return Certificate12{}, MsgCertificate.malformed()
	}
	var m Certificate12
	if !list.Empty() {
		m.CertificateList = make([][]byte, 0, usualCertificates)
	}
	for !list.Empty() {
		cert := list.NonEmpty24()
		if list.Failed() {
			return Certificate12{}, MsgCertificate.malformed()
		}
		if len(m.CertificateList) == MaxCertificates {
			return Certificate12{}, chainTooLong()
		}
		m.CertificateList = append(m.CertificateList, cert)
	}
	return m, nil
}

// Append appends the message, header included. It panics if a field is longer
// than its vector allows.
func (m *Certificate12) Append(dst []byte) []byte {
	size := 3
	for _, cert := range m.CertificateList {
		size += 3 + len(cert)
	}
	w := newMessage(dst, MsgCertificate, size)
	w.Vector24(func() {
		w.Vector24(func() {
			for _, cert := range m.CertificateList {
				w.Opaque24(cert)
			}
		})
	})
	return w.Result()
}

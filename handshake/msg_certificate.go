package handshake

import (
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// MaxCertificates is the number of certificates that a Certificate message may
// hold, in both versions. A longer chain is refused before memory is taken for
// it.
const MaxCertificates = 100

// usualCertificates is room for most chains.
const usualCertificates = 4

// Certificate carries a certificate chain, in TLS 1.3: RFC 9846, Section
// 4.5.1.
//
//	struct {
//	    opaque certificate_request_context<0..2^8-1>;
//	    CertificateEntry certificate_list<0..2^24-1>;
//	} Certificate;
//
// Slices of a parsed message alias it. The list of a client without a suitable
// certificate is empty.
type Certificate struct {
	CertificateRequestContext []byte
	CertificateList           []CertificateEntry
}

// CertificateEntry is one certificate with what goes with it.
//
//	struct {
//	    select (certificate_type) {
//	        case RawPublicKey:
//	          /* From RFC 7250 ASN.1_subjectPublicKeyInfo */
//	          opaque ASN1_subjectPublicKeyInfo<1..2^24-1>;
//
//	        case X509:
//	          opaque cert_data<1..2^24-1>;
//	    };
//	    Extension extensions<0..2^16-1>;
//	} CertificateEntry;
type CertificateEntry struct {
	CertData   []byte // DER: an X.509 certificate, or a SubjectPublicKeyInfo where that type was negotiated
	Extensions Extensions
}

// ParseCertificate parses the body of a TLS 1.3 Certificate. It allocates the
// list, and refuses one of more than [MaxCertificates].
func ParseCertificate(body []byte) (Certificate, error) {
	r := wire.NewReader(body)
	context := r.Vector8()
	list := wire.NewReader(r.Vector24())
	if !r.Done() {
		return Certificate{}, MsgCertificate.malformed()
	}
	m := Certificate{CertificateRequestContext: context}
	if !list.Empty() {
		m.CertificateList = make([]CertificateEntry, 0, usualCertificates)
	}
	for !list.Empty() {
		entry, err := readCertificateEntry(&list)
		if err != nil {
			return Certificate{}, err
		}
		if len(m.CertificateList) == MaxCertificates {
			return Certificate{}, chainTooLong()
		}
		m.CertificateList = append(m.CertificateList, entry)
	}
	return m, nil
}

func readCertificateEntry(r *wire.Reader) (CertificateEntry, error) {
	data := r.NonEmpty24()
	block := r.Vector16()
	if r.Failed() {
		return CertificateEntry{}, MsgCertificate.malformed()
	}
	x, err := parseExtensions(block, MsgCertificate)
	return CertificateEntry{CertData: data, Extensions: x}, err
}

func chainTooLong() error {
	return alert.CertificateChainTooLong.Errorf("Certificate holds more than %d certificates", MaxCertificates)
}

// Append appends the message, header included. It panics if a field is longer
// than its vector allows.
func (m *Certificate) Append(dst []byte) []byte {
	size := 4 + len(m.CertificateRequestContext)
	for i := range m.CertificateList {
		size += 5 + len(m.CertificateList[i].CertData) + len(m.CertificateList[i].Extensions)
	}
	w := newMessage(dst, MsgCertificate, size)
	w.Vector24(func() {
		w.Opaque8(m.CertificateRequestContext)
		w.Vector24(func() {
			for i := range m.CertificateList {
				w.Opaque24(m.CertificateList[i].CertData)
				w.Opaque16(m.CertificateList[i].Extensions)
			}
		})
	})
	return w.Result()
}

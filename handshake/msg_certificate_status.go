package handshake

// CertificateStatus carries the stapled OCSP response, in TLS 1.2: RFC 6066,
// Section 8. In TLS 1.3 the same structure is the status_request extension of
// a CertificateEntry.
//
//	struct {
//	    CertificateStatusType status_type;
//	    select (status_type) {
//	        case ocsp: OCSPResponse;
//	    } response;
//	} CertificateStatus;
//
//	opaque OCSPResponse<1..2^24-1>;
//
// The response of a parsed message, DER, aliases it.
type CertificateStatus struct {
	Response []byte
}

// ParseCertificateStatus parses the body of a CertificateStatus. A status type
// other than OCSP has no syntax, so that it does not parse.
func ParseCertificateStatus(body []byte) (CertificateStatus, error) {
	response, ok := parseCertificateStatus(body)
	if !ok {
		return CertificateStatus{}, MsgCertificateStatus.malformed()
	}
	return CertificateStatus{Response: response}, nil
}

// Append appends the message, header included. It panics if the message is
// longer than its header can say.
func (m *CertificateStatus) Append(dst []byte) []byte {
	w := newMessage(dst, MsgCertificateStatus, 4+len(m.Response))
	w.Vector24(func() { appendCertificateStatus(&w, m.Response) })
	return w.Result()
}

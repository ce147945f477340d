package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// CertificateStatusType is a CertificateStatusType of RFC 6066, Section 8.
//
//	enum { ocsp(1), (255) } CertificateStatusType;
type CertificateStatusType uint8

// OCSP is the only status type in use.
const OCSP CertificateStatusType = 1

// CertificateStatusRequest is the status_request extension of a ClientHello.
//
//	struct {
//	    CertificateStatusType status_type;
//	    select (status_type) {
//	        case ocsp: OCSPStatusRequest;
//	    } request;
//	} CertificateStatusRequest;
//
//	struct {
//	    ResponderID responder_id_list<0..2^16-1>;
//	    Extensions  request_extensions;
//	} OCSPStatusRequest;
//
//	opaque ResponderID<1..2^16-1>;
//	opaque Extensions<0..2^16-1>;
//
// RFC 6066, Section 8. Slices of a parsed one alias its data.
type CertificateStatusRequest struct {
	StatusType        CertificateStatusType
	ResponderIDList   OpaqueList16 // if StatusType is OCSP
	RequestExtensions []byte       // if StatusType is OCSP: DER
}

// ParseStatusRequest parses the status_request extension of a ClientHello. What
// a status type other than OCSP asks is not read. (A server's request is empty:
// [ParseEmpty].)
func ParseStatusRequest(data []byte) (CertificateStatusRequest, error) {
	r := wire.NewReader(data)
	m := CertificateStatusRequest{StatusType: CertificateStatusType(r.Uint8())}
	if m.StatusType != OCSP {
		r.Rest()
	} else {
		m.ResponderIDList = r.Vector16()
		m.RequestExtensions = r.Vector16()
	}
	if !r.Done() || !m.ResponderIDList.bounded(1) {
		return CertificateStatusRequest{}, ExtStatusRequest.malformed()
	}
	return m, nil
}

// AppendStatusRequest appends the status_request extension of a ClientHello
// that asks for an OCSP response.
func AppendStatusRequest(x Extensions, m CertificateStatusRequest) Extensions {
	w := newExtension(x, ExtStatusRequest, 5+len(m.ResponderIDList)+len(m.RequestExtensions))
	w.Vector16(func() {
		w.Uint8(uint8(m.StatusType))
		w.Opaque16(m.ResponderIDList)
		w.Opaque16(m.RequestExtensions)
	})
	return w.Result()
}

// ParseStatusRequestCT parses the status_request extension of a
// CertificateEntry, and returns the OCSP response in it, DER, which aliases
// data. It has the body of the TLS 1.2 message [CertificateStatus].
//
// "the body of the "status_request" extension from the server MUST be a
// CertificateStatus structure as defined in [RFC6066]"
// RFC 9846, Section 4.5.1.1.
func ParseStatusRequestCT(data []byte) ([]byte, error) {
	response, ok := parseCertificateStatus(data)
	if !ok {
		return nil, ExtStatusRequest.malformed()
	}
	return response, nil
}

// AppendStatusRequestCT appends the status_request extension of a
// CertificateEntry. It panics if response is longer than the extension can say.
func AppendStatusRequestCT(x Extensions, response []byte) Extensions {
	w := newExtension(x, ExtStatusRequest, 4+len(response))
	w.Vector16(func() { appendCertificateStatus(&w, response) })
	return w.Result()
}

func parseCertificateStatus(body []byte) (response []byte, ok bool) {
	r := wire.NewReader(body)
	t := CertificateStatusType(r.Uint8())
	response = r.NonEmpty24()
	return response, r.Done() && t == OCSP
}

func appendCertificateStatus(w *wire.Builder, response []byte) {
	w.Uint8(uint8(OCSP))
	w.Opaque24(response)
}

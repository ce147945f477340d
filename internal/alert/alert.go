// Package alert holds the alerts of RFC 9846, Section 6, and the two errors
// that speak of them: [Error], this side refused, and [PeerError], the peer did.
//
// Every refusal has a [Reason], and one table (reason.go) says which alert
// tells the peer of it. Nothing else in the project pairs errors with alerts.
package alert

import "strconv"

// Level is the AlertLevel of RFC 9846, Section 6.
type Level uint8

// The two levels. In TLS 1.3 the level says nothing: the description does.
const (
	Warning Level = 1
	Fatal   Level = 2
)

// Alert is an AlertDescription of RFC 9846, Section 6.
type Alert uint8

// The alerts, in the order of RFC 9846, Appendix B.2, with those of RFC 5246
// and RFC 7507 that TLS 1.2 needs.
const (
	CloseNotify                  Alert = 0
	UnexpectedMessage            Alert = 10
	BadRecordMAC                 Alert = 20
	RecordOverflow               Alert = 22
	DecompressionFailure         Alert = 30
	HandshakeFailure             Alert = 40
	BadCertificate               Alert = 42
	UnsupportedCertificate       Alert = 43
	CertificateRevoked           Alert = 44
	CertificateExpired           Alert = 45
	CertificateUnknown           Alert = 46
	IllegalParameter             Alert = 47
	UnknownCA                    Alert = 48
	AccessDenied                 Alert = 49
	DecodeError                  Alert = 50
	DecryptError                 Alert = 51
	ProtocolVersion              Alert = 70
	InsufficientSecurity         Alert = 71
	InternalError                Alert = 80
	InappropriateFallback        Alert = 86
	UserCanceled                 Alert = 90
	NoRenegotiation              Alert = 100
	MissingExtension             Alert = 109
	UnsupportedExtension         Alert = 110
	UnrecognizedName             Alert = 112
	BadCertificateStatusResponse Alert = 113
	UnknownPSKIdentity           Alert = 115
	CertificateRequired          Alert = 116
	GeneralError                 Alert = 117
	NoApplicationProtocol        Alert = 120
	ECHRequired                  Alert = 121
)

var names = map[Alert]string{
	CloseNotify:                  "close_notify",
	UnexpectedMessage:            "unexpected_message",
	BadRecordMAC:                 "bad_record_mac",
	RecordOverflow:               "record_overflow",
	DecompressionFailure:         "decompression_failure",
	HandshakeFailure:             "handshake_failure",
	BadCertificate:               "bad_certificate",
	UnsupportedCertificate:       "unsupported_certificate",
	CertificateRevoked:           "certificate_revoked",
	CertificateExpired:           "certificate_expired",
	CertificateUnknown:           "certificate_unknown",
	IllegalParameter:             "illegal_parameter",
	UnknownCA:                    "unknown_ca",
	AccessDenied:                 "access_denied",
	DecodeError:                  "decode_error",
	DecryptError:                 "decrypt_error",
	ProtocolVersion:              "protocol_version",
	InsufficientSecurity:         "insufficient_security",
	InternalError:                "internal_error",
	InappropriateFallback:        "inappropriate_fallback",
	UserCanceled:                 "user_canceled",
	NoRenegotiation:              "no_renegotiation",
	MissingExtension:             "missing_extension",
	UnsupportedExtension:         "unsupported_extension",
	UnrecognizedName:             "unrecognized_name",
	BadCertificateStatusResponse: "bad_certificate_status_response",
	UnknownPSKIdentity:           "unknown_psk_identity",
	CertificateRequired:          "certificate_required",
	GeneralError:                 "general_error",
	NoApplicationProtocol:        "no_application_protocol",
	ECHRequired:                  "ech_required",
}

// String is the RFC's spelling, or the number of an alert without one.
func (a Alert) String() string {
	if s, ok := names[a]; ok {
		return s
	}
	return "alert(" + strconv.Itoa(int(a)) + ")"
}

package alert

import "strconv"

// Reason says what was wrong, more exactly than an alert does, in a form that
// programs can compare. New reasons are only ever appended to a group; their
// String is stable, their number is not.
type Reason uint8

// The reasons.
const (
	Unspecified Reason = iota

	// Framing and order.
	UnexpectedMessageType   // message not expected here
	UnexpectedRecord        // record type not expected here
	UnknownRecordType       // record type unknown
	ExcessHandshakeData     // handshake data left over at a key change
	InterleavedMessage      // another record type inside a handshake message
	BadChangeCipherSpec     // change_cipher_spec malformed or misplaced
	TooManyEmptyRecords     // too many empty records in a row
	EmptyHandshakeRecord    // empty handshake record
	TooManyWarnings         // too many warning alerts in a row
	TooManyKeyUpdates       // too many key updates without data
	TooManyTickets          // too many session tickets
	TooMuchEarlyData        // more early data than allowed
	TooMuchSkippedEarlyData // more rejected early data than allowed
	RecordTooLong           // record longer than allowed
	PlaintextTooLong        // plaintext longer than allowed
	MessageTooLong          // handshake message longer than allowed
	WrongRecordVersion      // record version wrong
	NotTLS                  // not a TLS record
	LooksLikeHTTP           // an HTTP request, not TLS
	LooksLikeProxy          // a proxy request, not TLS
	LooksLikeSSLv2          // an SSLv2 hello, refused by design
	DecryptionFailed        // record does not decrypt
	NoContentType           // inner plaintext without a content type
	KeyLimitReached         // the limit of records under one key is reached
	BadAlert                // alert malformed
	UnknownAlert            // alert unknown or of a wrong level
	EmptyAlertRecord        // empty alert record
	WrongOuterType          // protected record with a wrong type outside
	WrongLevel              // handshake data at a wrong encryption level
	TooMuchUnread           // more unread handshake data than allowed
	PostHandshakeAuth       // CertificateRequest after the handshake

	// Decoding.
	Malformed                // message malformed
	MalformedExtension       // extension malformed
	DuplicateExtension       // extension sent twice
	MisplacedExtension       // extension not allowed in this message
	UnsolicitedExtension     // extension that was not asked for
	ForbiddenExtension       // extension not allowed here
	MissingRequiredExtension // required extension missing
	PSKNotLast               // pre_shared_key is not the last extension
	BadKeyUpdate             // KeyUpdate with an unknown request
	BadRecordSizeLimit       // record_size_limit below the minimum

	// Versions and parameters.
	UnsupportedVersion          // no common version
	Downgrade                   // downgrade sentinel in the server's random
	CompatibilityUnderQUIC      // middlebox compatibility under QUIC
	Fallback                    // client fell back to an older version
	VersionChanged              // version differs from the one agreed
	NoSharedCipher              // no common cipher suite
	WrongCipher                 // cipher suite that was not offered
	UnknownCipher               // cipher suite unknown
	BadCompression              // compression is not null
	UnsupportedCompression      // server chose compression
	CompressionNotNull          // legacy_compression_method is not null
	SessionIDTooLong            // legacy_session_id too long
	BadSessionIDEcho            // legacy_session_id_echo differs
	NoSharedGroup               // no common group
	WrongGroup                  // group that was not offered
	BadKeyShare                 // key share invalid
	DuplicateKeyShare           // two key shares for one group
	KeyShareNotListed           // key share for a group that is not in supported_groups
	MissingKeyShare             // key share missing
	BadHelloRetryRequest        // HelloRetryRequest asks for nothing new
	SecondHelloRetryRequest     // second HelloRetryRequest
	RetryMismatch               // ServerHello contradicts the HelloRetryRequest
	ClientHelloChanged          // second ClientHello differs where it must not
	BadCookie                   // cookie wrong
	NoApplicationProtocolShared // no common application protocol
	BadALPN                     // application protocol that was not offered
	UnknownServerName           // server name unknown here
	VersionNotOffered           // version that was not offered
	TooManyKeyShares            // too many key shares
	BadServerName               // server name malformed

	// Pre-shared keys and early data.
	NoPSKMode                // psk_key_exchange_modes missing
	UnsupportedPSKMode       // no common PSK mode
	BinderCountMismatch      // binders and identities differ in number
	BadBinder                // PSK binder wrong
	PSKNotOffered            // server selected a PSK that was not offered
	PSKHashMismatch          // suite's hash is not the PSK's
	EarlyDataNotOffered      // server accepted early data that was not offered
	EarlyDataWithoutFirstPSK // early data accepted without the first PSK
	EarlyDataMismatch        // early data accepted under other parameters
	EarlyDataCipherMismatch  // early data accepted under another cipher suite
	EarlyDataALPNMismatch    // early data accepted under another application protocol
	EarlyDataOnRetry         // early_data in the second ClientHello
	EarlyDataVersionMismatch // early data offered, and a version without it chosen
	BadTicket                // NewSessionTicket invalid
	TicketEarlyDataUnderQUIC // NewSessionTicket with a limit of early data under QUIC
	PSKWithoutKeyShare       // PSK selected without the key share that its mode wants

	// Authentication.
	NoSignatureScheme         // no common signature scheme
	WrongSignatureScheme      // signature scheme not allowed here
	BadSignature              // signature wrong
	BadFinished               // Finished wrong
	NoCertificate             // server sent no certificate
	CertificateMissing        // client sent no certificate
	CertificateMissing12      // client sent no certificate
	CertificateMalformed      // certificate does not parse
	CertificateChainTooLong   // certificate chain too long
	CertificateKeyUnsupported // certificate key of an unsupported kind
	CertificateKeyTooLarge    // certificate key too large
	CertificateKeyUsage       // certificate key not usable here
	CertificateNameMismatch   // certificate is for another name
	CertificateHasExpired     // certificate expired or not yet valid
	CertificateUnknownIssuer  // certificate's issuer unknown
	CertificateRefused        // certificate refused
	CertificateInvalid        // certificate invalid
	WrongCertificateType      // certificate does not fit the cipher suite
	CertificateChanged        // certificate changed
	BadRequestContext         // certificate_request_context not empty
	BadStatusResponse         // certificate status response invalid
	NoCredential              // no credential for this client
	AccessRefused             // refused by the application

	// TLS 1.2.
	RenegotiationRefused         // renegotiation refused
	RenegotiationInfoMismatch    // renegotiation_info wrong
	RenegotiationInfoMissing     // renegotiation_info missing
	ExtendedMainSecretMissing    // extended_master_secret missing
	ExtendedMainSecretMismatch   // extended_master_secret differs from the session's
	BadECPoint                   // key exchange point invalid
	UnsupportedCurveType         // curve type is not named_curve
	PointFormatMissing           // uncompressed point format missing
	SessionCipherMismatch        // resumed session under another cipher suite
	SessionVersionMismatch       // resumed session under another version
	UnsupportedCertificateType12 // no acceptable certificate type
	BadCertificateCurve          // certificate key on a curve that was not offered

	// This side.
	SigningFailed // signing failed
	Internal      // internal error

	numReasons
)

// reasons is the one place where a refusal gets its alert.
var reasons = [numReasons]struct {
	name  string
	alert Alert
}{
	Unspecified: {"unspecified", InternalError},

	UnexpectedMessageType:   {"message not expected here", UnexpectedMessage},
	UnexpectedRecord:        {"record type not expected here", UnexpectedMessage},
	UnknownRecordType:       {"record type unknown", UnexpectedMessage},
	ExcessHandshakeData:     {"handshake data left over at a key change", UnexpectedMessage},
	InterleavedMessage:      {"another record type inside a handshake message", UnexpectedMessage},
	BadChangeCipherSpec:     {"change_cipher_spec malformed or misplaced", UnexpectedMessage},
	TooManyEmptyRecords:     {"too many empty records in a row", UnexpectedMessage},
	EmptyHandshakeRecord:    {"empty handshake record", UnexpectedMessage},
	TooManyWarnings:         {"too many warning alerts in a row", UnexpectedMessage},
	TooManyKeyUpdates:       {"too many key updates without data", UnexpectedMessage},
	TooManyTickets:          {"too many session tickets", UnexpectedMessage},
	TooMuchEarlyData:        {"more early data than allowed", UnexpectedMessage},
	TooMuchSkippedEarlyData: {"more rejected early data than allowed", UnexpectedMessage},
	RecordTooLong:           {"record longer than allowed", RecordOverflow},
	PlaintextTooLong:        {"plaintext longer than allowed", RecordOverflow},
	MessageTooLong:          {"handshake message longer than allowed", IllegalParameter},
	WrongRecordVersion:      {"record version wrong", ProtocolVersion},
	NotTLS:                  {"not a TLS record", ProtocolVersion},
	LooksLikeHTTP:           {"an HTTP request, not TLS", ProtocolVersion},
	LooksLikeProxy:          {"a proxy request, not TLS", ProtocolVersion},
	LooksLikeSSLv2:          {"an SSLv2 hello, refused by design", ProtocolVersion},
	DecryptionFailed:        {"record does not decrypt", BadRecordMAC},
	NoContentType:           {"inner plaintext without a content type", UnexpectedMessage},
	KeyLimitReached:         {"the limit of records under one key is reached", InternalError},
	BadAlert:                {"alert malformed", DecodeError},
	UnknownAlert:            {"alert unknown or of a wrong level", IllegalParameter},
	EmptyAlertRecord:        {"empty alert record", UnexpectedMessage},
	WrongOuterType:          {"protected record with a wrong type outside", UnexpectedMessage},
	WrongLevel:              {"handshake data at a wrong encryption level", UnexpectedMessage},
	TooMuchUnread:           {"more unread handshake data than allowed", UnexpectedMessage},
	PostHandshakeAuth:       {"CertificateRequest after the handshake", UnexpectedMessage},

	Malformed:                {"message malformed", DecodeError},
	MalformedExtension:       {"extension malformed", DecodeError},
	DuplicateExtension:       {"extension sent twice", DecodeError},
	MisplacedExtension:       {"extension not allowed in this message", IllegalParameter},
	UnsolicitedExtension:     {"extension that was not asked for", UnsupportedExtension},
	ForbiddenExtension:       {"extension not allowed here", UnsupportedExtension},
	MissingRequiredExtension: {"required extension missing", MissingExtension},
	PSKNotLast:               {"pre_shared_key is not the last extension", IllegalParameter},
	BadKeyUpdate:             {"KeyUpdate with an unknown request", IllegalParameter},
	BadRecordSizeLimit:       {"record_size_limit below the minimum", IllegalParameter},

	UnsupportedVersion:          {"no common version", ProtocolVersion},
	Downgrade:                   {"downgrade sentinel in the server's random", IllegalParameter},
	CompatibilityUnderQUIC:      {"middlebox compatibility under QUIC", UnexpectedMessage},
	Fallback:                    {"client fell back to an older version", InappropriateFallback},
	VersionChanged:              {"version differs from the one agreed", IllegalParameter},
	NoSharedCipher:              {"no common cipher suite", HandshakeFailure},
	WrongCipher:                 {"cipher suite that was not offered", IllegalParameter},
	UnknownCipher:               {"cipher suite unknown", IllegalParameter},
	BadCompression:              {"compression is not null", IllegalParameter},
	UnsupportedCompression:      {"server chose compression", IllegalParameter},
	CompressionNotNull:          {"legacy_compression_method is not null", DecodeError},
	SessionIDTooLong:            {"legacy_session_id too long", DecodeError},
	BadSessionIDEcho:            {"legacy_session_id_echo differs", IllegalParameter},
	NoSharedGroup:               {"no common group", HandshakeFailure},
	WrongGroup:                  {"group that was not offered", IllegalParameter},
	BadKeyShare:                 {"key share invalid", IllegalParameter},
	DuplicateKeyShare:           {"two key shares for one group", IllegalParameter},
	KeyShareNotListed:           {"key share for a group that is not in supported_groups", IllegalParameter},
	MissingKeyShare:             {"key share missing", MissingExtension},
	BadHelloRetryRequest:        {"HelloRetryRequest asks for nothing new", IllegalParameter},
	SecondHelloRetryRequest:     {"second HelloRetryRequest", UnexpectedMessage},
	RetryMismatch:               {"ServerHello contradicts the HelloRetryRequest", IllegalParameter},
	ClientHelloChanged:          {"second ClientHello differs where it must not", IllegalParameter},
	BadCookie:                   {"cookie wrong", IllegalParameter},
	NoApplicationProtocolShared: {"no common application protocol", NoApplicationProtocol},
	BadALPN:                     {"application protocol that was not offered", IllegalParameter},
	UnknownServerName:           {"server name unknown here", UnrecognizedName},
	VersionNotOffered:           {"version that was not offered", IllegalParameter},
	TooManyKeyShares:            {"too many key shares", IllegalParameter},
	BadServerName:               {"server name malformed", DecodeError},

	NoPSKMode:                {"psk_key_exchange_modes missing", MissingExtension},
	UnsupportedPSKMode:       {"no common PSK mode", HandshakeFailure},
	BinderCountMismatch:      {"binders and identities differ in number", IllegalParameter},
	BadBinder:                {"PSK binder wrong", DecryptError},
	PSKNotOffered:            {"server selected a PSK that was not offered", IllegalParameter},
	PSKHashMismatch:          {"suite's hash is not the PSK's", IllegalParameter},
	EarlyDataNotOffered:      {"server accepted early data that was not offered", UnsupportedExtension},
	EarlyDataWithoutFirstPSK: {"early data accepted without the first PSK", IllegalParameter},
	EarlyDataMismatch:        {"early data accepted under other parameters", IllegalParameter},
	EarlyDataCipherMismatch:  {"early data accepted under another cipher suite", IllegalParameter},
	EarlyDataALPNMismatch:    {"early data accepted under another application protocol", IllegalParameter},
	EarlyDataOnRetry:         {"early_data in the second ClientHello", IllegalParameter},
	EarlyDataVersionMismatch: {"early data was offered, and a version without it chosen", ProtocolVersion},
	BadTicket:                {"NewSessionTicket invalid", IllegalParameter},
	TicketEarlyDataUnderQUIC: {"NewSessionTicket with a limit of early data under QUIC", IllegalParameter},
	PSKWithoutKeyShare:       {"PSK selected without the key share that its mode wants", IllegalParameter},

	NoSignatureScheme:         {"no common signature scheme", HandshakeFailure},
	WrongSignatureScheme:      {"signature scheme not allowed here", IllegalParameter},
	BadSignature:              {"signature wrong", DecryptError},
	BadFinished:               {"Finished wrong", DecryptError},
	NoCertificate:             {"server sent no certificate", DecodeError},
	CertificateMissing:        {"client sent no certificate", CertificateRequired},
	CertificateMissing12:      {"client sent no certificate in TLS 1.2", HandshakeFailure},
	CertificateMalformed:      {"certificate does not parse", DecodeError},
	CertificateChainTooLong:   {"certificate chain too long", BadCertificate},
	CertificateKeyUnsupported: {"certificate key of an unsupported kind", UnsupportedCertificate},
	CertificateKeyTooLarge:    {"certificate key too large", BadCertificate},
	CertificateKeyUsage:       {"certificate key not usable here", UnsupportedCertificate},
	CertificateNameMismatch:   {"certificate is for another name", BadCertificate},
	CertificateHasExpired:     {"certificate expired or not yet valid", CertificateExpired},
	CertificateUnknownIssuer:  {"certificate's issuer unknown", UnknownCA},
	CertificateRefused:        {"certificate refused", CertificateUnknown},
	CertificateInvalid:        {"certificate invalid", BadCertificate},
	WrongCertificateType:      {"certificate does not fit the cipher suite", HandshakeFailure},
	CertificateChanged:        {"certificate changed", IllegalParameter},
	BadRequestContext:         {"certificate_request_context not empty", IllegalParameter},
	BadStatusResponse:         {"certificate status response invalid", BadCertificateStatusResponse},
	NoCredential:              {"no credential for this client", HandshakeFailure},
	AccessRefused:             {"refused by the application", AccessDenied},

	RenegotiationRefused:         {"renegotiation refused", NoRenegotiation},
	RenegotiationInfoMismatch:    {"renegotiation_info wrong", HandshakeFailure},
	RenegotiationInfoMissing:     {"renegotiation_info missing", HandshakeFailure},
	ExtendedMainSecretMissing:    {"extended_master_secret missing", HandshakeFailure},
	ExtendedMainSecretMismatch:   {"extended_master_secret differs from the session's", HandshakeFailure},
	BadECPoint:                   {"key exchange point invalid", IllegalParameter},
	UnsupportedCurveType:         {"curve type is not named_curve", IllegalParameter},
	PointFormatMissing:           {"uncompressed point format missing", IllegalParameter},
	SessionCipherMismatch:        {"resumed session under another cipher suite", IllegalParameter},
	SessionVersionMismatch:       {"resumed session under another version", IllegalParameter},
	UnsupportedCertificateType12: {"no acceptable certificate type", HandshakeFailure},
	BadCertificateCurve:          {"certificate key on a curve that was not offered", IllegalParameter},

	SigningFailed: {"signing failed", InternalError},
	Internal:      {"internal error", InternalError},
}

// Alert is what the peer is told of the reason.
func (r Reason) Alert() Alert {
	if int(r) < len(reasons) {
		return reasons[r].alert
	}
	return InternalError
}

// String says in a few words what was wrong.
func (r Reason) String() string {
	if int(r) < len(reasons) {
		return reasons[r].name
	}
	return "reason(" + strconv.Itoa(int(r)) + ")"
}

// ReasonNamed is the reason whose String is name, or Unspecified: names stay
// when numbers move.
func ReasonNamed(name string) Reason {
	for r := range reasons {
		if reasons[r].name == name {
			return Reason(r)
		}
	}
	return Unspecified
}

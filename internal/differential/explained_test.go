package differential

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// explanation is a difference between the engine and crypto/tls that is meant.
// It is about what crypto/tls does where the engine refuses for a reason, or
// goes on.
type explanation struct {
	reasons []tlsengine.Reason // the engine's; none: it goes on
	theirs  string             // a regular expression for crypto/tls: what it does, and its error
	why     string             // who is right, and by which section
}

// explanations are of cases with one edit; the first that fits counts.
var explanations = []explanation{
	{anything, `protocol_version.*received record with version`,
		"legacy_record_version is to be ignored: RFC 9846, Section 5.1"},

	// Both refuse, and say so with other alerts.
	{reasons(alert.BadFinished), `handshake_failure.*Finished message`,
		"a wrong Finished is decrypt_error: RFC 9846, Section 4.5.3; crypto/tls says handshake_failure in TLS 1.2"},
	{reasons(alert.BadSignature), `illegal_parameter.*(invalid signature|invalid ServerKeyExchange)`,
		"a wrong signature is decrypt_error: RFC 9846, Section 4.5.2, and Section 6.2"},
	{reasons(alert.Malformed), `illegal_parameter.*(invalid (Client|Server)KeyExchange|illegal compression|uncompressed connections)`,
		"what does not parse is decode_error: RFC 9846, Section 6"},
	{reasons(alert.MalformedExtension, alert.MissingKeyShare, alert.KeyShareNotListed), `illegal_parameter.*(key share|unsupported group)|no key exchanges|is refused|goes on`,
		"a missing key_share is missing_extension, Section 9.2, a malformed one decode_error, Section 6, one not listed illegal_parameter, Section 4.3.8: RFC 9846"},
	{reasons(alert.VersionNotOffered), `protocol_version.*unsupported protocol version`,
		"a version in supported_versions that was not offered is illegal_parameter: RFC 9846, Section 4.3.1"},
	{reasons(alert.UnsupportedVersion), `(illegal_parameter.*legacy version|missing_extension.*legacy version field|decode_error)`,
		"who has no version in common says protocol_version, whatever else there is: RFC 9846, Section 4.3.1"},
	{reasons(alert.BadALPN), `(no_application_protocol|unsupported_extension).*unadvertised`,
		"no_application_protocol is the server's: RFC 7301, Section 3.2"},
	{reasons(alert.SessionIDTooLong), `illegal_parameter.*session ID|unexpected_message|unsupported versions|no key exchanges`,
		"a legacy_session_id of more than 32 bytes does not parse, decode_error, whatever else there is: RFC 9846, Section 6"},
	{reasons(alert.CertificateUnknownIssuer), `bad_certificate.*unknown authority`,
		"a certificate that no root has signed is unknown_ca, one with a wrong signature bad_certificate, RFC 9846, Section 6.2; crypto/x509 does not tell which"},
	{reasons(alert.CertificateHasExpired), `bad_certificate.*expired`,
		"a certificate that is over is certificate_expired: RFC 9846, Section 6.2"},
	{reasons(alert.CertificateKeyUnsupported, alert.BadSignature, alert.BadECPoint), `(bad_certificate|unknown_ca).*failed to verify certificate`,
		"a damaged certificate: the engine looks at the signature that it is for before it verifies the chain"},
	{reasons(alert.CertificateRefused), `bad_certificate.*unhandled critical extension`,
		"a certificate that is not taken for a reason of its own is certificate_unknown: RFC 9846, Section 6.2"},
	{reasons(alert.PointFormatMissing), `(without an alert|missing_extension).*incompatible point formats`,
		"ec_point_formats without uncompressed is illegal_parameter: RFC 8422, Sections 5.1 and 5.2"},
	{reasons(alert.PSKNotLast), `decode_error`,
		"pre_shared_key before another extension is illegal_parameter: RFC 9846, Section 4.3.11"},
	{reasons(alert.VersionChanged), `missing_extension|decode_error`,
		"a ServerHello of TLS 1.2 behind a HelloRetryRequest is illegal_parameter: RFC 9846, Section 4.2.4"},
	{reasons(alert.WrongCipher, alert.SessionVersionMismatch, alert.SessionCipherMismatch), `handshake_failure.*unconfigured cipher suite`,
		"a suite or version that was not offered is illegal_parameter: RFC 9846, Section 4.2.3"},
	{reasons(alert.BadServerName), `illegal_parameter.*illegally modified`,
		"two faults, a name that is none and one that has changed: found in another order"},

	// Order of messages.
	{reasons(alert.UnexpectedMessageType, alert.PostHandshakeAuth, alert.ExcessHandshakeData, alert.UnexpectedRecord, alert.InterleavedMessage),
		`decode_error|internal_error.*(missing|exceeds maximum)|unexpected message`,
		"a message that is not expected is unexpected_message before it is parsed: RFC 9846, Section 4"},
	{reasons(alert.MessageTooLong), `internal_error.*exceeds maximum|unexpected_message`,
		"a message of a length that is not taken; internal_error is for what the peer has no part in: RFC 9846, Section 6.2"},
	{reasons(alert.Malformed), `protocol_version.*selected`,
		"what does not parse is decode_error, whatever else there is: RFC 9846, Section 6"},
	{reasons(alert.ExcessHandshakeData), `is refused|is done, and then refuses|illegal_parameter`,
		"a message must not go on over a change of keys, and a flight ends with its last message: RFC 9846, Section 5.1"},

	// Records.
	{reasons(alert.UnexpectedRecord, alert.UnknownRecordType, alert.BadChangeCipherSpec, alert.WrongRecordVersion, alert.NotTLS, alert.InterleavedMessage,
		alert.UnexpectedMessageType, alert.Malformed, alert.MessageTooLong, alert.TooManyEmptyRecords), `without an alert.*first record`,
		"crypto/tls sends no alert when the first record is not a handshake record or an alert"},
	{reasons(alert.BadChangeCipherSpec), `decode_error`,
		"change_cipher_spec with another value, or where it must not be, is unexpected_message: RFC 9846, Section 5"},
	{reasons(alert.UnexpectedRecord, alert.UnknownRecordType, alert.EmptyAlertRecord, alert.BadAlert, alert.TooManyWarnings), `bad_record_mac`,
		"a record of a type that must not be is unexpected_message: RFC 9846, Section 5; crypto/tls tries to open it first"},
	{reasons(alert.BadAlert), `is refused`,
		"a warning of TLS 1.3 other than user_canceled: crypto/tls is right by the letter, it is an error whatever its level, RFC 9846, Section 6; BoringSSL's tests want decode_error, and it is over with both"},
	{reasons(alert.BadAlert, alert.UnknownAlert), `unexpected_message`,
		"an alert of another length than 2 does not parse, decode_error, RFC 9846, Section 6; of another level illegal_parameter"},
	{reasons(alert.RecordTooLong), `goes on`,
		"a record that is too long is refused by its header, and not waited for: RFC 9846, Section 5.1"},
	{reasons(alert.UnexpectedRecord, alert.UnknownRecordType), `goes on: $|is refused`,
		"a record of a type that must not be is refused by its header, and not waited for; change_cipher_spec behind Finished too: RFC 9846, Section 5"},
	{reasons(alert.WrongRecordVersion, alert.NotTLS), `goes on|is refused|handshake_failure`,
		"a record version with a major part other than 3 is no TLS; crypto/tls is right by the letter: legacy_record_version is to be ignored, RFC 9846, Section 5.1"},
	{reasons(alert.TooManyWarnings), `goes on|is refused`,
		"32 warnings in a row are enough, of which crypto/tls counts fewer kinds"},

	// What crypto/tls does not look at.
	{reasons(alert.DuplicateExtension), `goes on|is refused`,
		"there must not be more than one extension of a type in a block: RFC 9846, Section 4.3"},
	{reasons(alert.UnsolicitedExtension, alert.MisplacedExtension), `.*`,
		"an extension that was not offered is unsupported_extension, one in a wrong message illegal_parameter: RFC 9846, Section 4.3; crypto/tls passes over those that it does not use"},
	{reasons(alert.ForbiddenExtension), `goes on|is refused`,
		"quic_transport_parameters outside QUIC is unsupported_extension: RFC 9001, Section 8.2"},
	{reasons(alert.MissingRequiredExtension, alert.MissingKeyShare), `goes on|is refused|handshake_failure|decode_error|illegal_parameter`,
		"supported_groups goes with key_share, and CertificateRequest has signature_algorithms, else missing_extension: RFC 9846, Sections 9.2 and 4.4.2"},
	{reasons(alert.ClientHelloChanged), `goes on|is refused|unsupported_extension|decode_error|no_application_protocol`,
		"the second ClientHello is the first with the changes that are listed: RFC 9846, Section 4.2.2"},
	{reasons(alert.BadServerName), `goes on|is refused`,
		"a HostName is a name of DNS in ASCII: RFC 6066, Section 3"},
	{reasons(alert.NoApplicationProtocolShared), `goes on|is refused|invalid signature`,
		"no common protocol is no_application_protocol: RFC 7301, Section 3.2; crypto/tls lets clients of http/1.1 by at servers of h2"},
	{reasons(alert.SessionIDTooLong), `goes on|is refused|bad_record_mac`,
		"a legacy_session_id is of at most 32 bytes: RFC 9846, Section 4.2.2"},
	{reasons(alert.NoCredential), `goes on|is refused`,
		"an ECDSA certificate must be on a curve that the client takes: RFC 8422, Section 5.1; crypto/tls leaves it to the client, which refuses"},

	// Two faults of one hello, one of which is looked at first.
	{reasons(alert.NoCredential, alert.NoSharedGroup, alert.NoSharedCipher, alert.NoSignatureScheme, alert.NoApplicationProtocolShared, alert.MalformedExtension,
		alert.UnsupportedVersion, alert.ForbiddenExtension, alert.CertificateMissing, alert.CertificateMissing12,
		alert.BadServerName, alert.WrongRecordVersion, alert.TooManyWarnings),
		`certificate_required|no_application_protocol|invalid client key share|bad_record_mac|offered only unsupported versions|handshake_failure|decode_error|unexpected_message|invalid encrypted_client_hello`,
		"nothing in common, twice over, or with another fault behind it: looked at in another order"},

	// The engine goes on.
	{nil, `decode_error.*error decoding message`,
		"extensions that the version has no use for are not read, as those that are not known: RFC 9846, Section 4.3; crypto/tls reads all that it knows"},
	{nil, `(decode_error|illegal_parameter).*encrypted_client_hello`,
		"encrypted_client_hello is not known here, and is passed over: RFC 9846, Section 4.3"},
	{nil, `illegal_parameter.*invalid lifetime`,
		"a ticket that is to live too long is kept for seven days: RFC 9846, Section 4.7.1 tells servers, and clients how long they may"},
	{nil, `without an alert.*first record`,
		"change_cipher_spec may come at any time behind the ClientHello: RFC 9846, Section 5"},
	{nil, `unexpected_message.*: unexpected message`,
		"of a handshake message there is only a part yet"},
	{reasons(alert.CertificateMissing, alert.CertificateMissing12), `bad_record_mac`,
		"a client that could make nothing of the ServerHello says so in the clear: RFC 9846, Appendix A.1"},
	{nil, `bad_record_mac`,
		"a client that could make nothing of the ServerHello says so in the clear: RFC 9846, Appendix A.1"},
	{nil, `unexpected_message.*too many ignored records`,
		"crypto/tls takes 16 records without content in a row, the engine 32"},
}

// anything is whatever the engine does.
var anything = []tlsengine.Reason{}

func reasons(list ...tlsengine.Reason) []tlsengine.Reason { return list }

// fits reports whether the explanation is about what the engine did.
func (e *explanation) fits(ours *report) bool {
	switch {
	case e.reasons == nil:
		return !ours.refused
	case len(e.reasons) == 0:
		return true
	}
	return ours.refused && slices.Contains(e.reasons, ours.reason)
}

// compiled are the regular expressions that were needed.
var compiled = map[string]*regexp.Regexp{}

func expression(text string) *regexp.Regexp {
	if compiled[text] == nil {
		compiled[text] = regexp.MustCompile(text)
	}
	return compiled[text]
}

// explain names the difference between two outcomes, or is empty.
func explain(s *setup, ours, theirs *report) string {
	if len(s.edits) > 1 && ours.refused && theirs.refused && ours.done == theirs.done {
		return "two edits: one is found before the other"
	}
	text := fmt.Sprint(theirs.outcome, ": ", theirs.why)
	for _, e := range explanations {
		if e.fits(ours) && expression(e.theirs).MatchString(text) {
			return e.why
		}
	}
	return ""
}

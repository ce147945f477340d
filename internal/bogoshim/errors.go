package main

import (
	"errors"
	"fmt"
	"strings"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// Refusals of the shim's own, through the questions.
const (
	verifyFailed     = ":CERTIFICATE_VERIFY_FAILED:"
	noMatchingIssuer = ":NO_MATCHING_ISSUER:"

	noSharedCipher         = ":NO_SHARED_CIPHER:"
	unknownCertificateType = ":UNKNOWN_CERTIFICATE_TYPE:"
)

// names are BoringSSL's names of the engine's reasons: the one table. Where
// BoringSSL divides a reason further, rows with the words of the detail come
// first. What it reports as two errors on its stack are two names here.
var names = []struct {
	reason alert.Reason
	detail string
	name   string
}{
	{alert.EarlyDataVersionMismatch, "", "WRONG_VERSION_ON_EARLY_DATA"},
	{alert.SessionIDTooLong, "ServerHello", "DECODE_ERROR"},
	{alert.MisplacedExtension, "does not belong in EncryptedExtensions", "ERROR_PARSING_EXTENSION"},
	{alert.NoCertificate, "TLS 1.2", "DECODE_ERROR"},
	{alert.WrongLevel, "", "WRONG_ENCRYPTION_LEVEL_RECEIVED"},
	{alert.CompatibilityUnderQUIC, "", "UNEXPECTED_COMPATIBILITY_MODE"},
	{alert.MalformedExtension, "in ServerHello is not empty", "ERROR_PARSING_EXTENSION"},
	{alert.VersionNotOffered, "TLS 1.2,", "UNEXPECTED_EXTENSION"},
	{alert.NoSharedGroup, "the curve of", "WRONG_CURVE"},
	{alert.NoSharedGroup, "TLS 1.2", "NO_SHARED_CIPHER"},
	{alert.RenegotiationInfoMissing, "", "UNSAFE_LEGACY_RENEGOTIATION_DISABLED"},
	{alert.UnsupportedCertificateType12, "", "UNKNOWN_CERTIFICATE_TYPE"},
	{alert.BadCertificateCurve, "", "BAD_ECC_CERT"},
	{alert.SessionCipherMismatch, "", "OLD_SESSION_CIPHER_NOT_RETURNED"},
	{alert.SessionVersionMismatch, "", "OLD_SESSION_VERSION_NOT_RETURNED"},
	{alert.Fallback, "", "INAPPROPRIATE_FALLBACK"},
	{alert.ExtendedMainSecretMismatch, "adds", "RESUMED_NON_EMS_SESSION_WITH_EMS_EXTENSION"},
	{alert.ExtendedMainSecretMismatch, "", "RESUMED_EMS_SESSION_WITHOUT_EMS_EXTENSION"},
	{alert.PSKWithoutKeyShare, "", "MISSING_KEY_SHARE"},
	{alert.PointFormatMissing, "", "ERROR_PARSING_EXTENSION"},
	{alert.WrongCertificateType, "", "WRONG_CERTIFICATE_TYPE"},
	{alert.MalformedExtension, "pre_shared_key", "DECODE_ERROR"},
	{alert.MalformedExtension, "status_request", "DECODE_ERROR"},
	{alert.MalformedExtension, "signature_algorithms", "DECODE_ERROR"},
	{alert.MalformedExtension, "cookie", "DECODE_ERROR"},
	{alert.MalformedExtension, "application_layer_protocol_negotiation", "PARSE_TLSEXT"},
	{alert.MissingRequiredExtension, "CertificateRequest", "DECODE_ERROR"},
	{alert.MissingRequiredExtension, "no supported_groups", "NO_SHARED_GROUP"},
	{alert.MissingRequiredExtension, "neither pre_shared_key", "NO_COMMON_SIGNATURE_ALGORITHMS"},
	{alert.UnsolicitedExtension, "ec_point_formats", "ERROR_PARSING_EXTENSION"},
	{alert.BadChangeCipherSpec, "protected", "UNEXPECTED_RECORD"},
	{alert.VersionChanged, "legacy_version", "DECODE_ERROR"},
	{alert.MalformedExtension, "key_share", "DECODE_ERROR"},
	{alert.Malformed, "ClientHello", "CLIENTHELLO_PARSE_FAILED"},
	{alert.Internal, "ALPN name", "INVALID_ALPN_PROTOCOL"},
	{alert.UnexpectedMessageType, "", "UNEXPECTED_MESSAGE"},
	{alert.UnexpectedRecord, "", "UNEXPECTED_RECORD"},
	{alert.UnknownRecordType, "", "UNEXPECTED_RECORD"},
	{alert.ExcessHandshakeData, "", "EXCESS_HANDSHAKE_DATA"},
	{alert.InterleavedMessage, "", "UNEXPECTED_RECORD"},
	{alert.BadChangeCipherSpec, "", "BAD_CHANGE_CIPHER_SPEC"},
	{alert.TooManyEmptyRecords, "", "TOO_MANY_EMPTY_FRAGMENTS"},
	{alert.TooManyWarnings, "", "TOO_MANY_WARNING_ALERTS"},
	{alert.TooManyKeyUpdates, "", "TOO_MANY_KEY_UPDATES"},
	{alert.TooMuchEarlyData, "", "TOO_MUCH_READ_EARLY_DATA"},
	{alert.TooMuchSkippedEarlyData, "", "TOO_MUCH_SKIPPED_EARLY_DATA"},
	{alert.RecordTooLong, "", "ENCRYPTED_LENGTH_TOO_LONG"},
	{alert.PlaintextTooLong, "", "DATA_LENGTH_TOO_LONG"},
	{alert.MessageTooLong, "", "EXCESSIVE_MESSAGE_SIZE"},
	{alert.WrongRecordVersion, "", "WRONG_VERSION_NUMBER"},
	{alert.NotTLS, "", "WRONG_VERSION_NUMBER"},
	{alert.LooksLikeHTTP, "", "HTTP_REQUEST"},
	{alert.LooksLikeProxy, "", "HTTPS_PROXY_REQUEST"},
	{alert.DecryptionFailed, "", "BAD_DECRYPT: :DECRYPTION_FAILED_OR_BAD_RECORD_MAC"},
	{alert.NoContentType, "", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"},
	{alert.WrongOuterType, "", "INVALID_OUTER_RECORD_TYPE"},
	{alert.BadAlert, "", "BAD_ALERT"},
	{alert.UnknownAlert, "", "UNKNOWN_ALERT_TYPE"},
	{alert.Malformed, "", "DECODE_ERROR"},
	{alert.MalformedExtension, "", "ERROR_PARSING_EXTENSION"},
	{alert.DuplicateExtension, "", "DUPLICATE_EXTENSION"},
	{alert.MisplacedExtension, "", "UNEXPECTED_EXTENSION"},
	{alert.UnsolicitedExtension, "", "UNEXPECTED_EXTENSION"},
	{alert.ForbiddenExtension, "", "UNEXPECTED_EXTENSION"},
	{alert.MissingRequiredExtension, "", "MISSING_EXTENSION"},
	{alert.PSKNotLast, "", "PRE_SHARED_KEY_MUST_BE_LAST"},
	{alert.UnsupportedVersion, "", "UNSUPPORTED_PROTOCOL"},
	{alert.VersionNotOffered, "", "UNSUPPORTED_PROTOCOL"},
	{alert.Downgrade, "", "TLS13_DOWNGRADE"},
	{alert.VersionChanged, "", "SECOND_SERVERHELLO_VERSION_MISMATCH"},
	{alert.NoSharedCipher, "", "NO_SHARED_CIPHER"},
	{alert.WrongCipher, "", "WRONG_CIPHER_RETURNED"},
	{alert.BadCompression, "", "INVALID_COMPRESSION_LIST"},
	{alert.UnsupportedCompression, "", "UNSUPPORTED_COMPRESSION_ALGORITHM"},
	{alert.SessionIDTooLong, "", "CLIENTHELLO_PARSE_FAILED"},
	{alert.BadSessionIDEcho, "", "SERVER_ECHOED_INVALID_SESSION_ID"},
	{alert.NoSharedGroup, "", "NO_SHARED_GROUP"},
	{alert.WrongGroup, "", "WRONG_CURVE"},
	{alert.BadKeyShare, "", "BAD_ECPOINT"},
	{alert.DuplicateKeyShare, "", "DUPLICATE_KEY_SHARE"},
	{alert.MissingKeyShare, "", "MISSING_KEY_SHARE"},
	{alert.BadHelloRetryRequest, "", "EMPTY_HELLO_RETRY_REQUEST"},
	{alert.SecondHelloRetryRequest, "", "UNEXPECTED_MESSAGE"},
	{alert.RetryMismatch, "", "WRONG_CIPHER_RETURNED"},
	{alert.NoApplicationProtocolShared, "", "NO_APPLICATION_PROTOCOL"},
	{alert.BadALPN, "", "INVALID_ALPN_PROTOCOL"},
	{alert.BadServerName, "", "CLIENTHELLO_TLSEXT"},
	{alert.NoPSKMode, "", "MISSING_EXTENSION"},
	{alert.BinderCountMismatch, "", "PSK_IDENTITY_BINDER_COUNT_MISMATCH"},
	{alert.BadBinder, "", "DIGEST_CHECK_FAILED"},
	{alert.PSKNotOffered, "", "PSK_IDENTITY_NOT_FOUND"},
	{alert.PSKHashMismatch, "", "OLD_SESSION_PRF_HASH_MISMATCH"},
	{alert.EarlyDataNotOffered, "", "UNEXPECTED_EXTENSION"},
	{alert.EarlyDataCipherMismatch, "", "CIPHER_MISMATCH_ON_EARLY_DATA"},
	{alert.EarlyDataALPNMismatch, "", "ALPN_MISMATCH_ON_EARLY_DATA"},
	{alert.NoSignatureScheme, "", "NO_COMMON_SIGNATURE_ALGORITHMS"},
	{alert.WrongSignatureScheme, "", "WRONG_SIGNATURE_TYPE"},
	{alert.BadSignature, "", "BAD_SIGNATURE"},
	{alert.BadFinished, "", "DIGEST_CHECK_FAILED"},
	{alert.NoCertificate, "", "PEER_DID_NOT_RETURN_A_CERTIFICATE"},
	{alert.CertificateMissing, "", "PEER_DID_NOT_RETURN_A_CERTIFICATE"},
	{alert.CertificateMissing12, "", "PEER_DID_NOT_RETURN_A_CERTIFICATE"},
	{alert.CertificateMalformed, "", "CANNOT_PARSE_LEAF_CERT"},
	{alert.CertificateKeyUsage, "", "KEY_USAGE_BIT_INCORRECT"},
	{alert.BadRequestContext, "", "DECODE_ERROR"},
	{alert.NoCredential, "", "NO_CERTIFICATE_SET"},
	{alert.RenegotiationRefused, "", "NO_RENEGOTIATION"},
	{alert.RenegotiationInfoMismatch, "", "RENEGOTIATION_MISMATCH"},
	{alert.BadECPoint, "", "BAD_ECPOINT"},
	{alert.BadKeyUpdate, "", "DECODE_ERROR"},
	{alert.CompressionNotNull, "", "DECODE_ERROR"},
	{alert.CertificateKeyUnsupported, "", "UNSUPPORTED_ALGORITHM"},
	{alert.EarlyDataWithoutFirstPSK, "", "UNEXPECTED_EXTENSION"},
	{alert.CertificateKeyTooLarge, "", "UNSUPPORTED_ALGORITHM"},
}

// describe is an error in BoringSSL's words, followed by the engine's.
func describe(err error) string {
	var refused *tls.AlertError
	var peer *tls.PeerAlertError
	switch {
	case errors.As(err, &refused):
		return nameOf(refused) + err.Error()
	case err.Error() == "a QUIC client needs ALPN":
		return ":NO_APPLICATION_PROTOCOL: " + err.Error()
	case errors.Is(err, tls.ErrHandshakeNotDone):
		return ":HANDSHAKE_NOT_COMPLETE: " + err.Error()
	case errors.As(err, &peer):
		if name, ok := peerNames[peer.Alert]; ok {
			return ":" + name + ": " + err.Error()
		}
	}
	return err.Error()
}

func nameOf(refused *tls.AlertError) string {
	text := refused.Error()
	for _, row := range names {
		if row.reason == refused.Reason && strings.Contains(text, row.detail) {
			return ":" + row.name + ": "
		}
	}
	return ""
}

// peerNames are BoringSSL's names of alerts that the peer sent.
var peerNames = map[tls.Alert]string{
	alert.UnexpectedMessage:    "SSLV3_ALERT_UNEXPECTED_MESSAGE",
	alert.BadRecordMAC:         "SSLV3_ALERT_BAD_RECORD_MAC",
	alert.RecordOverflow:       "TLSV1_ALERT_RECORD_OVERFLOW",
	alert.DecompressionFailure: "SSLV3_ALERT_DECOMPRESSION_FAILURE",
	alert.HandshakeFailure:     "SSLV3_ALERT_HANDSHAKE_FAILURE",
	alert.AccessDenied:         "TLSV1_ALERT_ACCESS_DENIED",
	alert.DecodeError:          "TLSV1_ALERT_DECODE_ERROR",
	alert.ProtocolVersion:      "TLSV1_ALERT_PROTOCOL_VERSION",
	alert.InternalError:        "TLSV1_ALERT_INTERNAL_ERROR",
	alert.IllegalParameter:     "SSLV3_ALERT_ILLEGAL_PARAMETER",
}

// onClientHello is the error when it came as the answer to the ClientHello,
// for which BoringSSL has a name of its own.
func onClientHello(c *conn, err error) error {
	var peer *tls.PeerAlertError
	if errors.As(err, &peer) && peer.Alert == alert.HandshakeFailure && c.e.ConnectionState().Version == 0 {
		return fmt.Errorf(":HANDSHAKE_FAILURE_ON_CLIENT_HELLO: %v", err)
	}
	return err
}

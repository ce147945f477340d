package handshake

import (
	"strings"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// Place is a message that carries extensions, or a set of such messages. A
// HelloRetryRequest is a place of its own, and so is the ServerHello of TLS
// 1.2, which carries what EncryptedExtensions carries in TLS 1.3. There is one
// ClientHello: it serves both versions.
type Place uint8

// The places, named as in the table of RFC 9846, Section 4.3.
const (
	InCH   Place = 1 << iota // ClientHello
	InSH                     // ServerHello, TLS 1.3
	InHRR                    // HelloRetryRequest
	InEE                     // EncryptedExtensions
	InCR                     // CertificateRequest, TLS 1.3
	InCT                     // Certificate, TLS 1.3
	InNST                    // NewSessionTicket, TLS 1.3
	InSH12                   // ServerHello, TLS 1.2
)

var placeNames = [...]string{
	"ClientHello", "ServerHello", "HelloRetryRequest", "EncryptedExtensions",
	"CertificateRequest", "Certificate", "NewSessionTicket", "TLS 1.2 ServerHello",
}

// String names the message or messages.
func (p Place) String() string {
	var names []string
	for i, name := range placeNames {
		if p&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

type extensionRow struct {
	name  string
	legal Place
}

// lowExtensions is the table of RFC 9846, Section 4.3, with a last column for
// TLS 1.2, and with the extensions that only TLS 1.2 has. What that table has
// no more, because it is not recommended, is as in the registry.
var lowExtensions = [...]extensionRow{
	ExtServerName:                          {"server_name", InCH | InEE | InCR | InSH12},
	ExtMaxFragmentLength:                   {"max_fragment_length", InCH | InEE | InSH12},
	ExtStatusRequest:                       {"status_request", InCH | InCR | InCT | InSH12},
	ExtSupportedGroups:                     {"supported_groups", InCH | InEE | InSH12}, // some TLS 1.2 servers send it
	ExtECPointFormats:                      {"ec_point_formats", InCH | InSH12},
	ExtSignatureAlgorithms:                 {"signature_algorithms", InCH | InCR},
	ExtUseSRTP:                             {"use_srtp", InCH | InEE | InSH12},
	ExtHeartbeat:                           {"heartbeat", InCH | InEE | InSH12},
	ExtApplicationLayerProtocolNegotiation: {"application_layer_protocol_negotiation", InCH | InEE | InSH12},
	ExtStatusRequestV2:                     {"status_request_v2", InCH | InSH12},
	ExtSignedCertificateTimestamp:          {"signed_certificate_timestamp", InCH | InCR | InCT | InSH12},
	ExtClientCertificateType:               {"client_certificate_type", InCH | InEE | InSH12},
	ExtServerCertificateType:               {"server_certificate_type", InCH | InEE | InSH12},
	ExtPadding:                             {"padding", InCH},
	ExtEncryptThenMAC:                      {"encrypt_then_mac", InCH | InSH12},
	ExtExtendedMainSecret:                  {"extended_main_secret", InCH | InSH12},
	ExtTokenBinding:                        {"token_binding", InCH | InSH12},
	ExtCompressCertificate:                 {"compress_certificate", InCH | InCR},
	ExtRecordSizeLimit:                     {"record_size_limit", InCH | InEE | InSH12},
	ExtDelegatedCredential:                 {"delegated_credential", InCH | InCR | InCT},
	ExtSessionTicket:                       {"session_ticket", InCH | InSH12},
	ExtSupportedEKTCiphers:                 {"supported_ekt_ciphers", InCH | InEE | InSH12},
	ExtPreSharedKey:                        {"pre_shared_key", InCH | InSH},
	ExtEarlyData:                           {"early_data", InCH | InEE | InNST},
	ExtSupportedVersions:                   {"supported_versions", InCH | InSH | InHRR},
	ExtCookie:                              {"cookie", InCH | InHRR},
	ExtPSKKeyExchangeModes:                 {"psk_key_exchange_modes", InCH},
	ExtCertificateAuthorities:              {"certificate_authorities", InCH | InCR},
	ExtOIDFilters:                          {"oid_filters", InCR},
	ExtPostHandshakeAuth:                   {"post_handshake_auth", InCH},
	ExtSignatureAlgorithmsCert:             {"signature_algorithms_cert", InCH | InCR},
	ExtKeyShare:                            {"key_share", InCH | InSH | InHRR},
	ExtTransparencyInfo:                    {"transparency_info", InCH | InCR | InCT | InSH12},
	ExtExternalIDHash:                      {"external_id_hash", InCH | InEE | InSH12},
	ExtExternalSessionID:                   {"external_session_id", InCH | InEE | InSH12},
	ExtQUICTransportParameters:             {"quic_transport_parameters", InCH | InEE},
	ExtTicketRequest:                       {"ticket_request", InCH | InEE},
}

// row is the extension's line in the table; the zero row if it is unknown.
func (t ExtensionType) row() extensionRow {
	switch {
	case int(t) < len(lowExtensions):
		return lowExtensions[t]
	case t == ExtECHOuterExtensions:
		// Only inside an encrypted ClientHello: the outer one has no use for it.
		return extensionRow{"ech_outer_extensions", InCH}
	case t == ExtEncryptedClientHello:
		return extensionRow{"encrypted_client_hello", InCH | InHRR | InEE}
	case t == ExtRenegotiationInfo:
		return extensionRow{"renegotiation_info", InCH | InSH12}
	}
	return extensionRow{}
}

// LegalIn reports whether the extension may stand in that message. An unknown
// one may stand anywhere: it is ignored where the message asks, and was not
// asked for where the message answers.
func (t ExtensionType) LegalIn(p Place) bool {
	row := t.row()
	return row.name == "" || row.legal&p != 0
}

// Legal refuses known extensions that have no business in that message.
//
// "If an implementation receives an extension which it recognizes and which is
// not specified for the message in which it appears, it MUST abort the
// handshake with an "illegal_parameter" alert." RFC 9846, Section 4.3.
func (x Extensions) Legal(p Place) error {
	for t := range x.All() {
		if !t.LegalIn(p) {
			return alert.MisplacedExtension.Errorf("%v does not belong in %v, only in %v", t, p, t.row().legal)
		}
	}
	return nil
}

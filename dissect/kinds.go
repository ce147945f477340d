package dissect

import "strings"

// Kind says what a field is: a key into the table below. Kinds are stable.
type Kind string

// Unparsed is the kind of a leaf whose bytes could not be parsed.
const Unparsed Kind = "unparsed"

// lengthSuffix marks the kind of the length field of a vector: that of
// "ext.cookie.cookie" is "ext.cookie.cookie.length".
const lengthSuffix = ".length"

// Info is what there is to say of a kind.
type Info struct {
	Label   string // a few words
	Meaning string // one or two sentences for a reader new to TLS
	Ref     string // where the standard says so
	WS      string // Wireshark's name of the field, or ""
	Note    string // what belongs behind the value of a hello of TLS 1.3, or in place of it, with its punctuation
}

// Info looks the kind up. A kind that is not in the table has itself as label.
func (k Kind) Info() Info {
	if info, ok := kinds[k]; ok {
		return info
	}
	if base, ok := strings.CutSuffix(string(k), lengthSuffix); ok {
		if info, ok := kinds[Kind(base)]; ok {
			return Info{Label: info.Label + " length", Meaning: "How many bytes follow.", Ref: info.Ref, WS: lengthWS[Kind(base)]}
		}
	}
	return Info{Label: string(k)}
}

// Kinds returns the whole table, in a fresh map; the kinds of length fields
// that [Kind.Info] derives are not in it.
func Kinds() map[Kind]Info {
	all := make(map[Kind]Info, len(kinds))
	for k, info := range kinds {
		all[k] = info
	}
	return all
}

// lengthWS are Wireshark's names of length fields.
var lengthWS = map[Kind]string{
	"ch.session_id": "tls.handshake.session_id_length", "sh.session_id": "tls.handshake.session_id_length",
	"ch.cipher_suites": "tls.handshake.cipher_suites_length", "ch.compression_methods": "tls.handshake.comp_methods_length",
	"exts":             "tls.handshake.extensions_length",
	"ext.server_names": "tls.handshake.extensions_server_name_list_len", "ext.server_name.name": "tls.handshake.extensions_server_name_len",
	"ext.groups": "tls.handshake.extensions_supported_groups_length", "ext.point_formats": "tls.handshake.extensions_ec_point_formats_length",
	"ext.srp.name": "tls.handshake.extensions_srp_len", "ext.protocols": "tls.handshake.extensions_alpn_len",
	"ext.protocol": "tls.handshake.extensions_alpn_str_len", "ext.versions": "tls.handshake.extensions.supported_versions_len",
	"ext.cookie.cookie": "tls.handshake.extensions.cookie_len", "ext.psk_modes": "tls.extension.psk_ke_modes_length",
	"ext.key_shares":     "tls.handshake.extensions_key_share_client_length",
	"ext.psk.identities": "tls.handshake.extensions.psk.identities.length", "ext.psk.identity": "tls.handshake.extensions.psk.identity.identity_length",
	"ext.psk.binders": "tls.handshake.extensions.psk.binders_len", "ext.renegotiation_info.data": "tls.handshake.extensions_reneg_info_len",
	"ext.schemes": "tls.handshake.sig_hash_alg_len", "ext.compressions": "tls.compress_certificate.algorithms_length",
	"ext.oid_filter_list": "tls.extension.oid_filters_length", "ext.oid_filter.oid": "tls.extension.oid_filters.oid_length",
	"ext.oid_filter.values": "tls.extension.oid_filters.values_length", "ext.connection_id.cid": "tls.connection_id_length",
	"ext.certificate_types": "tls.handshake.cert_type.types_len",
	"cert.context":          "tls.handshake.certificate_request_context_length", "cert.list": "tls.handshake.certificates_length",
	"cert.data": "tls.handshake.certificate_length", "cert.compressed": "tls.compress_certificate.compressed_certificate_message.length",
	"cr.types": "tls.handshake.cert_types_count", "cr.authorities": "tls.handshake.dnames_len", "dn": "tls.handshake.dname_len", "ext.authorities": "tls.handshake.dnames_len",
	"cv.signature": "tls.handshake.sig_len", "ske.signature": "tls.handshake.sig_len", "dc.signature": "tls.handshake.cred.signature_len",
	"ske.public": "tls.handshake.server_point_len", "ske.dh_p": "tls.handshake.p_len", "ske.dh_g": "tls.handshake.g_len", "ske.dh_Ys": "tls.handshake.ys_len",
	"ske.rsa_modulus": "tls.handshake.modulus_len", "ske.rsa_exponent": "tls.handshake.exponent_len", "ske.identity_hint": "tls.handshake.hint_len",
	"cke.ecdh_Yc": "tls.handshake.client_point_len", "cke.dh_Yc": "tls.handshake.yc_len", "cke.encrypted_secret": "tls.handshake.epms_len",
	"cke.identity": "tls.handshake.identity_len", "nst.nonce": "tls.handshake.session_ticket_nonce_length", "nst.ticket": "tls.handshake.session_ticket_length",
	"status.response": "tls.handshake.ocsp_response_len", "status.responses": "tls.handshake.ocsp_response_list_len",
	"status.responder_ids":      "tls.handshake.extensions_status_request_responder_ids_len",
	"status.request_extensions": "tls.handshake.extensions_status_request_exts_len", "status.requests": "tls.handshake.extensions_status_request_list_len",
	"status.request": "tls.handshake.extensions_status_request_len",
	"sct.list":       "tls.sct.scts_length", "sct": "tls.sct.sct_length", "sct.extensions": "tls.sct.sct_extensions_length", "sct.signature": "tls.sct.sct_signature_length",
	"npn.protocol": "tls.handshake.npn_selected_protocol_len", "npn.padding": "tls.handshake.npn_padding_len", "dc.public_key": "tls.handshake.cred.pubkey_len",
	"ssl2.ciphers": "tls.handshake.cipher_spec_len", "ssl2.session_id": "tls.handshake.session_id_length", "ssl2.challenge": "tls.handshake.challenge_length",
	"ssl2.connection_id": "tls.handshake.connection_id_length",
}

package registry

// Groups is IANA's registry of named groups: curves, finite fields and KEMs.
var Groups = &Table{Key: "group", Title: "TLS Supported Groups", Width: 2, grease: true, entries: []Entry{
	{ID: 0x0001, Name: "sect163k1", Ref: "RFC 8422"},
	{ID: 0x0002, Name: "sect163r1", Ref: "RFC 8422"},
	{ID: 0x0003, Name: "sect163r2", Ref: "RFC 8422"},
	{ID: 0x0004, Name: "sect193r1", Ref: "RFC 8422"},
	{ID: 0x0005, Name: "sect193r2", Ref: "RFC 8422"},
	{ID: 0x0006, Name: "sect233k1", Ref: "RFC 8422"},
	{ID: 0x0007, Name: "sect233r1", Ref: "RFC 8422"},
	{ID: 0x0008, Name: "sect239k1", Ref: "RFC 8422"},
	{ID: 0x0009, Name: "sect283k1", Ref: "RFC 8422"},
	{ID: 0x000A, Name: "sect283r1", Ref: "RFC 8422"},
	{ID: 0x000B, Name: "sect409k1", Ref: "RFC 8422"},
	{ID: 0x000C, Name: "sect409r1", Ref: "RFC 8422"},
	{ID: 0x000D, Name: "sect571k1", Ref: "RFC 8422"},
	{ID: 0x000E, Name: "sect571r1", Ref: "RFC 8422"},
	{ID: 0x000F, Name: "secp160k1", Ref: "RFC 8422"},
	{ID: 0x0010, Name: "secp160r1", Ref: "RFC 8422"},
	{ID: 0x0011, Name: "secp160r2", Ref: "RFC 8422"},
	{ID: 0x0012, Name: "secp192k1", Ref: "RFC 8422"},
	{ID: 0x0013, Name: "secp192r1", OpenSSL: "prime192v1", Ref: "RFC 8422"},
	{ID: 0x0014, Name: "secp224k1", Ref: "RFC 8422"},
	{ID: 0x0015, Name: "secp224r1", Ref: "RFC 8422"},
	{ID: 0x0016, Name: "secp256k1", Ref: "RFC 8422"},
	{ID: 0x0017, Name: "secp256r1", OpenSSL: "prime256v1", Ref: "RFC 9846"},
	{ID: 0x0018, Name: "secp384r1", Ref: "RFC 9846"},
	{ID: 0x0019, Name: "secp521r1", Ref: "RFC 9846"},
	{ID: 0x001A, Name: "brainpoolP256r1", Ref: "RFC 7027"},
	{ID: 0x001B, Name: "brainpoolP384r1", Ref: "RFC 7027"},
	{ID: 0x001C, Name: "brainpoolP512r1", Ref: "RFC 7027"},
	{ID: 0x001D, Name: "x25519", Ref: "RFC 9846"},
	{ID: 0x001E, Name: "x448", Ref: "RFC 9846"},
	{ID: 0x001F, Name: "brainpoolP256r1tls13", Ref: "RFC 8734"},
	{ID: 0x0020, Name: "brainpoolP384r1tls13", Ref: "RFC 8734"},
	{ID: 0x0021, Name: "brainpoolP512r1tls13", Ref: "RFC 8734"},
	{ID: 0x0022, Name: "GC256A", Ref: "RFC 9189"},
	{ID: 0x0023, Name: "GC256B", Ref: "RFC 9189"},
	{ID: 0x0024, Name: "GC256C", Ref: "RFC 9189"},
	{ID: 0x0025, Name: "GC256D", Ref: "RFC 9189"},
	{ID: 0x0026, Name: "GC512A", Ref: "RFC 9189"},
	{ID: 0x0027, Name: "GC512B", Ref: "RFC 9189"},
	{ID: 0x0028, Name: "GC512C", Ref: "RFC 9189"},
	{ID: 0x0029, Name: "curveSM2", Ref: "RFC 8998"},
	{ID: 0x0100, Name: "ffdhe2048", Ref: "RFC 7919"},
	{ID: 0x0101, Name: "ffdhe3072", Ref: "RFC 7919"},
	{ID: 0x0102, Name: "ffdhe4096", Ref: "RFC 7919"},
	{ID: 0x0103, Name: "ffdhe6144", Ref: "RFC 7919"},
	{ID: 0x0104, Name: "ffdhe8192", Ref: "RFC 7919"},
	{ID: 0x0200, Name: "MLKEM512", Ref: "draft-ietf-tls-mlkem"},
	{ID: 0x0201, Name: "MLKEM768", Ref: "draft-ietf-tls-mlkem"},
	{ID: 0x0202, Name: "MLKEM1024", Ref: "draft-ietf-tls-mlkem"},
	{ID: 0x11EB, Name: "SecP256r1MLKEM768", Ref: "draft-ietf-tls-ecdhe-mlkem"},
	{ID: 0x11EC, Name: "X25519MLKEM768", Ref: "draft-ietf-tls-ecdhe-mlkem"},
	{ID: 0x11ED, Name: "SecP384r1MLKEM1024", Ref: "draft-ietf-tls-ecdhe-mlkem"},
	{ID: 0x4138, Name: "CECPQ2", Ref: "never registered"},
	{ID: 0x6399, Name: "X25519Kyber768Draft00", Ref: "draft-tls-westerbaan-xyber768d00"},
	{ID: 0x639A, Name: "SecP256r1Kyber768Draft00", Ref: "draft-kwiatkowski-tls-ecdhe-kyber"},
	{ID: 0xFF01, Name: "arbitrary_explicit_prime_curves", Ref: "RFC 8422"},
	{ID: 0xFF02, Name: "arbitrary_explicit_char2_curves", Ref: "RFC 8422"},
}}

// SignatureSchemes is IANA's registry of signature schemes, with the pairs of
// hash and signature of RFC 5246 that TLS 1.2 still uses.
var SignatureSchemes = &Table{Key: "sigalg", Title: "TLS SignatureScheme", Width: 2, grease: true, entries: []Entry{
	{ID: 0x0101, Name: "rsa_pkcs1_md5", Ref: "RFC 5246"},
	{ID: 0x0201, Name: "rsa_pkcs1_sha1", OpenSSL: "RSA+SHA1", GnuTLS: "RSA-SHA1", Ref: "RFC 9846"},
	{ID: 0x0202, Name: "dsa_sha1", OpenSSL: "DSA+SHA1", GnuTLS: "DSA-SHA1", Ref: "RFC 5246"},
	{ID: 0x0203, Name: "ecdsa_sha1", OpenSSL: "ECDSA+SHA1", GnuTLS: "ECDSA-SHA1", Ref: "RFC 9846"},
	{ID: 0x0301, Name: "rsa_pkcs1_sha224", OpenSSL: "RSA+SHA224", GnuTLS: "RSA-SHA224", Ref: "RFC 5246"},
	{ID: 0x0302, Name: "dsa_sha224", OpenSSL: "DSA+SHA224", GnuTLS: "DSA-SHA224", Ref: "RFC 5246"},
	{ID: 0x0303, Name: "ecdsa_sha224", OpenSSL: "ECDSA+SHA224", GnuTLS: "ECDSA-SHA224", Ref: "RFC 5246"},
	{ID: 0x0401, Name: "rsa_pkcs1_sha256", OpenSSL: "RSA+SHA256", GnuTLS: "RSA-SHA256", Ref: "RFC 9846"},
	{ID: 0x0402, Name: "dsa_sha256", OpenSSL: "DSA+SHA256", GnuTLS: "DSA-SHA256", Ref: "RFC 5246"},
	{ID: 0x0403, Name: "ecdsa_secp256r1_sha256", OpenSSL: "ECDSA+SHA256", GnuTLS: "ECDSA-SECP256R1-SHA256", Ref: "RFC 9846"},
	{ID: 0x0420, Name: "rsa_pkcs1_sha256_legacy", Ref: "draft-ietf-tls-tls13-pkcs1"},
	{ID: 0x0501, Name: "rsa_pkcs1_sha384", OpenSSL: "RSA+SHA384", GnuTLS: "RSA-SHA384", Ref: "RFC 9846"},
	{ID: 0x0502, Name: "dsa_sha384", OpenSSL: "DSA+SHA384", GnuTLS: "DSA-SHA384", Ref: "RFC 5246"},
	{ID: 0x0503, Name: "ecdsa_secp384r1_sha384", OpenSSL: "ECDSA+SHA384", GnuTLS: "ECDSA-SECP384R1-SHA384", Ref: "RFC 9846"},
	{ID: 0x0520, Name: "rsa_pkcs1_sha384_legacy", Ref: "draft-ietf-tls-tls13-pkcs1"},
	{ID: 0x0601, Name: "rsa_pkcs1_sha512", OpenSSL: "RSA+SHA512", GnuTLS: "RSA-SHA512", Ref: "RFC 9846"},
	{ID: 0x0602, Name: "dsa_sha512", OpenSSL: "DSA+SHA512", GnuTLS: "DSA-SHA512", Ref: "RFC 5246"},
	{ID: 0x0603, Name: "ecdsa_secp521r1_sha512", OpenSSL: "ECDSA+SHA512", GnuTLS: "ECDSA-SECP521R1-SHA512", Ref: "RFC 9846"},
	{ID: 0x0620, Name: "rsa_pkcs1_sha512_legacy", Ref: "draft-ietf-tls-tls13-pkcs1"},
	{ID: 0x0704, Name: "eccsi_sha256", Ref: "draft-wang-tls-raw-public-key-with-ibc"},
	{ID: 0x0705, Name: "iso_ibs1", Ref: "draft-wang-tls-raw-public-key-with-ibc"},
	{ID: 0x0706, Name: "iso_ibs2", Ref: "draft-wang-tls-raw-public-key-with-ibc"},
	{ID: 0x0707, Name: "iso_chinese_ibs", Ref: "draft-wang-tls-raw-public-key-with-ibc"},
	{ID: 0x0708, Name: "sm2sig_sm3", Ref: "RFC 8998"},
	{ID: 0x0709, Name: "gostr34102012_256a", Ref: "RFC 9367"},
	{ID: 0x070A, Name: "gostr34102012_256b", Ref: "RFC 9367"},
	{ID: 0x070B, Name: "gostr34102012_256c", Ref: "RFC 9367"},
	{ID: 0x070C, Name: "gostr34102012_256d", Ref: "RFC 9367"},
	{ID: 0x070D, Name: "gostr34102012_512a", Ref: "RFC 9367"},
	{ID: 0x070E, Name: "gostr34102012_512b", Ref: "RFC 9367"},
	{ID: 0x070F, Name: "gostr34102012_512c", Ref: "RFC 9367"},
	{ID: 0x0804, Name: "rsa_pss_rsae_sha256", OpenSSL: "RSA-PSS+SHA256", GnuTLS: "RSA-PSS-RSAE-SHA256", Ref: "RFC 9846"},
	{ID: 0x0805, Name: "rsa_pss_rsae_sha384", OpenSSL: "RSA-PSS+SHA384", GnuTLS: "RSA-PSS-RSAE-SHA384", Ref: "RFC 9846"},
	{ID: 0x0806, Name: "rsa_pss_rsae_sha512", OpenSSL: "RSA-PSS+SHA512", GnuTLS: "RSA-PSS-RSAE-SHA512", Ref: "RFC 9846"},
	{ID: 0x0807, Name: "ed25519", GnuTLS: "EdDSA-Ed25519", Ref: "RFC 9846"},
	{ID: 0x0808, Name: "ed448", GnuTLS: "EdDSA-Ed448", Ref: "RFC 9846"},
	{ID: 0x0809, Name: "rsa_pss_pss_sha256", GnuTLS: "RSA-PSS-SHA256", Ref: "RFC 9846"},
	{ID: 0x080A, Name: "rsa_pss_pss_sha384", GnuTLS: "RSA-PSS-SHA384", Ref: "RFC 9846"},
	{ID: 0x080B, Name: "rsa_pss_pss_sha512", GnuTLS: "RSA-PSS-SHA512", Ref: "RFC 9846"},
	{ID: 0x081A, Name: "ecdsa_brainpoolP256r1tls13_sha256", Ref: "RFC 8734"},
	{ID: 0x081B, Name: "ecdsa_brainpoolP384r1tls13_sha384", Ref: "RFC 8734"},
	{ID: 0x081C, Name: "ecdsa_brainpoolP512r1tls13_sha512", Ref: "RFC 8734"},
	{ID: 0x0840, Name: "gostr34102012_256_intrinsic", Ref: "RFC 9189"},
	{ID: 0x0841, Name: "gostr34102012_512_intrinsic", Ref: "RFC 9189"},
	{ID: 0x0904, Name: "mldsa44", Ref: "draft-ietf-tls-mldsa"},
	{ID: 0x0905, Name: "mldsa65", Ref: "draft-ietf-tls-mldsa"},
	{ID: 0x0906, Name: "mldsa87", Ref: "draft-ietf-tls-mldsa"},
}}

// Extensions is IANA's registry of extensions, and the unregistered ones that
// browsers have sent.
var Extensions = &Table{Key: "ext", Title: "TLS ExtensionType Values", Width: 2, grease: true, entries: []Entry{
	{ID: 0x0000, Name: "server_name", Ref: "RFC 6066"},
	{ID: 0x0001, Name: "max_fragment_length", Ref: "RFC 6066"},
	{ID: 0x0002, Name: "client_certificate_url", Ref: "RFC 6066"},
	{ID: 0x0003, Name: "trusted_ca_keys", Ref: "RFC 6066"},
	{ID: 0x0004, Name: "truncated_hmac", Ref: "RFC 6066"},
	{ID: 0x0005, Name: "status_request", Ref: "RFC 6066"},
	{ID: 0x0006, Name: "user_mapping", Ref: "RFC 4681"},
	{ID: 0x0007, Name: "client_authz", Ref: "RFC 5878"},
	{ID: 0x0008, Name: "server_authz", Ref: "RFC 5878"},
	{ID: 0x0009, Name: "cert_type", Ref: "RFC 6091"},
	{ID: 0x000A, Name: "supported_groups", Ref: "RFC 9846"},
	{ID: 0x000B, Name: "ec_point_formats", Ref: "RFC 8422"},
	{ID: 0x000C, Name: "srp", Ref: "RFC 5054"},
	{ID: 0x000D, Name: "signature_algorithms", Ref: "RFC 9846"},
	{ID: 0x000E, Name: "use_srtp", Ref: "RFC 5764"},
	{ID: 0x000F, Name: "heartbeat", Ref: "RFC 6520"},
	{ID: 0x0010, Name: "application_layer_protocol_negotiation", Ref: "RFC 7301"},
	{ID: 0x0011, Name: "status_request_v2", Ref: "RFC 6961"},
	{ID: 0x0012, Name: "signed_certificate_timestamp", Ref: "RFC 6962"},
	{ID: 0x0013, Name: "client_certificate_type", Ref: "RFC 7250"},
	{ID: 0x0014, Name: "server_certificate_type", Ref: "RFC 7250"},
	{ID: 0x0015, Name: "padding", Ref: "RFC 7685"},
	{ID: 0x0016, Name: "encrypt_then_mac", Ref: "RFC 7366"},
	{ID: 0x0017, Name: "extended_master_secret", Ref: "RFC 7627"},
	{ID: 0x0018, Name: "token_binding", Ref: "RFC 8472"},
	{ID: 0x0019, Name: "cached_info", Ref: "RFC 7924"},
	{ID: 0x001A, Name: "tls_lts", Ref: "draft-gutmann-tls-lts"},
	{ID: 0x001B, Name: "compress_certificate", Ref: "RFC 8879"},
	{ID: 0x001C, Name: "record_size_limit", Ref: "RFC 8449"},
	{ID: 0x001D, Name: "pwd_protect", Ref: "RFC 8492"},
	{ID: 0x001E, Name: "pwd_clear", Ref: "RFC 8492"},
	{ID: 0x001F, Name: "password_salt", Ref: "RFC 8492"},
	{ID: 0x0020, Name: "ticket_pinning", Ref: "RFC 8672"},
	{ID: 0x0021, Name: "tls_cert_with_extern_psk", Ref: "RFC 8773"},
	{ID: 0x0022, Name: "delegated_credential", Ref: "RFC 9345"},
	{ID: 0x0023, Name: "session_ticket", Ref: "RFC 5077"},
	{ID: 0x0024, Name: "TLMSP", Ref: "ETSI TS 103 523-2"},
	{ID: 0x0025, Name: "TLMSP_proxying", Ref: "ETSI TS 103 523-2"},
	{ID: 0x0026, Name: "TLMSP_delegate", Ref: "ETSI TS 103 523-2"},
	{ID: 0x0027, Name: "supported_ekt_ciphers", Ref: "RFC 8870"},
	{ID: 0x0029, Name: "pre_shared_key", Ref: "RFC 9846"},
	{ID: 0x002A, Name: "early_data", Ref: "RFC 9846"},
	{ID: 0x002B, Name: "supported_versions", Ref: "RFC 9846"},
	{ID: 0x002C, Name: "cookie", Ref: "RFC 9846"},
	{ID: 0x002D, Name: "psk_key_exchange_modes", Ref: "RFC 9846"},
	{ID: 0x002F, Name: "certificate_authorities", Ref: "RFC 9846"},
	{ID: 0x0030, Name: "oid_filters", Ref: "RFC 9846"},
	{ID: 0x0031, Name: "post_handshake_auth", Ref: "RFC 9846"},
	{ID: 0x0032, Name: "signature_algorithms_cert", Ref: "RFC 9846"},
	{ID: 0x0033, Name: "key_share", Ref: "RFC 9846"},
	{ID: 0x0034, Name: "transparency_info", Ref: "RFC 9162"},
	{ID: 0x0035, Name: "connection_id_deprecated", Ref: "RFC 9146"},
	{ID: 0x0036, Name: "connection_id", Ref: "RFC 9146"},
	{ID: 0x0037, Name: "external_id_hash", Ref: "RFC 8844"},
	{ID: 0x0038, Name: "external_session_id", Ref: "RFC 8844"},
	{ID: 0x0039, Name: "quic_transport_parameters", Ref: "RFC 9001"},
	{ID: 0x003A, Name: "ticket_request", Ref: "RFC 9149"},
	{ID: 0x003B, Name: "dnssec_chain", Ref: "RFC 9102"},
	{ID: 0x003C, Name: "sequence_number_encryption_algorithms", Ref: "draft-pismenny-tls-dtls-plaintext-sequence-number"},
	{ID: 0x003D, Name: "rrc", Ref: "draft-ietf-tls-dtls-rrc"},
	{ID: 0x003E, Name: "tls_flags", Ref: "draft-ietf-tls-tlsflags"},
	{ID: 0x3374, Name: "next_protocol_negotiation", Ref: "draft-agl-tls-nextprotoneg"},
	{ID: 0x4469, Name: "application_settings_old", Ref: "draft-vvv-tls-alps"},
	{ID: 0x44CD, Name: "application_settings", Ref: "draft-vvv-tls-alps"},
	{ID: 0x754F, Name: "channel_id_old", Ref: "draft-balfanz-tls-channelid"},
	{ID: 0x7550, Name: "channel_id", Ref: "draft-balfanz-tls-channelid"},
	{ID: 0x8A3B, Name: "pake", Ref: "draft-bmw-tls-pake13"},
	{ID: 0xCA34, Name: "trust_anchors", Ref: "draft-ietf-tls-trust-anchor-ids"},
	{ID: 0xFD00, Name: "ech_outer_extensions", Ref: "RFC 9849"},
	{ID: 0xFE0D, Name: "encrypted_client_hello", Ref: "RFC 9849"},
	{ID: 0xFF01, Name: "renegotiation_info", Ref: "RFC 5746"},
	{ID: 0xFFA5, Name: "quic_transport_parameters_drafts", Ref: "draft-ietf-quic-tls"},
	{ID: 0xFFCE, Name: "encrypted_server_name", Ref: "draft-ietf-tls-esni"},
}}

// Alerts is IANA's registry of alert descriptions, and those of SSL 3.0.
var Alerts = &Table{Key: "alert", Title: "TLS Alerts", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "close_notify", Ref: "RFC 9846"},
	{ID: 0x01, Name: "end_of_early_data", Ref: "RFC 8446 drafts"},
	{ID: 0x0A, Name: "unexpected_message", Ref: "RFC 9846"},
	{ID: 0x14, Name: "bad_record_mac", Ref: "RFC 9846"},
	{ID: 0x15, Name: "decryption_failed", Ref: "RFC 5246"},
	{ID: 0x16, Name: "record_overflow", Ref: "RFC 9846"},
	{ID: 0x1E, Name: "decompression_failure", Ref: "RFC 5246"},
	{ID: 0x28, Name: "handshake_failure", Ref: "RFC 9846"},
	{ID: 0x29, Name: "no_certificate", Ref: "RFC 6101"},
	{ID: 0x2A, Name: "bad_certificate", Ref: "RFC 9846"},
	{ID: 0x2B, Name: "unsupported_certificate", Ref: "RFC 9846"},
	{ID: 0x2C, Name: "certificate_revoked", Ref: "RFC 9846"},
	{ID: 0x2D, Name: "certificate_expired", Ref: "RFC 9846"},
	{ID: 0x2E, Name: "certificate_unknown", Ref: "RFC 9846"},
	{ID: 0x2F, Name: "illegal_parameter", Ref: "RFC 9846"},
	{ID: 0x30, Name: "unknown_ca", Ref: "RFC 9846"},
	{ID: 0x31, Name: "access_denied", Ref: "RFC 9846"},
	{ID: 0x32, Name: "decode_error", Ref: "RFC 9846"},
	{ID: 0x33, Name: "decrypt_error", Ref: "RFC 9846"},
	{ID: 0x34, Name: "too_many_cids_requested", Ref: "RFC 9147"},
	{ID: 0x3C, Name: "export_restriction", Ref: "RFC 4346"},
	{ID: 0x46, Name: "protocol_version", Ref: "RFC 9846"},
	{ID: 0x47, Name: "insufficient_security", Ref: "RFC 9846"},
	{ID: 0x50, Name: "internal_error", Ref: "RFC 9846"},
	{ID: 0x56, Name: "inappropriate_fallback", Ref: "RFC 7507"},
	{ID: 0x5A, Name: "user_canceled", Ref: "RFC 9846"},
	{ID: 0x64, Name: "no_renegotiation", Ref: "RFC 5246"},
	{ID: 0x6D, Name: "missing_extension", Ref: "RFC 9846"},
	{ID: 0x6E, Name: "unsupported_extension", Ref: "RFC 9846"},
	{ID: 0x6F, Name: "certificate_unobtainable", Ref: "RFC 6066"},
	{ID: 0x70, Name: "unrecognized_name", Ref: "RFC 9846"},
	{ID: 0x71, Name: "bad_certificate_status_response", Ref: "RFC 9846"},
	{ID: 0x72, Name: "bad_certificate_hash_value", Ref: "RFC 6066"},
	{ID: 0x73, Name: "unknown_psk_identity", Ref: "RFC 9846"},
	{ID: 0x74, Name: "certificate_required", Ref: "RFC 9846"},
	{ID: 0x75, Name: "general_error", Ref: "RFC 9846"},
	{ID: 0x78, Name: "no_application_protocol", Ref: "RFC 9846"},
	{ID: 0x79, Name: "ech_required", Ref: "RFC 9849"},
}}

// Versions is the protocol versions.
var Versions = &Table{Key: "version", Title: "ProtocolVersion", Width: 2, grease: true, entries: []Entry{
	{ID: 0x0002, Name: "SSL 2.0", Ref: "RFC 6176"},
	{ID: 0x0101, Name: "TLCP 1.1", Ref: "GB/T 38636"},
	{ID: 0x0300, Name: "SSL 3.0", OpenSSL: "SSLv3", GnuTLS: "SSL3.0", Ref: "RFC 6101"},
	{ID: 0x0301, Name: "TLS 1.0", OpenSSL: "TLSv1", GnuTLS: "TLS1.0", Ref: "RFC 2246"},
	{ID: 0x0302, Name: "TLS 1.1", OpenSSL: "TLSv1.1", GnuTLS: "TLS1.1", Ref: "RFC 4346"},
	{ID: 0x0303, Name: "TLS 1.2", OpenSSL: "TLSv1.2", GnuTLS: "TLS1.2", Ref: "RFC 5246"},
	{ID: 0x0304, Name: "TLS 1.3", OpenSSL: "TLSv1.3", GnuTLS: "TLS1.3", Ref: "RFC 9846"},
	{ID: 0x7F12, Name: "TLS 1.3 draft 18", Ref: "draft-ietf-tls-tls13-18"},
	{ID: 0x7F13, Name: "TLS 1.3 draft 19", Ref: "draft-ietf-tls-tls13-19"},
	{ID: 0x7F14, Name: "TLS 1.3 draft 20", Ref: "draft-ietf-tls-tls13-20"},
	{ID: 0x7F15, Name: "TLS 1.3 draft 21", Ref: "draft-ietf-tls-tls13-21"},
	{ID: 0x7F16, Name: "TLS 1.3 draft 22", Ref: "draft-ietf-tls-tls13-22"},
	{ID: 0x7F17, Name: "TLS 1.3 draft 23", Ref: "draft-ietf-tls-tls13-23"},
	{ID: 0x7F18, Name: "TLS 1.3 draft 24", Ref: "draft-ietf-tls-tls13-24"},
	{ID: 0x7F19, Name: "TLS 1.3 draft 25", Ref: "draft-ietf-tls-tls13-25"},
	{ID: 0x7F1A, Name: "TLS 1.3 draft 26", Ref: "draft-ietf-tls-tls13-26"},
	{ID: 0x7F1B, Name: "TLS 1.3 draft 27", Ref: "draft-ietf-tls-tls13-27"},
	{ID: 0x7F1C, Name: "TLS 1.3 draft 28", Ref: "draft-ietf-tls-tls13-28"},
	{ID: 0xFEFC, Name: "DTLS 1.3", OpenSSL: "DTLSv1.3", GnuTLS: "DTLS1.3", Ref: "RFC 9147"},
	{ID: 0xFEFD, Name: "DTLS 1.2", OpenSSL: "DTLSv1.2", GnuTLS: "DTLS1.2", Ref: "RFC 6347"},
	{ID: 0xFEFF, Name: "DTLS 1.0", OpenSSL: "DTLSv1", GnuTLS: "DTLS1.0", Ref: "RFC 4347"},
}}

// ContentTypes is IANA's registry of record content types.
var ContentTypes = &Table{Key: "content", Title: "TLS ContentType", Width: 1, entries: []Entry{
	{ID: 0x14, Name: "change_cipher_spec", Ref: "RFC 9846"},
	{ID: 0x15, Name: "alert", Ref: "RFC 9846"},
	{ID: 0x16, Name: "handshake", Ref: "RFC 9846"},
	{ID: 0x17, Name: "application_data", Ref: "RFC 9846"},
	{ID: 0x18, Name: "heartbeat", Ref: "RFC 6520"},
	{ID: 0x19, Name: "tls12_cid", Ref: "RFC 9146"},
	{ID: 0x1A, Name: "ACK", Ref: "RFC 9147"},
	{ID: 0x1B, Name: "return_routability_check", Ref: "draft-ietf-tls-dtls-rrc"},
}}

// HandshakeTypes is IANA's registry of handshake messages.
var HandshakeTypes = &Table{Key: "message", Title: "TLS HandshakeType", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "hello_request", Ref: "RFC 5246"},
	{ID: 0x01, Name: "client_hello", Ref: "RFC 9846"},
	{ID: 0x02, Name: "server_hello", Ref: "RFC 9846"},
	{ID: 0x03, Name: "hello_verify_request", Ref: "RFC 6347"},
	{ID: 0x04, Name: "new_session_ticket", Ref: "RFC 9846"},
	{ID: 0x05, Name: "end_of_early_data", Ref: "RFC 9846"},
	{ID: 0x06, Name: "hello_retry_request", Ref: "RFC 8446 drafts"},
	{ID: 0x08, Name: "encrypted_extensions", Ref: "RFC 9846"},
	{ID: 0x09, Name: "request_connection_id", Ref: "RFC 9147"},
	{ID: 0x0A, Name: "new_connection_id", Ref: "RFC 9147"},
	{ID: 0x0B, Name: "certificate", Ref: "RFC 9846"},
	{ID: 0x0C, Name: "server_key_exchange", Ref: "RFC 5246"},
	{ID: 0x0D, Name: "certificate_request", Ref: "RFC 9846"},
	{ID: 0x0E, Name: "server_hello_done", Ref: "RFC 5246"},
	{ID: 0x0F, Name: "certificate_verify", Ref: "RFC 9846"},
	{ID: 0x10, Name: "client_key_exchange", Ref: "RFC 5246"},
	{ID: 0x11, Name: "client_certificate_request", Ref: "RFC 9261"},
	{ID: 0x14, Name: "finished", Ref: "RFC 9846"},
	{ID: 0x15, Name: "certificate_url", Ref: "RFC 6066"},
	{ID: 0x16, Name: "certificate_status", Ref: "RFC 6066"},
	{ID: 0x17, Name: "supplemental_data", Ref: "RFC 4680"},
	{ID: 0x18, Name: "key_update", Ref: "RFC 9846"},
	{ID: 0x19, Name: "compressed_certificate", Ref: "RFC 8879"},
	{ID: 0x1A, Name: "ekt_key", Ref: "RFC 8870"},
	{ID: 0x43, Name: "next_protocol", Ref: "draft-agl-tls-nextprotoneg"},
	{ID: 0xCB, Name: "channel_id", Ref: "draft-balfanz-tls-channelid"},
	{ID: 0xFE, Name: "message_hash", Ref: "RFC 9846"},
}}

// AlertLevels is the two alert levels.
var AlertLevels = &Table{Key: "level", Title: "AlertLevel", Width: 1, entries: []Entry{
	{ID: 0x01, Name: "warning", Ref: "RFC 9846"},
	{ID: 0x02, Name: "fatal", Ref: "RFC 9846"},
}}

// CompressionMethods is IANA's registry of record compression.
var CompressionMethods = &Table{Key: "compression", Title: "TLS Compression Method Identifiers", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "null", Ref: "RFC 3749"},
	{ID: 0x01, Name: "DEFLATE", Ref: "RFC 3749"},
	{ID: 0x40, Name: "LZS", Ref: "RFC 3943"},
}}

// PointFormats is IANA's registry of EC point formats.
var PointFormats = &Table{Key: "pointformat", Title: "TLS EC Point Formats", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "uncompressed", Ref: "RFC 8422"},
	{ID: 0x01, Name: "ansiX962_compressed_prime", Ref: "RFC 8422"},
	{ID: 0x02, Name: "ansiX962_compressed_char2", Ref: "RFC 8422"},
}}

// CurveTypes is IANA's registry of the forms of ECParameters.
var CurveTypes = &Table{Key: "curvetype", Title: "TLS EC Curve Types", Width: 1, entries: []Entry{
	{ID: 0x01, Name: "explicit_prime", Ref: "RFC 4492"},
	{ID: 0x02, Name: "explicit_char2", Ref: "RFC 4492"},
	{ID: 0x03, Name: "named_curve", Ref: "RFC 8422"},
}}

// CertificateTypes is IANA's registry of what a Certificate message holds.
var CertificateTypes = &Table{Key: "certtype", Title: "TLS Certificate Types", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "X509", Ref: "RFC 6091"},
	{ID: 0x01, Name: "OpenPGP", Ref: "RFC 6091"},
	{ID: 0x02, Name: "RawPublicKey", Ref: "RFC 7250"},
	{ID: 0x03, Name: "1609Dot2", Ref: "RFC 8902"},
}}

// ClientCertificateTypes is IANA's registry of what TLS 1.2 may ask of
// a client.
var ClientCertificateTypes = &Table{Key: "clientcerttype", Title: "TLS ClientCertificateType Identifiers", Width: 1, entries: []Entry{
	{ID: 0x01, Name: "rsa_sign", Ref: "RFC 5246"},
	{ID: 0x02, Name: "dss_sign", Ref: "RFC 5246"},
	{ID: 0x03, Name: "rsa_fixed_dh", Ref: "RFC 5246"},
	{ID: 0x04, Name: "dss_fixed_dh", Ref: "RFC 5246"},
	{ID: 0x05, Name: "rsa_ephemeral_dh", Ref: "RFC 6101"},
	{ID: 0x06, Name: "dss_ephemeral_dh", Ref: "RFC 6101"},
	{ID: 0x14, Name: "fortezza_dms", Ref: "RFC 6101"},
	{ID: 0x40, Name: "ecdsa_sign", Ref: "RFC 8422"},
	{ID: 0x41, Name: "rsa_fixed_ecdh", Ref: "RFC 8422"},
	{ID: 0x42, Name: "ecdsa_fixed_ecdh", Ref: "RFC 8422"},
	{ID: 0x43, Name: "gost_sign256", Ref: "RFC 9189"},
	{ID: 0x44, Name: "gost_sign512", Ref: "RFC 9189"},
}}

// StatusTypes is IANA's registry of certificate status.
var StatusTypes = &Table{Key: "status", Title: "TLS Certificate Status Types", Width: 1, entries: []Entry{
	{ID: 0x01, Name: "ocsp", Ref: "RFC 6066"},
	{ID: 0x02, Name: "ocsp_multi", Ref: "RFC 6961"},
}}

// NameTypes is the kinds of name in server_name.
var NameTypes = &Table{Key: "nametype", Title: "NameType", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "host_name", Ref: "RFC 6066"},
}}

// PSKModes is IANA's registry of PSK key exchange modes.
var PSKModes = &Table{Key: "pskmode", Title: "TLS PskKeyExchangeMode", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "psk_ke", Ref: "RFC 9846"},
	{ID: 0x01, Name: "psk_dhe_ke", Ref: "RFC 9846"},
}}

// KeyUpdateRequests is the two forms of KeyUpdate.
var KeyUpdateRequests = &Table{Key: "keyupdate", Title: "KeyUpdateRequest", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "update_not_requested", Ref: "RFC 9846"},
	{ID: 0x01, Name: "update_requested", Ref: "RFC 9846"},
}}

// MaxFragmentLengths is the sizes of max_fragment_length.
var MaxFragmentLengths = &Table{Key: "maxfragment", Title: "MaxFragmentLength", Width: 1, entries: []Entry{
	{ID: 0x01, Name: "2^9", Ref: "RFC 6066"},
	{ID: 0x02, Name: "2^10", Ref: "RFC 6066"},
	{ID: 0x03, Name: "2^11", Ref: "RFC 6066"},
	{ID: 0x04, Name: "2^12", Ref: "RFC 6066"},
}}

// CertificateCompressions is IANA's registry of certificate
// compression.
var CertificateCompressions = &Table{Key: "certcompression", Title: "TLS Certificate Compression Algorithm IDs", Width: 2, entries: []Entry{
	{ID: 0x0001, Name: "zlib", Ref: "RFC 8879"},
	{ID: 0x0002, Name: "brotli", Ref: "RFC 8879"},
	{ID: 0x0003, Name: "zstd", Ref: "RFC 8879"},
}}

// HeartbeatModes is IANA's registry of heartbeat modes.
var HeartbeatModes = &Table{Key: "heartbeat", Title: "TLS Heartbeat Modes", Width: 1, entries: []Entry{
	{ID: 0x01, Name: "peer_allowed_to_send", Ref: "RFC 6520"},
	{ID: 0x02, Name: "peer_not_allowed_to_send", Ref: "RFC 6520"},
}}

// SRTPProfiles is IANA's registry of SRTP protection profiles.
var SRTPProfiles = &Table{Key: "srtp", Title: "DTLS-SRTP Protection Profiles", Width: 2, entries: []Entry{
	{ID: 0x0001, Name: "SRTP_AES128_CM_HMAC_SHA1_80", Ref: "RFC 5764"},
	{ID: 0x0002, Name: "SRTP_AES128_CM_HMAC_SHA1_32", Ref: "RFC 5764"},
	{ID: 0x0005, Name: "SRTP_NULL_HMAC_SHA1_80", Ref: "RFC 5764"},
	{ID: 0x0006, Name: "SRTP_NULL_HMAC_SHA1_32", Ref: "RFC 5764"},
	{ID: 0x0007, Name: "SRTP_AEAD_AES_128_GCM", Ref: "RFC 7714"},
	{ID: 0x0008, Name: "SRTP_AEAD_AES_256_GCM", Ref: "RFC 7714"},
}}

// HashAlgorithms is the hashes of RFC 5246, Section 7.4.1.4.1, and of SCTs.
var HashAlgorithms = &Table{Key: "hash", Title: "TLS HashAlgorithm", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "none", Ref: "RFC 5246"},
	{ID: 0x01, Name: "md5", Ref: "RFC 5246"},
	{ID: 0x02, Name: "sha1", Ref: "RFC 5246"},
	{ID: 0x03, Name: "sha224", Ref: "RFC 5246"},
	{ID: 0x04, Name: "sha256", Ref: "RFC 5246"},
	{ID: 0x05, Name: "sha384", Ref: "RFC 5246"},
	{ID: 0x06, Name: "sha512", Ref: "RFC 5246"},
	{ID: 0x08, Name: "Intrinsic", Ref: "RFC 8422"},
}}

// SignatureAlgorithms is the signatures of RFC 5246, Section 7.4.1.4.1, and of
// SCTs.
var SignatureAlgorithms = &Table{Key: "signature", Title: "TLS SignatureAlgorithm", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "anonymous", Ref: "RFC 5246"},
	{ID: 0x01, Name: "rsa", Ref: "RFC 5246"},
	{ID: 0x02, Name: "dsa", Ref: "RFC 5246"},
	{ID: 0x03, Name: "ecdsa", Ref: "RFC 5246"},
	{ID: 0x07, Name: "ed25519", Ref: "RFC 8422"},
	{ID: 0x08, Name: "ed448", Ref: "RFC 8422"},
}}

// TransportParameters is IANA's registry of QUIC transport parameters, those
// below 2^16.
var TransportParameters = &Table{Key: "quicparam", Title: "QUIC Transport Parameters", Width: 2, entries: []Entry{
	{ID: 0x0000, Name: "original_destination_connection_id", Ref: "RFC 9000"},
	{ID: 0x0001, Name: "max_idle_timeout", Ref: "RFC 9000"},
	{ID: 0x0002, Name: "stateless_reset_token", Ref: "RFC 9000"},
	{ID: 0x0003, Name: "max_udp_payload_size", Ref: "RFC 9000"},
	{ID: 0x0004, Name: "initial_max_data", Ref: "RFC 9000"},
	{ID: 0x0005, Name: "initial_max_stream_data_bidi_local", Ref: "RFC 9000"},
	{ID: 0x0006, Name: "initial_max_stream_data_bidi_remote", Ref: "RFC 9000"},
	{ID: 0x0007, Name: "initial_max_stream_data_uni", Ref: "RFC 9000"},
	{ID: 0x0008, Name: "initial_max_streams_bidi", Ref: "RFC 9000"},
	{ID: 0x0009, Name: "initial_max_streams_uni", Ref: "RFC 9000"},
	{ID: 0x000A, Name: "ack_delay_exponent", Ref: "RFC 9000"},
	{ID: 0x000B, Name: "max_ack_delay", Ref: "RFC 9000"},
	{ID: 0x000C, Name: "disable_active_migration", Ref: "RFC 9000"},
	{ID: 0x000D, Name: "preferred_address", Ref: "RFC 9000"},
	{ID: 0x000E, Name: "active_connection_id_limit", Ref: "RFC 9000"},
	{ID: 0x000F, Name: "initial_source_connection_id", Ref: "RFC 9000"},
	{ID: 0x0010, Name: "retry_source_connection_id", Ref: "RFC 9000"},
	{ID: 0x0011, Name: "version_information", Ref: "RFC 9368"},
	{ID: 0x0020, Name: "max_datagram_frame_size", Ref: "RFC 9221"},
	{ID: 0x1057, Name: "loss_bits", Ref: "draft-ferrieuxhamchaoui-quic-lossbits"},
	{ID: 0x2AB2, Name: "grease_quic_bit", Ref: "RFC 9287"},
	{ID: 0x3127, Name: "initial_rtt", Ref: "Google"},
	{ID: 0x3128, Name: "google_connection_options", Ref: "Google"},
	{ID: 0x4752, Name: "google_version", Ref: "Google"},
}}

// HPKEKEMs is IANA's registry of HPKE's KEMs, for Encrypted Client Hello.
var HPKEKEMs = &Table{Key: "kem", Title: "HPKE KEM Identifiers", Width: 2, entries: []Entry{
	{ID: 0x0010, Name: "DHKEM(P-256, HKDF-SHA256)", Ref: "RFC 9180"},
	{ID: 0x0011, Name: "DHKEM(P-384, HKDF-SHA384)", Ref: "RFC 9180"},
	{ID: 0x0012, Name: "DHKEM(P-521, HKDF-SHA512)", Ref: "RFC 9180"},
	{ID: 0x0020, Name: "DHKEM(X25519, HKDF-SHA256)", Ref: "RFC 9180"},
	{ID: 0x0021, Name: "DHKEM(X448, HKDF-SHA512)", Ref: "RFC 9180"},
	{ID: 0x0030, Name: "X25519Kyber768Draft00", Ref: "draft-westerbaan-cfrg-hpke-xyber768d00"},
	{ID: 0x647A, Name: "X-Wing", Ref: "draft-connolly-cfrg-xwing-kem"},
}}

// HPKEKDFs is IANA's registry of HPKE's KDFs.
var HPKEKDFs = &Table{Key: "kdf", Title: "HPKE KDF Identifiers", Width: 2, entries: []Entry{
	{ID: 0x0001, Name: "HKDF-SHA256", Ref: "RFC 9180"},
	{ID: 0x0002, Name: "HKDF-SHA384", Ref: "RFC 9180"},
	{ID: 0x0003, Name: "HKDF-SHA512", Ref: "RFC 9180"},
}}

// HPKEAEADs is IANA's registry of HPKE's AEADs.
var HPKEAEADs = &Table{Key: "aead", Title: "HPKE AEAD Identifiers", Width: 2, entries: []Entry{
	{ID: 0x0001, Name: "AES-128-GCM", Ref: "RFC 9180"},
	{ID: 0x0002, Name: "AES-256-GCM", Ref: "RFC 9180"},
	{ID: 0x0003, Name: "ChaCha20Poly1305", Ref: "RFC 9180"},
	{ID: 0xFFFF, Name: "Export-only", Ref: "RFC 9180"},
}}

// SSL2Ciphers is the cipher kinds of SSL 2.0.
var SSL2Ciphers = &Table{Key: "ssl2cipher", Title: "SSL 2.0 cipher kinds", Width: 3, entries: []Entry{
	{ID: 0x010080, Name: "SSL_CK_RC4_128_WITH_MD5", OpenSSL: "RC4-MD5", Ref: "RFC 6101"},
	{ID: 0x020080, Name: "SSL_CK_RC4_128_EXPORT40_WITH_MD5", OpenSSL: "EXP-RC4-MD5", Ref: "RFC 6101"},
	{ID: 0x030080, Name: "SSL_CK_RC2_128_CBC_WITH_MD5", OpenSSL: "RC2-CBC-MD5", Ref: "RFC 6101"},
	{ID: 0x040080, Name: "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", OpenSSL: "EXP-RC2-CBC-MD5", Ref: "RFC 6101"},
	{ID: 0x050080, Name: "SSL_CK_IDEA_128_CBC_WITH_MD5", OpenSSL: "IDEA-CBC-MD5", Ref: "RFC 6101"},
	{ID: 0x060040, Name: "SSL_CK_DES_64_CBC_WITH_MD5", OpenSSL: "DES-CBC-MD5", Ref: "RFC 6101"},
	{ID: 0x0700C0, Name: "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", OpenSSL: "DES-CBC3-MD5", Ref: "RFC 6101"},
	{ID: 0x080080, Name: "SSL_CK_RC4_64_WITH_MD5", OpenSSL: "RC4-64-MD5", Ref: "OpenSSL"},
}}

// SSL2Messages is the messages of SSL 2.0 that a scanner meets.
var SSL2Messages = &Table{Key: "ssl2message", Title: "SSL 2.0 messages", Width: 1, entries: []Entry{
	{ID: 0x00, Name: "error", Ref: "RFC 6101"},
	{ID: 0x01, Name: "client_hello", Ref: "RFC 6101"},
	{ID: 0x02, Name: "client_master_key", Ref: "RFC 6101"},
	{ID: 0x03, Name: "client_finished", Ref: "RFC 6101"},
	{ID: 0x04, Name: "server_hello", Ref: "RFC 6101"},
	{ID: 0x05, Name: "server_verify", Ref: "RFC 6101"},
	{ID: 0x06, Name: "server_finished", Ref: "RFC 6101"},
	{ID: 0x07, Name: "request_certificate", Ref: "RFC 6101"},
	{ID: 0x08, Name: "client_certificate", Ref: "RFC 6101"},
}}

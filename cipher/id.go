package cipher

import "fmt"

// ID is the code point of a cipher suite: CipherSuite of RFC 9846,
// Section 4.2.2, and of RFC 5246, Section 7.4.1.2.
type ID uint16

// The suites this package implements, by their names in IANA's registry.
const (
	TLS_AES_128_GCM_SHA256       ID = 0x1301 // RFC 9846, Appendix B.4
	TLS_AES_256_GCM_SHA384       ID = 0x1302
	TLS_CHACHA20_POLY1305_SHA256 ID = 0x1303

	TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 ID = 0xc02b // RFC 5289
	TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 ID = 0xc02c
	TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256   ID = 0xc02f
	TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384   ID = 0xc030

	TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256   ID = 0xcca8 // RFC 7905
	TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 ID = 0xcca9
)

// Signals that stand in a list of suites and are none.
const (
	TLS_EMPTY_RENEGOTIATION_INFO_SCSV ID = 0x00ff // RFC 5746, Section 3.3
	TLS_FALLBACK_SCSV                 ID = 0x5600 // RFC 7507
)

// String gives the IANA name, or the number (0x002f) of what this package
// does not implement.
func (id ID) String() string {
	if s := Lookup(id); s != nil {
		return s.name
	}
	switch id {
	case TLS_EMPTY_RENEGOTIATION_INFO_SCSV:
		return "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"
	case TLS_FALLBACK_SCSV:
		return "TLS_FALLBACK_SCSV"
	}
	return fmt.Sprintf("0x%04x", uint16(id))
}

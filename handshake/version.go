package handshake

import "fmt"

// Version is a ProtocolVersion of RFC 9846, Section 4.2.2.
type Version uint16

// The versions. Only the last two are ever negotiated; the others are named
// for those who meet them in a peer's list.
const (
	VersionSSL30 Version = 0x0300
	VersionTLS10 Version = 0x0301
	VersionTLS11 Version = 0x0302
	VersionTLS12 Version = 0x0303
	VersionTLS13 Version = 0x0304
)

// String is "TLS 1.3" and the like, or the number of an unknown version.
func (v Version) String() string {
	switch v {
	case VersionSSL30:
		return "SSL 3.0"
	case VersionTLS10, VersionTLS11, VersionTLS12, VersionTLS13:
		return fmt.Sprintf("TLS 1.%d", v-VersionTLS10)
	}
	return fmt.Sprintf("version(0x%04X)", uint16(v))
}

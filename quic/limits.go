package quic

import "github.com/tlsengine/tlsengine/cipher"

const (
	// "For AEAD_AES_128_GCM and AEAD_AES_256_GCM, the confidentiality limit is
	// 2^23 encrypted packets" RFC 9001, Section 6.6.
	gcmPackets = 1 << 23

	// "For AEAD_CHACHA20_POLY1305, the confidentiality limit is greater than
	// the number of possible packets (2^62) and so can be disregarded."
	// RFC 9001, Section 6.6.
	allPackets = 1 << 62
)

// ConfidentialityLimit is how many packets may be sealed with these Keys:
// "Endpoints MUST initiate a key update before sending more protected packets
// than the confidentiality limit for the selected AEAD permits." RFC 9001,
// Section 6.6. For ChaCha20-Poly1305 it is 2^62, all there can be.
func (k *Keys) ConfidentialityLimit() uint64 {
	if k.suite.ID == cipher.TLS_CHACHA20_POLY1305_SHA256 {
		return allPackets
	}
	return gcmPackets
}

// IntegrityLimit is how many packets may fail to open in one connection, over
// all its Keys: beyond it "the endpoint MUST immediately close the connection
// with a connection error of type AEAD_LIMIT_REACHED" RFC 9001, Section 6.6.
func (k *Keys) IntegrityLimit() uint64 { return k.suite.IntegrityLimit }

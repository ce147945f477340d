package quic

import (
	"encoding/hex"
	"fmt"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// Version is a version of QUIC, as in the header of its long packets.
type Version uint32

// The versions this package protects packets of.
const (
	V1 Version = 0x00000001 // RFC 9000
	V2 Version = 0x6b3343cf // RFC 9369
)

// String gives "QUIC v1", "QUIC v2" or the number.
func (v Version) String() string {
	switch v {
	case V1:
		return "QUIC v1"
	case V2:
		return "QUIC v2"
	}
	return fmt.Sprintf("QUIC version 0x%08x", uint32(v))
}

// params is all that one version has of its own.
type params struct {
	salt                             *keyschedule.Salt
	keyLabel, ivLabel, hpLabel, next string
	retry                            cipher.AEAD // nil if the platform forbids it
	retryNonce                       []byte
}

var v1 = params{
	salt:     salt("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),                    // RFC 9001, Section 5.2
	keyLabel: "quic key", ivLabel: "quic iv", hpLabel: "quic hp", next: "quic ku", // Sections 5.1 and 6.1
	retry:      retryAEAD("be0c690b9f66575a1d766b54e368c84e"), // Section 5.8
	retryNonce: fromHex("461599d35d632bf2239825bb"),
}

var v2 = params{
	salt:     salt("0dede3def700a6db819381be6e269dcbf9bd2ed9"),                            // RFC 9369, Section 3.3.1
	keyLabel: "quicv2 key", ivLabel: "quicv2 iv", hpLabel: "quicv2 hp", next: "quicv2 ku", // Section 3.3.2
	retry:      retryAEAD("8fb4b01b56ac48e260fbcbcead7ccc92"), // Section 3.3.3
	retryNonce: fromHex("d86969bc2d7c6d9990efb04a"),
}

// params returns nil for a version that this package does not know.
func (v Version) params() *params {
	switch v {
	case V1:
		return &v1
	case V2:
		return &v2
	}
	return nil
}

// retryAEAD returns nil where Go runs in a mode that forbids AES-GCM with a
// nonce of the caller's choice: then only retry tags cannot be made.
func retryAEAD(key string) cipher.AEAD {
	aead, err := initialSuite().New(fromHex(key))
	if err != nil {
		return nil
	}
	return aead
}

// salt is that of the Initial secrets.
func salt(hex string) *keyschedule.Salt { return keyschedule.NewSalt(cipher.SHA256, fromHex(hex)) }

// fromHex reads the constants above.
func fromHex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

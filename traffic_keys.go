package tlsengine

import (
	"encoding/binary"
	"slices"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
)

// TrafficKeys are what protects the records of one direction from the next
// one on, in the parts that Linux's kernel TLS takes (linux/tls.h). They are
// secret.
type TrafficKeys struct {
	Version Version
	Suite   cipher.ID

	// Secret is TLS 1.3's traffic secret, of which Key, Salt and IV are
	// derived, and the next secret; nil in TLS 1.2.
	Secret []byte

	Key []byte

	// Salt and IV are together the IV of TLS 1.3, and of ChaCha20-Poly1305:
	// 4 and 8 bytes with AES-GCM, 0 and 12 with ChaCha20-Poly1305. With
	// AES-GCM in TLS 1.2 the Salt is the implicit part of the nonce, and the
	// IV the explicit part of the next record's: its sequence number.
	Salt, IV []byte

	// Sequence is the number of the next record.
	Sequence uint64

	// Limit is how many records may be sealed under the key in all; 0 is
	// limited by the sequence number only.
	Limit uint64
}

func trafficKeys(k *handshake.Keys, sequence uint64) TrafficKeys {
	block := recordKeys(k)
	t := TrafficKeys{
		Version: k.Version, Suite: k.Suite.ID, Secret: copied(k.Secret.Bytes()),
		Key: slices.Clone(block.Key[:block.KeyLen]), IV: slices.Clone(block.IV[:]),
		Sequence: sequence, Limit: k.Suite.ConfidentialityLimit,
	}
	if !chacha20(k.Suite.ID) {
		t.Salt, t.IV = t.IV[:4:4], t.IV[4:]
	}
	if k.Suite.ExplicitNonce > 0 {
		binary.BigEndian.PutUint64(t.IV, sequence)
	}
	return t
}

func copied(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return slices.Clone(b)
}

func chacha20(id cipher.ID) bool {
	switch id {
	case cipher.TLS_CHACHA20_POLY1305_SHA256, cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		cipher.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256:
		return true
	}
	return false
}

// The values of cipher_type in linux/tls.h.
const (
	linuxAES128GCM        = 51
	linuxAES256GCM        = 52
	linuxChaCha20Poly1305 = 54
)

// AppendLinux appends the keys as the argument of setsockopt(SOL_TLS, TLS_TX)
// or TLS_RX: a struct tls12_crypto_info_… of linux/tls.h, whose integers are
// in the byte order of this machine.
//
//	struct {
//	    struct { __u16 version; __u16 cipher_type; } info;
//	    unsigned char iv[], key[], salt[], rec_seq[8];
//	}
func (t *TrafficKeys) AppendLinux(dst []byte) []byte {
	kind := uint16(linuxChaCha20Poly1305)
	switch {
	case chacha20(t.Suite):
	case len(t.Key) == 16:
		kind = linuxAES128GCM
	default:
		kind = linuxAES256GCM
	}
	dst = binary.NativeEndian.AppendUint16(dst, uint16(t.Version))
	dst = binary.NativeEndian.AppendUint16(dst, kind)
	dst = append(dst, t.IV...)
	dst = append(dst, t.Key...)
	dst = append(dst, t.Salt...)
	return binary.BigEndian.AppendUint64(dst, t.Sequence)
}

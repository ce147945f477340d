package keyschedule

import (
	"github.com/tlsengine/tlsengine/cipher"
)

// Extract is HKDF-Extract (RFC 5869, Section 2.2). A nil salt is as one of
// zeros.
func Extract(h cipher.Hash, salt, ikm []byte) Secret {
	var m mac
	m.start(h, salt)
	m.write(ikm)
	return m.sum()
}

// Expand fills out by HKDF-Expand (RFC 5869, Section 2.3). It panics if out is
// longer than 255 hashes.
func Expand(h cipher.Hash, prk, info, out []byte) {
	if len(out) > 255*h.Size() {
		panic("keyschedule: more than HKDF can expand to")
	}
	var m mac
	m.start(h, prk)
	var t Secret
	for i := byte(1); len(out) > 0; i++ {
		m.write(t.Bytes())
		m.write(info)
		m.write([]byte{i})
		t = m.sum()
		out = out[copy(out, t.Bytes()):]
	}
}

// MaxLabel and MaxContext are what ExpandLabel takes, in bytes:
//
//	opaque label<7..255> = "tls13 " + Label;
//	opaque context<0..255> = Context;
const (
	MaxLabel   = 255 - len(labelPrefix)
	MaxContext = 255

	labelPrefix = "tls13 "
)

// ExpandLabel fills out by HKDF-Expand-Label (RFC 9846, Section 7.1). It
// panics if label, context or out is longer than [MaxLabel], [MaxContext] or
// 255 hashes: labels and lengths are the program's, and never the peer's.
//
//	struct {
//	    uint16 length = Length;
//	    opaque label<7..255> = "tls13 " + Label;
//	    opaque context<0..255> = Context;
//	} HkdfLabel;
func ExpandLabel(h cipher.Hash, secret []byte, label string, context, out []byte) {
	if len(label) > MaxLabel || len(context) > MaxContext {
		panic("keyschedule: a label or context is longer than its length field can say")
	}
	var room [macRoom - cipher.MaxHashSize - 1]byte // more goes to the heap
	info := append(room[:0], byte(len(out)>>8), byte(len(out)))
	info = append(info, byte(len(labelPrefix)+len(label)))
	info = append(info, labelPrefix...)
	info = append(info, label...)
	info = append(info, byte(len(context)))
	info = append(info, context...)
	Expand(h, secret, info, out)
}

// DeriveSecret is Derive-Secret (RFC 9846, Section 7.1), with the hash of the
// messages in place of the messages.
func DeriveSecret(h cipher.Hash, secret []byte, label string, transcriptHash []byte) Secret {
	s := Secret{n: uint8(h.Size())}
	ExpandLabel(h, secret, label, transcriptHash, s.Bytes())
	return s
}

package keyschedule

import (
	"github.com/tlsengine/tlsengine/cipher"
)

// Extract is HKDF-Extract (RFC 5869, Section 2.2). A nil salt is as one of
// zeros.
func Extract(h cipher.Hash, salt, ikm []byte) Secret {
	var m mac
	m.start(h, salt)
	return m.sum(ikm)
}

// Salt is the salt of HKDF-Extract, for any number of inputs: each costs less
// than an [Extract].
type Salt struct{ mac mac }

// NewSalt returns the salt of those bytes.
func NewSalt(h cipher.Hash, salt []byte) *Salt {
	s := &Salt{}
	s.mac.start(h, salt)
	return s
}

// Extract is HKDF-Extract with this salt.
func (s *Salt) Extract(ikm []byte) Secret { return s.mac.sum(ikm) }

// Expand fills out by HKDF-Expand (RFC 5869, Section 2.3). It panics if out is
// longer than 255 hashes.
func Expand(h cipher.Hash, prk, info, out []byte) {
	if len(out) > 255*h.Size() {
		panic("keyschedule: more than HKDF can expand to")
	}
	var m mac
	m.start(h, prk)
	m.expand(info, out)
}

func (m *mac) expand(info, out []byte) {
	var t Secret
	for i := byte(1); len(out) > 0; i++ {
		t = m.sum(t.Bytes(), info, []byte{i})
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
	labelRoom   = 144 // for an HkdfLabel; all of TLS's own are shorter
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
	var x Expander
	x.Start(h, secret)
	x.Label(label, context, out)
}

// Expander is HKDF-Expand-Label of one secret, for any number of labels: each
// but the first is cheaper than [ExpandLabel].
type Expander struct {
	mac  mac
	size int // of the hash, in bytes
}

// Start sets the secret.
func (x *Expander) Start(h cipher.Hash, secret []byte) {
	x.mac.start(h, secret)
	x.size = h.Size()
}

// Label fills out as [ExpandLabel] does.
func (x *Expander) Label(label string, context, out []byte) {
	if len(label) > MaxLabel || len(context) > MaxContext {
		panic("keyschedule: a label or context is longer than its length field can say")
	}
	if len(out) > 255*x.size {
		panic("keyschedule: more than HKDF can expand to")
	}
	var room [labelRoom]byte // more goes to the heap
	info := append(room[:0], byte(len(out)>>8), byte(len(out)))
	info = append(info, byte(len(labelPrefix)+len(label)))
	info = append(info, labelPrefix...)
	info = append(info, label...)
	info = append(info, byte(len(context)))
	info = append(info, context...)
	x.mac.expand(info, out)
}

// Secret returns what [DeriveSecret] does.
func (x *Expander) Secret(label string, transcriptHash []byte) Secret {
	s := Secret{n: uint8(x.size)}
	x.Label(label, transcriptHash, s.Bytes())
	return s
}

// DeriveSecret is Derive-Secret (RFC 9846, Section 7.1), with the hash of the
// messages in place of the messages.
func DeriveSecret(h cipher.Hash, secret []byte, label string, transcriptHash []byte) Secret {
	var x Expander
	x.Start(h, secret)
	return x.Secret(label, transcriptHash)
}

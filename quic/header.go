package quic

import (
	"crypto/aes"
	stdcipher "crypto/cipher"
	"encoding/binary"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
)

const (
	// SampleSize is how many bytes of ciphertext make a mask.
	SampleSize = 16

	// sampleOffset is where the sample starts, from the packet number: "in
	// sampling packet ciphertext for header protection, the Packet Number
	// field is assumed to be 4 bytes long (its maximum possible encoded
	// length)." RFC 9001, Section 5.4.2.
	sampleOffset = 4
)

// ProtectHeader hides the packet number and the low bits of the first byte of
// a sealed packet, in place (RFC 9001, Section 5.4.1). The packet number
// starts at pnOffset, and is as long as the first byte says.
//
// The error is [ErrShort], and the packet as it was: packet number and payload
// together must have at least 4 bytes, before the tag. A sender pads.
func (k *Keys) ProtectHeader(packet []byte, pnOffset int) error {
	if !sampled(packet, pnOffset) {
		return ErrShort
	}
	hide(packet, pnOffset, k.mask(packet[pnOffset+sampleOffset:]))
	return nil
}

// hide is ProtectHeader with its mask.
func hide(packet []byte, pnOffset int, mask [5]byte) {
	apply(packet, pnOffset, mask, int(packet[0]&3)+1)
	packet[0] ^= mask[0] & hiddenBits(packet[0])
}

// UnprotectHeader undoes ProtectHeader, in place, and returns the length of
// the header, which ends with the packet number, and the packet number in full
// by [DecodePacketNumber]. largest is the largest packet number that has been
// opened in this number space, -1 if there was none.
//
// The error is [ErrShort], and the packet as it was: "An endpoint MUST discard
// packets that are not long enough to contain a complete sample." RFC 9001,
// Section 5.4.2. A packet that never was protected with these Keys gives any
// header at all: nothing in it counts before Open has succeeded.
func (k *Keys) UnprotectHeader(packet []byte, pnOffset int, largest int64) (headerLen int, packetNumber int64, err error) {
	if !sampled(packet, pnOffset) {
		return 0, 0, ErrShort
	}
	mask := k.mask(packet[pnOffset+sampleOffset:])
	packet[0] ^= mask[0] & hiddenBits(packet[0])
	n := int(packet[0]&3) + 1
	truncated := apply(packet, pnOffset, mask, n)
	return pnOffset + n, DecodePacketNumber(largest, truncated, n), nil
}

// Mask returns what header protection XORs into the first byte and the packet
// number (RFC 9001, Section 5.4.1), for those who lay out their packets in
// another way.
func (k *Keys) Mask(sample *[SampleSize]byte) [5]byte { return k.mask(sample[:]) }

// sampled reports whether the packet holds a sample.
func sampled(packet []byte, pnOffset int) bool {
	return pnOffset >= 1 && pnOffset <= len(packet)-sampleOffset-SampleSize
}

// hiddenBits says which bits of the first byte are protected: "The four least
// significant bits of the first byte are protected for packets with long
// headers; the five least significant bits of the first byte are protected
// for packets with short headers." RFC 9001, Section 5.4.
func hiddenBits(first byte) byte {
	if first&0x80 != 0 {
		return 0x0f
	}
	return 0x1f
}

// apply XORs the mask into a packet number of n bytes and returns the result,
// in the same steps for every n.
func apply(packet []byte, pnOffset int, mask [5]byte, n int) (truncated uint32) {
	field := packet[pnOffset : pnOffset+4]
	unused := 32 - 8*n
	m := binary.BigEndian.Uint32(mask[1:]) >> unused << unused
	word := binary.BigEndian.Uint32(field) ^ m
	binary.BigEndian.PutUint32(field, word)
	return word >> unused
}

// headerKey is the key of header protection: an AES, or without one the words
// of a ChaCha20 key.
type headerKey struct {
	aes    stdcipher.Block
	chacha [8]uint32
}

// hasHeaderProtection says for which suites it is defined: "A cipher suite
// MUST NOT be negotiated unless a header protection scheme is defined for the
// cipher suite." RFC 9001, Section 5.3.
func hasHeaderProtection(suite *cipher.Suite) bool {
	switch suite.ID {
	case cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_AES_256_GCM_SHA384, cipher.TLS_CHACHA20_POLY1305_SHA256:
		return true
	}
	return false
}

func newHeaderKey(p *params, suite *cipher.Suite, x *keyschedule.Expander) (h headerKey, err error) {
	var room [cipher.MaxKeySize]byte
	key := room[:suite.KeyLen]
	x.Label(p.hpLabel, nil, key)
	if suite.ID == cipher.TLS_CHACHA20_POLY1305_SHA256 {
		for i := range h.chacha {
			h.chacha[i] = binary.LittleEndian.Uint32(key[4*i:])
		}
		return h, nil
	}
	h.aes, err = aes.NewCipher(key)
	return h, err
}

// mask is header_protection of RFC 9001, Sections 5.4.3 and 5.4.4.
func (k *Keys) mask(sample []byte) (mask [5]byte) {
	sample = sample[:SampleSize]
	if k.header.aes == nil {
		lo, hi := chachaBlock(&k.header.chacha, sample)
		binary.LittleEndian.PutUint32(mask[:], lo)
		mask[4] = byte(hi)
		return mask
	}
	r, held := k.rooms.take()
	k.header.aes.Encrypt(r.block[:], sample)
	mask = [5]byte(r.block[:])
	k.rooms.give(held)
	return mask
}

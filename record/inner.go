package record

import (
	"encoding/binary"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// takeInner reads a TLSInnerPlaintext.
func takeInner(outer ContentType, inner []byte) (Record, error) {
	if outer != ApplicationData {
		return Record{}, alert.WrongOuterType.Errorf("peer sent a protected record with type %v outside", outer)
	}
	// "The presence of padding does not change the overall record size
	// limitations: the full encoded TLSInnerPlaintext MUST NOT exceed 2^14 + 1
	// octets." RFC 9846, Section 5.4.
	if len(inner) > MaxPlaintext+1 {
		return Record{}, tooLong(len(inner), MaxPlaintext+1)
	}
	// "If a receiving implementation does not find a non-zero octet in the
	// cleartext, it MUST terminate the connection with an "unexpected_message"
	// alert." RFC 9846, Section 5.4.
	n := trimPadding(inner)
	if n == 0 {
		return Record{}, alert.NoContentType.Errorf("peer sent a record that is all padding")
	}
	typ, content := ContentType(inner[n-1]), inner[:n-1:n-1]
	switch typ {
	case ApplicationData, Handshake, Alert:
		return Record{typ, true, content}, nil
	case ChangeCipherSpec:
		// "An implementation which receives […] a protected change_cipher_spec
		// record MUST abort the handshake with an "unexpected_message" alert."
		// RFC 9846, Section 5.
		return Record{}, alert.BadChangeCipherSpec.Errorf("peer sent a protected change_cipher_spec")
	}
	return Record{}, alert.UnknownRecordType.Errorf("peer sent a protected record of type %d", typ)
}

// trimPadding returns the length of inner without the zeros at its end.
//
// "the receiving implementation scans the field from the end toward the
// beginning until it finds a non-zero octet." RFC 9846, Section 5.4. A scan
// that ends there takes time by which the length can be told that the padding
// hides, so where there is padding, all is scanned, from the beginning.
func trimPadding(inner []byte) int {
	if n := len(inner); n == 0 || inner[n-1] != 0 {
		return n
	}
	return lastNonZero(inner)
}

// lastNonZero returns how many bytes of b there are up to the last that is not
// zero. Neither its time nor what it reads depends on what is in b.
func lastNonZero(b []byte) int {
	const size = 32
	var at uint64 // of the last block that is not zero
	var w0, w1, w2, w3 uint64
	whole := len(b) / size * size
	for i := 0; i < whole; i += size {
		block := b[i : i+size : i+size]
		v0, v1 := binary.LittleEndian.Uint64(block), binary.LittleEndian.Uint64(block[8:])
		v2, v3 := binary.LittleEndian.Uint64(block[16:]), binary.LittleEndian.Uint64(block[24:])
		some := nonZero(v0 | v1 | v2 | v3)
		at ^= (at ^ uint64(i)) & some
		w0 ^= (w0 ^ v0) & some
		w1 ^= (w1 ^ v1) & some
		w2 ^= (w2 ^ v2) & some
		w3 ^= (w3 ^ v3) & some
	}
	var n uint64
	for i, word := range [size / 8]uint64{w0, w1, w2, w3} {
		for j := range 8 {
			n ^= (n ^ (at + uint64(8*i+j+1))) & nonZero(word>>(8*j)&0xff)
		}
	}
	for i, c := range b[whole:] {
		n ^= (n ^ uint64(whole+i+1)) & nonZero(uint64(c))
	}
	return int(n)
}

// nonZero returns all ones if x is not zero, and else zero.
func nonZero(x uint64) uint64 { return -((x | -x) >> 63) }

func tooLong(n, limit int) error {
	return alert.PlaintextTooLong.Errorf("peer sent a plaintext of %d bytes, more than %d", n, limit)
}

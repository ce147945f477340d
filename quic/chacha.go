package quic

import (
	"encoding/binary"
	"math/bits"
)

// chachaBlock returns the first two words of the ChaCha20 block (RFC 8439,
// Section 2.3) whose counter and nonce are the sample's 16 bytes: "The first 4
// bytes of the sampled ciphertext are the block counter. [...] The remaining
// 12 bytes are used as the nonce." RFC 9001, Section 5.4.4.
func chachaBlock(key *[8]uint32, sample []byte) (word0, word1 uint32) {
	const c0, c1, c2, c3 = 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 // "expand 32-byte k"

	x0, x1, x2, x3 := uint32(c0), uint32(c1), uint32(c2), uint32(c3)
	x4, x5, x6, x7 := key[0], key[1], key[2], key[3]
	x8, x9, x10, x11 := key[4], key[5], key[6], key[7]
	x12 := binary.LittleEndian.Uint32(sample[0:4])
	x13 := binary.LittleEndian.Uint32(sample[4:8])
	x14 := binary.LittleEndian.Uint32(sample[8:12])
	x15 := binary.LittleEndian.Uint32(sample[12:16])

	for range 9 {
		x0, x4, x8, x12 = quarterRound(x0, x4, x8, x12)
		x1, x5, x9, x13 = quarterRound(x1, x5, x9, x13)
		x2, x6, x10, x14 = quarterRound(x2, x6, x10, x14)
		x3, x7, x11, x15 = quarterRound(x3, x7, x11, x15)

		x0, x5, x10, x15 = quarterRound(x0, x5, x10, x15)
		x1, x6, x11, x12 = quarterRound(x1, x6, x11, x12)
		x2, x7, x8, x13 = quarterRound(x2, x7, x8, x13)
		x3, x4, x9, x14 = quarterRound(x3, x4, x9, x14)
	}
	// Of the last two rounds, only what the two words need.
	x0, _, _, x12 = quarterRound(x0, x4, x8, x12)
	x1, x5, _, _ = quarterRound(x1, x5, x9, x13)
	_, x6, x10, _ = quarterRound(x2, x6, x10, x14)
	_, _, x11, x15 = quarterRound(x3, x7, x11, x15)
	return firstWord(x0, x5, x10, x15) + c0, firstWord(x1, x6, x11, x12) + c1
}

// lanes is how many blocks chachaBlocks makes at once.
const lanes = 4

// chachaBlockEach is chachaBlocks, one block after the other.
func chachaBlockEach(key *[8]uint32, samples, blocks *[lanes][SampleSize]byte) {
	for i := range samples {
		word0, word1 := chachaBlock(key, samples[i][:])
		binary.LittleEndian.PutUint32(blocks[i][0:], word0)
		binary.LittleEndian.PutUint32(blocks[i][4:], word1)
	}
}

// firstWord is the first of what quarterRound returns.
func firstWord(a, b, c, d uint32) uint32 {
	a += b
	c += bits.RotateLeft32(d^a, 16)
	return a + bits.RotateLeft32(b^c, 12)
}

// quarterRound is RFC 8439, Section 2.1.
func quarterRound(a, b, c, d uint32) (uint32, uint32, uint32, uint32) {
	a += b
	d = bits.RotateLeft32(d^a, 16)
	c += d
	b = bits.RotateLeft32(b^c, 12)
	a += b
	d = bits.RotateLeft32(d^a, 8)
	c += d
	b = bits.RotateLeft32(b^c, 7)
	return a, b, c, d
}

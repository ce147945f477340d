//go:build !purego

package quic

import "golang.org/x/sys/cpu"

// chachaBlocks sets the first eight bytes of each block to those of the
// ChaCha20 block of its sample.
func chachaBlocks(key *[8]uint32, samples, blocks *[lanes][SampleSize]byte) {
	if cpu.X86.HasAVX2 {
		chachaBlocksAVX2(key, samples, blocks)
		return
	}
	chachaBlockEach(key, samples, blocks)
}

//go:noescape
func chachaBlocksAVX2(key *[8]uint32, samples, blocks *[lanes][SampleSize]byte)

//go:build !amd64 || purego

package quic

// chachaBlocks sets the first eight bytes of each block to those of the
// ChaCha20 block of its sample.
func chachaBlocks(key *[8]uint32, samples, blocks *[lanes][SampleSize]byte) {
	chachaBlockEach(key, samples, blocks)
}

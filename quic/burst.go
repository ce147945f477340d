package quic

// ProtectHeaders is [Keys.ProtectHeader] for packets that leave together, such
// as the segments of one send with UDP GSO; their packet numbers all start at
// the same offset. With ChaCha20 and AVX2 four packets cost little more than
// one. It does not allocate.
//
// The error is [ErrShort], and all packets are as they were, if one of them
// has less than ProtectHeader wants.
func (k *Keys) ProtectHeaders(packets [][]byte, pnOffset int) error {
	for _, packet := range packets {
		if !sampled(packet, pnOffset) {
			return ErrShort
		}
	}
	if k.header.aes != nil {
		k.hideByAES(packets, pnOffset)
		return nil
	}
	for len(packets) > 1 {
		n := min(lanes, len(packets))
		k.hideByChaCha(packets[:n], pnOffset)
		packets = packets[n:]
	}
	for _, last := range packets {
		hide(last, pnOffset, k.mask(last[pnOffset+sampleOffset:]))
	}
	return nil
}

func (k *Keys) hideByAES(packets [][]byte, pnOffset int) {
	r, held := k.rooms.take()
	for _, packet := range packets {
		k.header.aes.Encrypt(r.block[:], packet[pnOffset+sampleOffset:])
		hide(packet, pnOffset, [5]byte(r.block[:]))
	}
	k.rooms.give(held)
}

// hideByChaCha takes at most as many packets as there are lanes.
func (k *Keys) hideByChaCha(packets [][]byte, pnOffset int) {
	var samples, blocks [lanes][SampleSize]byte
	for i, packet := range packets {
		samples[i] = [SampleSize]byte(packet[pnOffset+sampleOffset:])
	}
	chachaBlocks(&k.header.chacha, &samples, &blocks)
	for i, packet := range packets {
		hide(packet, pnOffset, [5]byte(blocks[i][:]))
	}
}

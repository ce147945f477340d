package quic

import "math/bits"

// NoPacket is the packet number before the first: the largest one where none
// has been acknowledged or opened.
const NoPacket int64 = -1

// PacketNumberLen returns in how many bytes, 1 to 4, a packet number is sent
// (RFC 9000, Section 17.1 and Appendix A.2): enough for the peer to tell it
// from all that are unacknowledged. It stands, less one, in the low two bits
// of the packet's first byte. largestAcked is -1 if there is none.
func PacketNumberLen(packetNumber, largestAcked int64) int {
	unacked := uint64(packetNumber - largestAcked)
	if packetNumber <= largestAcked {
		unacked = 1
	}
	// "The number of bits must be at least one more than the base-2 logarithm
	// of the number of contiguous unacknowledged packet numbers, including the
	// new packet." RFC 9000, Appendix A.2.
	return min((bits.Len64(unacked-1)+1+7)/8, 4)
}

// AppendPacketNumber appends a packet number in [PacketNumberLen] bytes.
func AppendPacketNumber(dst []byte, packetNumber, largestAcked int64) []byte {
	for i := PacketNumberLen(packetNumber, largestAcked) - 1; i >= 0; i-- {
		dst = append(dst, byte(packetNumber>>(8*i)))
	}
	return dst
}

// DecodePacketNumber returns the packet number whose last n bytes, 1 to 4, are
// truncated, and which is nearest to the one after largest (RFC 9000, Appendix
// A.3). largest is -1 if there is none.
func DecodePacketNumber(largest int64, truncated uint32, n int) int64 {
	expected := largest + 1
	window := int64(1) << (8 * n)
	candidate := expected&^(window-1) | int64(truncated)
	switch {
	case candidate <= expected-window/2 && candidate < 1<<62-window:
		return candidate + window
	case candidate > expected+window/2 && candidate >= window:
		return candidate - window
	}
	return candidate
}

package quic

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPacketNumberHasTwiceTheRoomOfTheUnacknowledged(t *testing.T) {
	for _, c := range []struct {
		number, acked int64
		want          int
	}{
		{0, NoPacket, 1},
		{127, NoPacket, 1}, // 128 outstanding
		{128, NoPacket, 2},
		{1<<15 - 1, NoPacket, 2},
		{1 << 15, NoPacket, 3},
		{1<<23 - 1, NoPacket, 3},
		{1 << 23, NoPacket, 4},
		{1<<31 - 1, NoPacket, 4},
		{1<<62 - 1, 1<<62 - 2, 1},
		{1<<62 - 1, 1<<62 - 1 - 128, 1},
		{1<<62 - 1, 1<<62 - 1 - 129, 2},
		{1<<62 - 1, NoPacket, 4}, // more than the field can tell apart
		{5, 9, 1},                // acknowledged before it was sent
	} {
		require.Equal(t, c.want, PacketNumberLen(c.number, c.acked), "packet %d, %d acknowledged", c.number, c.acked)
		require.Len(t, AppendPacketNumber([]byte{1, 2}, c.number, c.acked), 2+c.want)
	}
}

func TestPacketNumberIsUnderstoodByAPeerThatSawTheLastAcknowledged(t *testing.T) {
	for range 100000 {
		acked := int64(source.Uint64()>>(2+source.IntN(62))) - 1
		number := acked + 1 + int64(source.Uint64N(1<<source.IntN(32)))
		if number >= 1<<62 {
			continue
		}
		field := AppendPacketNumber(nil, number, acked)
		var truncated uint32
		for _, b := range field {
			truncated = truncated<<8 | uint32(b)
		}
		// The peer opened at least what it acknowledged, and perhaps more.
		for _, largest := range []int64{acked, number - 1, acked + (number-acked)/2} {
			require.Equal(t, number, DecodePacketNumber(largest, truncated, len(field)),
				"packet %d after %d, %d acknowledged", number, largest, acked)
		}
	}
}

func TestPacketNumberNearestToTheExpectedIsTaken(t *testing.T) {
	for _, c := range []struct {
		largest   int64
		truncated uint32
		n         int
		want      int64
	}{
		{NoPacket, 0, 1, 0},
		{NoPacket, 0xff, 1, 0xff},             // there is nothing below zero
		{NoPacket, 0xffffffff, 4, 0xffffffff}, // nor here
		{0xff, 0x00, 1, 0x100},
		{0x17f, 0x00, 1, 0x200}, // expected 0x180: 0x100 is 128 below, 0x200 128 above
		{0x17e, 0x00, 1, 0x100},
		{0x100, 0xff, 1, 0xff},            // reordered
		{1<<62 - 2, 0xff, 1, 1<<62 - 1},   // the last packet number
		{1<<62 - 2, 0x00, 1, 1<<62 - 256}, // there is nothing above it
	} {
		require.Equal(t, c.want, DecodePacketNumber(c.largest, c.truncated, c.n), "%#x after %#x", c.truncated, c.largest)
	}
}

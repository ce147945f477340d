package quic

import (
	"bytes"
	"testing"
)

// FuzzUnprotect feeds packets that nobody sealed: nothing panics, and
// protecting what was unprotected gives the packet back.
func FuzzUnprotect(f *testing.F) {
	for _, s := range samples {
		f.Add(unhex(s.clientInitial.packet), 18, int64(1), uint8(0))
		f.Add(unhex(s.serverInitial.packet), 18, int64(NoPacket), uint8(1))
		f.Add(unhex(s.chachaPacket.packet), 1, s.chachaPacket.number-1, uint8(2))
	}
	keys := []*Keys{newKeysFor(f, aes128), newKeysFor(f, aes256), newKeysFor(f, chacha)}
	f.Fuzz(func(t *testing.T, packet []byte, pnOffset int, largest int64, which uint8) {
		if largest < NoPacket || largest >= 1<<62 {
			return
		}
		k := keys[int(which)%len(keys)]
		work := bytes.Clone(packet)
		n, number, err := k.UnprotectHeader(work, pnOffset, largest)
		if err != nil {
			if !bytes.Equal(work, packet) {
				t.Fatal("a refused packet was changed")
			}
			return
		}
		if length := n - pnOffset; length < 1 || length > 4 || length != pnLen(work) {
			t.Fatalf("packet number of %d bytes", length)
		}
		if number < 0 || number > 1<<62+1<<32 {
			t.Fatalf("packet number %d", number)
		}
		again := bytes.Clone(work)
		if err := k.ProtectHeader(again, pnOffset); err != nil || !bytes.Equal(again, packet) {
			t.Fatalf("protecting it again gave another packet (%v)", err)
		}
		two := [][]byte{bytes.Clone(work), bytes.Clone(work)}
		if err := k.ProtectHeaders(two, pnOffset); err != nil || !bytes.Equal(two[0], packet) || !bytes.Equal(two[1], packet) {
			t.Fatalf("protecting it in a burst gave another packet (%v)", err)
		}
		if _, err := k.Open(work[n:n], work[:n], work[n:], number); err != ErrOpen {
			t.Fatalf("a packet that nobody sealed: %v", err)
		}
	})
}

// FuzzDecodePacketNumber: the result ends in the truncated number and lies
// within half a window of the expected one, unless a bound of the number space
// is nearer.
func FuzzDecodePacketNumber(f *testing.F) {
	f.Add(int64(0xa82f30ea), uint32(0x9b32), uint8(2))
	f.Add(NoPacket, uint32(0xff), uint8(1))
	f.Fuzz(func(t *testing.T, largest int64, truncated uint32, n uint8) {
		n = n%4 + 1
		if largest < NoPacket || largest >= 1<<62-1 {
			return
		}
		window := int64(1) << (8 * n)
		truncated = uint32(int64(truncated) & (window - 1))
		number := DecodePacketNumber(largest, truncated, int(n))
		if number&(window-1) != int64(truncated) {
			t.Fatalf("%#x does not end in %#x", number, truncated)
		}
		distance := number - (largest + 1)
		inside := distance > -window/2 && distance <= window/2
		if !inside && number >= window && number < 1<<62-window {
			t.Fatalf("%#x is %d from the expected packet number", number, distance)
		}
		if number < 0 || number >= 1<<62 {
			t.Fatalf("%#x is no packet number", number)
		}
	})
}

// FuzzRetryTag: every bit of a Retry packet and of the connection id that it
// answers is in its tag.
func FuzzRetryTag(f *testing.F) {
	f.Add(uint32(V1), []byte{0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08}, []byte("\xff\x00\x00\x00\x01\x00\x08\xf0\x67\xa5\x50\x2a\x42\x62\xb5token"), uint16(3))
	f.Add(uint32(V2), []byte{}, []byte{}, uint16(0))
	f.Add(uint32(5), make([]byte, MaxConnectionID+1), []byte{1}, uint16(9))
	f.Fuzz(func(t *testing.T, version uint32, id, retry []byte, bit uint16) {
		tag, err := RetryTag(Version(version), id, retry)
		if err != nil {
			return
		}
		all := append(bytes.Clone(id), retry...)
		if len(all) == 0 {
			return
		}
		at := int(bit) % (8 * len(all))
		all[at/8] ^= 1 << (at % 8)
		other, err := RetryTag(Version(version), all[:len(id)], all[len(id):])
		if err != nil || other == tag {
			t.Fatalf("bit %d changes nothing: %v", at, err)
		}
	})
}

package quic

import (
	"testing"

	"github.com/tlsengine/tlsengine/cipher"
)

// A packet of 1200 bytes, beside the AEAD alone.
func BenchmarkPacket(b *testing.B) {
	const header = 20
	for _, suite := range suites {
		keys := newKeysFor(b, suite)
		packet := make([]byte, 1200)
		plain, full := packet[header:1200-Overhead], packet[header:]
		number := int64(0)

		b.Run(suite.String()+"/raw-seal", func(b *testing.B) {
			aead, _ := suite.New(make([]byte, suite.KeyLen))
			nonce := make([]byte, cipher.NonceSize)
			start(b)
			for b.Loop() {
				aead.Seal(plain[:0], nonce, plain, packet[:header])
			}
		})
		b.Run(suite.String()+"/seal", func(b *testing.B) {
			start(b)
			for b.Loop() {
				packet[0] = 0x43
				number++
				keys.Seal(packet[:header], packet[:header], plain, number)
				_ = keys.ProtectHeader(packet, header-4)
			}
		})
		b.Run(suite.String()+"/raw-open", func(b *testing.B) {
			aead, _ := suite.New(make([]byte, suite.KeyLen))
			nonce, out := make([]byte, cipher.NonceSize), make([]byte, 1200)
			aead.Seal(plain[:0], nonce, plain, packet[:header])
			start(b)
			for b.Loop() {
				if _, err := aead.Open(out[:0], nonce, full, packet[:header]); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(suite.String()+"/open", func(b *testing.B) {
			copy(packet, []byte{0x43})
			clear(packet[header-4 : header])
			keys.Seal(packet[:header], packet[:header], plain, 0)
			_ = keys.ProtectHeader(packet, header-4)
			protected, out := [header]byte(packet), make([]byte, 1200)
			start(b)
			for b.Loop() {
				copy(packet, protected[:])
				n, number, _ := keys.UnprotectHeader(packet, header-4, NoPacket)
				if _, err := keys.Open(out[:0], packet[:n], packet[n:], number); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(suite.String()+"/mask", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				keys.Mask((*[SampleSize]byte)(packet))
			}
		})
	}
}

func BenchmarkPacketInParallel(b *testing.B) {
	keys := newKeysFor(b, aes128)
	start(b)
	b.RunParallel(func(pb *testing.PB) {
		packet := make([]byte, 1200)
		for number := int64(0); pb.Next(); number++ {
			packet[0] = 0x43
			keys.Seal(packet[:20], packet[:20], packet[20:1200-Overhead], number)
			_ = keys.ProtectHeader(packet, 16)
		}
	})
}

func BenchmarkKeys(b *testing.B) {
	dcid := random(8)
	b.Run("initial", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := InitialKeys(V1, dcid); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, suite := range suites {
		keys := newKeysFor(b, suite)
		b.Run("update-both/"+suite.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for range 2 {
					if _, err := keys.Next(); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	b.Run("retry", func(b *testing.B) {
		retry := random(60)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := RetryTag(V1, dcid, retry); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func start(b *testing.B) {
	b.SetBytes(1200)
	b.ReportAllocs()
}

package group

import (
	"crypto/ecdh"
	"crypto/mlkem"
	"testing"
)

// The three things a handshake does with a group.
func BenchmarkGroup(b *testing.B) {
	for _, g := range All() {
		rand := stream("benchmark")
		key, err := g.Generate(rand)
		if err != nil {
			b.Fatal(err)
		}
		share, _, err := g.Respond(rand, key.Share())
		if err != nil {
			b.Fatal(err)
		}
		b.Run(g.Name+"/generate", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g.Generate(rand)
			}
		})
		b.Run(g.Name+"/respond", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				g.Respond(rand, key.Share())
			}
		})
		b.Run(g.Name+"/secret", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				key.Secret(share)
			}
		})
	}
}

// What the standard library takes for the primitives that are circl's here.
func BenchmarkStandardLibrary(b *testing.B) {
	seed := make([]byte, 64)
	stream("benchmark").Read(seed)
	b.Run("x25519/generate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			key, _ := ecdh.X25519().NewPrivateKey(seed[:32])
			key.PublicKey().Bytes()
		}
	})
	x25519, _ := ecdh.X25519().NewPrivateKey(seed[:32])
	peer := x25519.PublicKey().Bytes()
	b.Run("x25519/secret", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pub, _ := ecdh.X25519().NewPublicKey(peer)
			x25519.ECDH(pub)
		}
	})
	b.Run("ML-KEM-768/generate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			key, _ := mlkem.NewDecapsulationKey768(seed)
			key.EncapsulationKey().Bytes()
		}
	})
	key, _ := mlkem.NewDecapsulationKey768(seed)
	share := key.EncapsulationKey().Bytes()
	b.Run("ML-KEM-768/encapsulate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			pub, _ := mlkem.NewEncapsulationKey768(share)
			pub.Encapsulate()
		}
	})
	_, ciphertext := key.EncapsulationKey().Encapsulate()
	b.Run("ML-KEM-768/decapsulate", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			key.Decapsulate(ciphertext)
		}
	})
}

package signature

import "testing"

func BenchmarkScheme(b *testing.B) {
	for _, a := range All() {
		key := keyFor(b, a.Scheme)
		sig, err := Sign(random(), a.Scheme, key, message)
		if err != nil {
			b.Fatal(err)
		}
		pub := key.Public()
		b.Run(a.Scheme.String()+"/sign", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Sign(random(), a.Scheme, key, message)
			}
		})
		b.Run(a.Scheme.String()+"/verify", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a.Verify(pub, message, sig)
			}
		})
	}
}

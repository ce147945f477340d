package record

import (
	"fmt"
	"testing"

	"github.com/tlsengine/tlsengine/cipher"
)

var benchSizes = []int{64, 1 << 10, MaxPlaintext}

// BenchmarkRaw is the limit: the AEAD alone, sealing from one buffer into
// another and opening in place.
func BenchmarkRaw(b *testing.B) {
	for _, suite := range suites13() {
		for _, n := range benchSizes {
			b.Run(fmt.Sprintf("%v/%d", suite, n), func(b *testing.B) {
				keys := testKeys(suite, 1)
				aead, err := suite.New(keys.Key[:keys.KeyLen])
				if err != nil {
					b.Fatal(err)
				}
				plain := make([]byte, n)
				header := make([]byte, HeaderLen)
				nonce := make([]byte, cipher.NonceSize)
				buf := make([]byte, 0, n+cipher.Overhead)
				b.SetBytes(int64(n))
				b.ReportAllocs()
				for b.Loop() {
					sealed := aead.Seal(buf, nonce, plain, header)
					if _, err := aead.Open(sealed[:0], nonce, sealed, header); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkRecord is the same work through a Writer and a Reader.
func BenchmarkRecord(b *testing.B) {
	for _, suite := range cipher.Suites() {
		for _, n := range benchSizes {
			b.Run(fmt.Sprintf("%v/%d", suite, n), func(b *testing.B) {
				var w Writer
				var r Reader
				w.SetKeys(suite, testKeys(suite, 1))
				r.SetKeys(suite, testKeys(suite, 1))
				plain := make([]byte, n)
				buf := make([]byte, 0, n+w.Overhead(n))
				b.SetBytes(int64(n))
				b.ReportAllocs()
				for b.Loop() {
					out, err := w.Append(buf, ApplicationData, plain)
					if err != nil {
						b.Fatal(err)
					}
					if _, _, err := r.Next(out); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

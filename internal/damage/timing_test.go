package damage

import (
	"bytes"
	"crypto/hmac"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

// Whether the time that a comparison or a decryption takes tells two classes
// of inputs apart, by Welch's t-test as in "Dude, is my code constant time?"
// (Reparaz, Balasch, Verbauwhede, 2017). It needs a quiet machine and some
// seconds: TLSENGINE_TIMING=1.

// leaks is |t| from which the paper calls a difference definite.
const leaks = 10

func quietly(t *testing.T) {
	if os.Getenv("TLSENGINE_TIMING") == "" {
		t.Skip("TLSENGINE_TIMING is not set")
	}
}

// tOf times two classes in random order, and returns Welch's t of what is left
// without the slowest tenth.
func tOf(samples, times int, class [2]func()) float64 {
	var took [2][]float64
	for range samples {
		c := rand.IntN(2)
		start := time.Now()
		for range times {
			class[c]()
		}
		took[c] = append(took[c], float64(time.Since(start)))
	}
	both := slices.Sorted(slices.Values(slices.Concat(took[0], took[1])))
	limit := both[len(both)*9/10]
	var mean, variance, n [2]float64
	for c := range took {
		for _, d := range took[c] {
			if d <= limit {
				n[c]++
				delta := d - mean[c]
				mean[c] += delta / n[c]
				variance[c] += delta * (d - mean[c])
			}
		}
		variance[c] /= n[c] - 1
	}
	return (mean[0] - mean[1]) / math.Sqrt(variance[0]/n[0]+variance[1]/n[1])
}

// byteByByte is a comparison that ends at the first difference.
func byteByByte(a, b []byte) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestTimeOfFinished(t *testing.T) {
	quietly(t)
	right := bytes.Repeat([]byte{0x5a}, 48)
	first, last := bytes.Clone(right), bytes.Clone(right)
	first[0] ^= 1
	last[47] ^= 1
	secret := keyschedule.SecretOf(right)
	compared := 0
	measure := func(equal func(b []byte) bool) float64 {
		class := func(b []byte) func() {
			return func() {
				if equal(b) {
					compared++
				}
			}
		}
		return math.Abs(tOf(50_000, 50, [2]func(){class(first), class(last)}))
	}
	control := measure(func(b []byte) bool { return byteByByte(right, b) })
	t.Logf("|t| of a comparison that stops early: %.1f", control)
	require.Greater(t, control, float64(leaks), "a leak is seen")
	for name, equal := range map[string]func(b []byte) bool{
		"Secret.Equal": secret.Equal, "hmac.Equal": func(b []byte) bool { return hmac.Equal(right, b) },
	} {
		got := measure(equal)
		t.Logf("|t| of %s, wrong in the first byte and in the last: %.1f", name, got)
		require.Less(t, got, float64(leaks), name)
	}
	require.Zero(t, compared)
}

func TestTimeOfOpening(t *testing.T) {
	quietly(t)
	const size = 1000
	for _, id := range []cipher.ID{cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_CHACHA20_POLY1305_SHA256} {
		suite := cipher.Lookup(id)
		keys := keyschedule.TrafficKeys(suite, keyschedule.SecretOf(make([]byte, 32)))
		sealed := func(data, padding int) []byte {
			var w record.Writer
			w.SetKeys(suite, keys)
			w.SetPadding(data + padding)
			wire, err := w.Append(nil, record.ApplicationData, make([]byte, data))
			require.NoError(t, err)
			require.Len(t, wire, record.HeaderLen+size+1+16)
			return wire
		}
		open := func(wire []byte, want bool) func() {
			buf := make([]byte, len(wire))
			var r record.Reader
			r.SetKeys(suite, keys)
			fresh := r.State()
			return func() {
				copy(buf, wire)
				require.NoError(t, r.Restore(fresh, suite))
				_, _, err := r.Next(buf)
				if (err == nil) != want {
					t.Fatal("not what it was to be")
				}
			}
		}
		wire := sealed(size, 1)
		first, last, body := bytes.Clone(wire), bytes.Clone(wire), bytes.Clone(wire)
		first[len(wire)-16] ^= 1
		last[len(wire)-1] ^= 1
		body[record.HeaderLen] ^= 1
		got := math.Abs(tOf(20_000, 1, [2]func(){open(first, false), open(last, false)}))
		t.Logf("%v: |t| of a tag that is wrong in the first byte and in the last: %.1f", id, got)
		require.Less(t, got, float64(leaks))
		got = math.Abs(tOf(20_000, 1, [2]func(){open(first, false), open(body, false)}))
		t.Logf("%v: |t| of a wrong tag and a wrong content: %.1f", id, got)
		require.Less(t, got, float64(leaks))
		got = math.Abs(tOf(20_000, 1, [2]func(){open(sealed(size-1, 2), true), open(sealed(10, size-9), true)}))
		t.Logf("%v: |t| of one byte of padding and %d: %.1f", id, size-10, got)
		require.Less(t, got, float64(leaks))
	}
}

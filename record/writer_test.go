package record

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/race"
)

func TestWriterCutsIntoFragments(t *testing.T) {
	for _, suite := range append(cipher.Suites(), nil) {
		for _, max := range []int{MinFragment, 1000, MaxPlaintext} {
			for _, n := range []int{1, max - 1, max, max + 1, 3 * max, 3*max + 5} {
				w, r := pair(suite)
				w.SetMaxPlaintext(max)
				data := message(1, n)[:n]
				stream, err := w.Append([]byte("before"), Handshake, data)
				require.NoError(t, err)
				require.Equal(t, "before", string(stream[:6]))
				recs, err := readAll(t, r, stream[6:], len(stream))
				require.NoError(t, err)
				require.Len(t, recs, (n+max-1)/max)
				var got []byte
				for i, rec := range recs {
					if i < len(recs)-1 {
						require.Len(t, rec.Data, max)
					}
					got = append(got, rec.Data...)
				}
				require.Equal(t, data, got)
			}
		}
	}
}

func TestFragmentSizeStaysWithinItsLimits(t *testing.T) {
	for set, want := range map[int]int{-1: MinFragment, 0: MinFragment, 63: MinFragment, 64: 64, MaxPlaintext: MaxPlaintext, 1 << 20: MaxPlaintext} {
		var w Writer
		w.SetMaxPlaintext(set)
		require.Equal(t, want, w.fragment())
	}
	require.Equal(t, MaxPlaintext, new(Writer).fragment())
}

func TestOverheadIsExact(t *testing.T) {
	for _, suite := range append(cipher.Suites(), nil) {
		for _, padding := range []int{0, 1, 7, 256, 1 << 20} {
			for _, n := range []int{1, 100, 255, 256, MaxPlaintext - 1, MaxPlaintext, MaxPlaintext + 1, 40000} {
				w, _ := pair(suite)
				w.SetPadding(padding)
				out, err := w.Append(nil, Handshake, make([]byte, n))
				require.NoError(t, err)
				require.Equal(t, n+w.Overhead(n), len(out))
			}
		}
	}
	require.Zero(t, new(Writer).Overhead(0))
}

func TestPaddingHidesTheLength(t *testing.T) {
	w, r := pair(cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	w.SetPadding(256)
	for _, typ := range []ContentType{ApplicationData, Handshake} {
		for _, n := range []int{1, 100, 255} {
			out, err := w.Append(nil, typ, make([]byte, n))
			require.NoError(t, err)
			require.Len(t, out, HeaderLen+256+cipher.Overhead)
			_, rec, err := r.Next(out)
			require.NoError(t, err)
			require.Equal(t, Record{typ, true, make([]byte, n)}, rec)
		}
	}
	out, err := w.Append(nil, ApplicationData, make([]byte, MaxPlaintext))
	require.NoError(t, err)
	require.Len(t, out, HeaderLen+MaxPlaintext+1+cipher.Overhead, "not beyond the largest record")

	out, err = w.AppendEmpty(nil)
	require.NoError(t, err)
	require.Len(t, out, HeaderLen+256+cipher.Overhead)

	w.SetMaxPlaintext(99)
	out, err = w.Append(nil, ApplicationData, make([]byte, 50))
	require.NoError(t, err)
	require.Len(t, out, HeaderLen+100+cipher.Overhead, "the peer's limit holds for content, type and padding")
}

func TestPaddingIsZeroWhateverTheBufferHeld(t *testing.T) {
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	w, r := pair(suite)
	w.SetPadding(512)
	dirty := bytes.Repeat([]byte{0xff}, 1000)
	out, err := w.Append(dirty[:0], ApplicationData, []byte("x"))
	require.NoError(t, err)
	_, rec, err := r.Next(out)
	require.NoError(t, err)
	require.Equal(t, "x", string(rec.Data))
}

func TestVersionInHeaders(t *testing.T) {
	w := new(Writer)
	w.SetVersion(HelloRecordVersion)
	out, _ := w.Append(nil, Handshake, []byte{1})
	require.Equal(t, []byte{22, 3, 1, 0, 1, 1}, out)
	w.SetVersion(RecordVersion)
	out, _ = w.Append(nil, Handshake, []byte{1})
	require.Equal(t, []byte{22, 3, 3, 0, 1, 1}, out)
	out, _ = new(Writer).Append(nil, Handshake, []byte{1})
	require.Equal(t, []byte{22, 3, 3, 0, 1, 1}, out)

	w.SetVersion(HelloRecordVersion)
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	w.SetKeys(suite, testKeys(suite, 1))
	out, _ = w.Append(nil, Handshake, []byte{1})
	require.Equal(t, []byte{23, 3, 3}, out[:3], "protected records are always 0x0303")
}

func TestChangeCipherSpecIsUnprotectedInTLS13(t *testing.T) {
	w, _ := pair(cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	out, err := w.Append(nil, ChangeCipherSpec, []byte{1})
	require.NoError(t, err)
	require.Equal(t, []byte{20, 3, 3, 0, 1, 1}, out)
	require.Zero(t, w.Sequence())
}

func TestWhatMustNotBeSentIsRefused(t *testing.T) {
	before := []byte("before")
	out, err := new(Writer).Append(before, ApplicationData, []byte("in the clear"))
	requireReason(t, alert.Internal, err)
	require.Equal(t, before, out)
	_, err = new(Writer).AppendEmpty(nil)
	requireReason(t, alert.Internal, err)
	for _, n := range []int{1, 3} {
		_, err = new(Writer).Append(nil, Alert, make([]byte, n))
		requireReason(t, alert.Internal, err)
	}
}

func TestNoDataIsNoRecord(t *testing.T) {
	w, _ := pair(cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	for _, typ := range []ContentType{ApplicationData, Handshake, Alert} {
		out, err := w.Append(nil, typ, nil)
		require.NoError(t, err)
		require.Empty(t, out)
	}
}

func TestConfidentialityLimit(t *testing.T) {
	suite := *cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	suite.ConfidentialityLimit = 10
	w, _ := pair(&suite)
	require.Equal(t, uint64(7), w.Remaining(), "the limit itself is not reached")
	_, err := w.Append(nil, ApplicationData, make([]byte, 7*MaxPlaintext+1))
	requireReason(t, alert.KeyLimitReached, err)
	require.Zero(t, w.Sequence(), "nothing was sealed")
	_, err = w.Append(nil, ApplicationData, make([]byte, 7*MaxPlaintext))
	require.NoError(t, err)
	require.Zero(t, w.Remaining())
	_, err = w.AppendEmpty(nil)
	requireReason(t, alert.KeyLimitReached, err)
	_, err = w.Append(nil, Handshake, []byte("KeyUpdate"))
	require.NoError(t, err, "there is room for the KeyUpdate")
	_, err = w.Append(nil, Alert, []byte{2, 80})
	require.NoError(t, err, "and for an alert")
	_, err = w.Append(nil, Alert, []byte{2, 80})
	requireReason(t, alert.KeyLimitReached, err)
	w.SetKeys(&suite, testKeys(&suite, 2))
	require.Equal(t, uint64(7), w.Remaining())

	require.Zero(t, new(Writer).Remaining())
	require.Equal(t, uint64(23_726_566-1-reservedRecords), first(pair(cipher.Lookup(cipher.TLS_AES_256_GCM_SHA384))).Remaining())
}

func first[A, B any](a A, _ B) A { return a }

func TestWriterGrowsOnce(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for _, suite := range append(cipher.Suites(), nil) {
		w, _ := pair(suite)
		data := make([]byte, 5*MaxPlaintext+10)
		w.Append(nil, Handshake, data) // builds the AEAD
		require.Equal(t, float64(1), testing.AllocsPerRun(20, func() {
			if _, err := w.Append(nil, Handshake, data); err != nil {
				t.Fatal(err)
			}
		}))
		buf := make([]byte, 0, len(data)+w.Overhead(len(data)))
		require.Zero(t, testing.AllocsPerRun(20, func() {
			if _, err := w.Append(buf, Handshake, data); err != nil {
				t.Fatal(err)
			}
		}))
	}
}

func TestWriterDoesNotChangeItsData(t *testing.T) {
	for _, suite := range append(cipher.Suites(), nil) {
		w, _ := pair(suite)
		data := message(1, 40_000)
		same := bytes.Clone(data)
		_, err := w.Append(nil, Handshake, data)
		require.NoError(t, err)
		require.Equal(t, same, data)
	}
}

func TestKeysThatDoNotFitAreAnError(t *testing.T) {
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	keys := testKeys(suite, 1)
	keys.KeyLen = 32
	var w Writer
	w.SetKeys(suite, keys)
	_, err := w.Append(nil, Handshake, []byte{1})
	requireReason(t, alert.Internal, err)
	var r Reader
	r.SetKeys(suite, keys)
	_, _, err = r.Next(plaintext(ApplicationData, make([]byte, 100)))
	requireReason(t, alert.Internal, err)

	odd := *suite
	odd.New = func(key []byte) (cipher.AEAD, error) { return longTag{first(suite.New(key))}, nil }
	w.SetKeys(&odd, testKeys(suite, 1))
	_, err = w.Append(nil, Handshake, []byte{1})
	requireReason(t, alert.Internal, err)
}

type longTag struct{ cipher.AEAD }

func (longTag) Overhead() int { return 17 }

func ExampleWriter() {
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	keys := testKeys(suite, 1)
	var w Writer
	var r Reader
	w.SetKeys(suite, keys)
	r.SetKeys(suite, keys)

	stream, _ := w.Append(nil, ApplicationData, []byte("hello"))
	fmt.Println(len(stream), r.Need(stream[:5]))
	n, rec, _ := r.Next(stream)
	fmt.Println(n, rec.Type, string(rec.Data))
	// Output:
	// 27 22
	// 27 application_data hello
}

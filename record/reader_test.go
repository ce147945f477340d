package record

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// readAll gives the stream to the Reader in growing prefixes of step bytes
// more, as a caller does who receives it so cut. Data is copied.
func readAll(t testing.TB, r *Reader, stream []byte, step int) (recs []Record, err error) {
	have := 0
	for {
		n, rec, err := r.Next(stream[:have])
		if err != nil {
			return recs, err
		}
		if n > 0 {
			rec.Data = bytes.Clone(rec.Data)
			recs = append(recs, rec)
			stream, have = stream[n:], have-n
			continue
		}
		if have == len(stream) {
			return recs, nil
		}
		require.Positive(t, r.Need(stream[:have]), "nothing was taken, so something is needed")
		have = min(have+step, len(stream))
	}
}

// plaintext is an unprotected record.
func plaintext(typ ContentType, content []byte) []byte {
	return append(Header{typ, RecordVersion, len(content)}.Append(nil), content...)
}

// inner13 protects an inner plaintext as it is, well formed or not.
func inner13(w *Writer, outer ContentType, inner []byte) []byte {
	record := make([]byte, HeaderLen+len(inner)+cipher.Overhead)
	copy(record[HeaderLen:], inner)
	if err := w.prot.ready(); err != nil {
		panic(err)
	}
	w.prot.seal(outer, record, record[HeaderLen:HeaderLen+len(inner)])
	return record
}

// content12 protects content as it is, too long or not.
func content12(w *Writer, typ ContentType, content []byte) []byte {
	start := HeaderLen + w.prot.suite.ExplicitNonce
	record := make([]byte, start+len(content)+cipher.Overhead)
	copy(record[start:], content)
	if err := w.prot.ready(); err != nil {
		panic(err)
	}
	w.prot.seal(typ, record, record[start:start+len(content)])
	return record
}

func TestRecordsAreTheSameHoweverTheStreamIsCut(t *testing.T) {
	for _, suite := range append(cipher.Suites(), nil) {
		w, _ := pair(suite)
		var stream []byte
		var err error
		for i, n := range []int{1, 100, 0, 3000, MaxPlaintext, 17} {
			typ := Handshake
			if suite != nil && i%2 == 0 {
				typ = ApplicationData
			}
			stream, err = w.Append(stream, typ, message(1, n))
			require.NoError(t, err)
		}
		stream, err = w.Append(stream, Alert, []byte{1, 0})
		require.NoError(t, err)

		_, r := pair(suite)
		want, err := readAll(t, r, bytes.Clone(stream), len(stream))
		require.NoError(t, err)
		require.Len(t, want, 8, "one message takes two records")
		for _, step := range []int{1, 2, 5, 6, 21, 1000} {
			_, r := pair(suite)
			got, err := readAll(t, r, bytes.Clone(stream), step)
			require.NoError(t, err)
			require.Equal(t, want, got, "%v, steps of %d", suite, step)
		}
	}
}

func TestReaderOpensInPlace(t *testing.T) {
	for _, suite := range cipher.Suites() {
		w, r := pair(suite)
		in, err := w.Append(nil, ApplicationData, []byte("in place"))
		require.NoError(t, err)
		n, rec, err := r.Next(in)
		require.NoError(t, err)
		require.Equal(t, len(in), n)
		require.True(t, rec.Protected)
		require.Equal(t, "in place", string(rec.Data))
		start := HeaderLen + suite.ExplicitNonce
		require.Same(t, &in[start], &rec.Data[0])
		require.Equal(t, len(rec.Data), cap(rec.Data), "appending to the content does not touch the stream")
	}
}

func TestIncompleteRecordsAreLeftAlone(t *testing.T) {
	w, r := pair(cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	in, err := w.Append(nil, ApplicationData, []byte("text"))
	require.NoError(t, err)
	same := bytes.Clone(in)
	for i := range in {
		want := HeaderLen - i
		if i >= HeaderLen {
			want = len(in) - i
		}
		require.Equal(t, want, r.Need(in[:i]))
		n, rec, err := r.Next(in[:i])
		require.NoError(t, err)
		require.Zero(t, n)
		require.Equal(t, Record{}, rec)
		require.Equal(t, same, in)
	}
	require.Zero(t, r.Need(in))
	require.Zero(t, r.Need(append(in, 23, 3, 3)))
}

func TestNextTakesOneRecord(t *testing.T) {
	w, r := pair(cipher.Lookup(cipher.TLS_CHACHA20_POLY1305_SHA256))
	in, _ := w.Append(nil, ApplicationData, []byte("one"))
	first := len(in)
	in, _ = w.Append(in, ApplicationData, []byte("two"))
	second := bytes.Clone(in[first:])
	n, _, err := r.Next(in)
	require.NoError(t, err)
	require.Equal(t, first, n)
	require.Equal(t, second, in[first:])
}

func TestUnprotectedRecordsMayHaveAnyVersionOfTheFamily(t *testing.T) {
	for _, v := range []uint16{0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x03ff} {
		var r Reader
		in := append(Header{Handshake, v, 4}.Append(nil), message(0, 0)...)
		n, rec, err := r.Next(in)
		require.NoError(t, err)
		require.Equal(t, len(in), n)
		require.Equal(t, Record{Handshake, false, in[HeaderLen:]}, rec)
	}
}

func TestWhatIsNotTLSIsRefusedByName(t *testing.T) {
	for in, want := range map[string]alert.Reason{
		"GET / HTTP/1.0\n":       alert.LooksLikeHTTP,
		"CONNECT a:443 HTTP/1.0": alert.LooksLikeProxy,
		"\x80\x2e\x01\x00\x02":   alert.LooksLikeSSLv2,
		"blah.":                  alert.NotTLS,
	} {
		for i := range HeaderLen {
			n, _, err := new(Reader).Next([]byte(in)[:i])
			require.NoError(t, err)
			require.Zero(t, n)
		}
		_, _, err := new(Reader).Next([]byte(in))
		requireReason(t, want, err)
	}
}

func TestForgedRecordsAreRefused(t *testing.T) {
	for _, suite := range cipher.Suites() {
		w, _ := pair(suite)
		good, err := w.Append(nil, ApplicationData, []byte("secret"))
		require.NoError(t, err)
		for i := HeaderLen; i < len(good); i++ {
			_, r := pair(suite)
			bad := bytes.Clone(good)
			bad[i] ^= 1
			_, _, err := r.Next(bad)
			requireReason(t, alert.DecryptionFailed, err)
			require.Equal(t, "record does not decrypt (alert bad_record_mac)", err.Error())
		}
		for n := range len(good) - HeaderLen {
			_, r := pair(suite)
			_, _, err := r.Next(append(Header{ApplicationData, RecordVersion, n}.Append(nil), good[HeaderLen:HeaderLen+n]...))
			requireReason(t, alert.DecryptionFailed, err)
		}
		_, r := pair(suite)
		_, _, err = r.Next(bytes.Clone(good))
		require.NoError(t, err)
		_, _, err = r.Next(bytes.Clone(good))
		requireReason(t, alert.DecryptionFailed, err) // the same record again
	}
}

func TestUnprotectedRecordsBesideTLS13Keys(t *testing.T) {
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	for _, typ := range []ContentType{ChangeCipherSpec, Alert} {
		w, r := pair(suite)
		_, rec, err := r.Next(plaintext(typ, []byte{1, 0}))
		require.NoError(t, err)
		require.Equal(t, Record{typ, false, []byte{1, 0}}, rec, "the caller sees that it was not protected")
		in, _ := w.Append(nil, Alert, []byte{1, 0})
		_, rec, err = r.Next(in)
		require.NoError(t, err)
		require.Equal(t, Record{Alert, true, []byte{1, 0}}, rec, "it took no sequence number")
	}
	_, r := pair(suite)
	_, _, err := r.Next(plaintext(Handshake, message(8, 100)))
	requireReason(t, alert.DecryptionFailed, err)
}

func TestTLS12TypesAreOutside(t *testing.T) {
	w, r := pair(cipher.Lookup(cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256))
	for _, typ := range []ContentType{Handshake, ChangeCipherSpec, Alert, ApplicationData} {
		in, err := w.Append(nil, typ, []byte{1, 0})
		require.NoError(t, err)
		require.Equal(t, byte(typ), in[0])
		_, rec, err := r.Next(in)
		require.NoError(t, err)
		require.Equal(t, Record{typ, true, []byte{1, 0}}, rec)
	}
	in, _ := w.Append(nil, Handshake, []byte{1, 0})
	in[0] = byte(ApplicationData)
	_, _, err := r.Next(in)
	requireReason(t, alert.DecryptionFailed, err)
}

func TestSequenceNumberDoesNotWrap(t *testing.T) {
	for _, suite := range cipher.Suites() {
		w, r := pair(suite)
		w.prot.suite = unlimited(suite)
		w.prot.seq, r.prot.seq = math.MaxUint64-1, math.MaxUint64-1
		in, err := w.Append(nil, Handshake, []byte("last"))
		require.NoError(t, err)
		_, _, err = r.Next(in)
		require.NoError(t, err)
		_, err = w.Append(nil, Handshake, []byte("one too many"))
		requireReason(t, alert.KeyLimitReached, err)
		_, _, err = r.Next(in)
		requireReason(t, alert.KeyLimitReached, err)
	}
}

func unlimited(suite *cipher.Suite) *cipher.Suite {
	s := *suite
	s.ConfidentialityLimit = 0
	return &s
}

func TestNewKeysStartAtSequenceZero(t *testing.T) {
	for _, suite := range cipher.Suites() {
		w, r := pair(suite)
		for seed := range byte(3) {
			for range 3 {
				in, err := w.Append(nil, ApplicationData, []byte("data"))
				require.NoError(t, err)
				_, _, err = r.Next(in)
				require.NoError(t, err)
			}
			require.Equal(t, uint64(3), w.Sequence())
			w.SetKeys(suite, testKeys(suite, seed+10))
			r.SetKeys(suite, testKeys(suite, seed+10))
			require.Zero(t, w.Sequence())
		}
	}
}

func TestReaderDoesNotAllocate(t *testing.T) {
	for _, suite := range cipher.Suites() {
		w, r := pair(suite)
		buf := make([]byte, 0, MaxPlaintext+w.Overhead(MaxPlaintext))
		data := make([]byte, MaxPlaintext)
		require.Zero(t, testing.AllocsPerRun(20, func() {
			in, err := w.Append(buf, ApplicationData, data)
			if err != nil {
				t.Fatal(err)
			}
			if r.Need(in) != 0 {
				t.Fatal("record is incomplete")
			}
			if _, _, err := r.Next(in); err != nil {
				t.Fatal(err)
			}
		}))
	}
}

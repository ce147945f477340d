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

func TestHeadersThatCanOnlyBeRefusedAreRefusedAtOnce(t *testing.T) {
	s13 := cipher.Lookup(cipher.TLS_AES_256_GCM_SHA384)
	s12 := cipher.Lookup(cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	for _, c := range []struct {
		name  string
		suite *cipher.Suite
		h     Header
		want  alert.Reason
	}{
		{"MaxPlaintext", nil, Header{Handshake, RecordVersion, MaxPlaintext + 1}, alert.RecordTooLong},
		{"MaxPlaintext, alert beside 1.3 keys", s13, Header{Alert, RecordVersion, MaxPlaintext + 1}, alert.RecordTooLong},
		{"MaxCiphertext13", s13, Header{ApplicationData, RecordVersion, MaxCiphertext13 + 1}, alert.RecordTooLong},
		{"MaxCiphertext12", s12, Header{ApplicationData, RecordVersion, MaxCiphertext12 + 1}, alert.RecordTooLong},
		{"MaxCiphertext12, handshake", s12, Header{Handshake, RecordVersion, MaxCiphertext12 + 1}, alert.RecordTooLong},
		{"64 KiB", nil, Header{Handshake, RecordVersion, 1<<16 - 1}, alert.RecordTooLong},
		{"type 0", nil, Header{0, RecordVersion, 10}, alert.UnknownRecordType},
		{"type 24", nil, Header{24, RecordVersion, 10}, alert.UnknownRecordType},
		{"type 24, protected", s13, Header{24, RecordVersion, 10}, alert.UnknownRecordType},
		{"early application data", nil, Header{ApplicationData, RecordVersion, 10}, alert.UnexpectedRecord},
		{"version 2.x", nil, Header{Handshake, 0x0203, 10}, alert.WrongRecordVersion},
		{"version ffff", nil, Header{Handshake, 0xffff, 10}, alert.WrongRecordVersion},
		{"protected 1.3, version 0301", s13, Header{ApplicationData, 0x0301, 100}, alert.WrongRecordVersion},
		{"protected 1.3, version 0304", s13, Header{ApplicationData, 0x0304, 100}, alert.WrongRecordVersion},
		{"protected 1.3, version 03ff", s13, Header{ApplicationData, 0x03ff, 100}, alert.WrongRecordVersion},
		{"protected 1.2, version 0301", s12, Header{Handshake, 0x0301, 100}, alert.WrongRecordVersion},
		{"protected 1.2, unknown type", s12, Header{99, 0x0303, 100}, alert.UnknownRecordType},
		{"garbage under keys", s13, Header{'G', 0x4554, 0x202f}, alert.WrongRecordVersion},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, r := pair(c.suite)
			in := c.h.Append(nil)
			require.Zero(t, r.Need(in), "no more bytes are asked for")
			n, _, err := r.Next(in)
			require.Zero(t, n)
			requireReason(t, c.want, err)
		})
	}
}

func TestHeadersAtTheLimitAreWaitedFor(t *testing.T) {
	s13 := cipher.Lookup(cipher.TLS_AES_256_GCM_SHA384)
	s12 := cipher.Lookup(cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	for _, c := range []struct {
		suite *cipher.Suite
		typ   ContentType
		limit int
	}{
		{nil, Handshake, MaxPlaintext},
		{s13, ApplicationData, MaxCiphertext13},
		{s12, ApplicationData, MaxCiphertext12},
	} {
		_, r := pair(c.suite)
		require.Equal(t, c.limit, r.Need(Header{c.typ, RecordVersion, c.limit}.Append(nil)))
	}
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

func TestPlaintextLimits(t *testing.T) {
	s13 := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	for _, c := range []struct{ content, padding int }{{MaxPlaintext, 0}, {MaxPlaintext / 2, MaxPlaintext / 2}, {0, MaxPlaintext}} {
		w, r := pair(s13)
		inner := append(append(make([]byte, c.content), byte(ApplicationData)), make([]byte, c.padding)...)
		_, rec, err := r.Next(inner13(w, ApplicationData, inner))
		require.NoError(t, err)
		require.Len(t, rec.Data, c.content)

		_, _, err = r.Next(inner13(w, ApplicationData, append(inner, 0)))
		requireReason(t, alert.PlaintextTooLong, err)
	}
	for _, id := range []cipher.ID{cipher.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, cipher.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256} {
		w, r := pair(cipher.Lookup(id))
		_, rec, err := r.Next(content12(w, ApplicationData, make([]byte, MaxPlaintext)))
		require.NoError(t, err)
		require.Len(t, rec.Data, MaxPlaintext)
		_, _, err = r.Next(content12(w, ApplicationData, make([]byte, MaxPlaintext+1)))
		requireReason(t, alert.PlaintextTooLong, err)
	}
}

func TestInnerPlaintext(t *testing.T) {
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	for _, c := range []struct {
		name  string
		outer ContentType
		inner []byte
		want  alert.Reason
	}{
		{"empty", ApplicationData, nil, alert.NoContentType},
		{"one zero", ApplicationData, make([]byte, 1), alert.NoContentType},
		{"all padding", ApplicationData, make([]byte, 100), alert.NoContentType},
		{"all padding, longest", ApplicationData, make([]byte, MaxPlaintext+1), alert.NoContentType},
		{"change_cipher_spec", ApplicationData, []byte{1, 20}, alert.BadChangeCipherSpec},
		{"type 1", ApplicationData, []byte{1, 1}, alert.UnknownRecordType},
		{"type 24", ApplicationData, []byte{1, 24, 0, 0}, alert.UnknownRecordType},
		{"type 255", ApplicationData, []byte{255}, alert.UnknownRecordType},
		{"empty handshake", ApplicationData, []byte{22}, alert.EmptyHandshakeRecord},
		{"empty handshake, padded", ApplicationData, []byte{22, 0, 0, 0}, alert.EmptyHandshakeRecord},
		{"empty alert", ApplicationData, []byte{21}, alert.EmptyAlertRecord},
		{"handshake outside", Handshake, []byte{1, 22}, alert.WrongOuterType},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, r := pair(suite)
			_, _, err := r.Next(inner13(w, c.outer, c.inner))
			requireReason(t, c.want, err)
			require.Equal(t, alert.UnexpectedMessage, c.want.Alert())
		})
	}
}

func TestPaddingIsTakenOffWhateverItsLength(t *testing.T) {
	w, r := pair(cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	for padding := range 40 {
		for _, content := range []string{"x", "content", "ends in zeros\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"} {
			inner := append(append([]byte(content), byte(Handshake)), make([]byte, padding)...)
			_, rec, err := r.Next(inner13(w, ApplicationData, inner))
			require.NoError(t, err)
			require.Equal(t, Record{Handshake, true, []byte(content)}, rec)
		}
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

func TestMaxEmptyRecords(t *testing.T) {
	empty := map[string]func(w *Writer) []byte{
		"application data": func(w *Writer) []byte {
			b, err := w.AppendEmpty(nil)
			require.NoError(t, err)
			return b
		},
		"change_cipher_spec": func(w *Writer) []byte { return plaintext(ChangeCipherSpec, []byte{1}) },
	}
	for name, next := range empty {
		t.Run(name, func(t *testing.T) {
			w, r := pair(cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
			flood := func() {
				for range MaxEmptyRecords {
					_, _, err := r.Next(next(w))
					require.NoError(t, err)
				}
			}
			flood()
			in, _ := w.Append(nil, ApplicationData, []byte{1})
			_, _, err := r.Next(in)
			require.NoError(t, err)
			flood()
			in, _ = w.Append(nil, Alert, []byte{1, 90})
			_, _, err = r.Next(in)
			require.NoError(t, err)
			_, _, err = r.Next(next(w))
			requireReason(t, alert.TooManyEmptyRecords, err) // an alert is no content either
		})
	}
	t.Run("TLS 1.2", func(t *testing.T) {
		w, r := pair(cipher.Lookup(cipher.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384))
		for i := range MaxEmptyRecords + 1 {
			in, err := w.AppendEmpty(nil)
			require.NoError(t, err)
			_, _, err = r.Next(in)
			if i < MaxEmptyRecords {
				require.NoError(t, err)
			} else {
				requireReason(t, alert.TooManyEmptyRecords, err)
			}
		}
	})
}

func TestEmptyUnprotectedRecordsAreRefused(t *testing.T) {
	_, _, err := new(Reader).Next(plaintext(Handshake, nil))
	requireReason(t, alert.EmptyHandshakeRecord, err)
	_, _, err = new(Reader).Next(plaintext(Alert, nil))
	requireReason(t, alert.EmptyAlertRecord, err)
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

func TestRejectedEarlyDataIsSkippedUnderHandshakeKeys(t *testing.T) {
	suite := cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	early := new(Writer)
	early.SetKeys(suite, testKeys(suite, 99))
	stream, _ := early.Append(nil, ApplicationData, make([]byte, 3000))
	stream = append(stream, plaintext(ChangeCipherSpec, []byte{1})...)
	stream, _ = early.Append(stream, ApplicationData, make([]byte, 2000))
	w, r := pair(suite)
	r.SkipEarlyData(5000)
	stream, _ = w.Append(stream, Handshake, []byte("Finished"))
	recs, err := readAll(t, r, stream, 1)
	require.NoError(t, err)
	require.Equal(t, []Record{{}, {ChangeCipherSpec, false, []byte{1}}, {}, {Handshake, true, []byte("Finished")}}, recs)

	in, _ := early.Append(nil, ApplicationData, make([]byte, 1))
	_, _, err = r.Next(in)
	requireReason(t, alert.DecryptionFailed, err) // after the first record that opened
}

func TestRejectedEarlyDataIsSkippedAfterHelloRetryRequest(t *testing.T) {
	var r Reader
	r.SkipEarlyData(5000)
	stream := plaintext(ApplicationData, make([]byte, 3017))
	stream = append(stream, plaintext(ChangeCipherSpec, []byte{1})...)
	stream = append(stream, plaintext(ApplicationData, make([]byte, 2017))...)
	stream = append(stream, plaintext(Handshake, []byte("ClientHello"))...)
	recs, err := readAll(t, &r, stream, 1)
	require.NoError(t, err)
	require.Equal(t, []Record{{}, {ChangeCipherSpec, false, []byte{1}}, {}, {Handshake, false, []byte("ClientHello")}}, recs)

	_, _, err = r.Next(plaintext(ApplicationData, make([]byte, 20)))
	requireReason(t, alert.UnexpectedRecord, err) // after the first handshake record
}

func TestSkippedEarlyDataIsLimited(t *testing.T) {
	suite := cipher.Lookup(cipher.TLS_CHACHA20_POLY1305_SHA256)
	const limit = 1000
	for _, piece := range []int{1, 7, 100, limit} {
		early := new(Writer)
		early.SetKeys(suite, testKeys(suite, 99))
		_, r := pair(suite)
		r.SkipEarlyData(limit)
		for left := limit; left > 0; {
			n := min(piece, left)
			in, _ := early.Append(nil, ApplicationData, make([]byte, n))
			_, rec, err := r.Next(in)
			require.NoError(t, err, "%d of %d bytes in pieces of %d", limit-left, limit, piece)
			require.Equal(t, Invalid, rec.Type)
			left -= n
		}
		in, _ := early.AppendEmpty(nil)
		_, _, err := r.Next(in)
		requireReason(t, alert.TooMuchSkippedEarlyData, err)
	}
	_, r := pair(suite)
	r.SkipEarlyData(14336)
	_, _, err := r.Next(plaintext(ApplicationData, make([]byte, MaxPlaintext+1)))
	requireReason(t, alert.TooMuchSkippedEarlyData, err)
}

func TestOnlyApplicationDataIsSkipped(t *testing.T) {
	_, r := pair(cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	r.SkipEarlyData(1000)
	_, _, err := r.Next(plaintext(Handshake, make([]byte, 100)))
	requireReason(t, alert.DecryptionFailed, err)
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

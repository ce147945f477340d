package record

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// FuzzReader checks that what a Reader returns, and how it refuses, depends
// neither on how the stream is cut nor on whether the Reader is frozen and
// thawed between its records, and that what it accepts is within the limits.
// The first byte chooses the keys; records that the fuzzer could not protect
// are protected here, if the second byte says so.
func FuzzReader(f *testing.F) {
	suites := append(cipher.Suites(), nil)
	for i := range suites {
		f.Add(byte(i), true, uint16(0), plaintext(Handshake, message(1, 40)), []byte{1, 7})
		f.Add(byte(i), true, uint16(500), append(plaintext(ApplicationData, make([]byte, 30)), plaintext(Alert, []byte{1, 0})...), []byte{6})
		f.Add(byte(i), false, uint16(100), append(plaintext(ChangeCipherSpec, []byte{1}), plaintext(ApplicationData, make([]byte, 70))...), []byte{})
		f.Add(byte(i), false, uint16(0), []byte("GET / HTTP/1.1"), []byte{})
	}
	f.Fuzz(func(t *testing.T, which byte, protect bool, skip uint16, stream, cuts []byte) {
		suite := suites[int(which)%len(suites)]
		if protect && suite != nil {
			stream = protectAll(suite, stream)
		}
		start := func() *Reader {
			_, r := pair(suite)
			if skip > 0 {
				r.SkipEarlyData(int(skip))
			}
			return r
		}
		r := start()
		want, wantErr := readAll(t, r, bytes.Clone(stream), max(1, len(stream)))
		wantState := r.State()

		r = start()
		got, gotErr := readCut(t, r, suite, bytes.Clone(stream), cuts)
		require.Equal(t, want, got)
		require.Equal(t, wantErr, gotErr)
		if wantErr == nil {
			require.Equal(t, wantState, r.State())
		}
		checkRecords(t, suite, want, wantErr)
	})
}

// protectAll takes the stream for unprotected records and protects their
// contents as they are, with the last byte for the type in TLS 1.3.
func protectAll(suite *cipher.Suite, stream []byte) (out []byte) {
	w, _ := pair(suite)
	for {
		h, ok := ParseHeader(stream)
		if !ok || len(stream) < HeaderLen+h.Length {
			return append(out, stream...)
		}
		content := stream[HeaderLen : HeaderLen+h.Length]
		if h.Length > MaxCiphertext12 {
			return append(out, stream...)
		}
		if suite.TLS13() {
			out = append(out, inner13(w, ApplicationData, content)...)
		} else {
			out = append(out, content12(w, h.Type, content)...)
		}
		stream = stream[HeaderLen+h.Length:]
	}
}

// readCut reads the stream in pieces as cuts say, with another Reader after
// each record.
func readCut(t *testing.T, r *Reader, suite *cipher.Suite, stream, cuts []byte) (recs []Record, err error) {
	have := 0
	for i := 0; ; i++ {
		n, rec, err := r.Next(stream[:have])
		if err != nil {
			return recs, err
		}
		if n > 0 {
			rec.Data = bytes.Clone(rec.Data)
			recs = append(recs, rec)
			stream, have = stream[n:], have-n
			var thawed Reader
			require.NoError(t, thawed.Restore(r.State(), suite))
			*r = thawed
			continue
		}
		if have == len(stream) {
			return recs, nil
		}
		step := r.Need(stream[:have])
		require.Positive(t, step)
		if len(cuts) > 0 {
			step = min(step, 1+int(cuts[i%len(cuts)]))
		}
		have = min(have+step, len(stream))
	}
}

// FuzzAlert: an alert is two bytes, and is written as it was read.
func FuzzAlert(f *testing.F) {
	f.Add([]byte{1, 0})
	f.Add([]byte{2, 255})
	f.Add([]byte{3, 0})
	f.Add([]byte{1, 0, 1, 0})
	f.Fuzz(func(t *testing.T, content []byte) {
		level, a, err := ParseAlert(content)
		if err != nil {
			checkRecords(t, nil, nil, err)
			return
		}
		require.Equal(t, content, AppendAlert(nil, level, a))
	})
}

func checkRecords(t *testing.T, suite *cipher.Suite, recs []Record, err error) {
	for _, rec := range recs {
		require.LessOrEqual(t, len(rec.Data), MaxPlaintext)
		if rec.Type == Invalid {
			require.Empty(t, rec.Data)
			continue
		}
		require.True(t, rec.Type.known())
		require.True(t, rec.Protected || suite == nil || suite.TLS13() && rec.Type != Handshake)
		require.False(t, rec.Type == ApplicationData && !rec.Protected)
	}
	if err != nil {
		var e *alert.Error
		require.ErrorAs(t, err, &e)
		require.NotContains(t, []alert.Reason{alert.Unspecified, alert.Internal}, e.Reason)
	}
}

// FuzzPadding: what the padding is, is what a loop from the end finds.
func FuzzPadding(f *testing.F) {
	f.Add([]byte{}, uint16(0))
	f.Add([]byte{0}, uint16(9))
	f.Add([]byte("content\x17"), uint16(1))
	f.Add([]byte{0, 0x80}, uint16(16384))
	f.Fuzz(func(t *testing.T, content []byte, padding uint16) {
		inner := append(bytes.Clone(content), make([]byte, padding)...)
		want := len(bytes.TrimRight(inner, "\x00"))
		require.Equal(t, want, trimPadding(inner))
		require.Equal(t, want, lastNonZero(inner))
	})
}

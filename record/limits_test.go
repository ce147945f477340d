package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
)

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

// A scan that ended where the content does would take some hundred times as
// long for one of these as for the other. The shortest of many times is what
// the work takes, whatever else the machine does.
func TestTimeForPaddingDoesNotTellItsLength(t *testing.T) {
	little, much := make([]byte, MaxPlaintext+1), make([]byte, MaxPlaintext+1)
	little[MaxPlaintext-1], much[0] = byte(Handshake), byte(Handshake)
	shortest := func(inner []byte, want int) time.Duration {
		least := time.Hour
		for range 300 {
			begin := time.Now()
			n := trimPadding(inner)
			least = min(least, time.Since(begin))
			require.Equal(t, want, n)
		}
		return least
	}
	a, b := shortest(little, MaxPlaintext), shortest(much, 1)
	require.Less(t, max(a, b), 2*min(a, b), "%v and %v", a, b)
}

package record

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
)

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

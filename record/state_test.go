package record

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
)

func TestStateGoesOnElsewhere(t *testing.T) {
	for _, suite := range append(cipher.Suites(), nil) {
		w, r := pair(suite)
		w.SetMaxPlaintext(1000)
		w.SetPadding(32)
		w.SetVersion(HelloRecordVersion)
		for range 5 {
			in, err := w.Append(nil, Handshake, message(1, 3000))
			require.NoError(t, err)
			want, err := readAll(t, r, in, len(in))
			require.NoError(t, err)

			var w2 Writer
			var r2 Reader
			require.NoError(t, w2.Restore(w.State(), suite))
			require.NoError(t, r2.Restore(r.State(), suite))
			require.Equal(t, w.State(), w2.State())
			require.Equal(t, r.State(), r2.State())
			w, r = &w2, &r2

			in, err = w.Append(nil, Handshake, message(1, 3000))
			require.NoError(t, err)
			got, err := readAll(t, r, in, len(in))
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
	}
}

func TestReaderStateHoldsItsCounters(t *testing.T) {
	r := new(Reader)
	r.SkipEarlyData(100)
	for range MaxEmptyRecords {
		_, _, err := r.Next(plaintext(ChangeCipherSpec, []byte{1}))
		require.NoError(t, err)
	}
	var thawed Reader
	require.NoError(t, thawed.Restore(r.State(), nil))
	_, rec, err := thawed.Next(plaintext(ApplicationData, make([]byte, 100)))
	require.NoError(t, err)
	require.Equal(t, Invalid, rec.Type)
	_, _, err = thawed.Next(plaintext(ChangeCipherSpec, []byte{1}))
	requireReason(t, alert.TooManyEmptyRecords, err)
}

func TestStatesThatDoNotFitAreRefused(t *testing.T) {
	aes, chacha := cipher.Lookup(cipher.TLS_AES_256_GCM_SHA384), cipher.Lookup(cipher.TLS_CHACHA20_POLY1305_SHA256)
	w, r := pair(aes)
	for name, restore := range map[string]func() error{
		"another suite":     func() error { return r.Restore(r.State(), chacha) },
		"no suite":          func() error { return r.Restore(r.State(), nil) },
		"suite for no keys": func() error { return r.Restore(ReaderState{}, aes) },
		"short key": func() error {
			s := r.State()
			s.Keys.KeyLen = 16
			return r.Restore(s, aes)
		},
		"long IV": func() error {
			s := w.State()
			s.Keys.IVLen = 200
			return w.Restore(s, aes)
		},
		"empty records": func() error {
			s := r.State()
			s.Empty = MaxEmptyRecords + 1
			return r.Restore(s, aes)
		},
		"early data": func() error {
			s := r.State()
			s.SkipEarlyData = -1
			return r.Restore(s, aes)
		},
		"fragment": func() error {
			s := w.State()
			s.MaxPlaintext = MaxPlaintext + 1
			return w.Restore(s, aes)
		},
		"padding": func() error {
			s := w.State()
			s.Padding = -1
			return w.Restore(s, aes)
		},
	} {
		t.Run(name, func(t *testing.T) {
			wBefore, rBefore := w.State(), r.State()
			requireReason(t, alert.Internal, restore())
			require.Equal(t, wBefore, w.State())
			require.Equal(t, rBefore, r.State())
		})
	}
}

func TestParkedHalvesGoOn(t *testing.T) {
	for _, suite := range cipher.Suites() {
		w, r := pair(suite)
		for range 3 {
			in, err := w.Append(nil, ApplicationData, []byte("data"))
			require.NoError(t, err)
			_, _, err = r.Next(in)
			require.NoError(t, err)
			w.Park()
			r.Park()
			require.Nil(t, w.prot.aead)
			require.Nil(t, r.prot.aead)
		}
	}
}

func TestForgottenKeysProtectNothing(t *testing.T) {
	for _, suite := range cipher.Suites() {
		w, r := pair(suite)
		in, err := w.Append(nil, ApplicationData, []byte("data"))
		require.NoError(t, err)
		w.Forget()
		r.Forget()
		require.Zero(t, w.State().Keys)
		require.Zero(t, r.State().Keys)
		_, err = w.Append(nil, ApplicationData, []byte("data"))
		requireReason(t, alert.Internal, err)
		_, err = w.Append(nil, Alert, []byte{2, 80})
		requireReason(t, alert.Internal, err)
		_, _, err = r.Next(in)
		requireReason(t, alert.Internal, err)
	}
}

func TestParkedHalvesAreSmall(t *testing.T) {
	suite := cipher.Lookup(cipher.TLS_AES_256_GCM_SHA384)
	const count = 1000
	type halves struct {
		w Writer
		r Reader
	}
	all := make([]*halves, count)
	before := liveHeap()
	for i := range all {
		h := new(halves)
		h.w.SetKeys(suite, testKeys(suite, 1))
		h.r.SetKeys(suite, testKeys(suite, 1))
		in, err := h.w.Append(nil, ApplicationData, []byte("data"))
		require.NoError(t, err)
		_, _, err = h.r.Next(in)
		require.NoError(t, err)
		h.w.Park()
		h.r.Park()
		all[i] = h
	}
	per := (liveHeap() - before) / count
	t.Logf("%d bytes per parked pair", per)
	require.Less(t, per, int64(640))
	runtime.KeepAlive(all)
}

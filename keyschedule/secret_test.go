package keyschedule

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
)

func TestSecretIsAValue(t *testing.T) {
	b := random(48)
	s := SecretOf(b)
	copied := s
	require.Equal(t, b, s.Bytes())
	require.Equal(t, 48, s.Len())
	b[0]++
	require.Equal(t, copied, s, "a Secret does not keep what it was made of")

	s.Bytes()[1]++
	require.NotEqual(t, copied, s, "Bytes aliases")
	s.Wipe()
	require.Equal(t, Secret{}, s)
	require.Empty(t, s.Bytes())
	require.NotEqual(t, SecretOf(make([]byte, 32)), SecretOf(make([]byte, 48)))
	require.Panics(t, func() { SecretOf(make([]byte, 49)) })
}

func TestSecretEqualsOnlyItsContent(t *testing.T) {
	b := random(32)
	s := SecretOf(b)
	require.True(t, s.Equal(b))
	require.False(t, s.Equal(b[:31]))
	require.False(t, s.Equal(append(b, 0)))
	b[31] ^= 0x80
	require.False(t, s.Equal(b))
	require.False(t, s.Equal(nil))
}

func TestNothingAllocates(t *testing.T) {
	for _, suite := range cipher.Suites() {
		h := suite.Hash
		th, out := random(h.Size()), make([]byte, 64)
		secret := SecretOf(th)
		for name, f := range map[string]func(){
			"Extract":      func() { Extract(h, th, out) },
			"ExpandLabel":  func() { ExpandLabel(h, th, "a label of no less than 48 bytes, longer than any", th, out) },
			"DeriveSecret": func() { DeriveSecret(h, th, "c hs traffic", th) },
			"VerifyData":   func() { VerifyData(h, secret, th) },
			"TrafficKeys":  func() { TrafficKeys(suite, secret) },
			"NextTraffic":  func() { NextTraffic(h, secret) },
			"chain":        func() { chain(suite, th, out) },
			"TLS 1.2":      func() { chain12(suite, th, out[:32]) },
		} {
			require.Zero(t, testing.AllocsPerRun(10, f), "%s of %v", name, suite)
		}
	}
}

// chain takes all secrets of one TLS 1.3 handshake with a ticket.
func chain(suite *cipher.Suite, th, shared []byte) (sum byte) {
	h := suite.Hash
	early := NewEarly(h, th)
	binder := VerifyData(h, early.BinderKey(), th)
	hs := early.Handshake(shared)
	c, s := hs.ClientTraffic(th), hs.ServerTraffic(th)
	ck, sk := TrafficKeys(suite, c), TrafficKeys(suite, s)
	sf, cf := VerifyData(h, s, th), VerifyData(h, c, th)
	main := hs.Main()
	c, s = main.ClientTraffic(th), main.ServerTraffic(th)
	ck, sk = TrafficKeys(suite, c), TrafficKeys(suite, s)
	exporter, resumption := main.Exporter(th), main.Resumption(th)
	psk := ResumptionPSK(h, resumption, []byte{0, 1})
	return binder.b[0] ^ ck.Key[0] ^ sk.Key[0] ^ sf.b[0] ^ cf.b[0] ^ exporter.b[0] ^ psk.b[0]
}

func chain12(suite *cipher.Suite, th, random []byte) (sum byte) {
	main := ExtendedMainSecret12(suite.Hash, random, th)
	c, s := KeyBlock12(suite, main, random, random)
	cf := VerifyData12(suite.Hash, main, ClientFinished, th)
	sf := VerifyData12(suite.Hash, main, ServerFinished, th)
	return c.Key[0] ^ s.Key[0] ^ cf[0] ^ sf[0]
}

func BenchmarkSchedule(b *testing.B) {
	for _, suite := range cipher.Suites() {
		if suite.ID == cipher.TLS_CHACHA20_POLY1305_SHA256 {
			continue // derives as TLS_AES_128_GCM_SHA256 does
		}
		if suite.Auth == cipher.AuthECDSA {
			continue // as its RSA twin
		}
		b.Run(suite.String(), func(b *testing.B) {
			th, shared := random(suite.Hash.Size()), random(32)
			b.ReportAllocs()
			for b.Loop() {
				if suite.TLS13() {
					chain(suite, th, shared)
				} else {
					chain12(suite, th, shared)
				}
			}
		})
	}
}

func BenchmarkDeriveSecret(b *testing.B) {
	for _, h := range hashes {
		b.Run(h.String(), func(b *testing.B) {
			secret := random(h.Size())
			b.ReportAllocs()
			for b.Loop() {
				DeriveSecret(h, secret, "c hs traffic", secret)
			}
		})
	}
}

// What only a programmer can get wrong.
func TestHashesThatDoNotExistPanic(t *testing.T) {
	const none = cipher.Hash(99)
	require.Panics(t, func() { NewEarly(none, []byte("psk")) })
	require.Panics(t, func() { VerifyData12(none, SecretOf(make([]byte, 48)), ClientFinished, nil) })
	require.Panics(t, func() { digest(none, nil) })
}

func TestMoreThanHKDFExpandsToPanics(t *testing.T) {
	secret := make([]byte, 32)
	require.NotPanics(t, func() { ExpandLabel(cipher.SHA256, secret, "test", nil, make([]byte, 255*32)) })
	require.Panics(t, func() { ExpandLabel(cipher.SHA256, secret, "test", nil, make([]byte, 255*32+1)) })
}

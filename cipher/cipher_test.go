package cipher

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSuitesAreWhatTheirNamesSay(t *testing.T) {
	seen := map[ID]bool{}
	for _, s := range Suites() {
		name := s.String()
		require.False(t, seen[s.ID], "%s stands in the table twice", name)
		seen[s.ID] = true
		require.Same(t, s, Lookup(s.ID))

		require.Equal(t, !strings.Contains(name, "_WITH_"), s.TLS13(), name)
		require.Equal(t, strings.HasSuffix(name, "SHA384"), s.Hash == SHA384, name)
		require.Equal(t, strings.HasSuffix(name, "SHA256"), s.Hash == SHA256, name)
		require.Equal(t, strings.Contains(name, "AES_128"), s.KeyLen == 16, name)
		require.Equal(t, strings.Contains(name, "_ECDSA_"), s.Auth == AuthECDSA, name)
		require.Equal(t, strings.Contains(name, "_RSA_"), s.Auth == AuthRSA, name)
		salted := strings.Contains(name, "GCM") && !s.TLS13()
		require.Equal(t, salted, s.ExplicitNonce == 8, name)
		require.Equal(t, NonceSize, s.IVLen+s.ExplicitNonce, name)
		require.Equal(t, strings.Contains(name, "GCM") && s.TLS13(), s.ConfidentialityLimit != 0, name)

		aead, err := s.New(make([]byte, s.KeyLen))
		require.NoError(t, err, name)
		require.Equal(t, NonceSize, aead.NonceSize(), name)
		require.Equal(t, Overhead, aead.Overhead(), name)
	}
	require.Len(t, seen, 9)
	require.True(t, Suites()[0].TLS13(), "TLS 1.3 comes first")
}

func TestSuitesIsTheCallersSlice(t *testing.T) {
	Suites()[0] = nil
	require.NotNil(t, Suites()[0])
}

func TestUnknownSuiteHasNoEntry(t *testing.T) {
	require.Nil(t, Lookup(0x002f)) // TLS_RSA_WITH_AES_128_CBC_SHA
	require.Nil(t, Lookup(TLS_FALLBACK_SCSV))
	require.Equal(t, "0x002f", ID(0x002f).String())
	require.Equal(t, "TLS_FALLBACK_SCSV", TLS_FALLBACK_SCSV.String())
	require.Equal(t, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", TLS_EMPTY_RENEGOTIATION_INFO_SCSV.String())
}

func TestKeyOfAnotherSuiteIsRefused(t *testing.T) {
	for _, s := range Suites() {
		for _, n := range []int{0, 15, 16, 24, 31, 32, 33} {
			if n == s.KeyLen {
				continue
			}
			_, err := s.New(make([]byte, n))
			require.ErrorIs(t, err, ErrKeySize, "%v took a key of %d bytes", s, n)
		}
	}
}

// The AEAD of each suite, by a case of its own specification: McGrew and
// Viega's test cases 4 and 16 for GCM, RFC 8439, Section 2.8.2.
func TestAEADsAreTheOnesMeant(t *testing.T) {
	gcmPlain := "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
		"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
	gcmKey, gcmAD := "feffe9928665731c6d6a8f9467308308", "feedfacedeadbeeffeedfacedeadbeefabaddad2"
	for _, c := range []struct{ kind, key, nonce, ad, plain, sealed string }{
		{
			"AES_128_GCM", gcmKey, "cafebabefacedbaddecaf888", gcmAD, gcmPlain,
			"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e" +
				"21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091" +
				"5bc94fbc3221a5db94fae95ae7121a47",
		},
		{
			"AES_256_GCM", gcmKey + gcmKey, "cafebabefacedbaddecaf888", gcmAD, gcmPlain,
			"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" +
				"8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
				"76fc6ece0f4e1768cddf8853bb2d551b",
		},
		{
			"CHACHA20_POLY1305",
			"808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
			"070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
			hex.EncodeToString([]byte("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.")),
			"d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6" +
				"3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36" +
				"92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc" +
				"3ff4def08e4b7a9de576d26586cec64b6116" +
				"1ae10b594f09e26a7e902ecbd0600691",
		},
	} {
		for _, s := range Suites() {
			if !strings.Contains(s.String(), c.kind) {
				continue
			}
			aead, err := s.New(unhex(c.key))
			require.NoError(t, err)
			got := aead.Seal(nil, unhex(c.nonce), unhex(c.plain), unhex(c.ad))
			require.Equal(t, c.sealed, hex.EncodeToString(got), "%v", s)
		}
	}
}

func TestNonceCountsInTheEndOfTheIV(t *testing.T) {
	iv := [NonceSize]byte(unhex("5d313eb2671276ee13000b30"))
	require.Equal(t, iv, Nonce(iv, 0))
	got := Nonce(iv, 1<<63|0x0102)
	require.Equal(t, "5d313eb2e71276ee13000a32", hex.EncodeToString(got[:]))

	salt := [NonceSize]byte{1, 2, 3, 4}
	want := append([]byte{1, 2, 3, 4}, binary.BigEndian.AppendUint64(nil, 0xdeadbeefcafe)...)
	got = Nonce(salt, 0xdeadbeefcafe)
	require.Equal(t, want, got[:], "RFC 5288, Section 3: salt, and the explicit nonce behind it")
	require.Zero(t, testing.AllocsPerRun(10, func() { Nonce(iv, 7) }))
}

func TestHashKnowsItself(t *testing.T) {
	for _, h := range []Hash{SHA256, SHA384} {
		require.Equal(t, h.Size(), h.New().Size())
		require.LessOrEqual(t, h.Size(), MaxHashSize)
	}
	require.Equal(t, "SHA-256 SHA-384 hash 9", SHA256.String()+" "+SHA384.String()+" "+Hash(9).String())
	require.Zero(t, Hash(0).Size())
	require.Nil(t, Hash(0).New())
	require.Equal(t, "any ECDSA RSA", AuthAny.String()+" "+AuthECDSA.String()+" "+AuthRSA.String())
}

func BenchmarkAEAD(b *testing.B) {
	for _, s := range Suites()[:3] {
		b.Run(s.String(), func(b *testing.B) {
			aead, _ := s.New(bytes.Repeat([]byte{7}, s.KeyLen))
			buf, nonce, ad := make([]byte, 16384+Overhead), make([]byte, NonceSize), make([]byte, 5)
			b.SetBytes(16384)
			for b.Loop() {
				aead.Seal(buf[:0], nonce, buf[:16384], ad)
				if _, err := aead.Open(buf[:0], nonce, buf, ad); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

package keyschedule

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
)

var hashes = []cipher.Hash{cipher.SHA256, cipher.SHA384}

// RFC 5869, Appendices A.1 to A.3.
func TestHKDFOfRFC5869(t *testing.T) {
	for _, c := range []struct{ ikm, salt, info, prk, okm string }{
		{
			ikm:  strings.Repeat("0b", 22),
			salt: "000102030405060708090a0b0c",
			info: "f0f1f2f3f4f5f6f7f8f9",
			prk:  "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
			okm:  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
		},
		{
			ikm:  upTo(0x00, 0x4f),
			salt: upTo(0x60, 0xaf),
			info: upTo(0xb0, 0xff),
			prk:  "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
			okm: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c" +
				"59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71" +
				"cc30c58179ec3e87c14c01d5c1f3434f1d87",
		},
		{
			ikm: strings.Repeat("0b", 22),
			prk: "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
			okm: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
		},
	} {
		prk := Extract(cipher.SHA256, unhex(c.salt), unhex(c.ikm))
		require.Equal(t, c.prk, hex.EncodeToString(prk.Bytes()))
		okm := make([]byte, len(c.okm)/2)
		Expand(cipher.SHA256, prk.Bytes(), unhex(c.info), okm)
		require.Equal(t, c.okm, hex.EncodeToString(okm))
	}
}

// Lengths around the block size (64, 128), around what an HkdfLabel takes
// without allocating, and far above.
var lengths = []int{0, 1, 20, 31, 32, 33, 48, 63, 64, 65, 127, 128, 129, 191, 192, 193, 255, 256, 257, 5000}

func TestHMACIsThatOfTheStandardLibrary(t *testing.T) {
	for _, h := range hashes {
		for _, keyLen := range lengths {
			var m mac
			key := random(keyLen)
			m.start(h, key)
			for _, n := range lengths { // one mac for all: sum starts anew
				message := random(n)
				got := m.sum(message[:n/3], message[n/3:])

				want := hmac.New(h.New, key)
				want.Write(message)
				require.Equal(t, want.Sum(nil), got.Bytes(), "%v, key of %d, message of %d bytes", h, keyLen, n)
			}
		}
	}
}

func TestHKDFIsThatOfTheStandardLibrary(t *testing.T) {
	for _, h := range hashes {
		for _, n := range lengths {
			salt, ikm, info := random(n), random(n), random(n)
			prk := Extract(h, salt, ikm)
			wantPRK, err := hkdf.Extract(h.New, ikm, salt)
			require.NoError(t, err)
			require.Equal(t, wantPRK, prk.Bytes())

			out := make([]byte, n)
			Expand(h, prk.Bytes(), info, out)
			want, err := hkdf.Expand(h.New, wantPRK, string(info), n)
			require.NoError(t, err)
			require.Equal(t, want, out)
		}
	}
}

func TestExpandEndsAt255Hashes(t *testing.T) {
	for _, h := range hashes {
		prk, out := random(h.Size()), make([]byte, 255*h.Size())
		Expand(h, prk, nil, out)
		want, err := hkdf.Expand(h.New, prk, "", len(out))
		require.NoError(t, err)
		require.Equal(t, want, out)
		require.Panics(t, func() { Expand(h, prk, nil, append(out, 0)) })
	}
}

func TestExpandLabelWritesTheLabelOfTheRFC(t *testing.T) {
	for _, c := range []struct {
		label      string
		context    []byte
		n          int
		wantPrefix string
	}{
		{"key", nil, 16, "\x00\x10\x09tls13 key\x00"},
		{"", []byte{}, 300, "\x01\x2c\x06tls13 \x00"},
		{"derived", []byte("abc"), 32, "\x00\x20\x0dtls13 derived\x03abc"},
		{strings.Repeat("l", MaxLabel), bytes.Repeat([]byte("c"), MaxContext), 5,
			"\x00\x05\xfftls13 " + strings.Repeat("l", 249) + "\xff" + strings.Repeat("c", 255)},
	} {
		secret, got := random(32), make([]byte, c.n)
		ExpandLabel(cipher.SHA256, secret, c.label, c.context, got)
		want, err := hkdf.Expand(cipher.SHA256.New, secret, c.wantPrefix, c.n)
		require.NoError(t, err)
		require.Equal(t, want, got, "label %q", c.label)
	}
}

func TestExpandLabelRefusesWhatItsLengthFieldsCannotSay(t *testing.T) {
	var out [32]byte
	require.Panics(t, func() {
		ExpandLabel(cipher.SHA256, out[:], strings.Repeat("l", MaxLabel+1), nil, out[:])
	})
	require.Panics(t, func() {
		ExpandLabel(cipher.SHA256, out[:], "", make([]byte, MaxContext+1), out[:])
	})
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		panic(err)
	}
	return b
}

func upTo(first, last int) string {
	var b []byte
	for i := first; i <= last; i++ {
		b = append(b, byte(i))
	}
	return hex.EncodeToString(b)
}

var source = rand.New(rand.NewPCG(7, 1))

func random(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(source.Uint32())
	}
	return b
}

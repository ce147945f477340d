package keyschedule

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
)

// prfByTheBook is RFC 5246, Section 5, over the standard library.
func prfByTheBook(h cipher.Hash, secret []byte, label string, seed []byte, n int) []byte {
	code := func(parts ...[]byte) []byte {
		m := hmac.New(h.New, secret)
		m.Write(bytes.Join(parts, nil))
		return m.Sum(nil)
	}
	seed = append([]byte(label), seed...)
	a, out := seed, []byte(nil)
	for len(out) < n {
		a = code(a)
		out = append(out, code(a, seed)...)
	}
	return out[:n]
}

// The vector for P_SHA256 that was posted to the TLS working group's list in
// 2008, for want of one in RFC 5246.
func TestPRFOfTheMailingList(t *testing.T) {
	secret, seed := unhex("9bbe436ba940f017b17652849a71db35"), unhex("a0ba9f936cda311827a6f796ffd5198c")
	want := "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a" +
		"6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab" +
		"4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701" +
		"87347b66"
	got := make([]byte, len(want)/2)
	prf(cipher.SHA256, secret, "test label", seed, nil, got)
	require.Equal(t, want, hex.EncodeToString(got))
	require.Equal(t, want, hex.EncodeToString(prfByTheBook(cipher.SHA256, secret, "test label", seed, len(got))))
}

func TestMainSecretsMixWhatTheRFCsSay(t *testing.T) {
	for _, h := range hashes {
		client, server, sessionHash := random(32), random(32), random(h.Size())
		for _, n := range []int{32, 48, 66} { // 66 bytes, of P-521, are more than a block of SHA-256
			preMain := random(n)
			main := MainSecret12(h, preMain, client, server)
			require.Equal(t, prfByTheBook(h, preMain, "master secret", append(client, server...), 48), main.Bytes())
			extended := ExtendedMainSecret12(h, preMain, sessionHash)
			require.Equal(t, prfByTheBook(h, preMain, "extended master secret", sessionHash, 48), extended.Bytes())
		}
	}
}

func TestKeyBlockIsCutAsTheSuiteSays(t *testing.T) {
	client, server := random(32), random(32)
	main := SecretOf(random(MainSecretSize))
	for _, suite := range cipher.Suites() {
		if suite.TLS13() {
			continue
		}
		c, s := KeyBlock12(suite, main, client, server)
		block := prfByTheBook(suite.Hash, main.Bytes(), "key expansion", append(server, client...), 88)
		next := func(n int) []byte {
			b := block[:n]
			block = block[n:]
			return b
		}
		require.Equal(t, next(suite.KeyLen), c.Key[:c.KeyLen], "%v", suite)
		require.Equal(t, next(suite.KeyLen), s.Key[:s.KeyLen], "%v", suite)
		require.Equal(t, next(suite.IVLen), c.IV[:c.IVLen], "%v", suite)
		require.Equal(t, next(suite.IVLen), s.IV[:s.IVLen], "%v", suite)
		require.Equal(t, make([]byte, 12-suite.IVLen), c.IV[c.IVLen:], "the rest of an IV is zero, as cipher.Nonce wants it")
	}
}

func TestFinishedOfEachSideHasItsLabel(t *testing.T) {
	for _, h := range hashes {
		main, th := SecretOf(random(MainSecretSize)), random(h.Size())
		for _, label := range []string{ClientFinished, ServerFinished} {
			got := VerifyData12(h, main, label, th)
			require.Equal(t, prfByTheBook(h, main.Bytes(), label, th, 12), got[:])
		}
	}
}

func TestExport12MixesTheContextIfThereIsOne(t *testing.T) {
	h, main := cipher.SHA384, SecretOf(random(MainSecretSize))
	client, server := random(32), random(32)
	seed := append(bytes.Clone(client), server...)
	for _, n := range []int{0, 1, 64, 1000} {
		for name, c := range map[string]struct {
			context []byte
			tail    []byte
		}{
			"no context":    {nil, nil},
			"empty context": {[]byte{}, []byte{0, 0}},
			"context":       {[]byte("abc"), []byte("\x00\x03abc")},
			"long context":  {make([]byte, 0xffff), append([]byte{0xff, 0xff}, make([]byte, 0xffff)...)},
		} {
			got, err := Export12(h, main, client, server, "EXPORTER-mine", c.context, n)
			require.NoError(t, err, name)
			want := prfByTheBook(h, main.Bytes(), "EXPORTER-mine", append(bytes.Clone(seed), c.tail...), n)
			require.True(t, bytes.Equal(want, got), name)
		}
	}
}

func TestExport12RefusesWhatWouldGiveSecretsAway(t *testing.T) {
	main, r := SecretOf(random(MainSecretSize)), random(32)
	for _, label := range strings.Split("client finished,server finished,master secret,extended master secret,key expansion", ",") {
		_, err := Export12(cipher.SHA256, main, r, r, label, nil, 32)
		require.ErrorIs(t, err, ErrExport, label)
	}
	_, err := Export12(cipher.SHA256, main, r, r, "mine", make([]byte, 0x10000), 32)
	require.ErrorIs(t, err, ErrExport, "a context longer than its length field can say")
	_, err = Export12(cipher.SHA256, main, r, r, "mine", nil, -1)
	require.ErrorIs(t, err, ErrExport)
	_, err = Export12(cipher.SHA256, main, r, r, "mine", nil, MaxExport12+1)
	require.ErrorIs(t, err, ErrExport)
}

// "master_secret = PRF(pre_master_secret, "master secret", ClientHello.random +
// ServerHello.random)". RFC 5246, Section 8.1.
func TestPRF12IsWhatTheMainSecretIsMadeBy(t *testing.T) {
	preMain, client, server := random(48), [32]byte(random(32)), [32]byte(random(32))
	want := MainSecret12(cipher.SHA256, preMain, client[:], server[:])
	got := make([]byte, MainSecretSize)
	PRF12(cipher.SHA256, preMain, "master secret", append(client[:], server[:]...), got)
	require.Equal(t, want.Bytes(), got)
}

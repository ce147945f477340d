package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"io"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/stretchr/testify/require"
)

func TestSameRandomBytesGiveTheSameSignature(t *testing.T) {
	each(t, func(t *testing.T, a *Algorithm) {
		key := keyFor(t, a.Scheme)
		sign := func(seed byte) []byte {
			sig, err := Sign(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), a.Scheme, key, message)
			require.NoError(t, err)
			return sig
		}
		first := sign(1)
		require.Equal(t, first, sign(1))

		_, pss := a.opts.(*rsa.PSSOptions)
		require.Equal(t, pss, !bytes.Equal(first, sign(2)), "only a salt depends on the random bytes")
	})
}

func TestOnlyASaltNeedsRandomBytes(t *testing.T) {
	each(t, func(t *testing.T, a *Algorithm) {
		for _, rand := range []io.Reader{nil, noRandom{}} {
			_, err := Sign(rand, a.Scheme, keyFor(t, a.Scheme), message)
			if _, pss := a.opts.(*rsa.PSSOptions); pss {
				require.ErrorIs(t, err, errNoRandom)
			} else {
				require.NoError(t, err)
			}
		}
	})
}

// RFC 6979, Section A.2.5, with SHA-256: deterministic ECDSA.
func TestRFC6979(t *testing.T) {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), unhex(t, "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"))
	require.NoError(t, err)
	sig, err := Sign(random(), ECDSASecp256r1SHA256, key, []byte("sample"))
	require.NoError(t, err)
	require.Equal(t, unhex(t, "3046"+
		"022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"+
		"022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"), sig)
}

// RFC 8032, Section 7.1 (test 1) and Section 7.4 (blank).
func TestRFC8032(t *testing.T) {
	ed := ed25519.NewKeyFromSeed(unhex(t, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
	require.Equal(t, unhex(t, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), []byte(ed.Public().(ed25519.PublicKey)))
	sig, err := Sign(random(), Ed25519, ed, nil)
	require.NoError(t, err)
	require.Equal(t, unhex(t, "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"), sig)

	ed4 := ed448.NewKeyFromSeed(unhex(t, "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b"))
	require.Equal(t, unhex(t, "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180"), []byte(ed4.Public().(ed448.PublicKey)))
	sig, err = Sign(random(), Ed448, ed4, nil)
	require.NoError(t, err)
	require.Equal(t, unhex(t, "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600"), sig)
}

func TestSignRefusesSchemesAndKeys(t *testing.T) {
	for _, s := range []Scheme{RSAPKCS1SHA1, ECDSASHA1, 0, 0xFFFF} {
		_, err := Sign(random(), s, rsa2048(), message)
		require.ErrorIs(t, err, ErrScheme)
	}
	_, err := Sign(random(), Ed25519, rsa2048(), message)
	require.ErrorIs(t, err, ErrKey)
	_, err = Sign(random(), RSAPSSPssSHA256, rsa2048(), message)
	require.ErrorIs(t, err, ErrKey, "an rsaEncryption key does not sign with rsa_pss_pss")
	_, err = Sign(random(), Ed25519, nil, message)
	require.ErrorIs(t, err, ErrKey)
}

// token is a signer that is not of the standard library.
type token struct {
	crypto.Signer
	sign func(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error)
}

func (s token) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return s.sign(rand, digest, opts)
}

func TestSignerOfAnotherKindGetsTheRandomSource(t *testing.T) {
	reads := token{keyFor(t, ECDSASecp256r1SHA256), func(rand io.Reader, _ []byte, _ crypto.SignerOpts) ([]byte, error) {
		b := make([]byte, 4)
		_, err := io.ReadFull(rand, b)
		return b, err
	}}
	sig, err := Sign(bytes.NewReader([]byte("salt")), ECDSASecp256r1SHA256, reads, message)
	require.NoError(t, err)
	require.Equal(t, []byte("salt"), sig)

	_, err = Sign(nil, ECDSASecp256r1SHA256, reads, message)
	require.ErrorIs(t, err, errNoRandom, "an error, not a panic")
}

func TestSignerOfAnotherKindGetsDigestAndOptions(t *testing.T) {
	each(t, func(t *testing.T, a *Algorithm) {
		failed := errors.New("no such slot")
		key := token{keyFor(t, a.Scheme), func(_ io.Reader, d []byte, opts crypto.SignerOpts) ([]byte, error) {
			require.Equal(t, a.hash, opts.HashFunc())
			if a.hash == 0 {
				require.Equal(t, message, d)
			} else {
				h := a.hash.New()
				h.Write(message)
				require.Equal(t, h.Sum(nil), d)
			}
			return nil, failed
		}}
		_, err := Sign(random(), a.Scheme, key, message)
		require.ErrorIs(t, err, failed)
	})
}

// RFC 9846, Section 4.5.2, has this example.
func TestContent(t *testing.T) {
	want := unhex(t, "2020202020202020202020202020202020202020202020202020202020202020"+
		"2020202020202020202020202020202020202020202020202020202020202020"+
		"544c5320312e332c207365727665722043657274696669636174655665726966"+
		"79"+
		"00"+
		"0101010101010101010101010101010101010101010101010101010101010101")
	hash := bytes.Repeat([]byte{1}, 32)
	require.Equal(t, want, AppendServerContent(nil, hash))

	client := AppendClientContent([]byte("before"), hash)
	require.Equal(t, "before"+string(bytes.Replace(want, []byte("server"), []byte("client"), 1)), string(client))

	require.Len(t, AppendServerContent(nil, make([]byte, 48)), MaxContent)
	buf := make([]byte, 0, MaxContent)
	require.Zero(t, testing.AllocsPerRun(10, func() { AppendClientContent(buf, hash) }))
}

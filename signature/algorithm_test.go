package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"math/big"
	"testing"
	"time"

	"github.com/cloudflare/circl/sign/ed448"
	"github.com/stretchr/testify/require"
)

var message = AppendServerContent(nil, bytes.Repeat([]byte{1}, 32))

func each(t *testing.T, f func(t *testing.T, a *Algorithm)) {
	for _, a := range All() {
		t.Run(a.Scheme.String(), func(t *testing.T) { f(t, a) })
	}
}

func TestSignatureVerifies(t *testing.T) {
	each(t, func(t *testing.T, a *Algorithm) {
		key := keyFor(t, a.Scheme)
		require.True(t, a.Fits(key.Public()))
		require.True(t, a.Fits12(key.Public()))
		sig, err := Sign(random(), a.Scheme, key, message)
		require.NoError(t, err)
		require.NoError(t, a.Verify(key.Public(), message, sig))
		require.NoError(t, a.Verify12(key.Public(), message, sig))
	})
}

func TestChangedSignatureOrMessageDoesNotVerify(t *testing.T) {
	each(t, func(t *testing.T, a *Algorithm) {
		key := keyFor(t, a.Scheme)
		sig, err := Sign(random(), a.Scheme, key, message)
		require.NoError(t, err)
		refused := func(message, sig []byte, why string) {
			t.Helper()
			require.ErrorIs(t, a.Verify(key.Public(), message, sig), ErrSignature, why)
			require.ErrorIs(t, a.Verify12(key.Public(), message, sig), ErrSignature, why)
		}
		refused(message[1:], sig, "shorter message")
		refused(nil, sig, "no message")
		for _, i := range []int{0, len(sig) / 2, len(sig) - 1} {
			changed := bytes.Clone(sig)
			changed[i] ^= 1
			refused(message, changed, "bit changed")
		}
		refused(message, nil, "no signature")
		refused(message, sig[:len(sig)-1], "truncated")
		refused(message, sig[1:], "truncated")
		refused(message, append(bytes.Clone(sig), 0), "extended")
		refused(message, append([]byte{0}, sig...), "extended")
		refused(message, make([]byte, len(sig)), "all zero")
		refused(message, bytes.Repeat([]byte{0xFF}, len(sig)), "all one")
		refused(message, make([]byte, 1<<16-1), "as long as fits")
	})
}

func TestSignatureOfOneSchemeIsNotThatOfAnother(t *testing.T) {
	for _, a := range All() {
		key := keyFor(t, a.Scheme)
		sig, err := Sign(random(), a.Scheme, key, message)
		require.NoError(t, err)
		for _, b := range All() {
			if b != a {
				require.Error(t, b.Verify(key.Public(), message, sig), "%v is not %v", a.Scheme, b.Scheme)
				require.Error(t, b.Verify12(key.Public(), message, sig), "%v is not %v", a.Scheme, b.Scheme)
			}
		}
	}
}

func TestSchemeFitsOnlyItsKindOfKey(t *testing.T) {
	kind := func(s Scheme) string {
		switch s {
		case RSAPSSRsaeSHA256, RSAPSSRsaeSHA384, RSAPSSRsaeSHA512, RSAPKCS1SHA256, RSAPKCS1SHA384, RSAPKCS1SHA512:
			return "rsaEncryption"
		case RSAPSSPssSHA256, RSAPSSPssSHA384, RSAPSSPssSHA512:
			return "RSASSA-PSS"
		}
		return s.String()
	}
	for _, a := range All() {
		for _, b := range All() {
			key := keyFor(t, b.Scheme)
			require.Equal(t, kind(a.Scheme) == kind(b.Scheme), a.Fits(key.Public()), "%v with a key for %v", a.Scheme, b.Scheme)
			if !a.Fits(key.Public()) {
				require.ErrorIs(t, a.Verify(key.Public(), message, nil), ErrKey)
			}
		}
	}
}

func TestCurveIsFixedByTheSchemeInTLS13Only(t *testing.T) {
	schemes := []Scheme{ECDSASecp256r1SHA256, ECDSASecp384r1SHA384, ECDSASecp521r1SHA512}
	for _, s := range schemes {
		for _, other := range schemes {
			a, key := Lookup(s), keyFor(t, other)
			sig, err := Sign(random(), s, key, message)
			require.NoError(t, err, "any curve will do for TLS 1.2")
			require.NoError(t, a.Verify12(key.Public(), message, sig))
			require.True(t, a.Fits12(key.Public()))
			if s != other {
				require.False(t, a.Fits(key.Public()))
				require.ErrorIs(t, a.Verify(key.Public(), message, sig), ErrKey)
			}
		}
		p224 := newEC(elliptic.P224())
		require.False(t, Lookup(s).Fits12(p224.Public()))
		require.ErrorIs(t, Lookup(s).Verify12(p224.Public(), message, nil), ErrKey)
	}
}

func TestKeysThatAreNoKeysAreRefused(t *testing.T) {
	for name, pub := range map[string]crypto.PublicKey{
		"nil":                 nil,
		"a string":            "key",
		"nil ECDSA key":       (*ecdsa.PublicKey)(nil),
		"ECDSA, no curve":     &ecdsa.PublicKey{},
		"nil RSA key":         (*rsa.PublicKey)(nil),
		"RSA, no modulus":     &rsa.PublicKey{E: 65537},
		"nil PSS key":         (*PSSPublicKey)(nil),
		"PSS, no RSA key":     &PSSPublicKey{},
		"empty Ed25519 key":   ed25519.PublicKey{},
		"short Ed25519 key":   make(ed25519.PublicKey, 31),
		"long Ed25519 key":    make(ed25519.PublicKey, 33),
		"empty Ed448 key":     ed448.PublicKey{},
		"short Ed448 key":     make(ed448.PublicKey, 56),
		"an RSA key by value": rsa2048().PublicKey,
		"a private key":       rsa2048(),
		"P-224":               newEC(elliptic.P224()).Public(),
	} {
		require.ErrorIs(t, CheckKey(pub), ErrKey, name)
		each(t, func(t *testing.T, a *Algorithm) {
			require.False(t, a.Fits(pub), name)
			require.False(t, a.Fits12(pub), name)
			require.ErrorIs(t, a.Verify(pub, message, make([]byte, 256)), ErrKey, name)
			require.ErrorIs(t, a.Verify12(pub, message, make([]byte, 256)), ErrKey, name)
		})
	}
	each(t, func(t *testing.T, a *Algorithm) {
		require.NoError(t, CheckKey(keyFor(t, a.Scheme).Public()))
	})
}

// RFC 8017, Section 9.1.1: a salt and a hash of 64 bytes each do not fit a
// modulus of 1024 bits.
func TestRSAKeyTooShortForThePaddingDoesNotFit(t *testing.T) {
	key := rsa1024()
	pss := &PSSPublicKey{RSA: &key.PublicKey}
	for s, fits := range map[Scheme]bool{
		RSAPSSRsaeSHA256: true, RSAPSSRsaeSHA384: true, RSAPSSRsaeSHA512: false,
		RSAPKCS1SHA256: true, RSAPKCS1SHA384: true, RSAPKCS1SHA512: true,
	} {
		require.Equal(t, fits, Lookup(s).Fits(&key.PublicKey), s.String())
		sig, err := Sign(random(), s, key, message)
		if !fits {
			require.ErrorIs(t, err, ErrKey)
			require.ErrorIs(t, Lookup(s).Verify(&key.PublicKey, message, make([]byte, 128)), ErrKey)
			continue
		}
		require.NoError(t, err)
		require.NoError(t, Lookup(s).Verify(&key.PublicKey, message, sig))
	}
	require.True(t, Lookup(RSAPSSPssSHA384).Fits(pss))
	require.False(t, Lookup(RSAPSSPssSHA512).Fits(pss))

	// 1034 bits is the least for SHA-512.
	require.False(t, Lookup(RSAPSSRsaeSHA512).Fits(modulusOf(1033)))
	require.True(t, Lookup(RSAPSSRsaeSHA512).Fits(modulusOf(1034)))
}

func modulusOf(bits uint) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}

func TestRSAKeyOfRefusedSizeCostsNothing(t *testing.T) {
	for _, s := range []Scheme{RSAPSSRsaeSHA256, RSAPSSPssSHA256, RSAPKCS1SHA256} {
		a := Lookup(s)
		wrap := func(key *rsa.PublicKey) crypto.PublicKey {
			if s == RSAPSSPssSHA256 {
				return &PSSPublicKey{RSA: key}
			}
			return key
		}
		require.True(t, a.Fits(wrap(modulusOf(MinRSABits))))
		require.True(t, a.Fits(wrap(modulusOf(MaxRSABits))))
		for _, bits := range []uint{1, 512, MinRSABits - 1, MaxRSABits + 1, 16384, 10_000_000} {
			pub := wrap(modulusOf(bits))
			start := time.Now()
			require.False(t, a.Fits(pub))
			require.ErrorIs(t, a.Verify(pub, message, make([]byte, (bits+7)/8)), ErrKeySize)
			require.ErrorIs(t, CheckKey(pub), ErrKeySize)
			require.Less(t, time.Since(start), time.Second, "one exponentiation of ten million bits takes hours")
		}
	}
}

func TestPSSKeyWithParametersGoesWithTheirHashOnly(t *testing.T) {
	pub := &PSSPublicKey{RSA: &rsa2048().PublicKey, Hash: crypto.SHA384}
	require.False(t, Lookup(RSAPSSPssSHA256).Fits(pub))
	require.True(t, Lookup(RSAPSSPssSHA384).Fits(pub))
	require.False(t, Lookup(RSAPSSPssSHA512).Fits(pub))
}

func TestPSSWithAnotherSaltLengthDoesNotVerify(t *testing.T) {
	key := rsa2048()
	d := digest(crypto.SHA256, message)
	for _, n := range []int{1, 20, 31, 32, 33, 64, 222} {
		opts := &rsa.PSSOptions{SaltLength: n, Hash: crypto.SHA256}
		sig, err := key.Sign(random(), d, opts)
		require.NoError(t, err)
		err = Lookup(RSAPSSRsaeSHA256).Verify(&key.PublicKey, message, sig)
		require.Equal(t, n == 32, err == nil, "salt of %d", n)
	}
}

func TestTable(t *testing.T) {
	var got []string
	for _, a := range Default() {
		got = append(got, a.Scheme.String())
	}
	require.Equal(t, []string{
		"ecdsa_secp256r1_sha256", "ed25519", "rsa_pss_rsae_sha256",
		"ecdsa_secp384r1_sha384", "rsa_pss_rsae_sha384",
		"ecdsa_secp521r1_sha512", "rsa_pss_rsae_sha512",
		"rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512",
	}, got)
	for _, a := range All() {
		require.Same(t, a, Lookup(a.Scheme))
		pkcs1 := a.Scheme == RSAPKCS1SHA256 || a.Scheme == RSAPKCS1SHA384 || a.Scheme == RSAPKCS1SHA512
		mldsa := a.Scheme == MLDSA44 || a.Scheme == MLDSA65 || a.Scheme == MLDSA87
		require.Equal(t, !pkcs1, a.TLS13, a.Scheme.String())
		require.Equal(t, !mldsa, a.TLS12, a.Scheme.String())
	}
	require.Len(t, names, len(All())+2)
	for _, s := range []Scheme{RSAPKCS1SHA1, ECDSASHA1, 0, 0xFFFF} {
		require.Nil(t, Lookup(s), s.String())
	}
	require.Equal(t, "0x0A0A", Scheme(0x0A0A).String())

	Default()[0] = nil
	require.NotNil(t, Default()[0], "the slice is the caller's")
}

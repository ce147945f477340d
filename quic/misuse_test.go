package quic

import (
	stdcipher "crypto/cipher"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
)

var suites = []*cipher.Suite{aes128, aes256, chacha}

func newKeysFor(t testing.TB, suite *cipher.Suite) *Keys {
	t.Helper()
	keys, err := NewKeys(V1, suite, random(suite.Hash.Size()))
	require.NoError(t, err)
	return keys
}

func TestNewKeysRefusesWhatItCannotUse(t *testing.T) {
	for _, suite := range suites {
		n := suite.Hash.Size()
		_, err := NewKeys(Version(0xff00001d), suite, random(n))
		require.ErrorIs(t, err, ErrVersion)
		for _, wrong := range []int{0, n - 1, n + 1, 32 + 48 - n, 1000} {
			_, err = NewKeys(V1, suite, random(wrong))
			require.ErrorIs(t, err, ErrSecret, "%d bytes for %v", wrong, suite)
		}
	}
	_, err := NewKeys(V1, nil, random(32))
	require.ErrorIs(t, err, ErrSuite)
	for _, suite := range cipher.Suites() {
		if !suite.TLS13() {
			_, err = NewKeys(V1, suite, random(suite.Hash.Size()))
			require.ErrorIs(t, err, ErrSuite, "%v is of TLS 1.2", suite)
		}
	}
}

func TestInitialSecretsRefuseWhatIsNoConnectionID(t *testing.T) {
	_, _, err := InitialSecrets(Version(2), random(8))
	require.ErrorIs(t, err, ErrVersion)
	_, _, err = InitialKeys(V1, random(21))
	require.ErrorIs(t, err, ErrConnectionID)
	for _, n := range []int{0, 20} {
		_, _, err = InitialKeys(V2, random(n))
		require.NoError(t, err, "a connection ID of %d bytes is one", n)
	}
}

func TestRetryTagRefusesWhatIsNoRetry(t *testing.T) {
	_, err := RetryTag(Version(2), random(8), random(30))
	require.ErrorIs(t, err, ErrVersion)
	_, err = RetryTag(V1, random(21), random(30))
	require.ErrorIs(t, err, ErrConnectionID)

	whole, err := RetryTag(V1, []byte("abc"), []byte("def"))
	require.NoError(t, err)
	cut, err := RetryTag(V1, []byte("ab"), []byte("cdef"))
	require.NoError(t, err)
	require.NotEqual(t, whole, cut, "the connection ID has a length of its own")
}

func TestShortPacketsAreRefusedAsTheyWere(t *testing.T) {
	for _, suite := range suites {
		keys := newKeysFor(t, suite)
		packet := random(40)
		for pnOffset := -2; pnOffset <= 60; pnOffset++ {
			got := append([]byte(nil), packet...)
			protectErr := keys.ProtectHeader(got, pnOffset)
			if pnOffset >= 1 && pnOffset+4+16 <= len(packet) {
				require.NoError(t, protectErr)
				_, _, err := keys.UnprotectHeader(got, pnOffset, 0)
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, protectErr, ErrShort)
				_, _, err := keys.UnprotectHeader(got, pnOffset, 0)
				require.ErrorIs(t, err, ErrShort)
			}
			require.Equal(t, packet, got, "the sample would start at %d of %d bytes", pnOffset+4, len(packet))
		}
		_, _, err := keys.UnprotectHeader(nil, 1, 0)
		require.ErrorIs(t, err, ErrShort)
	}
}

func TestOpenRefusesWhatWasNotSealedSo(t *testing.T) {
	for _, suite := range suites {
		keys := newKeysFor(t, suite)
		header, payload := []byte{0x40, 0x07}, []byte("some frames")
		sealed := keys.SealPath(nil, header, payload, 0, 7)
		require.Len(t, sealed, len(payload)+Overhead)

		got, err := keys.Open(nil, header, sealed, 7)
		require.NoError(t, err)
		require.Equal(t, payload, got)

		refused := func(why string, keys *Keys, header, sealed []byte, path uint32, number int64) {
			t.Helper()
			got, err := keys.OpenPath(nil, header, sealed, path, number)
			require.ErrorIs(t, err, ErrOpen, why)
			require.Nil(t, got, why)
		}
		next, err := keys.Next()
		require.NoError(t, err)
		refused("other keys", newKeysFor(t, suite), header, sealed, 0, 7)
		refused("next keys", next, header, sealed, 0, 7)
		refused("other number", keys, header, sealed, 0, 8)
		refused("other path", keys, header, sealed, 1, 7)
		refused("other header", keys, []byte{0x41, 0x07}, sealed, 0, 7)
		refused("shorter header", keys, header[:1], sealed, 0, 7)
		for n := range len(sealed) {
			refused("truncated", keys, header, sealed[:n], 0, 7)
		}
		for bit := range 8 * len(sealed) {
			flipped := append([]byte(nil), sealed...)
			flipped[bit/8] ^= 1 << (bit % 8)
			refused("flipped", keys, header, flipped, 0, 7)
		}
	}
}

func TestErrorsOfAnAEADFromElsewhereComeThrough(t *testing.T) {
	broken := errors.New("no hardware today")
	suite, calls := *aes128, 0
	suite.New = func(key []byte) (cipher.AEAD, error) {
		if calls++; calls > 1 {
			return nil, broken
		}
		return aes128.New(key)
	}
	keys, err := NewKeys(V1, &suite, random(32))
	require.NoError(t, err)
	_, err = keys.Next()
	require.ErrorIs(t, err, broken)
	_, err = NewKeys(V1, &suite, random(32))
	require.ErrorIs(t, err, broken)
}

func TestAnAEADFromElsewhereIsUsed(t *testing.T) {
	suite := *aes128
	made := 0
	suite.New = func(key []byte) (stdcipher.AEAD, error) {
		made++
		return aes128.New(key)
	}
	keys, err := NewKeys(V1, &suite, random(32))
	require.NoError(t, err)
	_, err = keys.Next()
	require.NoError(t, err)
	require.Equal(t, 2, made)
	require.Same(t, &suite, keys.Suite())
}

func TestKeysKeepNoReferenceToTheSecret(t *testing.T) {
	secret := random(32)
	copied := append([]byte(nil), secret...)
	keys, err := NewKeys(V1, aes128, secret)
	require.NoError(t, err)
	clear(secret)
	got, err := keys.Next()
	require.NoError(t, err)
	fresh, err := NewKeys(V1, aes128, copied)
	require.NoError(t, err)
	want, err := fresh.Next()
	require.NoError(t, err)
	require.Equal(t, want.Seal(nil, nil, nil, 0), got.Seal(nil, nil, nil, 0))
}

func TestLimitsAreThoseOfTheRFC(t *testing.T) {
	for suite, want := range map[*cipher.Suite][2]uint64{
		aes128: {1 << 23, 1 << 52},
		aes256: {1 << 23, 1 << 52},
		chacha: {1 << 62, 1 << 36},
	} {
		keys := newKeysFor(t, suite)
		require.Equal(t, want, [2]uint64{keys.ConfidentialityLimit(), keys.IntegrityLimit()}, "%v", suite)
	}
}

func TestVersionNamesItself(t *testing.T) {
	require.Equal(t, "QUIC v1, QUIC v2, QUIC version 0xff00001d",
		V1.String()+", "+V2.String()+", "+Version(0xff00001d).String())
}

func TestRetryKeysFollowFromTheirSecrets(t *testing.T) {
	for v, secret := range map[Version]string{
		V1: "d9c9943e6101fd200021506bcc02814c73030f25c79d71ce876eca876e6fca8e",
		V2: "c4dd2484d681aefa4ff4d69c2c20299984a765a5d3c31982f38fc74162155e9f",
	} {
		b := newBook(t, v, aes128, unhex(secret))
		require.Equal(t, b.iv, v.params().retryNonce)
		require.Equal(t, b.aead.Seal(nil, b.iv, nil, []byte("ad")),
			v.params().retry.Seal(nil, b.iv, nil, []byte("ad")))
	}
}

func TestASuiteWithoutAKeyOfAnyCipherIsAnError(t *testing.T) {
	odd := *aes128
	odd.KeyLen = 5
	_, err := NewKeys(V1, &odd, random(32))
	require.Error(t, err)
}

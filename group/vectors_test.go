package group

import (
	"bytes"
	"crypto/ecdh"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"crypto/sha3"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

// RFC 7748, Sections 6.1 and 6.2.
func TestRFC7748(t *testing.T) {
	for _, v := range []struct {
		id                      ID
		alice, alicePublic      string
		bob, bobPublic, secretK string
	}{
		{
			X25519,
			"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
			"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
			"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
			"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
			"4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
		},
		{
			X448,
			"9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
			"9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0",
			"1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
			"3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
			"07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d",
		},
	} {
		g := Lookup(v.id)
		alice, err := g.Generate(bytes.NewReader(unhex(t, v.alice)))
		require.NoError(t, err)
		require.Equal(t, unhex(t, v.alice), alice.Seed())
		require.Equal(t, unhex(t, v.alicePublic), alice.Share())
		bobPublic, secret, err := g.Respond(bytes.NewReader(unhex(t, v.bob)), alice.Share())
		require.NoError(t, err)
		require.Equal(t, unhex(t, v.bobPublic), bobPublic)
		require.Equal(t, unhex(t, v.secretK), secret)
		secret, err = alice.Secret(bobPublic)
		require.NoError(t, err)
		require.Equal(t, unhex(t, v.secretK), secret)
	}
}

// kemAccumulated runs n deterministic exchanges, each also with a random
// ciphertext, and hashes all that comes out of them.
func kemAccumulated(t *testing.T, k *kem, n int) string {
	in, out := sha3.NewSHAKE128(), sha3.NewSHAKE128()
	seed, m, random := make([]byte, 64), make([]byte, 32), make([]byte, k.ciphertextLen)
	share, ciphertext := make([]byte, k.shareLen), make([]byte, k.ciphertextLen)
	secret, got := make([]byte, 32), make([]byte, 32)
	for range n {
		in.Read(seed)
		key := k.fromSeed(share, seed)
		out.Write(share)
		in.Read(m)
		require.True(t, k.encapsulate(ciphertext, secret, share, m))
		out.Write(ciphertext)
		out.Write(secret)
		key.DecapsulateTo(got, ciphertext)
		require.Equal(t, secret, got)
		in.Read(random)
		key.DecapsulateTo(got, random)
		out.Write(got)
	}
	sum := make([]byte, 32)
	out.Read(sum)
	return hex.EncodeToString(sum)
}

// The accumulated ML-KEM vectors of the Community Cryptography Test Vectors,
// for 100 exchanges; 10,000 give 8a518cc6….
func TestMLKEM768Accumulated(t *testing.T) {
	require.Equal(t, "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415", kemAccumulated(t, &kem768, 100))
	if !testing.Short() {
		require.Equal(t, "8a518cc63da366322a8e7a818c7a0d63483cb3528d34a4cf42f35d5ad73f22fc", kemAccumulated(t, &kem768, 10000))
	}
}

// The standard library's ML-KEM is another implementation of FIPS 203.
func TestMLKEMIsThatOfTheStandardLibrary(t *testing.T) {
	rand := stream("mlkem")
	seed, m := make([]byte, 64), make([]byte, 32)
	for range 20 {
		rand.Read(seed)
		rand.Read(m)

		dk768, err := mlkem.NewDecapsulationKey768(seed)
		require.NoError(t, err)
		secret, ciphertext, err := mlkemtest.Encapsulate768(dk768.EncapsulationKey(), m)
		require.NoError(t, err)
		sameKEM(t, &kem768, seed, m, dk768.EncapsulationKey().Bytes(), ciphertext, secret, dk768.Decapsulate)

		dk1024, err := mlkem.NewDecapsulationKey1024(seed)
		require.NoError(t, err)
		secret, ciphertext, err = mlkemtest.Encapsulate1024(dk1024.EncapsulationKey(), m)
		require.NoError(t, err)
		sameKEM(t, &kem1024, seed, m, dk1024.EncapsulationKey().Bytes(), ciphertext, secret, dk1024.Decapsulate)
	}
}

func sameKEM(t *testing.T, k *kem, seed, m, share, ciphertext, secret []byte, decapsulate func([]byte) ([]byte, error)) {
	t.Helper()
	gotShare, gotCiphertext, gotSecret := make([]byte, k.shareLen), make([]byte, k.ciphertextLen), make([]byte, 32)
	key := k.fromSeed(gotShare, seed)
	require.Equal(t, share, gotShare)
	require.True(t, k.encapsulate(gotCiphertext, gotSecret, share, m))
	require.Equal(t, ciphertext, gotCiphertext)
	require.Equal(t, secret, gotSecret)

	changed := bytes.Clone(ciphertext)
	changed[7] ^= 1
	rejected, err := decapsulate(changed)
	require.NoError(t, err)
	key.DecapsulateTo(gotSecret, changed)
	require.Equal(t, rejected, gotSecret, "implicit rejection")
}

func TestX25519IsThatOfTheStandardLibrary(t *testing.T) {
	rand := stream("x25519")
	seed, peer := make([]byte, 32), make([]byte, 32)
	for range 200 {
		rand.Read(seed)
		rand.Read(peer) // a point of the curve or of its twist
		want, err := ecdh.X25519().NewPrivateKey(seed)
		require.NoError(t, err)
		key, err := Lookup(X25519).Restore(seed)
		require.NoError(t, err)
		require.Equal(t, want.PublicKey().Bytes(), key.Share())
		pub, err := ecdh.X25519().NewPublicKey(peer)
		require.NoError(t, err)
		secret, err := want.ECDH(pub)
		require.NoError(t, err)
		got, err := key.Secret(peer)
		require.NoError(t, err)
		require.Equal(t, secret, got)
	}
}

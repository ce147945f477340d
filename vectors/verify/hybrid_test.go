package verify

import (
	"bytes"
	"crypto/ecdh"
	"crypto/mlkem"
	"crypto/mlkem/mlkemtest"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/vectors"
)

// The cases of the hybrid groups are made by crypto/ecdh and crypto/mlkem. The
// groups of this module take ML-KEM and X25519 from elsewhere, so the two check
// each other.
func TestHybridCasesAreThoseOfTheStandardLibrary(t *testing.T) {
	f := vectors.File{
		Title:  "Hybrid groups of draft-ietf-tls-ecdhe-mlkem, by the standard library of Go",
		Fields: vectors.Fields{{Name: "check", Text: "hybrid key exchange"}},
	}
	for n := range 2 {
		f.Sections = append(f.Sections,
			hybrid(t, "X25519MLKEM768", n, ecdh.X25519(), 32, kem768, true),
			hybrid(t, "SecP256r1MLKEM768", n, ecdh.P256(), 32, kem768, false),
			hybrid(t, "SecP384r1MLKEM1024", n, ecdh.P384(), 48, kem1024, false))
	}
	const file = "../hybrid/groups.txt"
	if *update {
		require.NoError(t, os.MkdirAll("../hybrid", 0o755))
		require.NoError(t, os.WriteFile(file, f.Append(nil), 0o644))
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(f.Append(nil)), string(text))
}

// A kemFunc makes a key of a seed and encapsulates to it with m. rejected is the
// secret of the ciphertext with its first bit damaged.
type kemFunc func(t *testing.T, seed, m []byte) (ek, ct, secret, rejected []byte)

func damaged(ct []byte) []byte {
	ct = bytes.Clone(ct)
	ct[0] ^= 0x80
	return ct
}

func kem768(t *testing.T, seed, m []byte) (ek, ct, secret, rejected []byte) {
	key, err := mlkem.NewDecapsulationKey768(seed)
	require.NoError(t, err)
	secret, ct, err = mlkemtest.Encapsulate768(key.EncapsulationKey(), m)
	require.NoError(t, err)
	rejected, err = key.Decapsulate(damaged(ct))
	require.NoError(t, err)
	return key.EncapsulationKey().Bytes(), ct, secret, rejected
}

func kem1024(t *testing.T, seed, m []byte) (ek, ct, secret, rejected []byte) {
	key, err := mlkem.NewDecapsulationKey1024(seed)
	require.NoError(t, err)
	secret, ct, err = mlkemtest.Encapsulate1024(key.EncapsulationKey(), m)
	require.NoError(t, err)
	rejected, err = key.Decapsulate(damaged(ct))
	require.NoError(t, err)
	return key.EncapsulationKey().Bytes(), ct, secret, rejected
}

// hybrid makes the n-th case of a group, from seeds that are hashes of their
// names.
func hybrid(t *testing.T, group string, n int, curve ecdh.Curve, scalarLen int, kem kemFunc, kemFirst bool) vectors.Section {
	seed := func(what string, size int) []byte {
		sum := sha512.Sum512(fmt.Appendf(nil, "%s, case %d: %s", group, n, what))
		return sum[:size]
	}
	scalarC, scalarS := seed("client scalar", scalarLen), seed("server scalar", scalarLen)
	kemSeed, m := seed("client mlkem seed", 64), seed("server mlkem m", 32)
	c, err := curve.NewPrivateKey(scalarC)
	require.NoError(t, err)
	s, err := curve.NewPrivateKey(scalarS)
	require.NoError(t, err)
	shared, err := c.ECDH(s.PublicKey())
	require.NoError(t, err)
	ek, ct, secret, rejected := kem(t, kemSeed, m)
	join := func(curvePart, kemPart []byte) []byte {
		if kemFirst {
			return slices.Concat(kemPart, curvePart)
		}
		return slices.Concat(curvePart, kemPart)
	}
	sec := vectors.Section{Title: fmt.Sprintf("%s, case %d", group, n), Fields: vectors.Fields{{Name: "group", Text: group}}}
	for _, v := range []struct {
		name  string
		value []byte
	}{
		{"client mlkem seed", kemSeed}, {"client scalar", scalarC}, {"server mlkem m", m}, {"server scalar", scalarS},
		{"client share", join(c.PublicKey().Bytes(), ek)}, {"server share", join(s.PublicKey().Bytes(), ct)}, {"secret", join(shared, secret)},
		{"rejected secret", join(shared, rejected)},
	} {
		sec.Fields = append(sec.Fields, vectors.Field{Name: v.name, Text: hex.EncodeToString(v.value)})
	}
	return sec
}

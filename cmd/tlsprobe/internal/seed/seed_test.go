package seed

import (
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A seed is its bytes in hex, and every party has randomness of its own.
func FuzzParse(f *testing.F) {
	f.Add("00")
	f.Add(strings.Repeat("Ab", 64))
	f.Add(strings.Repeat("ab", 65))
	f.Fuzz(func(t *testing.T, s string) {
		seed, err := Parse(s)
		if err != nil {
			require.Nil(t, seed)
			return
		}
		require.Equal(t, strings.ToLower(s), hex.EncodeToString(seed))
		var a, b, again [16]byte
		for party, to := range map[string]*[16]byte{"a": &a, "b": &b} {
			_, err := io.ReadFull(seed.Reader(party), to[:])
			require.NoError(t, err)
		}
		_, err = io.ReadFull(seed.Reader("a"), again[:])
		require.NoError(t, err)
		require.Equal(t, a, again)
		require.NotEqual(t, a, b)
	})
}

package dissect

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// One point of 256 on P-256 has bytes of which the first two are the header of
// an OCTET STRING of the right length. It is no RSA key for that.
func TestPublicPointIsNoRSAKey(t *testing.T) {
	point := append([]byte{4, 63}, make([]byte, 63)...)
	spki := append([]byte{0x30, 89, 0x30, 19, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 3, 66, 0}, point...)
	tree := Certificate(spki)
	for f := range tree.Leaves() {
		require.NotContains(t, f.ID, "rsaPublicKey")
	}
	require.Equal(t, Kind("der.value"), lastLeaf(&tree).Kind)
}

func lastLeaf(f *Field) (last *Field) {
	for leaf := range f.Leaves() {
		last = leaf
	}
	return last
}

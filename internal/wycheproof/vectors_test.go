package wycheproof

import (
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"slices"
	"testing"

	"github.com/c2sp/wycheproof"
	"github.com/stretchr/testify/require"
)

// hexBytes is a hexadecimal string of the vectors.
type hexBytes []byte

func (b *hexBytes) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

// vector is one test of any of the kinds used here.
type vector struct {
	ID      int `json:"tcId"`
	Comment string
	Flags   []string
	Result  string

	Public, Private, Shared hexBytes // ECDH
	Seed, EK, C, K, M       hexBytes // ML-KEM
	Msg, Sig, Ctx           hexBytes // signatures
}

func (v *vector) has(flag string) bool { return slices.Contains(v.Flags, flag) }

// vectorGroup is what its vectors have in common.
type vectorGroup struct {
	PublicKeyDer    hexBytes
	PrivateKeyPkcs8 hexBytes
	Sha, MgfSha     string
	SLen            int
	Tests           []vector
}

// load reads one file of vectors.
func load(t *testing.T, name string) []vectorGroup {
	t.Helper()
	data, err := fs.ReadFile(wycheproof.TestVectors, name+"_test.json")
	require.NoError(t, err)
	var file struct {
		NumberOfTests int
		TestGroups    []vectorGroup
	}
	require.NoError(t, json.Unmarshal(data, &file))
	require.NotEmpty(t, file.TestGroups)
	n := 0
	for _, g := range file.TestGroups {
		n += len(g.Tests)
	}
	require.Equal(t, file.NumberOfTests, n)
	return file.TestGroups
}

// agree fails unless the outcome of v is the one wanted.
func (v *vector) agree(t *testing.T, valid bool, err error) {
	t.Helper()
	if valid {
		require.NoError(t, err, "%d: %s %v", v.ID, v.Comment, v.Flags)
	} else {
		require.Error(t, err, "%d: %s %v", v.ID, v.Comment, v.Flags)
	}
}

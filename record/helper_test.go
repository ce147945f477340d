package record

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// testKeys are some keys of suite, others for another seed.
func testKeys(suite *cipher.Suite, seed byte) keyschedule.Keys {
	k := keyschedule.Keys{KeyLen: uint8(suite.KeyLen), IVLen: uint8(suite.IVLen)}
	for i := range suite.KeyLen {
		k.Key[i] = byte(i)*3 + seed
	}
	for i := range suite.IVLen {
		k.IV[i] = byte(i)*5 + seed
	}
	return k
}

// pair is a Writer and the Reader of what it writes, with keys of suite, or
// without if that is nil.
func pair(suite *cipher.Suite) (*Writer, *Reader) {
	w, r := new(Writer), new(Reader)
	if suite != nil {
		w.SetKeys(suite, testKeys(suite, 1))
		r.SetKeys(suite, testKeys(suite, 1))
	}
	return w, r
}

// requireReason requires err to be a refusal with that reason.
func requireReason(t testing.TB, want alert.Reason, err error) {
	t.Helper()
	var e *alert.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, want.String(), e.Reason.String(), "%v", err)
}

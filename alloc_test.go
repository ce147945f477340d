package tlsengine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/race"
)

func TestRecordsAreSentAndReceivedWithoutAllocating(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	for _, suite := range cipher.Suites() {
		if suite.Auth == cipher.AuthRSA {
			continue
		}
		k := plainChat()
		k.limit(suite)
		c, s := k.handshake(t)
		for _, n := range []int{1, 64, 16 << 10, 20 << 10} {
			plain := make([]byte, n)
			require.Zero(t, testing.AllocsPerRun(20, func() {
				k.record(t, c, s, plain)
				k.record(t, s, c, plain)
			}), "%d bytes each way, %v", n, suite)
		}
	}
}

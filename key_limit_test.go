package tlsengine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// Keys that cannot change seal a bounded number of records. What does not fit
// is not sent in part.

// limitTo gives both Configs a suite whose keys seal ten records, two of which
// are kept for what is not data.
func limitTo(id cipher.ID, list ...*tlsengine.Config) {
	s := *cipher.Lookup(id)
	s.ConfidentialityLimit = 11
	for _, cfg := range list {
		cfg.Suites, cfg.MaxFragment = []*cipher.Suite{&s}, 64
	}
}

func TestTLS12SendsWhatItsKeysMaySealAndNoPartOfMore(t *testing.T) {
	client, server := client12(), server12()
	limitTo(cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, client, server)
	p := meet(t, client, server)
	e := p.client.Engine
	long := []byte(strings.Repeat("x", 64*8))
	out, err := e.Send([]byte("before"), long)
	require.ErrorIs(t, err, tlsengine.ErrKeyLimit, "the Finished was the first of the keys' ten records")
	require.Equal(t, "before", string(out), "nothing was sent")
	require.NoError(t, e.Err(), "nothing is broken")

	p.exchange(long[:64*7])
	out, err = e.Send(nil, []byte("x"))
	require.ErrorIs(t, err, tlsengine.ErrKeyLimit)
	require.Empty(t, out)
	_, err = e.UpdateKeys(nil, 0)
	require.ErrorIs(t, err, tlsengine.ErrKeyUpdate)
	p.server.take(t, e.Close(nil))
	require.NoError(t, p.server.TransportEOF(), "there is room for close_notify")
}

func TestEarlyDataThatItsKeysMayNotSealIsNotSentInPart(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		session, psk := sessionOf(t, drive, cfg, nil, 10_000)
		cfg.Session, cfg.MaxEarlyData = session, 10_000
		limitTo(cipher.TLS_AES_128_GCM_SHA256, cfg)
		p := testpeer.Server(t, drive, cfg)
		p.PSKs, p.EarlyData = []*testpeer.PSK{psk}, true
		p.WriteEarly("a record")
		left := p.Engine.EarlyDataLeft()
		out, err := p.Engine.SendEarly([]byte("before"), make([]byte, 64*8))
		require.ErrorIs(t, err, tlsengine.ErrEarlyDataLimit)
		require.Equal(t, "before", string(out), "nothing was sent")
		require.Equal(t, left, p.Engine.EarlyDataLeft(), "and nothing is counted")
		p.WriteEarly(strings.Repeat("x", 64*7))
		require.Equal(t, left-64*7, p.Engine.EarlyDataLeft())
	})
}

package tlsengine_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// A snapshot has the peer's chain as it came, and not its key: a chain that does
// not parse any more proves nothing.
func TestAChainThatWasChangedInASnapshot(t *testing.T) {
	leaf := testpeer.ServerIdentity().Chain[0]
	changed := func(t *testing.T, e *tlsengine.Engine) *tlsengine.Engine {
		cfg := e.Config()
		data, err := e.Freeze(nil)
		require.NoError(t, err)
		at := bytes.Index(data, leaf)
		require.Positive(t, at)
		data[at]++
		return thaw(t, cfg, resealed(data[1:len(data)-8]))
	}
	t.Run("TLS 1.3", func(t *testing.T) {
		p := testpeer.Server(t, testpeer.Whole(), testpeer.ClientConfig())
		p.Send(p.ServerHello(), p.EncryptedExtensions(), p.Certificate())
		p.WantFlight("the client waits for CertificateVerify", handshake.MsgClientHello)
		p.Engine = changed(t, p.Engine)
		p.Send(p.CertificateVerify())
		p.WantAlert("the key is gone", alert.DecodeError, alert.CertificateMalformed)
	})
	t.Run("TLS 1.2", func(t *testing.T) {
		p := newPair(t, client12(), server12())
		p.server.take(t, p.client.Flush(nil))
		flight := cut(t, p.server.Flush(nil), false)
		p.client.take(t, join(flight[:2]))
		require.NoError(t, p.client.err)
		p.client.Engine = changed(t, p.client.Engine)
		p.client.take(t, join(flight[2:]))
		require.Equal(t, alert.CertificateMalformed, p.client.refusal(t).Reason)
	})
}

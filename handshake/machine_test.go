package handshake

import (
	"crypto/x509"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// What a carrier may do with a machine at the wrong time.

func TestAMachineStartsOnce(t *testing.T) {
	cfg := &Config{ServerName: "server.test"}
	c, err := NewClient(cfg, Records, nil)
	require.NoError(t, err)
	require.NoError(t, c.Start())
	require.NotEmpty(t, c.Take())
	require.NoError(t, c.Start())
	require.Empty(t, c.Take(), "the ClientHello was said")
	s, err := NewServer(cfg, Records, nil)
	require.NoError(t, err)
	require.NoError(t, s.Start())
	require.Empty(t, s.Take(), "a server waits")
	require.Equal(t, Start, s.State())
}

func TestAMachineThatFailedStaysSo(t *testing.T) {
	cfg := &Config{ServerName: "server.test", Ask: AskConfig}
	s, err := NewServer(cfg, Records, nil)
	require.NoError(t, err)
	_, err = s.Export("label", nil, 10)
	require.ErrorIs(t, err, ErrNotDone)
	want := s.Message([]byte{1, 0, 0, 9})
	var refusal *alert.Error
	require.ErrorAs(t, want, &refusal, "a message shorter than its header says")
	require.Equal(t, alert.DecodeError, refusal.Alert)
	require.Equal(t, want, s.Message([]byte{1, 0, 0, 0}))
	require.Equal(t, want, s.ChangeCipherSpec())
	require.Equal(t, want, s.UseConfig(cfg, nil))
	require.Equal(t, want, s.SendTicket(TicketOptions{}))
	require.Nil(t, s.Pending())
	require.False(t, s.Asks())
	require.True(t, s.Ended())
	_, err = s.Export("label", nil, 10)
	require.Error(t, err)
}

// A question that was open is none after the end.
func TestAMachineThatEndedAsksNothing(t *testing.T) {
	cfg := &Config{ServerName: "server.test", Ask: AskConfig}
	c, err := NewClient(cfg, Records, nil)
	require.NoError(t, err)
	require.NoError(t, c.Start())
	s, err := NewServer(cfg, Records, nil)
	require.NoError(t, err)
	require.NoError(t, s.Message(c.Take()[0].Data))
	require.IsType(t, &ConfigRequest{}, s.Pending())
	s.End(errors.New("over"))
	require.Nil(t, s.Pending())
}

func TestAListThatIsNotReadToItsEnd(t *testing.T) {
	filters, err := ParseOIDFilters([]byte{0, 10, 2, 1, 1, 0, 0, 2, 1, 2, 0, 0})
	require.NoError(t, err)
	for oid := range filters.All() {
		require.Equal(t, []byte{1, 1}, oid)
		break
	}
}

func TestPaddingIsZeros(t *testing.T) {
	x := AppendPadding(nil, 3)
	data, ok := x.Get(ExtPadding)
	require.True(t, ok)
	require.Equal(t, []byte{0, 0, 0}, data)
	require.Panics(t, func() { AppendPadding(nil, 1<<16) })
}

// Roots are for chains: a session without one is not offered under them.
func TestASessionWithoutAChainIsNotOffered(t *testing.T) {
	s := fullSession()
	s.secret, s.chain, s.carrier = make([]byte, 32), nil, Records
	pool := x509.NewCertPool()
	for _, roots := range []*x509.CertPool{nil, pool} {
		cfg := &Config{ServerName: s.serverName, ALPN: []string{s.alpn}, Roots: roots, Session: s.append(nil),
			Time: func() time.Time { return time.UnixMilli(s.created) }}
		c, err := NewClient(cfg, Records, nil)
		require.NoError(t, err)
		require.NoError(t, c.Start())
		require.Equal(t, roots == nil, c.client.offer.session != nil)
	}
}

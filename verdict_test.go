package tlsengine

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A server that wants a verdict on a resumed session's chain says nothing of
// its flight before it has one, also when early data is offered.
func TestVerdictOnAResumedClientGatesTheServersFlight(t *testing.T) {
	cred, roots := selfSigned(t, "example.test")
	scfg := &Config{
		Credentials: []*Credential{cred}, TicketKeys: NewTicketKeys(), ClientAuth: RequireClientCert,
		Ask: AskVerdict | AskVerdictResumed, MaxEarlyData: 1000, AntiReplay: NewReplayMemory(10),
	}
	ccfg := &Config{Roots: roots, ServerName: "example.test", Credentials: []*Credential{cred}, MaxEarlyData: 1000}
	connect := func() (c, s *Engine, sessions [][]byte) {
		c, err := NewClient(ccfg)
		require.NoError(t, err)
		s, err = NewServer(scfg)
		require.NoError(t, err)
		for range 4 {
			pump(t, "server", s, c.Flush(nil))
			if s.Pending() != nil {
				require.False(t, s.Owes() && ccfg.Session != nil, "the flight waits for the verdict")
				require.Equal(t, ccfg.Session != nil, s.Pending().(*VerdictRequest).Resumed)
				require.NoError(t, s.Verified(nil))
				pump(t, "server", s, nil)
			}
			_, got := pump(t, "client", c, s.Flush(nil))
			sessions = append(sessions, got...)
		}
		return c, s, sessions
	}
	_, _, sessions := connect()
	ccfg.Session = sessions[0]
	c, s, _ := connect()
	require.True(t, c.ConnectionState().HandshakeDone && s.ConnectionState().HandshakeDone)
	require.True(t, s.m.Facts().EarlyAccepted())
	require.NotEmpty(t, s.ConnectionState().PeerChain)
}

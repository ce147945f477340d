package tlsengine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// What the machine does only under QUIC, for the arrows of the diagrams; QUIC
// has tests of its own.

// quicMeet plays a handshake under QUIC and returns the session that the
// client gets of it.
func quicMeet(t *testing.T, client, server *tlsengine.Config) (s *tlsengine.QUICConn, session []byte) {
	t.Helper()
	c, err := tlsengine.NewQUICClient(testpeer.Traced(client), []byte("client's parameters"))
	require.NoError(t, err)
	s, err = tlsengine.NewQUICServer(testpeer.Traced(server), nil)
	require.NoError(t, err)
	move := func(from, to *tlsengine.QUICConn) (moved bool) {
		for ev, ok := from.Next(); ok; ev, ok = from.Next() {
			moved = true
			switch ev.Kind {
			case tlsengine.QUICCrypto:
				require.NoError(t, to.HandleCrypto(ev.Level, ev.Data))
			case tlsengine.QUICNewSession:
				session = ev.Data
			}
		}
		return moved
	}
	answer := func() bool {
		switch q := s.Pending().(type) {
		case *tlsengine.ParametersRequest:
			require.Equal(t, "client's parameters", string(q.Peer))
			require.NoError(t, s.SetParameters([]byte("server's parameters"), nil))
		case *tlsengine.VerdictRequest:
			require.NoError(t, s.Verified(nil))
		default:
			return false
		}
		return true
	}
	for move(c, s) || answer() || move(s, c) {
	}
	require.True(t, c.ConnectionState().HandshakeDone && s.ConnectionState().HandshakeDone)
	if server.TicketKeys != nil {
		require.NoError(t, s.SendTicket(tlsengine.QUICTicket{}))
		move(s, c)
		move(c, s)
	}
	return s, session
}

func quicConfigs13() (client, server *tlsengine.Config) {
	client, server = testpeer.ClientConfig(), testpeer.ServerConfig()
	client.ALPN, server.ALPN = []string{"h3"}, []string{"h3"}
	client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
	return client, server
}

func TestQUICServerIsAskedForItsParameters(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(client, server *tlsengine.Config)
		again   func(client, server *tlsengine.Config) // for a second handshake, with the first one's session
		resumed bool
	}{
		"in a full handshake": {func(_, _ *tlsengine.Config) {}, nil, false},
		"after a retry":       {func(c, _ *tlsengine.Config) { c.KeyShares = []group.ID{} }, nil, false},
		"when it resumes":     {func(_, _ *tlsengine.Config) {}, func(_, _ *tlsengine.Config) {}, true},
		"when it does not": {func(_, _ *tlsengine.Config) {},
			func(_, s *tlsengine.Config) { s.TicketKeys = tlsengine.NewTicketKeys() }, false},
		"after the verdict on a resumed chain": {func(_, s *tlsengine.Config) { s.ClientAuth = tlsengine.RequireClientCert },
			func(_, s *tlsengine.Config) { s.Ask = tlsengine.AskVerdictResumed }, true},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := quicConfigs13()
			c.change(client, server)
			s, session := quicMeet(t, client, server)
			if c.again != nil {
				require.NotEmpty(t, session)
				client.Session = session
				c.again(client, server)
				s, _ = quicMeet(t, client, server)
			}
			require.Equal(t, c.resumed, s.ConnectionState().Resumed)
		})
	}
}

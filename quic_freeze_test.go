package tlsengine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/picture"
	"github.com/tlsengine/tlsengine/internal/race"
)

// moved is a side that is frozen and thawed before each call.
type moved struct {
	t testing.TB
	*QUICConn
}

func (m moved) handle(level QUICLevel, data []byte) error {
	for i := range data { // each byte
		m.move()
		if err := m.HandleCrypto(level, data[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (m moved) next() (QUICEvent, bool) {
	m.move()
	return m.Next()
}

// move puts what was thawed in the place of what was frozen.
func (m moved) move() {
	before := picture.Of(m.QUICConn, picture.Engine)
	cfg, failed := m.m.Config(), m.err != nil
	data, err := m.Freeze(nil)
	require.NoError(m.t, err)
	require.Equal(m.t, ErrFrozen, m.HandleCrypto(QUICInitial, []byte{1}))
	_, some := m.Next()
	require.False(m.t, some, "the events are elsewhere")
	other, err := ThawQUIC(cfg, data)
	require.NoError(m.t, err)
	if !failed {
		require.Empty(m.t, picture.Differences(before, picture.Of(other, picture.Engine)), "nothing is lost or added")
	}
	*m.QUICConn = *other
}

func TestQUICIsTheSameWhenFrozen(t *testing.T) {
	if race.Enabled {
		t.Skip("nothing happens at the same time")
	}
	for name, change := range map[string]func(client, server *Config){
		"full":       func(client, server *Config) { client.Session = nil },
		"early data": func(client, server *Config) {},
		"client authenticated": func(client, server *Config) {
			server.ClientAuth, client.Credentials = RequireClientCert, server.Credentials
		},
		"everything is asked": func(client, server *Config) {
			client.Ask, server.Ask = AskVerdict, AskConfig|AskTicket|AskResume|AskCredential
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := quicConfigs(t)
			client.Session = quicSession(t, client, server, QUICTicket{Application: []byte("limits")})
			change(client, server)
			c := moved{t, quicClient(t, client).QUICConn}
			s, err := NewQUICServer(server, nil)
			require.NoError(t, err)
			p := newQUICPair(t, c, moved{t, s})
			for p.run(); c.Pending() != nil || s.Pending() != nil; p.run() {
				for _, q := range []*QUICConn{c.QUICConn, s} {
					moved{t, q}.move()
					answerAnything(t, q, server)
				}
			}
			p.done()
			require.NoError(t, s.SendTicket(QUICTicket{}))
			require.NotEmpty(t, p.run().events(0, QUICNewSession))
			a, err := c.Export("EXPORTER-test", nil, 20)
			require.NoError(t, err)
			b, err := s.Export("EXPORTER-test", nil, 20)
			require.NoError(t, err)
			require.Equal(t, a, b)
		})
	}
}

func answerAnything(t testing.TB, q *QUICConn, server *Config) {
	var err error
	switch req := q.Pending().(type) {
	case *ConfigRequest:
		err = q.UseConfig(server, nil)
	case *TicketRequest:
		err = q.Ticket(TicketAnswer{Session: server.TicketKeys.Open(time.Now(), req.Identity), Early: true}, nil)
	case *ResumeRequest:
		require.Equal(t, "limits", string(req.Application))
		err = q.Resume(ResumeEarly, nil)
	case *CredentialRequest:
		err = q.UseCredential(server.Credentials[0], nil)
	case *VerdictRequest:
		err = q.Verified(nil)
	case *ParametersRequest:
		require.Equal(t, "our client", string(req.Peer))
		err = q.SetParameters([]byte("our server"), nil)
	}
	require.NoError(t, err)
}

func TestQUICFailuresThaw(t *testing.T) {
	_, server := quicConfigs(t)
	s := quicServer(t, server).QUICConn
	require.Error(t, s.HandleCrypto(QUICHandshake, []byte{1}))
	want := s.Err().(*QUICError)
	data, err := s.Freeze(nil)
	require.NoError(t, err)
	other, err := ThawQUIC(server, data)
	require.NoError(t, err)
	got := other.Err().(*QUICError)
	require.Equal(t, want.Code, got.Code)
	require.Equal(t, want.Error(), got.Error())
	require.Equal(t, got, other.HandleCrypto(QUICInitial, []byte{1}))

	_, err = Thaw(server, data)
	require.ErrorIs(t, err, ErrSnapshotKind, "a QUICConn is not an Engine")
}

package tlsengine_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/record"
)

// Calls between two events, and behind the last.

func TestAnAnswerBeforeTheEventsThatComeFirst(t *testing.T) {
	e, err := tlsengine.NewClient(testpeer.ClientConfig())
	require.NoError(t, err)
	require.ErrorIs(t, e.Verified(nil), tlsengine.ErrNotPending, "FlightDone was not received yet")
}

func TestATicketBetweenTwoEvents(t *testing.T) {
	p := newPair(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	p.server.take(t, p.client.Flush(nil))
	p.client.take(t, p.server.Flush(nil))
	in := p.client.Flush(nil)
	for n, ev, err := p.server.Receive(in); ; n, ev, err = p.server.Receive(in) {
		require.NoError(t, err)
		if in = in[n:]; ev.Kind == tlsengine.EventHandshakeDone {
			break
		}
	}
	require.NoError(t, p.server.SendTicket([]byte("one more")))
	p.client.take(t, p.server.Flush(nil))
	require.Len(t, p.client.sessions, handshake.DefaultTickets, "FlightDone was not received yet")
	p.server.take(t, in)
	p.client.take(t, p.server.Flush(nil))
	require.Len(t, p.client.sessions, handshake.DefaultTickets+1)
}

// What stands behind the last message of a flight is refused also when an
// answer let it be the last.
func TestBytesBehindAFlightThatWaitedForAnAnswer(t *testing.T) {
	for name, configs := range map[string]func() (client, server *tlsengine.Config){
		"TLS 1.2": func() (client, server *tlsengine.Config) { return client12(), server12() },
		"TLS 1.3": func() (client, server *tlsengine.Config) { return testpeer.ClientConfig(), testpeer.ServerConfig() },
	} {
		t.Run(name, func(t *testing.T) {
			client, server := configs()
			server.Ask = tlsengine.AskCredential
			p := newPair(t, client, server)
			var refused error
			p.server.answer = func(e *tlsengine.Engine, _ tlsengine.Request) {
				refused = e.UseCredential(testpeer.ServerIdentity().Credential(), nil)
			}
			hello := p.client.Flush(nil)
			hello = append(hello, 1, 0, 0, 0) // another ClientHello, in the same record
			n := len(hello) - record.HeaderLen
			hello[3], hello[4] = byte(n>>8), byte(n)
			p.server.take(t, hello)
			require.Error(t, refused)
			require.Equal(t, alert.ExcessHandshakeData, p.server.refusal(t).Reason)
			require.Equal(t, refused, p.server.Err())
			p.client.take(t, p.server.Flush(nil))
			require.Equal(t, alert.UnexpectedMessage, p.client.heard(t))
		})
	}
}

func TestAParkedEngineSaysWhetherItOwes(t *testing.T) {
	p := meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	p.server.Park()
	require.False(t, p.server.Owes())
	require.NoError(t, p.server.SendTicket(nil), "which makes it whole")
	p.server.Park()
	require.True(t, p.server.Owes())
	p.client.take(t, p.server.Flush(nil))
	require.Len(t, p.client.sessions, handshake.DefaultTickets+1)
}

// Nothing in a Config may be changed: who takes the suite out from under a
// parked engine has lost it.
func TestAParkedEngineWhoseConfigWasChanged(t *testing.T) {
	p := meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	cfg := p.client.Config()
	p.client.Park()
	cfg.Suites = []*cipher.Suite{}
	require.ErrorContains(t, p.client.Err(), "what was parked is lost")
	_, err := p.client.Send(nil, []byte("data"))
	require.Error(t, err)
}

func TestADetachedThatIsClosed(t *testing.T) {
	p := detachable(t, cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256))
	d, err := p.server.Detach()
	require.NoError(t, err)
	kinds := func(content ...byte) (list []tlsengine.EventKind) {
		for ev, err := range d.Receive(record.Alert, content) {
			require.NoError(t, err)
			list = append(list, ev.Kind)
		}
		return list
	}
	require.Equal(t, []tlsengine.EventKind{tlsengine.EventPeerClosed}, kinds(1, 0))
	require.Empty(t, kinds(1, 0), "nothing is received after close_notify")
	d.Close()
	out, ok := d.Next()
	require.True(t, ok)
	require.Equal(t, record.Alert, out.Type)
	require.ErrorIs(t, d.UpdateKeys(0), tlsengine.ErrClosed)
	require.NoError(t, d.SendTicket(nil))
	_, ok = d.Next()
	require.False(t, ok, "nothing is sent after close_notify")
}

// seedless makes X25519 keys that cannot be frozen.
func seedless() *group.Group {
	g := *group.Lookup(group.X25519)
	generate := g.Generate
	g.Generate = func(rand io.Reader) (group.PrivateKey, error) {
		key, err := generate(rand)
		return noSeed{key}, err
	}
	return &g
}

type noSeed struct{ group.PrivateKey }

func (noSeed) Seed() []byte { return nil }

func TestAQUICConnIsFrozenOnceAndWhole(t *testing.T) {
	cfg := testpeer.ClientConfig()
	cfg.ALPN, cfg.Groups = []string{"h3"}, []*group.Group{seedless()}
	q, err := tlsengine.NewQUICClient(cfg, nil)
	require.NoError(t, err)
	dst, err := q.Freeze([]byte("what was there"))
	require.ErrorContains(t, err, "no seed to be frozen")
	require.Equal(t, "what was there", string(dst))
	require.NoError(t, q.Err(), "it is as it was")

	cfg.Groups = nil
	q, err = tlsengine.NewQUICClient(cfg, nil)
	require.NoError(t, err)
	_, err = q.Freeze(nil)
	require.NoError(t, err)
	_, err = q.Freeze(nil)
	require.ErrorIs(t, err, tlsengine.ErrFrozen)
}

// quicHello is a client's first flight, and the client.
func quicHello(t *testing.T, cfg *tlsengine.Config) (*tlsengine.QUICConn, []byte) {
	q, err := tlsengine.NewQUICClient(cfg, nil)
	require.NoError(t, err)
	ev, ok := q.Next()
	require.True(t, ok)
	return q, ev.Data
}

func TestQUICBytesBehindAFlight(t *testing.T) {
	cfg, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	cfg.ALPN, server.ALPN = []string{"h3"}, []string{"h3"}
	server.Ask = tlsengine.AskCredential
	serve := func(hello []byte) *tlsengine.QUICConn {
		s, err := tlsengine.NewQUICServer(server, []byte{})
		require.NoError(t, err)
		require.NoError(t, s.HandleCrypto(tlsengine.QUICInitial, hello))
		return s
	}
	_, hello := quicHello(t, cfg)
	s := serve(append(hello, 1, 0, 0, 0))
	var refusal *tlsengine.QUICError
	err := s.UseCredential(testpeer.ServerIdentity().Credential(), nil)
	require.ErrorAs(t, err, &refusal, "behind a flight that waited for an answer")
	require.Equal(t, tlsengine.QUICProtocolViolation, refusal.Code)

	// A client that keeps no more than the ServerHello gets it and a byte more.
	_, hello = quicHello(t, cfg)
	s = serve(hello)
	require.NoError(t, s.UseCredential(testpeer.ServerIdentity().Credential(), nil))
	ev, ok := s.Next()
	for ; ok && ev.Kind != tlsengine.QUICCrypto; ev, ok = s.Next() {
	}
	require.True(t, ok)
	narrow := *cfg
	narrow.MaxMessage = len(ev.Data) - 4
	client, hello := quicHello(t, &narrow)
	s = serve(hello)
	require.NoError(t, s.UseCredential(testpeer.ServerIdentity().Credential(), nil))
	for ev, ok = s.Next(); ok && ev.Kind != tlsengine.QUICCrypto; ev, ok = s.Next() {
	}
	err = client.HandleCrypto(tlsengine.QUICInitial, append(ev.Data, 8))
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, tlsengine.QUICProtocolViolation, refusal.Code)
}

func TestNamesOfWhatHasNone(t *testing.T) {
	require.Equal(t, "event(99)", tlsengine.EventKind(99).String())
	require.Equal(t, "invalid state", handshake.State(255).String())
	require.Equal(t, "invalid early data status", handshake.EarlyDataStatus(255).String())
	require.Equal(t, "psk_ke", handshake.PSKKE.String())
	require.Equal(t, "mode(99)", handshake.PSKKeyExchangeMode(99).String())
}

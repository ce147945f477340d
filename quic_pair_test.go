package tlsengine

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// quicSide is one side of a handshake under QUIC, ours or crypto/tls's.
type quicSide interface {
	handle(level QUICLevel, data []byte) error
	next() (QUICEvent, bool)
}

// ours is a QUICConn that answers no question.
type ours struct{ *QUICConn }

func (o ours) handle(level QUICLevel, data []byte) error { return o.HandleCrypto(level, data) }
func (o ours) next() (QUICEvent, bool)                   { return o.Next() }

// theirs is crypto/tls's.
type theirs struct {
	*tls.QUICConn
	decline bool // server: refuses 0-RTT
	resumed []*tls.SessionState
}

func stdClient(t testing.TB, cfg *tls.Config) *theirs {
	return startStd(t, tls.QUICClient(&tls.QUICConfig{TLSConfig: cfg, EnableSessionEvents: true}), []byte("std client"))
}

func stdServer(t testing.TB, cfg *tls.Config) *theirs {
	return startStd(t, tls.QUICServer(&tls.QUICConfig{TLSConfig: cfg, EnableSessionEvents: true}), []byte("std server"))
}

func startStd(t testing.TB, c *tls.QUICConn, params []byte) *theirs {
	c.SetTransportParameters(params)
	require.NoError(t, c.Start(context.Background()))
	t.Cleanup(func() { _ = c.Close() })
	return &theirs{QUICConn: c}
}

func (s *theirs) handle(level QUICLevel, data []byte) error {
	return s.HandleData(tls.QUICEncryptionLevel(level), data)
}

var stdKinds = map[tls.QUICEventKind]QUICEventKind{
	tls.QUICWriteData: QUICCrypto, tls.QUICSetReadSecret: QUICReadSecret, tls.QUICSetWriteSecret: QUICWriteSecret,
	tls.QUICTransportParameters: QUICPeerParameters, tls.QUICRejectedEarlyData: QUICEarlyRejected,
	tls.QUICHandshakeDone: QUICHandshakeDone,
}

func (s *theirs) next() (QUICEvent, bool) {
	for {
		ev := s.NextEvent()
		switch ev.Kind {
		case tls.QUICNoEvent:
			return QUICEvent{}, false
		case tls.QUICResumeSession:
			s.resumed = append(s.resumed, ev.SessionState)
			ev.SessionState.EarlyData = ev.SessionState.EarlyData && !s.decline
		case tls.QUICStoreSession:
			_ = s.StoreSession(ev.SessionState)
		}
		if kind, ok := stdKinds[ev.Kind]; ok {
			out := QUICEvent{Kind: kind, Level: QUICLevel(ev.Level), Data: append([]byte{}, ev.Data...)}
			return out, true
		}
	}
}

// quicPair carries what two sides say to each other, and keeps what happened.
type quicPair struct {
	t              testing.TB
	client, server quicSide
	seen           [2][]QUICEvent // of the client, of the server
	split          func(from int, level QUICLevel, data []byte) [][]byte
	errs           [2]error
}

func newQUICPair(t testing.TB, client, server quicSide) *quicPair {
	return &quicPair{t: t, client: client, server: server}
}

func (p *quicPair) sides() [2]quicSide { return [2]quicSide{p.client, p.server} }

// run carries bytes until nothing moves, or a side refuses.
func (p *quicPair) run() *quicPair {
	for moved := true; moved; {
		moved = false
		for i, side := range p.sides() {
			for ev, ok := side.next(); ok; ev, ok = side.next() {
				moved = true
				given := ev.Data
				ev.Data = append([]byte{}, given...)
				clear(given) // ours for good: nothing may still need it
				p.seen[i] = append(p.seen[i], ev)
				if ev.Kind == QUICCrypto && p.errs[1-i] == nil {
					p.errs[1-i] = p.deliver(i, ev)
				}
			}
		}
	}
	return p
}

func (p *quicPair) deliver(from int, ev QUICEvent) error {
	parts := [][]byte{ev.Data}
	if p.split != nil {
		parts = p.split(from, ev.Level, ev.Data)
	}
	for _, part := range parts {
		data := append([]byte{}, part...)
		err := p.sides()[1-from].handle(ev.Level, data)
		clear(data) // the receiver must not have kept it
		if err != nil {
			return err
		}
	}
	return nil
}

// done checks that both sides are done, and that each read secret is the
// other's write secret.
func (p *quicPair) done() *quicPair {
	p.t.Helper()
	require.NoError(p.t, errors.Join(p.errs[:]...))
	for i := range p.seen {
		require.Len(p.t, p.events(i, QUICHandshakeDone), 1, "side %d\n%s", i, p)
		for _, ev := range p.events(i, QUICReadSecret) {
			require.Equal(p.t, ev.Data, p.secret(1-i, QUICWriteSecret, ev.Level), "side %d, %v", i, ev.Level)
		}
	}
	return p
}

func (p *quicPair) events(side int, kind QUICEventKind) (out []QUICEvent) {
	for _, ev := range p.seen[side] {
		if ev.Kind == kind {
			out = append(out, ev)
		}
	}
	return out
}

func (p *quicPair) secret(side int, kind QUICEventKind, level QUICLevel) []byte {
	for _, ev := range p.events(side, kind) {
		if ev.Level == level {
			return ev.Data
		}
	}
	return nil
}

// names are the events of a side in words.
func (p *quicPair) names(side int) (out []string) {
	for _, ev := range p.seen[side] {
		name := ev.Kind.String()
		switch ev.Kind {
		case QUICCrypto, QUICReadSecret, QUICWriteSecret:
			name += " " + ev.Level.String()
		}
		out = append(out, name)
	}
	return out
}

// String is what happened, for messages of failed tests.
func (p *quicPair) String() string {
	return fmt.Sprintf("client: %q\nserver: %q\nerrors: %v", p.names(0), p.names(1), p.errs)
}

// refused checks that a side refused with the code.
func (p *quicPair) refused(side int, code QUICErrorCode, why string) *QUICError {
	p.t.Helper()
	var refusal *QUICError
	require.ErrorAs(p.t, p.errs[side], &refusal, "%s\n%s", why, p)
	require.Equal(p.t, code, refusal.Code, "%s: %v", why, refusal)
	var cause *AlertError
	require.ErrorAs(p.t, refusal, &cause)
	return refusal
}

// quicConfigs are the Configs of a client and a server that agree.
func quicConfigs(t testing.TB) (client, server *Config) {
	cred, roots := selfSigned(t, "example.test")
	client = &Config{Roots: roots, ServerName: "example.test", ALPN: []string{"h3"}, MaxEarlyData: 1}
	server = &Config{
		Credentials: []*Credential{cred}, ALPN: []string{"h3"}, TicketKeys: NewTicketKeys(),
		MaxEarlyData: 1, AntiReplay: NewReplayMemory(100),
	}
	return client, server
}

func quicClient(t testing.TB, cfg *Config) ours {
	q, err := NewQUICClient(cfg, []byte("our client"))
	require.NoError(t, err)
	return ours{q}
}

func quicServer(t testing.TB, cfg *Config) ours {
	q, err := NewQUICServer(cfg, []byte("our server"))
	require.NoError(t, err)
	return ours{q}
}

// session completes a handshake and returns a session with a ticket of the
// server's.
func quicSession(t testing.TB, client, server *Config, ticket QUICTicket) []byte {
	c, s := quicClient(t, client), quicServer(t, server)
	p := newQUICPair(t, c, s).run().done()
	require.NoError(t, s.SendTicket(ticket))
	sessions := p.run().events(0, QUICNewSession)
	require.Len(t, sessions, 1)
	return sessions[0].Data
}

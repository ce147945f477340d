package tlsengine

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/signature"
)

// asked runs a pair whose sides ask, answers each question with what answer
// says, and checks on the way that a question stays until it is answered.
func (p *quicPair) asked(answer func(side int, q *QUICConn, req Request) error) (list []string) {
	for p.run(); ; p.run() {
		side := -1
		for i, s := range p.sides() {
			if q, ok := s.(ours); ok && q.Pending() != nil {
				side = i
			}
		}
		if side < 0 {
			return list
		}
		q := p.sides()[side].(ours).QUICConn
		req := q.Pending()
		require.Equal(p.t, req, q.Pending(), "a question is a function of the state")
		list = append(list, p.name(side, req))
		p.wrongAnswers(q, req)
		if err := answer(side, q, req); err != nil && p.errs[side] == nil {
			p.errs[side] = err
		}
	}
}

func (p *quicPair) name(side int, req Request) string {
	who := []string{"client: ", "server: "}[side]
	switch req.(type) {
	case *ConfigRequest:
		return who + "config"
	case *TicketRequest:
		return who + "ticket"
	case *ResumeRequest:
		return who + "resume"
	case *ParametersRequest:
		return who + "parameters"
	case *CredentialRequest:
		return who + "credential"
	case *SignatureRequest:
		return who + "signature"
	case *VerdictRequest:
		return who + "verdict"
	}
	return who + "?"
}

// wrongAnswers gives every answer that was not asked for.
func (p *quicPair) wrongAnswers(q *QUICConn, req Request) {
	before := q.m.State()
	for kind, answer := range map[string]func() error{
		"config":     func() error { return q.UseConfig(&Config{}, nil) },
		"ticket":     func() error { return q.Ticket(TicketAnswer{}, nil) },
		"resume":     func() error { return q.Resume(ResumeEarly, nil) },
		"parameters": func() error { return q.SetParameters(nil, nil) },
		"credential": func() error { return q.UseCredential(nil, nil) },
		"signature":  func() error { return q.Signed(nil, nil) },
		"verdict":    func() error { return q.Verified(nil) },
	} {
		if p.name(0, req) != "client: "+kind {
			require.ErrorIs(p.t, answer(), ErrNotPending, kind)
		}
	}
	require.Equal(p.t, before, q.m.State(), "a wrong answer changes nothing")
}

// answerAll answers every question as the Configs would.
func answerAll(server *Config, creds [2]*Credential, own []byte) func(int, *QUICConn, Request) error {
	return func(side int, q *QUICConn, req Request) error {
		switch req := req.(type) {
		case *ConfigRequest:
			return q.UseConfig(server, nil)
		case *TicketRequest:
			return q.Ticket(TicketAnswer{Session: server.TicketKeys.Open(server.Time(), req.Identity), Early: true}, nil)
		case *ResumeRequest:
			return q.Resume(ResumeEarly, nil)
		case *ParametersRequest:
			return q.SetParameters(own, nil)
		case *CredentialRequest:
			return q.UseCredential(creds[side], nil)
		case *SignatureRequest:
			sig, err := signature.Sign(rand.Reader, req.Scheme, creds[side].Signer, req.Message)
			return q.Signed(sig, err)
		}
		return q.Verified(nil)
	}
}

// unsigned is a credential whose signatures the application makes.
func unsigned(c *Credential) *Credential { return &Credential{Chain: c.Chain} }

func TestQUICAsksEveryQuestion(t *testing.T) {
	client, server := quicConfigs(t)
	clientCred, _ := selfSigned(t, "client.test")
	creds := [2]*Credential{clientCred, server.Credentials[0]}
	server.Ask = AskConfig | AskTicket | AskResume | AskCredential | AskVerdict
	server.ClientAuth, server.Time = RequireClientCert, time.Now
	client.Ask = AskCredential | AskVerdict
	answers := answerAll(server, creds, []byte("late"))
	answer := func(side int, q *QUICConn, req Request) error {
		if _, ok := req.(*CredentialRequest); ok {
			return q.UseCredential(unsigned(creds[side]), nil)
		}
		return answers(side, q, req)
	}
	handshakes := func(want ...string) *quicPair {
		s, err := NewQUICServer(server, nil)
		require.NoError(t, err)
		p := newQUICPair(t, quicClient(t, client), ours{s})
		require.Equal(t, want, p.asked(answer))
		p.done()
		require.Equal(t, "late", string(p.events(0, QUICPeerParameters)[0].Data))
		return p
	}
	p := handshakes("server: config", "server: parameters", "server: credential", "server: signature",
		"client: verdict", "client: credential", "client: signature", "server: verdict")
	require.NoError(t, p.server.(ours).SendTicket(QUICTicket{}))
	client.Session = p.run().events(0, QUICNewSession)[0].Data
	p = handshakes("server: config", "server: ticket", "server: resume", "server: verdict", "server: parameters")
	require.True(t, p.server.(ours).m.Facts().EarlyAccepted())
}

func TestQUICUseConfigBoundsWhatFollows(t *testing.T) {
	client, server := quicConfigs(t)
	chosen := *server
	chosen.MaxMessage, chosen.MaxCertificate = 1000, 500
	server.Ask = AskConfig
	p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run()
	q := p.server.(ours).QUICConn
	require.Greater(t, q.MaxCrypto(QUICApplication), 1004)
	require.NoError(t, q.UseConfig(&chosen, nil))
	require.Equal(t, 1004, q.MaxCrypto(QUICApplication))
	require.Equal(t, 2008, q.MaxCrypto(QUICHandshake))
	p.run().done()
}

func TestQUICServerKnowsTheClientsParametersBeforeItMustGiveItsOwn(t *testing.T) {
	client, server := quicConfigs(t)
	server.Ask = AskConfig
	s, err := NewQUICServer(server, nil)
	require.NoError(t, err)
	p := newQUICPair(t, quicClient(t, client), ours{s}).run()
	require.Equal(t, "our client", string(s.Pending().(*ConfigRequest).Hello.Parameters))
	require.NoError(t, s.UseConfig(server, nil))
	p.run()
	require.Equal(t, "our client", string(p.events(1, QUICPeerParameters)[0].Data))
	require.Equal(t, &ParametersRequest{Peer: []byte("our client")}, s.Pending())
	require.Empty(t, p.events(1, QUICCrypto), "nothing is said before")
	require.ErrorIs(t, s.SetParameters(make([]byte, handshake.MaxParameters+1), nil), ErrParameters)
	require.NotNil(t, s.Pending(), "too long is no answer")
	require.NoError(t, s.SetParameters(nil, nil))
	p.run().done()
	require.Empty(t, p.events(0, QUICPeerParameters)[0].Data)
	require.Len(t, p.events(0, QUICPeerParameters), 1, "empty parameters are there")
}

func TestQUICServerRefusesParameters(t *testing.T) {
	client, server := quicConfigs(t)
	s, err := NewQUICServer(server, nil)
	require.NoError(t, err)
	p := newQUICPair(t, quicClient(t, client), ours{s})
	p.asked(func(_ int, q *QUICConn, _ Request) error {
		return q.SetParameters(nil, RefuseQUIC(QUICTransportParameterError, "initial_max_data is malformed"))
	})
	refusal := p.refused(1, QUICTransportParameterError, "the application's own code")
	require.EqualError(t, refusal, "initial_max_data is malformed (alert access_denied) [TRANSPORT_PARAMETER_ERROR]")
	require.ErrorIs(t, s.Err(), refusal)
}

func TestQUICVerdictGatesTheFinishedAndTheDone(t *testing.T) {
	client, server := quicConfigs(t)
	client.Roots = nil
	p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run()
	c := p.client.(ours)
	require.IsType(t, &VerdictRequest{}, c.Pending())
	require.Len(t, p.events(0, QUICCrypto), 1, "only the ClientHello was said")
	require.Nil(t, p.secret(0, QUICWriteSecret, QUICApplication))
	p.errs[0] = c.Verified(Refuse(46, "not today"))
	p.refused(0, QUICCryptoError+46, "the application's own alert")
	require.Len(t, p.run().events(0, QUICCrypto), 1)
}

func TestQUICResumeDecision(t *testing.T) {
	for _, test := range []struct {
		name           string
		answer         ResumeAnswer
		resumed, early bool
	}{
		{"no", ResumeNo, false, false},
		{"without 0-RTT", ResumeOnly, true, false},
		{"with 0-RTT", ResumeEarly, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, server := quicConfigs(t)
			client.Session = quicSession(t, client, server, QUICTicket{Application: []byte("limits: 7")})
			server.Ask, server.AntiReplay = AskResume, nil
			s, err := NewQUICServer(server, nil)
			require.NoError(t, err)
			p := newQUICPair(t, quicClient(t, client), ours{s}).run()
			require.Len(t, p.events(1, QUICPeerParameters), 1, "the parameters are known before")
			req := s.Pending().(*ResumeRequest)
			require.Equal(t, "limits: 7", string(req.Application))
			require.Equal(t, handshake.EarlyDataAccepted, req.EarlyData)
			require.Len(t, req.ReplayID, 32)
			info, err := ReadSession(req.Session)
			require.NoError(t, err)
			require.Equal(t, "h3", info.ALPN)
			require.NoError(t, s.Resume(test.answer, nil))
			params := s.Pending().(*ParametersRequest)
			require.Equal(t, test.resumed, params.Resumed)
			require.Equal(t, test.early, params.EarlyData)
			require.Equal(t, test.resumed, params.Application != nil)
			require.NoError(t, s.SetParameters([]byte{}, nil))
			p.run().done()
			require.Equal(t, test.resumed, s.ConnectionState().Resumed)
			require.Equal(t, test.early, s.m.Facts().EarlyAccepted())
			require.Equal(t, test.early, len(p.events(0, QUICEarlyAccepted)) == 1)
			require.Equal(t, !test.early, len(p.events(0, QUICEarlyRejected)) == 1)
		})
	}
}

func TestQUICResumeRefusalEndsTheConnection(t *testing.T) {
	client, server := quicConfigs(t)
	client.Session = quicSession(t, client, server, QUICTicket{})
	server.Ask = AskResume
	p := newQUICPair(t, quicClient(t, client), quicServer(t, server))
	p.asked(func(_ int, q *QUICConn, _ Request) error { return q.Resume(ResumeEarly, Refuse(80, "no")) })
	p.refused(1, QUICCryptoError+80, "the application's own alert")
}

func TestQUICEarlyDataIsNotTakenTwice(t *testing.T) {
	client, server := quicConfigs(t)
	client.Session = quicSession(t, client, server, QUICTicket{})
	c := quicClient(t, client)
	hello, _ := c.Next()
	var ids [][]byte
	for i := range 3 {
		server.Ask = AskResume
		s := quicServer(t, server)
		require.NoError(t, s.HandleCrypto(QUICInitial, hello.Data))
		ids = append(ids, s.Pending().(*ResumeRequest).ReplayID)
		require.NoError(t, s.Resume(ResumeEarly, nil))
		require.Equal(t, i == 0, s.m.Facts().EarlyAccepted(), "a replay of the same ClientHello")
		require.True(t, s.ConnectionState().Resumed)
	}
	require.Equal(t, ids[0], ids[1], "the same ClientHello has the same identifier")
	other := quicClient(t, client)
	hello, _ = other.Next()
	s := quicServer(t, server)
	require.NoError(t, s.HandleCrypto(QUICInitial, hello.Data))
	require.NotEqual(t, ids[0], s.Pending().(*ResumeRequest).ReplayID)
}

func TestQUICEarlyDataFillsTheReplayMemoryOnlyWithProofs(t *testing.T) {
	client, server := quicConfigs(t)
	client.Session = quicSession(t, client, server, QUICTicket{})
	server.AntiReplay = NewReplayMemory(1)
	c := quicClient(t, client)
	hello, _ := c.Next()
	for i := range 4 { // somebody who saw the ticket makes up binders
		bad := append([]byte{}, hello.Data...)
		bad[len(bad)-1-i] ^= 1
		s := quicServer(t, server)
		p := newQUICPair(t, nil, s)
		p.errs[1] = s.HandleCrypto(QUICInitial, bad)
		p.refused(1, QUICCryptoError+51, "a wrong binder is decrypt_error")
	}
	s := quicServer(t, server)
	require.NoError(t, s.HandleCrypto(QUICInitial, hello.Data))
	require.True(t, s.m.Facts().EarlyAccepted(), "the one who has the secret is not locked out")
}

func TestQUICSessionsCarryTheApplicationsData(t *testing.T) {
	client, server := quicConfigs(t)
	session := quicSession(t, client, server, QUICTicket{})
	session, err := AttachToSession(session, []byte("the server's limits"))
	require.NoError(t, err)
	info, err := ReadSession(session)
	require.NoError(t, err)
	require.Equal(t, "the server's limits", string(info.Application))
	require.Equal(t, uint32(0xffffffff), info.MaxEarlyData)
	client.Session = session
	p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run().done()
	require.Len(t, p.events(0, QUICEarlyAccepted), 1)
}

func TestQUICSessionsAreNotThoseOfRecords(t *testing.T) {
	client, server := quicConfigs(t)
	session := quicSession(t, client, server, QUICTicket{})
	client.Session, client.MaxEarlyData = session, 0
	e, err := NewClient(client)
	require.NoError(t, err)
	s, err := NewServer(server)
	require.NoError(t, err)
	pump(t, "s", s, e.Flush(nil))
	require.False(t, s.ConnectionState().Resumed, "a QUIC session is not offered over records")
}

func TestQUICTickets(t *testing.T) {
	client, server := quicConfigs(t)
	c, s := quicClient(t, client), quicServer(t, server)
	require.ErrorIs(t, s.SendTicket(QUICTicket{}), ErrHandshakeNotDone)
	p := newQUICPair(t, c, s).run().done()
	require.Len(t, p.events(1, QUICCrypto), 2, "no ticket goes out by itself")
	require.ErrorIs(t, c.SendTicket(QUICTicket{}), ErrNoTicket)
	require.ErrorIs(t, s.SendTicket(QUICTicket{Application: make([]byte, handshake.MaxTicketData+1)}), ErrNoTicket)
	for range 5 {
		require.NoError(t, s.SendTicket(QUICTicket{NoEarlyData: true}))
	}
	p.run()
	seen := map[string]bool{}
	for _, ev := range p.events(0, QUICNewSession) {
		info, err := ReadSession(ev.Data)
		require.NoError(t, err)
		require.Zero(t, info.MaxEarlyData)
		seen[string(info.Ticket)] = true
	}
	require.Len(t, seen, 5)

	server.TicketKeys = nil
	s = quicServer(t, server)
	newQUICPair(t, quicClient(t, client), s).run().done()
	require.ErrorIs(t, s.SendTicket(QUICTicket{}), ErrNoTicket)
}

func TestQUICHelloRetryRequestAfter0RTT(t *testing.T) {
	client, server := quicConfigs(t)
	client.Session = quicSession(t, client, server, QUICTicket{})
	server.Groups = []*group.Group{group.Lookup(group.P256)}
	server.RetryCookie = []byte("cookie")
	p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run().done()
	require.Equal(t, []string{
		"Crypto initial", "WriteSecret early data", "EarlyRejected", "Crypto initial",
		"WriteSecret handshake", "ReadSecret handshake",
	}, p.names(0)[:6])
	state := p.server.(ours).ConnectionState()
	require.True(t, state.Resumed && state.Retried)
	require.Len(t, p.events(1, QUICPeerParameters), 1, "known once")
	require.Nil(t, p.secret(1, QUICReadSecret, QUICEarly))
}

func TestQUICHalfRTTIsVisible(t *testing.T) {
	client, server := quicConfigs(t)
	for _, auth := range []ClientAuth{NoClientCert, RequestClientCert} {
		server.ClientAuth = auth
		p := newQUICPair(t, quicClient(t, client), quicServer(t, server)).run().done()
		for _, ev := range p.events(1, QUICWriteSecret) {
			require.Equal(t, ev.Level == QUICApplication && auth == NoClientCert, ev.HalfRTT)
		}
	}
}

func TestQUICFailuresExportNothing(t *testing.T) {
	client, server := quicConfigs(t)
	c, s := quicClient(t, client), quicServer(t, server)
	newQUICPair(t, c, s).run().done()
	err := s.HandleCrypto(QUICApplication, []byte{1, 0, 0, 0})
	require.Error(t, err)
	for _, export := range []func(string, []byte, int) ([]byte, error){s.Export, s.ExportEarly} {
		_, got := export("EXPORTER-test", nil, 10)
		require.Equal(t, err, got, "the error stays")
	}
}

func TestQUICErrorsSayTheirCode(t *testing.T) {
	for code, name := range map[QUICErrorCode]string{
		0x08: "TRANSPORT_PARAMETER_ERROR", 0x0a: "PROTOCOL_VIOLATION", 0x0d: "CRYPTO_BUFFER_EXCEEDED",
		0x178: "CRYPTO_ERROR no_application_protocol", 0x2ff: "QUIC error 0x2ff",
	} {
		require.Equal(t, name, code.String())
	}
	require.Equal(t, Alert(120), RefuseQUIC(0x178, "").Alert)
	require.Equal(t, "event(99)", QUICEventKind(99).String())
}

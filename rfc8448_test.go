package tlsengine_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/vectors"
)

// The traces of RFC 8448, played by a client and a server with the RFC's
// private keys, randoms, certificates and signatures. Every record that either
// sends must be the RFC's, byte for byte, and every logged secret too.
func TestRFC8448(t *testing.T) {
	traces, err := vectors.Traces()
	require.NoError(t, err)
	var session []byte
	for _, tr := range traces {
		t.Run(tr.Name, func(t *testing.T) {
			p := newPlay(t, tr, session)
			p.run()
			if p.session != nil {
				session = p.session
			}
		})
	}
}

// play is one trace and the two engines that play it.
type play struct {
	*testing.T
	trace    *vectors.Trace
	now      time.Time
	sides    map[vectors.Role]*side
	session  []byte // that the client was given
	resuming []byte // that both resume
}

// side is one of the engines.
type side struct {
	role     vectors.Role
	e        *tls.Engine
	out      []byte            // sent, and not yet compared
	messages []*vectors.Step   // to say in place of our own, in order
	secrets  map[string][]byte // logged
	data     []byte
}

func newPlay(t *testing.T, tr *vectors.Trace, session []byte) *play {
	p := &play{T: t, trace: tr, now: time.UnixMilli(1_500_000_000_000)}
	if p.binds() {
		p.resuming = session
		p.now = p.now.Add(p.ticketAge())
	}
	p.sides = map[vectors.Role]*side{}
	for _, role := range []vectors.Role{vectors.Client, vectors.Server} {
		s := &side{role: role, secrets: map[string][]byte{}}
		for i := range tr.Steps {
			if st := &tr.Steps[i]; st.Role == role && st.Kind == vectors.Message {
				s.messages = append(s.messages, st)
			}
		}
		p.sides[role] = s
		s.start(p)
	}
	return p
}

// ticketAge is the age that the RFC's ClientHello claims.
func (p *play) ticketAge() time.Duration {
	hello, err := handshake.ParseClientHello(p.message(vectors.Client, "ClientHello")[4:])
	require.NoError(p, err)
	data, _ := hello.Extensions.Get(handshake.ExtPreSharedKey)
	offered, err := handshake.ParsePreSharedKeyCH(data)
	require.NoError(p, err)
	for id := range offered.Identities.All() {
		info, err := tls.ReadSession(p.resuming)
		require.NoError(p, err)
		return time.Duration(id.ObfuscatedTicketAge-info.AgeAdd) * time.Millisecond
	}
	return 0
}

// message is the first message of that name that the role says.
func (p *play) message(role vectors.Role, name string) []byte {
	st := p.trace.Step(role, vectors.Message, name)
	if st == nil {
		return nil
	}
	return p.bytes(st)
}

// bytes is the message of a step. Of the ClientHello with a binder the RFC
// shows the prefix only; the record has all of it.
func (p *play) bytes(st *vectors.Step) []byte {
	if st.Name == "ClientHello" && p.binds() {
		return p.trace.Step(vectors.Client, vectors.Record, "handshake").Get("payload")
	}
	return st.Values[0].Bytes
}

func (p *play) binds() bool {
	for i := range p.trace.Steps {
		if p.trace.Steps[i].Kind == vectors.Binder {
			return true
		}
	}
	return false
}

func (s *side) start(p *play) {
	cfg := &tls.Config{
		Time: func() time.Time { return p.now }, Rand: s.randomness(p),
		Rewrite: s.rewrite(p), KeyLog: s.keyLog, Ask: tls.AskVerdict | tls.AskTicket,
		NoCompatibility: p.trace.Name != "7-compatibility-mode",
		Credentials:     s.credentials(p),
		KeyShares:       []group.ID{group.X25519},
		MaxEarlyData:    1024,
	}
	var err error
	if s.role == vectors.Client {
		cfg.ServerName, cfg.Session = "server", p.resuming
		s.e, err = tls.NewClient(cfg)
	} else {
		cfg.TicketKeys, cfg.Tickets = tls.NewTicketKeys(), -1
		if p.message(vectors.Server, "NewSessionTicket") != nil {
			cfg.Tickets = 1
		}
		if p.message(vectors.Server, "CertificateRequest") != nil || p.resuming != nil {
			cfg.ClientAuth = tls.RequestClientCert // and the session that is resumed has a chain
		}
		s.retry(p, cfg)
		s.e, err = tls.NewServer(cfg)
	}
	require.NoError(p, err)
}

// retry makes a server want P-256 and a cookie, as in the trace with a
// HelloRetryRequest.
func (s *side) retry(p *play, cfg *tls.Config) {
	if p.trace.Step(vectors.Server, vectors.KeyPair, "P-256") == nil {
		return
	}
	cfg.Groups, cfg.KeyShares = []*group.Group{group.Lookup(group.P256)}, nil
	hrr, err := handshake.ParseServerHello(p.message(vectors.Server, "ServerHello")[4:])
	require.NoError(p, err)
	require.True(p, hrr.IsHelloRetryRequest())
	data, _ := hrr.Extensions.Get(handshake.ExtCookie)
	cfg.RetryCookie, err = handshake.ParseCookie(data)
	require.NoError(p, err)
}

// randomness is what the engine draws, in the order in which it does: random,
// session id, private keys.
func (s *side) randomness(p *play) *bytes.Buffer {
	b := bytes.NewBuffer(p.trace.Input(string(s.role) + " random"))
	if s.role == vectors.Client {
		hello, err := handshake.ParseClientHello(p.message(vectors.Client, "ClientHello")[4:])
		require.NoError(p, err)
		b.Write(hello.LegacySessionID)
	}
	for i := range p.trace.Steps {
		if st := &p.trace.Steps[i]; st.Role == s.role && st.Kind == vectors.KeyPair {
			b.Write(st.Get("private"))
		}
	}
	b.Write(make([]byte, 100)) // what a ticket draws, which is replaced
	return b
}

// rewrite puts the RFC's message in place of ours, which must be of the same
// type.
func (s *side) rewrite(p *play) func(handshake.MessageType, []byte) []byte {
	return func(mt handshake.MessageType, _ []byte) []byte {
		require.NotEmpty(p, s.messages, "%s says %v after all its messages", s.role, mt)
		want := p.bytes(s.messages[0])
		require.Equal(p, byte(mt), want[0], "%s says %v", s.role, mt)
		s.messages = s.messages[1:]
		return want
	}
}

func (s *side) keyLog(label string, _, secret []byte) {
	s.secrets[label] = bytes.Clone(secret)
}

// credentials is the RFC's chain, whose signatures the RFC gives.
func (s *side) credentials(p *play) []*tls.Credential {
	msg := p.message(s.role, "Certificate")
	if msg == nil {
		return nil
	}
	m, err := handshake.ParseCertificate(msg[4:])
	require.NoError(p, err)
	cred, err := tls.NewCredential([][]byte{m.CertificateList[0].CertData}, nil)
	require.NoError(p, err)
	return []*tls.Credential{cred}
}

// run follows the records of the trace.
func (p *play) run() {
	for i := range p.trace.Steps {
		if st := &p.trace.Steps[i]; st.Kind == vectors.Record {
			p.record(st)
		}
	}
	for _, s := range p.sides {
		require.Empty(p, s.messages, "messages that %s did not say", s.role)
		require.NoError(p, s.e.TransportEOF())
		p.checkSecrets(s)
	}
}

// record lets one side send a record, compares it, and lets the other have it.
func (p *play) record(st *vectors.Step) {
	s, peer := p.sides[st.Role], p.sides[st.Role.Other()]
	s.out = s.e.Flush(s.out)
	var err error
	switch {
	case st.Name == "application_data" && s.role == vectors.Client && !s.e.ConnectionState().HandshakeDone:
		s.out, err = s.e.SendEarly(s.out, st.Get("payload"))
	case st.Name == "application_data":
		s.out, err = s.e.Send(s.out, st.Get("payload"))
	case st.Name == "alert":
		s.out = s.e.Close(s.out)
	}
	require.NoError(p, err)
	want := st.Get("record")
	require.GreaterOrEqual(p, len(s.out), len(want), "%v: nothing sent", st)
	require.Equal(p, want, s.out[:len(want)], "%v", st)
	s.out = s.out[len(want):]
	p.deliver(peer, bytes.Clone(want))
	if st.Name == "application_data" {
		require.Equal(p, st.Get("payload"), peer.data)
		peer.data = nil
	}
}

func (p *play) deliver(s *side, in []byte) {
	for {
		for ev, err := range s.e.Feed(in) {
			require.NoError(p, err, "%s receives", s.role)
			switch ev.Kind {
			case tls.EventData, tls.EventEarlyData:
				s.data = append(s.data, ev.Data...)
			case tls.EventNewSession:
				p.session = ev.Data
			}
		}
		if s.e.Pending() == nil {
			return
		}
		p.answer(s)
		in = nil
	}
}

func (p *play) answer(s *side) {
	switch q := s.e.Pending().(type) {
	case *tls.VerdictRequest:
		require.NoError(p, s.e.Verified(nil))
	case *tls.TicketRequest:
		require.NoError(p, s.e.Ticket(tls.TicketAnswer{Session: p.resuming, Early: true}, nil))
	case *tls.SignatureRequest:
		m, err := handshake.ParseCertificateVerify(p.message(s.role, "CertificateVerify")[4:])
		require.NoError(p, err)
		require.Equal(p, m.Algorithm, q.Scheme)
		require.NoError(p, s.e.Signed(m.Signature, nil))
	default:
		p.Fatalf("unexpected question %T", q)
	}
}

// checkSecrets compares the logged secrets with the RFC's.
func (p *play) checkSecrets(s *side) {
	labels := map[string]string{
		"c e traffic": "CLIENT_EARLY_TRAFFIC_SECRET", "e exp master": "EARLY_EXPORTER_SECRET",
		"c hs traffic": "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "s hs traffic": "SERVER_HANDSHAKE_TRAFFIC_SECRET",
		"c ap traffic": "CLIENT_TRAFFIC_SECRET_0", "s ap traffic": "SERVER_TRAFFIC_SECRET_0",
		"exp master": "EXPORTER_SECRET",
	}
	n := 0
	for i := range p.trace.Steps {
		st := &p.trace.Steps[i]
		if label, ok := labels[st.Name]; ok && st.Kind == vectors.Derive {
			require.Equal(p, st.Get("expanded"), s.secrets[label], "%s has another %s", s.role, label)
			n++
		}
	}
	require.GreaterOrEqual(p, n, 5)
}

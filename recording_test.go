package tlsengine_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/vectors"
)

// The recorded handshakes, played again by engines that know nothing but what
// the file says: their random bytes, the time, certificates and keys, and what
// the applications send. Every record must be the file's, byte for byte.
func TestRecordedHandshakesArePlayedAgain(t *testing.T) {
	all := recorded(t)
	require.Len(t, all, len(recordings()))
	for _, h := range all {
		t.Run(h.Name, func(t *testing.T) { replay(t, all, h) })
	}
}

// recorded is all recordings by their names.
func recorded(t testing.TB) map[string]*vectors.Handshake {
	t.Helper()
	list, err := vectors.Handshakes()
	require.NoError(t, err)
	all := map[string]*vectors.Handshake{}
	for _, h := range list {
		all[h.Name] = h
	}
	return all
}

// replay plays a recording and, before it, the one whose session it resumes.
func replay(t testing.TB, all map[string]*vectors.Handshake, h *vectors.Handshake) *player {
	t.Helper()
	var before *player
	if h.Resumes != "" {
		before = replay(t, all, all[h.Resumes])
	}
	p := newPlayer(t, h, before, func(side vectors.Role) io.Reader { return bytes.NewReader(h.Party(side).Rand) })
	if h.QUIC {
		p.againQUIC()
	} else {
		for i := range h.Records {
			p.again(i)
		}
	}
	for side, e := range p.ends {
		require.False(t, e.Engine != nil && e.Owes(), "%s has more to say", side)
		n, err := io.Copy(io.Discard, e.rand)
		require.NoError(t, err)
		require.Zero(t, n, "random bytes that %s did not draw", side)
	}
	p.result()
	c := p.ends[vectors.Client]
	require.Len(t, c.labels, len(h.KeyLog))
	for i, v := range h.KeyLog {
		require.Equal(t, v.Name, c.labels[i])
		require.Equal(t, v.Bytes, c.secrets[v.Name], v.Name)
	}
	require.Equal(t, h.Outcome, p.outcome())
	return p
}

// player is two engines that play a recording, or make one.
type player struct {
	testing.TB
	h    *vectors.Handshake
	now  time.Time
	ends map[vectors.Role]*recordingEnd
	memo tlsengine.SessionCache
}

// recordingEnd is one of the engines.
type recordingEnd struct {
	*tlsengine.Engine
	quic     *tlsengine.QUICConn // in place of Engine
	name     vectors.Role
	rand     io.Reader
	out      []byte   // sent, and not yet looked at
	said     [][]byte // handshake messages that wait for their record
	secrets  map[string][]byte
	labels   []string
	sessions [][]byte
	data     []byte
	told     bool // close_notify
	cuts     bool // it sends short records
}

func newPlayer(t testing.TB, h *vectors.Handshake, before *player, rand func(vectors.Role) io.Reader) *player {
	t.Helper()
	p := &player{TB: t, h: h, now: h.Time, ends: map[vectors.Role]*recordingEnd{}, memo: tlsengine.NewSessionMemory(1)}
	if before != nil {
		p.memo = before.memo
	}
	for _, side := range []vectors.Role{vectors.Client, vectors.Server} {
		e := &recordingEnd{name: side, rand: rand(side), secrets: map[string][]byte{}, cuts: h.Party(side).MaxFragment > 0}
		cfg := p.config(e)
		if side == vectors.Client && before != nil {
			cfg.Session = before.ends[side].sessions[0]
		}
		require.NoError(t, p.start(e, cfg))
		p.ends[side] = e
	}
	return p
}

func (p *player) start(e *recordingEnd, cfg *tlsengine.Config) (err error) {
	parameters := p.h.Party(e.name).TransportParameters
	switch client := e.name == vectors.Client; {
	case p.h.QUIC && client:
		e.quic, err = tlsengine.NewQUICClient(cfg, parameters)
	case p.h.QUIC:
		e.quic, err = tlsengine.NewQUICServer(cfg, parameters)
	case client:
		e.Engine, err = tlsengine.NewClient(cfg)
	default:
		e.Engine, err = tlsengine.NewServer(cfg)
	}
	return err
}

// config is what the file says about a side.
func (p *player) config(e *recordingEnd) *tlsengine.Config {
	party := p.h.Party(e.name)
	cfg := &tlsengine.Config{
		Rand: e.rand, Time: func() time.Time { return p.now }, Tickets: -1,
		ServerName: party.ServerName, ALPN: party.ALPN, RequestStatus: party.AsksForStaple,
		PadTo: party.PadTo, MaxFragment: party.MaxFragment, NoCompatibility: party.NoCompatibility,
		MaxEarlyData: uint32(party.MaxEarlyData), RetryCookie: party.RetryCookie,
		KeyLog: func(label string, _, secret []byte) {
			e.secrets[label] = bytes.Clone(secret)
			e.labels = append(e.labels, label)
		},
		Rewrite: func(_ handshake.MessageType, msg []byte) []byte {
			e.said = append(e.said, bytes.Clone(msg))
			return msg
		},
	}
	if p.h.Version == "TLS 1.2" && party.MaxVersion == "" {
		cfg.MaxVersion = tlsengine.VersionTLS12
	}
	for _, name := range party.Suites {
		cfg.Suites = append(cfg.Suites, pick(p, cipher.Suites(), name, (*cipher.Suite).String))
	}
	for _, name := range party.Groups {
		cfg.Groups = append(cfg.Groups, pick(p, group.All(), name, groupName))
	}
	for _, name := range party.Signatures {
		cfg.Signatures = append(cfg.Signatures, pick(p, signature.All(), name, schemeName))
	}
	if party.KeyShares != nil {
		cfg.KeyShares = []group.ID{}
		for _, name := range party.KeyShares {
			cfg.KeyShares = append(cfg.KeyShares, pick(p, group.All(), name, groupName).ID)
		}
	}
	p.trust(cfg, party)
	p.resumption(cfg, party, e.name)
	return cfg
}

// pick is the one of the list that has the name.
func pick[T any](t testing.TB, list []T, name string, nameOf func(T) string) T {
	t.Helper()
	i := slices.IndexFunc(list, func(v T) bool { return nameOf(v) == name })
	require.GreaterOrEqual(t, i, 0, "nothing is called %s", name)
	return list[i]
}

func groupName(g *group.Group) string { return g.Name }

func schemeName(a *signature.Algorithm) string { return a.Scheme.String() }

// trust is about certificates.
func (p *player) trust(cfg *tlsengine.Config, party *vectors.Party) {
	if party.RootCertificate != nil {
		cert, err := x509.ParseCertificate(party.RootCertificate)
		require.NoError(p, err)
		cfg.Roots = x509.NewCertPool()
		cfg.Roots.AddCert(cert)
		if party.RequiresCertificate {
			cfg.ClientAuth = tlsengine.RequireClientCert
			cfg.ClientCAs = [][]byte{cert.RawSubject}
		}
	}
	if party.Certificate != nil {
		key, err := tlsengine.SignerFromPEM(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: party.PrivateKey}))
		require.NoError(p, err)
		cred, err := tlsengine.NewCredential([][]byte{party.Certificate}, key)
		require.NoError(p, err)
		cred.Staple = party.Staple
		cfg.Credentials = []*tlsengine.Credential{cred}
	}
}

// resumption is about sessions and early data.
func (p *player) resumption(cfg *tlsengine.Config, party *vectors.Party, side vectors.Role) {
	if party.TicketKey != nil {
		cfg.TicketKeys = tlsengine.NewTicketKeys()
		require.NoError(p, cfg.TicketKeys.SetKeys([32]byte(party.TicketKey)))
		if party.Tickets > 0 {
			cfg.Tickets = party.Tickets
		}
	}
	if party.TakesTickets {
		cfg.Tickets = 0
	}
	if party.KeepsSessions {
		cfg.SessionCache = p.memo
	}
	if side == vectors.Server && cfg.MaxEarlyData > 0 {
		cfg.AntiReplay = tlsengine.NewReplayMemory(10)
	}
}

// again has an engine say a record, compares it and lets the other have it.
func (p *player) again(i int) {
	p.Helper()
	r := p.h.Records[i]
	e := p.ends[r.Sender]
	if len(e.out) == 0 {
		p.act(e, r.Type, r.Payload)
	}
	require.GreaterOrEqual(p, len(e.out), len(r.Record), "record %d, %s of the %s: nothing sent", i, r.Type, e.name)
	require.Equal(p, r.Record, e.out[:len(r.Record)], "record %d, %s of the %s", i, r.Type, e.name)
	e.out = e.out[len(r.Record):]
	p.deliver(e, r.Record)
	if r.Type == "application_data" {
		p.took(e, p.ends[e.name.Other()], r.Payload)
	}
}

// took checks that what was sent has arrived; early data may be refused, which
// the client does not know yet.
func (p *player) took(e, peer *recordingEnd, payload []byte) {
	if e.ConnectionState().HandshakeDone || peer.data != nil {
		require.Equal(p, payload, peer.data)
	}
	peer.data = nil
}

// act sends what the engine owes or, if it owes nothing, what an application
// must have wanted for there to be this record.
func (p *player) act(e *recordingEnd, typ string, payload []byte) {
	p.Helper()
	if e.out = e.Flush(e.out); len(e.out) > 0 {
		return
	}
	var err error
	switch {
	case typ == "application_data" && !e.ConnectionState().HandshakeDone:
		e.out, err = e.SendEarly(e.out, payload)
	case typ == "application_data":
		e.out, err = e.Send(e.out, payload)
	case typ == "alert":
		e.out = e.Close(e.out)
	case payload[0] == byte(handshake.MsgKeyUpdate):
		e.out, err = e.UpdateKeys(e.out, handshake.KeyUpdateRequest(payload[4]))
	case payload[0] == byte(handshake.MsgNewSessionTicket):
		err = e.SendTicket(nil)
		e.out = e.Flush(e.out)
	}
	require.NoError(p, err)
}

// deliver gives a record to the other side.
func (p *player) deliver(from *recordingEnd, rec []byte) {
	p.Helper()
	to := p.ends[from.name.Other()]
	for ev, err := range to.Feed(bytes.Clone(rec)) {
		require.NoError(p, err, "%s receives", to.name)
		switch ev.Kind {
		case tlsengine.EventData, tlsengine.EventEarlyData:
			to.data = append(to.data, ev.Data...)
		case tlsengine.EventNewSession:
			to.sessions = append(to.sessions, bytes.Clone(ev.Data))
		case tlsengine.EventPeerClosed:
			to.told = true
		}
	}
}

// facts is what is asked of a connection of either kind.
type facts interface {
	ConnectionState() tlsengine.ConnectionState
	Export(label string, context []byte, length int) ([]byte, error)
}

func (e *recordingEnd) facts() facts {
	if e.quic != nil {
		return e.quic
	}
	return e.Engine
}

// result checks that both sides saw the end, and know the same.
func (p *player) result() {
	p.Helper()
	c, s := p.ends[vectors.Client], p.ends[vectors.Server]
	for _, e := range p.ends {
		require.True(p, e.facts().ConnectionState().HandshakeDone, "%s has not finished", e.name)
		require.True(p, e.told || p.h.QUIC, "%s was not told the end", e.name)
	}
	for label, secret := range s.secrets { // a server that refuses early data has none of its secrets
		require.Equal(p, c.secrets[label], secret, label)
	}
}

// outcome is what came of the handshake.
func (p *player) outcome() vectors.Outcome {
	c := p.ends[vectors.Client].facts()
	st := c.ConnectionState()
	o := vectors.Outcome{
		Version: st.Version.String(), Suite: st.Suite.String(), Group: group.Lookup(st.Group).Name,
		Resumed: st.Resumed, ALPN: st.ALPN,
	}
	if st.PeerScheme != 0 {
		o.ServerSignature = st.PeerScheme.String()
	}
	if st.OwnScheme != 0 {
		o.ClientSignature = st.OwnScheme.String()
	}
	switch st.EarlyData {
	case handshake.EarlyDataAccepted:
		o.EarlyData = "accepted"
	case handshake.EarlyDataDeclined, handshake.EarlyDataRetried:
		o.EarlyData = "rejected"
	}
	var err error
	o.Exporter, err = c.Export(vectors.ExporterLabel, []byte(vectors.ExporterContext), 32)
	require.NoError(p, err)
	other, err := p.ends[vectors.Server].facts().Export(vectors.ExporterLabel, []byte(vectors.ExporterContext), 32)
	require.NoError(p, err)
	require.Equal(p, o.Exporter, other)
	return o
}

package tlsengine_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/vectors"
)

// The recorded handshakes, played again by engines that know nothing but what
// the file says: their random bytes, the time, certificates and keys, and what
// the applications send. Every record must be the file's, byte for byte.
func TestRecordedHandshakesArePlayedAgain(t *testing.T) {
	names, err := fs.Glob(vectors.Files(), "handshakes/*.txt")
	require.NoError(t, err)
	require.Len(t, names, len(recordings()))
	for _, name := range names {
		t.Run(strings.TrimSuffix(name, ".txt"), func(t *testing.T) { replay(t, name) })
	}
}

// recorded is the file of a recording.
func recorded(t testing.TB, name string) *vectors.File {
	t.Helper()
	text, err := fs.ReadFile(vectors.Files(), name)
	require.NoError(t, err)
	f, err := vectors.Parse(name, text)
	require.NoError(t, err)
	return f
}

// replay plays a recording and, before it, the one whose session it resumes.
func replay(t testing.TB, name string) *player {
	t.Helper()
	f := recorded(t, name)
	var before *player
	if base := f.Fields.Text("resumes"); base != "" {
		before = replay(t, "handshakes/"+base)
	}
	p := newPlayer(t, f, before, func(side vectors.Role) io.Reader {
		return bytes.NewReader(octets(t, section(f, string(side)).Get("rand")))
	})
	for i := range f.Sections {
		if s := &f.Sections[i]; strings.Contains(s.Title, " record ") {
			p.again(s)
		}
	}
	for side, e := range p.ends {
		require.False(t, e.Owes(), "%s has more to say", side)
		n, err := io.Copy(io.Discard, e.rand)
		require.NoError(t, err)
		require.Zero(t, n, "random bytes that %s did not draw", side)
	}
	p.result()
	require.Equal(t, section(f, "secrets"), p.secretFields())
	require.Equal(t, section(f, "outcome"), p.outcome())
	return p
}

// player is two engines that play a recording, or make one.
type player struct {
	testing.TB
	file *vectors.File
	now  time.Time
	ends map[vectors.Role]*recordingEnd
	memo tlsengine.SessionCache
}

// recordingEnd is one of the engines.
type recordingEnd struct {
	*tlsengine.Engine
	name     vectors.Role
	rand     io.Reader
	out      []byte   // sent, and not yet looked at
	said     [][]byte // handshake messages that wait for their record
	secrets  map[string][]byte
	labels   []string
	sessions [][]byte
	data     []byte
	told     bool // close_notify
}

func newPlayer(t testing.TB, f *vectors.File, before *player, rand func(vectors.Role) io.Reader) *player {
	t.Helper()
	p := &player{TB: t, file: f, ends: map[vectors.Role]*recordingEnd{}, memo: tlsengine.NewSessionMemory(1)}
	if before != nil {
		p.memo = before.memo
	}
	var err error
	p.now, err = time.Parse(time.RFC3339, f.Fields.Text("time"))
	require.NoError(t, err)
	for _, side := range []vectors.Role{vectors.Client, vectors.Server} {
		e := &recordingEnd{name: side, rand: rand(side), secrets: map[string][]byte{}}
		cfg := p.config(e)
		if side == vectors.Client {
			if before != nil {
				cfg.Session = before.ends[side].sessions[0]
			}
			e.Engine, err = tlsengine.NewClient(cfg)
		} else {
			e.Engine, err = tlsengine.NewServer(cfg)
		}
		require.NoError(t, err)
		p.ends[side] = e
	}
	return p
}

// config is what the file says about a side.
func (p *player) config(e *recordingEnd) *tlsengine.Config {
	fields := section(p.file, string(e.name))
	cfg := &tlsengine.Config{
		Rand: e.rand, Time: func() time.Time { return p.now }, Tickets: -1,
		ServerName: fields.Text("server name"), ALPN: strings.Fields(fields.Text("alpn")),
		PadTo: p.number(fields, "pad to"), MaxEarlyData: uint32(p.number(fields, "max early data")),
		RetryCookie: octets(p, fields.Get("retry cookie")),
		KeyLog: func(label string, _, secret []byte) {
			e.secrets[label] = bytes.Clone(secret)
			e.labels = append(e.labels, label)
		},
		Rewrite: func(_ handshake.MessageType, msg []byte) []byte {
			e.said = append(e.said, bytes.Clone(msg))
			return msg
		},
	}
	if p.file.Fields.Text("version") == "TLS 1.2" {
		cfg.MaxVersion = tlsengine.VersionTLS12
	}
	for _, name := range strings.Fields(fields.Text("suites")) {
		for _, s := range cipher.Suites() {
			if s.String() == name {
				cfg.Suites = append(cfg.Suites, s)
			}
		}
	}
	for _, name := range strings.Fields(fields.Text("groups")) {
		cfg.Groups = append(cfg.Groups, namedGroup(p, name))
	}
	if f := fields.Get("key shares"); f != nil {
		cfg.KeyShares = []group.ID{}
		for _, name := range strings.Fields(f.Text) {
			if name != "none" {
				cfg.KeyShares = append(cfg.KeyShares, namedGroup(p, name).ID)
			}
		}
	}
	p.trust(cfg, fields)
	p.resumption(cfg, fields, e.name)
	return cfg
}

// trust is about certificates.
func (p *player) trust(cfg *tlsengine.Config, fields vectors.Fields) {
	if root := fields.Get("root certificate"); root != nil {
		cert, err := x509.ParseCertificate(octets(p, root))
		require.NoError(p, err)
		cfg.Roots = x509.NewCertPool()
		cfg.Roots.AddCert(cert)
		if fields.Text("client certificate") == "required" {
			cfg.ClientAuth = tlsengine.RequireClientCert
			cfg.ClientCAs = [][]byte{cert.RawSubject}
		}
	}
	if f := fields.Get("certificate"); f != nil {
		key, err := x509.ParsePKCS8PrivateKey(octets(p, fields.Get("private key")))
		require.NoError(p, err)
		cred, err := tlsengine.NewCredential([][]byte{octets(p, f)}, key.(crypto.Signer))
		require.NoError(p, err)
		cfg.Credentials = []*tlsengine.Credential{cred}
	}
}

// resumption is about sessions and early data.
func (p *player) resumption(cfg *tlsengine.Config, fields vectors.Fields, side vectors.Role) {
	if key := fields.Get("ticket key"); key != nil {
		cfg.TicketKeys = tlsengine.NewTicketKeys()
		require.NoError(p, cfg.TicketKeys.SetKeys([32]byte(octets(p, key))))
		if n := p.number(fields, "tickets"); n > 0 {
			cfg.Tickets = n
		}
	}
	if side == vectors.Client && fields.Text("tickets") == "taken" {
		cfg.Tickets = 0
	}
	if fields.Text("sessions") == "kept by id" {
		cfg.SessionCache = p.memo
	}
	if side == vectors.Server && cfg.MaxEarlyData > 0 {
		cfg.AntiReplay = tlsengine.NewReplayMemory(10)
	}
}

// number is the first word of a field, as in "64 bytes".
func (p *player) number(fields vectors.Fields, name string) int {
	word, _, _ := strings.Cut(fields.Text(name), " ")
	n, _ := strconv.Atoi(word)
	return n
}

// again has an engine say a record, compares it and lets the other have it.
func (p *player) again(s *vectors.Section) {
	p.Helper()
	side, typ, _ := strings.Cut(s.Title, " record ")
	e := p.ends[vectors.Role(side)]
	payload := octets(p, s.Fields.Get("payload"))
	if len(e.out) == 0 {
		p.act(e, typ, payload)
	}
	want := octets(p, s.Fields.Get("record"))
	require.GreaterOrEqual(p, len(e.out), len(want), "line %d: %s: nothing sent", s.Line, s.Title)
	require.Equal(p, want, e.out[:len(want)], "line %d: %s", s.Line, s.Title)
	e.out = e.out[len(want):]
	p.deliver(e, want)
	if typ == "application_data" {
		p.took(e, p.ends[e.name.Other()], payload)
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

// result checks that both sides saw the end, and know the same.
func (p *player) result() {
	p.Helper()
	c, s := p.ends[vectors.Client], p.ends[vectors.Server]
	for _, e := range p.ends {
		require.True(p, e.ConnectionState().HandshakeDone, "%s has not finished", e.name)
		require.True(p, e.told, "%s was not told the end", e.name)
	}
	for label, secret := range s.secrets { // a server that refuses early data has none of its secrets
		require.Equal(p, c.secrets[label], secret, label)
	}
}

// secretFields are the key log, as the file has it.
func (p *player) secretFields() (fields vectors.Fields) {
	c := p.ends[vectors.Client]
	for _, label := range c.labels {
		fields = append(fields, vectors.Field{Name: label, Text: hex.EncodeToString(c.secrets[label])})
	}
	return fields
}

// outcome is what came of the handshake.
func (p *player) outcome() (fields vectors.Fields) {
	c := p.ends[vectors.Client]
	st := c.ConnectionState()
	add := func(name, text string) { fields = append(fields, vectors.Field{Name: name, Text: text}) }
	add("version", st.Version.String())
	add("suite", st.Suite.String())
	add("group", group.Lookup(st.Group).Name)
	add("resumed", strconv.FormatBool(st.Resumed))
	if st.ALPN != "" {
		add("alpn", st.ALPN)
	}
	if st.PeerScheme != 0 {
		add("server signature", st.PeerScheme.String())
	}
	if st.OwnScheme != 0 {
		add("client signature", st.OwnScheme.String())
	}
	switch st.EarlyData {
	case handshake.EarlyDataAccepted:
		add("early data", "accepted")
	case handshake.EarlyDataDeclined:
		add("early data", "rejected")
	}
	exported, err := c.Export("EXPORTER-tlsengine", []byte("context"), 32)
	require.NoError(p, err)
	other, err := p.ends[vectors.Server].Export("EXPORTER-tlsengine", []byte("context"), 32)
	require.NoError(p, err)
	require.Equal(p, exported, other)
	add("exporter", hex.EncodeToString(exported))
	return fields
}

// section is the fields of a section, without the lines they stand in.
func section(f *vectors.File, title string) (fields vectors.Fields) {
	for i := range f.Sections {
		if f.Sections[i].Title == title {
			for _, fd := range f.Sections[i].Fields {
				fd.Line = 0
				fields = append(fields, fd)
			}
		}
	}
	return fields
}

// octets is a field's value; nil if there is no such field.
func octets(t testing.TB, f *vectors.Field) []byte {
	t.Helper()
	if f == nil {
		return nil
	}
	b, err := f.Bytes()
	require.NoError(t, err)
	return b
}

func namedGroup(t testing.TB, name string) *group.Group {
	t.Helper()
	for _, g := range group.All() {
		if g.Name == name {
			return g
		}
	}
	require.Fail(t, fmt.Sprintf("no group %q", name))
	return nil
}

package interop

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
)

// TestClients13 runs the engine as server against the peers as clients, in
// TLS 1.3.
func TestClients13(t *testing.T) {
	forPeers(t, peers, func(p *peer) []test {
		if p.connect == nil {
			return nil
		}
		list := append(p.connectTests(), test{"HelloRetryRequest", connectRetry})
		if p.can(hasEcho) {
			list = append(list, test{"KeyUpdate", connectKeyUpdate})
		}
		if p.can(hasUpdateClient) {
			list = append(list, test{"KeyUpdate-by-peer", connectKeyUpdateByPeer})
		}
		if p.can(hasEarlyClient) {
			list = append(list, test{"0-RTT", connectEarly}, test{"0-RTT-refused", connectEarlyRefused})
		}
		// GnuTLS sends its second ClientHello under the keys of early data.
		if p.can(hasEarlyClient) && p != gnutls {
			list = append(list, test{"0-RTT-HelloRetryRequest", connectEarlyRetry})
		}
		return list
	})
}

// TestClients12 is the same in TLS 1.2.
func TestClients12(t *testing.T) {
	forPeers(t, peers12(), func(p *peer) []test {
		if p.connect == nil {
			return nil
		}
		list := append(p.connectTests(), test{"of-both-versions", connectBoth})
		if p.can(hasSessionID) {
			list = append(list, test{"resumption-by-session-id", connectSessionID})
		}
		if p.renegotiate != "" {
			list = append(list, test{"renegotiation-refused", connectRenegotiation})
		}
		return list
	})
}

// connectTests are those of both versions.
func (p *peer) connectTests() (list []test) {
	add := func(name string, run func(*testing.T, *peer)) { list = append(list, test{name, run}) }
	for _, id := range p.suites {
		add(id.String(), func(t *testing.T, p *peer) { connectOne(t, p, id, 0, certificateFor(id)) })
	}
	for _, g := range p.groups {
		add(g.String(), func(t *testing.T, p *peer) { connectOne(t, p, 0, g, p.anyGroup()) })
	}
	for _, k := range p.kinds {
		add("certificate-"+string(k), func(t *testing.T, p *peer) { connectOne(t, p, 0, 0, k) })
	}
	add("10MB", connectBig)
	add("untrusted", connectUntrusted)
	if p.can(hasQuit) {
		add("close_notify-by-peer", connectCloseByPeer)
	}
	if p.can(hasClose) {
		add("close_notify", connectClose)
	}
	if p.can(hasResumption) {
		add("resumption", connectResumption)
	}
	if p.can(hasAuth) {
		for _, k := range p.kinds {
			add("client-certificate-"+string(k), func(t *testing.T, p *peer) { connectAuth(t, p, k) })
		}
		add("client-certificate-missing", connectAuthMissing)
		add("client-certificate-optional", connectAuthOptional)
		add("client-certificate-refused", connectAuthRefused)
	}
	if p.can(hasALPN) {
		add("ALPN", connectALPN)
	}
	if p.can(hasExporterClient) {
		add("exporter", connectExporter)
	}
	if p.can(hasKeyLogClient) {
		add("key-log", connectKeyLog)
	}
	add("questions", connectQuestions)
	list = append(list, p.opensslMoods(connectPlain)...)
	return append(list, p.moods(connectMood)...)
}

// come starts the peer as a client of the door.
func (p *peer) come(t *testing.T, d *door, s setup) *running {
	t.Helper()
	if s.ca == "" {
		s.ca = keys(t).ca
	}
	s.version = p.version
	return p.connect(t, s, d.addr())
}

func connectOne(t *testing.T, p *peer, suite cipher.ID, g group.ID, k kind) {
	d := open(t)
	s := setup{suite: suite}
	if g != 0 {
		s.groups = []group.ID{g}
	}
	r := p.come(t, d, s)
	e := d.accept(only(p.server(t, k), suite, g))
	state := e.handshake()
	p.check(t, state, suite, g)
	require.Contains(t, k.signsWith(p.version), state.OwnScheme)
	require.Equal(t, serverName, state.ServerName)
	r.talk(t, e, payload(0))
}

func connectRetry(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{groups: []group.ID{p.groups[0], p.retryGroup()}})
	cfg := only(p.server(t, ecdsa256), 0, p.retryGroup())
	cfg.RetryCookie = []byte("a cookie")
	e := d.accept(cfg)
	state := e.handshake()
	require.True(t, state.Retried)
	require.Equal(t, p.retryGroup(), state.Group)
	r.talk(t, e, payload(0))
}

func connectBig(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{size: bigPayload})
	e := d.accept(p.server(t, ecdsa256))
	e.handshake()
	r.talk(t, e, payload(bigPayload))
}

// connectUntrusted shows a certificate of a root that the client does not
// know.
func connectUntrusted(t *testing.T, p *peer) {
	d := open(t)
	p.come(t, d, setup{})
	cfg := p.server(t, ecdsa256)
	cfg.Credentials = []*tlsengine.Credential{stranger(t)}
	p.refused(t, d.accept(cfg).failed(), badCertificate...)
}

func connectKeyUpdate(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{})
	e := d.accept(p.server(t, ecdsa256))
	e.handshake()
	e.updateKeys(handshake.UpdateNotRequested)
	e.updateKeys(handshake.UpdateRequested)
	r.talk(t, e, payload(0))
	e.await("the peer's KeyUpdate", func(w *seen) bool { return w.updates > 0 })
}

func connectKeyUpdateByPeer(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{verbose: true})
	e := d.accept(p.server(t, ecdsa256))
	e.handshake()
	for i, command := range p.updates {
		r.say(command + "\n")
		e.await("KeyUpdate", func(w *seen) bool { return w.updates == i+1 })
	}
	r.say("under the newer keys\n")
	require.Equal(t, "under the newer keys\n", e.line())
	require.NoError(t, e.send([]byte("and in return\n")))
	r.hear("and in return\n")
}

func connectClose(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{})
	e := d.accept(p.server(t, ecdsa256))
	e.handshake()
	r.talk(t, e, payload(0))
	e.close()
	e.closed()
}

// connectCloseByPeer lets the client close.
func connectCloseByPeer(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{verbose: true})
	e := d.accept(p.server(t, ecdsa256))
	e.handshake()
	require.NoError(t, e.send([]byte("something\n")))
	r.quit()
	e.closed()
}

func connectResumption(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{resume: true})
	connectAgain(t, d, r, p.server(t, ecdsa256))
}

func connectSessionID(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{resume: true, tickets: -1})
	cfg := p.server(t, ecdsa256)
	cfg.TicketKeys, cfg.SessionCache = nil, tlsengine.NewSessionMemory(10)
	connectAgain(t, d, r, cfg)
}

func connectRenegotiation(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{verbose: true})
	e := d.accept(p.server(t, ecdsa256))
	e.handshake()
	r.say(p.renegotiate + "\n")
	var refused *tlsengine.AlertError
	require.ErrorAs(t, e.failed(), &refused)
	require.Equal(t, "no_renegotiation", refused.Alert.String())
}

func connectAgain(t *testing.T, d *door, r *running, cfg *tlsengine.Config) {
	e := connectTwice(t, d, r, cfg, cfg)
	require.True(t, e.handshake().Resumed)
	r.talk(t, e, payload(0))
}

// connectBoth lets the engine speak TLS 1.2 only to a client that speaks both.
func connectBoth(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{both: true})
	cfg := p.server(t, ecdsa256)
	cfg.MaxVersion = tlsengine.VersionTLS12
	e := d.accept(cfg)
	p.check(t, e.handshake(), 0, 0)
	r.talk(t, e, payload(0))
}

// connectTwice serves a client that comes again, and returns the second
// connection.
func connectTwice(t *testing.T, d *door, r *running, first, second *tlsengine.Config) *side {
	e := d.accept(first)
	require.False(t, e.handshake().Resumed)
	r.part(t, e)
	return d.accept(second)
}

// part ends the first of two connections, after which the client comes again.
func (r *running) part(t *testing.T, e *side) {
	t.Helper()
	if !r.hasty {
		r.talk(t, e, payload(0))
		e.close()
	}
	if r.again != nil {
		e.closed()
		e.conn.Close()
		*r = *r.again()
	}
}

func connectAuth(t *testing.T, p *peer, k kind) {
	d := open(t)
	r := p.come(t, d, setup{identity: keys(t).identity(t, k)})
	cfg := p.server(t, ecdsa256)
	cfg.ClientAuth = tlsengine.RequireClientCert
	e := d.accept(cfg)
	require.Contains(t, k.signsWith(p.version), e.handshake().PeerScheme)
	require.Equal(t, keys(t).identity(t, k).credential.Chain[0], e.state().PeerChain[0])
	r.talk(t, e, payload(0))
}

func connectAuthOptional(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{})
	cfg := p.server(t, ecdsa256)
	cfg.ClientAuth = tlsengine.RequestClientCert
	e := d.accept(cfg)
	require.Empty(t, e.handshake().PeerChain)
	r.talk(t, e, payload(0))
}

func connectAuthMissing(t *testing.T, p *peer) {
	d := open(t)
	p.come(t, d, setup{})
	cfg := p.server(t, ecdsa256)
	cfg.ClientAuth = tlsengine.RequireClientCert
	var refused *tlsengine.AlertError
	require.ErrorAs(t, d.accept(cfg).failed(), &refused)
	if p.tls13() {
		require.Equal(t, "certificate_required", refused.Alert.String())
	} else {
		require.Equal(t, "handshake_failure", refused.Alert.String())
	}
}

// connectAuthRefused knows another root than the client's.
func connectAuthRefused(t *testing.T, p *peer) {
	d := open(t)
	p.come(t, d, setup{identity: keys(t).identity(t, ecdsa256)})
	cfg := p.server(t, ecdsa256)
	cfg.ClientAuth = tlsengine.RequireClientCert
	cfg.Roots = strangers(t)
	var refused *tlsengine.AlertError
	require.ErrorAs(t, d.accept(cfg).failed(), &refused)
	require.Equal(t, "unknown_ca", refused.Alert.String())
}

func connectALPN(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{alpn: "interop/2"})
	cfg := p.server(t, ecdsa256)
	cfg.ALPN = []string{"interop/1", "interop/2"}
	e := d.accept(cfg)
	require.Equal(t, "interop/2", e.handshake().ALPN)
	r.talk(t, e, payload(0))
}

// earlyConfig is that of a server that takes early data.
func earlyConfig(t *testing.T, p *peer) *tlsengine.Config {
	cfg := p.server(t, ecdsa256)
	cfg.MaxEarlyData, cfg.AntiReplay = 10_000, tlsengine.NewReplayMemory(100)
	return cfg
}

func connectEarly(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{resume: true, early: payloadFile(t, 0)})
	cfg := earlyConfig(t, p)
	e := connectTwice(t, d, r, cfg, cfg)
	state := e.handshake()
	require.True(t, state.Resumed)
	require.True(t, state.EarlyAccepted())
	e.await("early data", func(w *seen) bool { return len(w.early)+len(w.data) >= smallPayload })
	require.Equal(t, string(payload(0)), string(e.seen.early)+string(e.seen.data))
	if p != nss { // which offers it, but sends its request with the Finished
		require.Len(t, e.seen.early, smallPayload)
	}
}

// connectEarlyRefused resumes and leaves the early data aside.
func connectEarlyRefused(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{resume: true, early: payloadFile(t, 0)})
	cfg := earlyConfig(t, p)
	no := *cfg
	no.MaxEarlyData = 0
	e := connectTwice(t, d, r, cfg, &no)
	state := e.handshake()
	require.True(t, state.Resumed)
	require.False(t, state.EarlyAccepted())
}

// connectEarlyRetry asks for another share, which is the end of early data.
func connectEarlyRetry(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{resume: true, early: payloadFile(t, 0), groups: []group.ID{p.groups[0], p.retryGroup()}})
	cfg := earlyConfig(t, p)
	second := *cfg
	e := connectTwice(t, d, r, cfg, only(&second, 0, p.retryGroup()))
	state := e.handshake()
	require.True(t, state.Retried)
	require.True(t, state.Resumed)
	require.False(t, state.EarlyAccepted())
}

func connectExporter(t *testing.T, p *peer) {
	d := open(t)
	r := p.come(t, d, setup{label: "EXPORTER-interop"})
	e := d.accept(p.server(t, ecdsa256))
	e.handshake()
	require.NoError(t, e.send([]byte("now say it\n"))) // tstclnt waits for something
	require.Equal(t, e.export("EXPORTER-interop", exportSize), r.exported(t))
}

func connectKeyLog(t *testing.T, p *peer) {
	file := filepath.Join(t.TempDir(), "keys")
	d := open(t)
	r := p.come(t, d, setup{keylog: file})
	cfg := p.server(t, ecdsa256)
	log := record(cfg)
	e := d.accept(cfg)
	e.handshake()
	r.talk(t, e, payload(0))
	sameKeyLog(t, p.version, log, file)
}

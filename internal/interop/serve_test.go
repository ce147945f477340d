package interop

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
)

// TestServers13 runs the engine as client against the peers as servers, in
// TLS 1.3.
func TestServers13(t *testing.T) {
	forPeers(t, peers, func(p *peer) []test {
		if p.serve == nil {
			return nil
		}
		list := append(p.serveTests(),
			test{"HelloRetryRequest", serveRetry},
			test{"KeyUpdate", serveKeyUpdate},
		)
		if p.can(hasEarlyServer) {
			list = append(list, test{"0-RTT", serveEarly})
		}
		if p == openssl {
			list = append(list, test{"0-RTT-replayed", serveEarlyReplay})
		}
		if p.can(hasUpdateServer) {
			list = append(list, test{"KeyUpdate-by-peer", serveKeyUpdateByPeer})
		}
		return list
	})
}

// TestServers12 is the same in TLS 1.2.
func TestServers12(t *testing.T) {
	forPeers(t, peers12(), func(p *peer) []test {
		if p.serve == nil {
			return nil
		}
		list := append(p.serveTests(),
			test{"of-both-versions", serveBoth},
		)
		if p.can(hasSessionID) {
			list = append(list, test{"resumption-by-session-id", serveSessionID})
		}
		if p.name == openssl.name {
			list = append(list, test{"renegotiation-refused", serveRenegotiation})
		}
		return list
	})
}

// serveTests are those of both versions.
func (p *peer) serveTests() (list []test) {
	add := func(name string, run func(*testing.T, *peer)) { list = append(list, test{name, run}) }
	for _, id := range p.suites {
		add(id.String(), func(t *testing.T, p *peer) { serveOne(t, p, id, 0, certificateFor(id)) })
	}
	for _, g := range p.groups {
		add(g.String(), func(t *testing.T, p *peer) { serveOne(t, p, 0, g, p.anyGroup()) })
	}
	for _, k := range p.kinds {
		add("certificate-"+string(k), func(t *testing.T, p *peer) { serveOne(t, p, 0, 0, k) })
	}
	add("resumption", serveResumption)
	add("10MB", serveBig)
	add("close_notify", serveClose)
	if p.can(hasAuth) {
		for _, k := range p.kinds {
			add("client-certificate-"+string(k), func(t *testing.T, p *peer) { serveAuth(t, p, k) })
		}
		add("client-certificate-missing", serveAuthMissing)
		add("client-certificate-optional", serveAuthOptional)
		add("client-certificate-refused", serveAuthRefused)
	}
	if p.can(hasALPN) {
		add("ALPN", serveALPN)
	}
	if p.can(hasSNI) {
		add("server_name", serveName)
		add("server_name-unknown", serveUnknownName)
	}
	if p.can(hasExporterServer) {
		add("exporter", serveExporter)
	}
	if p.can(hasKeyLogServer) {
		add("key-log", serveKeyLog)
	}
	add("questions", serveQuestions)
	list = append(list, p.opensslMoods(servePlain)...)
	return append(list, p.moods(serveMood)...)
}

// listen starts the peer as a server, with a certificate if it has none yet.
func (p *peer) listen(t *testing.T, s setup) *running {
	t.Helper()
	if s.identity == nil {
		s.identity = keys(t).identity(t, ecdsa256)
	}
	if s.ca == "" {
		s.ca = keys(t).ca
	}
	s.version = p.version
	return p.serve(t, s)
}

// visit lets the engine connect.
func (r *running) visit(t *testing.T, cfg *tlsengine.Config) *side {
	t.Helper()
	return newClient(t, r.dial(t), cfg, nil)
}

// turnedAway is how the server ends a client's handshake. A server that closes
// with our last message unread makes TCP reset the connection, and the reset
// may overtake the alert: then the client comes again.
func (r *running) turnedAway(t *testing.T, cfg *tlsengine.Config) (err error) {
	t.Helper()
	for range 3 {
		if err = r.visit(t, cfg).failed(); !errors.Is(err, syscall.ECONNRESET) {
			break
		}
	}
	return err
}

func serveOne(t *testing.T, p *peer, suite cipher.ID, g group.ID, k kind) {
	s := setup{suite: suite, identity: keys(t).identity(t, k)}
	if g != 0 {
		s.groups = []group.ID{g}
	}
	r := p.listen(t, s)
	c := r.visit(t, only(p.client(t), suite, g))
	state := c.handshake()
	p.check(t, state, suite, g)
	require.Contains(t, k.signsWith(p.version), state.PeerScheme)
	r.talk(t, c, payload(0))
}

// retryGroup is one that the peer has and a client does not send a share of
// by itself.
func (p *peer) retryGroup() group.ID {
	if slices.Contains(p.groups, group.P384) {
		return group.P384
	}
	return group.P256
}

func serveRetry(t *testing.T, p *peer) {
	r := p.listen(t, setup{groups: []group.ID{p.retryGroup()}})
	cfg := p.client(t)
	if p.can(hasNoChoice) {
		cfg.Groups = []*group.Group{group.Lookup(group.X448), group.Lookup(p.retryGroup())}
	}
	c := r.visit(t, cfg)
	state := c.handshake()
	require.True(t, state.Retried)
	require.Equal(t, p.retryGroup(), state.Group)
	r.talk(t, c, payload(0))
}

func serveResumption(t *testing.T, p *peer) { serveTwice(t, p, setup{}, p.client(t)) }

func serveSessionID(t *testing.T, p *peer) {
	cfg := p.client(t)
	cfg.Tickets = -1
	serveTwice(t, p, setup{tickets: -1}, cfg)
}

// serveBoth lets the engine speak TLS 1.2 only to a server that speaks both.
func serveBoth(t *testing.T, p *peer) {
	r := p.listen(t, setup{both: true})
	cfg := p.client(t)
	cfg.MaxVersion = tlsengine.VersionTLS12
	c := r.visit(t, cfg)
	p.check(t, c.handshake(), 0, 0)
	r.talk(t, c, payload(0))
}

func serveRenegotiation(t *testing.T, p *peer) {
	r := p.listen(t, setup{verbose: true})
	c := r.visit(t, p.client(t))
	c.handshake()
	r.say("r\n")
	var refused *tlsengine.AlertError
	require.ErrorAs(t, c.failed(), &refused)
	require.Equal(t, "no_renegotiation", refused.Alert.String())
}

// serveTwice connects, and then resumes.
func serveTwice(t *testing.T, p *peer, s setup, cfg *tlsengine.Config) {
	r := p.listen(t, s)
	c := r.visit(t, cfg)
	require.False(t, c.handshake().Resumed)
	r.talk(t, c, payload(0))
	cfg.Session = c.session()
	c.close()
	c.conn.Close()

	c = r.visit(t, cfg)
	state := c.handshake()
	require.True(t, state.Resumed)
	require.NotEmpty(t, state.PeerChain, "the chain of the first handshake")
	r.talk(t, c, payload(0))
}

// serveEarly sends early data until the server takes it: one that remembers
// what it has seen takes none in its first seconds. The handshake must go on
// either way.
func serveEarly(t *testing.T, p *peer) {
	r := p.listen(t, setup{early: "yes", verbose: true})
	cfg := p.client(t)
	cfg.MaxEarlyData = 10_000
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(300 * time.Millisecond) {
		c := r.visit(t, cfg)
		c.handshake()
		again := *cfg
		again.Session = c.session()
		c.close()
		c.conn.Close()

		c = newClient(t, r.dial(t), &again, []byte("early data\n"))
		state := c.handshake()
		require.True(t, state.Resumed)
		require.NotEqual(t, c.seen.accepted, c.seen.rejected)
		require.Equal(t, c.seen.accepted, state.EarlyAccepted())
		c.close()
		c.conn.Close()
		if state.EarlyAccepted() {
			return
		}
	}
	require.Fail(t, "the early data was never accepted")
}

// serveEarlyReplay resumes the same session twice with early data: the second
// time the server must not take it.
func serveEarlyReplay(t *testing.T, p *peer) {
	r := p.listen(t, setup{early: "yes", verbose: true})
	cfg := p.client(t)
	cfg.MaxEarlyData = 10_000
	c := r.visit(t, cfg)
	c.handshake()
	cfg.Session = c.session()
	c.close()
	c.conn.Close()
	for i := range 2 {
		c := newClient(t, r.dial(t), cfg, []byte("early data\n"))
		state := c.handshake()
		require.Equal(t, i == 0, state.EarlyAccepted())
		c.close()
		c.conn.Close()
	}
}

func serveKeyUpdate(t *testing.T, p *peer) {
	r := p.listen(t, setup{})
	c := r.visit(t, p.client(t))
	c.handshake()
	c.updateKeys(handshake.UpdateNotRequested)
	c.updateKeys(handshake.UpdateRequested)
	r.talk(t, c, payload(0))
	c.await("the peer's KeyUpdate", func(w *seen) bool { return w.updates > 0 })
}

func serveKeyUpdateByPeer(t *testing.T, p *peer) {
	r := p.listen(t, setup{verbose: true})
	c := r.visit(t, p.client(t))
	c.handshake()
	r.say("k\n")
	c.await("KeyUpdate", func(w *seen) bool { return w.updates == 1 })
	r.say("K\n")
	c.await("KeyUpdate with a request", func(w *seen) bool { return w.updates == 2 })
	r.say("under the newer keys\n")
	require.Equal(t, "under the newer keys\n", c.line())
	require.NoError(t, c.send([]byte("and in return\n")))
	r.hear("and in return\n")
}

func serveBig(t *testing.T, p *peer) {
	r := p.listen(t, setup{size: bigPayload})
	c := r.visit(t, p.client(t))
	c.handshake()
	r.talk(t, c, payload(bigPayload))
}

// serveClose closes from our side; the peer must do the same.
func serveClose(t *testing.T, p *peer) {
	r := p.listen(t, setup{})
	c := r.visit(t, p.client(t))
	c.handshake()
	r.talk(t, c, payload(0))
	c.close()
	c.closed()
}

func serveAuth(t *testing.T, p *peer, k kind) {
	r := p.listen(t, setup{auth: tlsengine.RequireClientCert})
	cfg := p.client(t)
	cfg.Credentials = []*tlsengine.Credential{keys(t).identity(t, k).credential}
	c := r.visit(t, cfg)
	c.handshake()
	r.talk(t, c, payload(0))
	require.Contains(t, k.signsWith(p.version), c.state().OwnScheme)
}

func serveAuthOptional(t *testing.T, p *peer) {
	r := p.listen(t, setup{auth: tlsengine.RequestClientCert})
	c := r.visit(t, p.client(t))
	c.handshake()
	r.talk(t, c, payload(0))
	require.Zero(t, c.state().OwnScheme)
}

func serveAuthMissing(t *testing.T, p *peer) {
	r := p.listen(t, setup{auth: tlsengine.RequireClientCert})
	// GnuTLS says decode_error in TLS 1.2.
	p.refused(t, r.turnedAway(t, p.client(t)), "certificate_required", "handshake_failure", "bad_certificate", "decode_error")
}

// serveAuthRefused shows a certificate to a server that knows another root.
func serveAuthRefused(t *testing.T, p *peer) {
	r := p.listen(t, setup{auth: tlsengine.RequireClientCert})
	cfg := p.client(t)
	cfg.Credentials = []*tlsengine.Credential{stranger(t)}
	p.refused(t, r.turnedAway(t, cfg), badCertificate...)
}

func serveALPN(t *testing.T, p *peer) {
	r := p.listen(t, setup{alpn: "interop/2"})
	cfg := p.client(t)
	cfg.ALPN = []string{"interop/1", "interop/2"}
	c := r.visit(t, cfg)
	require.Equal(t, "interop/2", c.handshake().ALPN)
}

func serveName(t *testing.T, p *peer) {
	r := p.listen(t, setup{sni: serverName})
	c := r.visit(t, p.client(t))
	c.handshake()
	r.talk(t, c, payload(0))
}

func serveUnknownName(t *testing.T, p *peer) {
	r := p.listen(t, setup{sni: serverName})
	cfg := p.client(t)
	cfg.SNI = "elsewhere.test"
	p.refused(t, r.turnedAway(t, cfg), "unrecognized_name", "internal_error")
}

func serveExporter(t *testing.T, p *peer) {
	r := p.listen(t, setup{label: "EXPORTER-interop"})
	c := r.visit(t, p.client(t))
	c.handshake()
	require.Equal(t, c.export("EXPORTER-interop", exportSize), r.exported(t))
}

// serveKeyLog compares the engine's key log with the peer's.
func serveKeyLog(t *testing.T, p *peer) {
	file := filepath.Join(t.TempDir(), "keys")
	r := p.listen(t, setup{keylog: file})
	cfg := p.client(t)
	log := record(cfg)
	c := r.visit(t, cfg)
	c.handshake()
	r.talk(t, c, payload(0))
	sameKeyLog(t, p.version, log, file)
}

func sameKeyLog(t *testing.T, v tlsengine.Version, log *keyLog, file string) {
	t.Helper()
	theirs, err := os.ReadFile(file)
	require.NoError(t, err)
	ours := log.lines()
	require.NotEmpty(t, ours)
	for _, line := range strings.Split(string(theirs), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			require.Contains(t, ours, line)
		}
	}
	for _, label := range keyLogLabels(v) {
		require.Contains(t, string(theirs), label+" ")
	}
}

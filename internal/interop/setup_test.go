package interop

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testproc"
)

// setup is what a peer is told. A zero field leaves the peer to its default.
type setup struct {
	version  tlsengine.Version // this one only, unless both; 0 is the peer's
	both     bool              // TLS 1.3 and 1.2
	suite    cipher.ID         // this one only
	groups   []group.ID        // these only; a client sends a share of the first
	identity *identity         // the peer's certificate; a client may have none
	ca       string            // file with the roots; empty is the right one
	alpn     string
	label    string   // export keying material for this label
	keylog   string   // file
	early    string   // client: a file with early data to send; server: not empty takes it
	size     int      // of the payload, in bytes; 0 is smallPayload
	verbose  bool     // takes commands, and says more
	flags    []string // of the program, besides

	auth    tlsengine.ClientAuth // server
	sni     string               // server: refuses clients that do not ask for this name
	tickets int                  // 0 is the default, -1 none: TLS 1.2 resumes by session id
	resume  bool                 // client: connects twice, and resumes
}

const exportSize = 40 // bytes, where a setup has a label

func (s *setup) tls13() bool { return s.version == tlsengine.VersionTLS13 }

// running is a peer at work. Servers echo what they hear, and so do those
// clients that can.
type running struct {
	*process
	addr string // of a server

	// again lets a client resume in a new connection; nil if it comes by
	// itself when the first is closed.
	again func() *running

	// hasty clients end the first of two connections at once.
	hasty bool

	// quit makes a client say close_notify; nil if it can't.
	quit func()

	// exported is the keying material that the peer says it has.
	exported func(t *testing.T) []byte

	// exchange sends data both ways; nil if the peer echoes.
	exchange func(t *testing.T, s *side, data []byte)
}

// talk sends data to the peer and the same back.
func (r *running) talk(t *testing.T, s *side, data []byte) {
	t.Helper()
	if r.exchange != nil {
		r.exchange(t, s, data)
		return
	}
	s.echo(data)
}

// dial connects to a server, which may not listen yet.
func (r *running) dial(t *testing.T) net.Conn {
	conn, err := dialWhenReady(r.addr, r.process)
	require.NoError(t, err)
	return conn
}

// peer is another implementation of TLS.
type peer struct {
	name     string
	programs []string // that must be installed
	source   string   // where they come from

	serve   func(t *testing.T, s setup) *running              // nil if it can't
	connect func(t *testing.T, s setup, addr string) *running // nil if it can't

	version tlsengine.Version // that it is told to speak; see tls12
	suites  []cipher.ID
	groups  []group.ID // the first is one that it sends a share of
	kinds   []kind     // of certificates that it takes and has
	has     features

	updates     []string // what makes a client update its keys, by a line each
	renegotiate string   // what makes a client of TLS 1.2 renegotiate
}

// features are what only some peers have.
type features uint32

const (
	hasAuth           features = 1 << iota // client certificates
	hasALPN                                // ALPN
	hasSNI                                 // as server, wants a name
	hasEcho                                // as client, echoes
	hasClose                               // as client, answers close_notify with the same
	hasQuit                                // as client, says close_notify when told
	hasResumption                          // as client, resumes
	hasSessionID                           // resumes by session id in TLS 1.2
	hasEarlyServer                         // as server, takes early data
	hasEarlyClient                         // as client, sends early data
	hasExporterServer                      // as server, says what it exports
	hasExporterClient                      // as client, says what it exports
	hasKeyLogServer                        // as server, writes a key log
	hasKeyLogClient                        // as client, writes a key log
	hasUpdateServer                        // as server, updates keys when told
	hasUpdateClient                        // as client, updates keys when told
	hasNoChoice                            // can't be told versions, suites or groups
	hasNoAlert                             // refuses certificates by ending the connection

	hasExporter = hasExporterServer | hasExporterClient
	hasKeyLog   = hasKeyLogServer | hasKeyLogClient
)

// only13 are the features that TLS 1.2 has not.
const only13 = hasEarlyServer | hasEarlyClient | hasUpdateServer | hasUpdateClient

// tls12 is the peer when it is told to speak TLS 1.2.
func (p *peer) tls12() *peer {
	q := *p
	q.version, q.suites, q.has = tlsengine.VersionTLS12, tls12Suites, p.has&^only13
	if p == curl { // which does not ask for tickets
		q.has &^= hasResumption
	}
	q.kinds = slices.DeleteFunc(slices.Clone(p.kinds), func(k kind) bool { return strings.HasPrefix(string(k), "mldsa") })
	q.groups = slices.DeleteFunc(slices.Clone(p.groups), func(id group.ID) bool { return !group.Lookup(id).TLS12 })
	return &q
}

func (p *peer) tls13() bool { return p.version != tlsengine.VersionTLS12 }

func (p *peer) can(f features) bool { return p.has&f == f }

// here makes the test skip, or in CI fail, when the peer is not installed.
func (p *peer) here(t *testing.T) {
	t.Helper()
	for _, program := range p.programs {
		need(t, program, p.source)
	}
}

func need(t *testing.T, program, source string) {
	t.Helper()
	testproc.Find(t, program, source)
}

// door is where an engine as server meets its clients.
type door struct {
	t testing.TB
	net.Listener
}

func open(t *testing.T) *door {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return &door{t, l}
}

func (d *door) addr() string { return d.Addr().String() }

// accept serves the next client.
func (d *door) accept(cfg *tlsengine.Config) *side {
	return newServer(d.t, d.next(), cfg)
}

func (d *door) next() net.Conn {
	d.t.Helper()
	type result struct {
		conn net.Conn
		err  error
	}
	c := make(chan result, 1)
	go func() {
		conn, err := d.Accept()
		c <- result{conn, err}
	}()
	select {
	case r := <-c:
		require.NoError(d.t, r.err)
		return r.conn
	case <-after(patience):
		require.Fail(d.t, "nobody came")
	}
	panic(io.ErrUnexpectedEOF)
}

// refused checks how a connection ended that the peer had to refuse.
func (p *peer) refused(t *testing.T, err error, alerts ...string) {
	t.Helper()
	require.Error(t, err)
	if !p.can(hasNoAlert) {
		var refused *tlsengine.PeerAlertError
		require.ErrorAs(t, err, &refused)
		require.Contains(t, alerts, refused.Alert.String())
	}
}

// badCertificate are the alerts about a certificate of an unknown root.
var badCertificate = []string{"unknown_ca", "bad_certificate", "certificate_unknown", "access_denied"}

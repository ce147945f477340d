package interop

import (
	"crypto/rand"
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
)

// What an engine may do that peers seldom see.

// moods are the tests of it with the peer as server, or else as client.
func (p *peer) moods(run func(t *testing.T, p *peer, change func(*tlsengine.Config))) (list []test) {
	add := func(name string, change func(*tlsengine.Config)) {
		list = append(list, test{name, func(t *testing.T, p *peer) { run(t, p, change) }})
	}
	add("small-records", func(cfg *tlsengine.Config) { cfg.MaxFragment = 64 })
	if !p.tls13() {
		return list
	}
	add("padding", func(cfg *tlsengine.Config) { cfg.PadTo = 1000 })
	add("full-padding", func(cfg *tlsengine.Config) { cfg.PadTo = 16384 })
	add("no-compatibility", func(cfg *tlsengine.Config) { cfg.NoCompatibility = true })
	add("no-key-shares", func(cfg *tlsengine.Config) { cfg.KeyShares = []group.ID{} })
	return list
}

func serveMood(t *testing.T, p *peer, change func(*tlsengine.Config)) {
	r := p.listen(t, setup{})
	cfg := p.client(t)
	change(cfg)
	c := r.visit(t, cfg)
	state := c.handshake()
	p.check(t, state, 0, 0)
	require.Equal(t, cfg.KeyShares != nil, state.Retried)
	r.talk(t, c, payload(0))
}

func connectMood(t *testing.T, p *peer, change func(*tlsengine.Config)) {
	d := open(t)
	r := p.come(t, d, setup{})
	cfg := p.server(t, ecdsa256)
	change(cfg)
	e := d.accept(cfg)
	p.check(t, e.handshake(), 0, 0)
	r.talk(t, e, payload(0))
}

// oracle answers all that engines ask, as a Config would.
type oracle struct {
	t     testing.TB
	cfg   *tlsengine.Config // after the ClientHello
	id    *identity
	pool  *x509.CertPool
	asked map[string]int
}

const everything = tlsengine.AskConfig | tlsengine.AskTicket | tlsengine.AskResume | tlsengine.AskCredential |
	tlsengine.AskVerdict | tlsengine.AskVerdictResumed

func newOracle(t testing.TB, cfg *tlsengine.Config, id *identity) *oracle {
	return &oracle{t: t, cfg: cfg, id: id, pool: keys(t).pool, asked: map[string]int{}}
}

func (o *oracle) answer(e *tlsengine.Engine) error {
	switch req := e.Pending().(type) {
	case *tlsengine.ConfigRequest:
		o.asked["config"]++
		return e.UseConfig(o.cfg, nil)
	case *tlsengine.TicketRequest:
		o.asked["ticket"]++
		return e.Ticket(tlsengine.TicketAnswer{Session: o.cfg.TicketKeys.Open(time.Now(), req.Identity)}, nil)
	case *tlsengine.ResumeRequest:
		o.asked["resume"]++
		return e.Resume(tlsengine.ResumeOnly, nil)
	case *tlsengine.CredentialRequest:
		o.asked["credential"]++
		// Without a Signer the engine asks for the signature too.
		return e.UseCredential(&tlsengine.Credential{Chain: o.id.credential.Chain}, nil)
	case *tlsengine.SignatureRequest:
		o.asked["signature"]++
		return e.Signed(signature.Sign(rand.Reader, req.Scheme, o.id.credential.Signer, req.Message))
	case *tlsengine.VerdictRequest:
		o.asked["verdict"]++
		return e.Verified(o.verify(req.Chain))
	}
	return nil
}

func (o *oracle) verify(chain [][]byte) error {
	leaf, err := x509.ParseCertificate(chain[0])
	if err != nil {
		return err
	}
	_, err = leaf.Verify(x509.VerifyOptions{Roots: o.pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err
}

// serveQuestions asks the application everything: a full handshake with a
// client certificate, and then its resumption.
func serveQuestions(t *testing.T, p *peer) {
	s := setup{}
	if p.can(hasAuth) {
		s.auth = tlsengine.RequireClientCert
	}
	r := p.listen(t, s)
	cfg := p.client(t)
	cfg.Ask, cfg.Roots = everything, nil
	o := newOracle(t, cfg, keys(t).identity(t, ecdsa256))
	c := startClient(t, r.dial(t), cfg, nil, o.answer)
	c.handshake()
	r.talk(t, c, payload(0))
	want := map[string]int{"verdict": 1}
	if p.can(hasAuth) {
		want["credential"], want["signature"] = 1, 1
	}
	require.Equal(t, want, o.asked)

	again := *cfg
	again.Session = c.session()
	c.close()
	c.conn.Close()
	o = newOracle(t, &again, o.id)
	c = startClient(t, r.dial(t), &again, nil, o.answer)
	require.True(t, c.handshake().Resumed)
	require.Equal(t, map[string]int{"verdict": 1}, o.asked)
	r.talk(t, c, payload(0))
}

func connectQuestions(t *testing.T, p *peer) {
	d := open(t)
	s := setup{resume: p.can(hasResumption)}
	cfg := p.server(t, ecdsa256)
	cfg.Ask, cfg.Roots, cfg.Credentials = everything, nil, nil
	want := map[string]int{"config": 1, "credential": 1, "signature": 1}
	if p.can(hasAuth) {
		s.identity, cfg.ClientAuth = keys(t).identity(t, ecdsa256), tlsengine.RequireClientCert
		want["verdict"] = 1
	}
	r := p.come(t, d, s)
	o := newOracle(t, cfg, keys(t).identity(t, rsaKey))
	first := *cfg
	first.Ask = tlsengine.AskConfig // and nothing else is known yet
	e := startServer(t, d.next(), &first, o.answer)
	e.handshake()
	delete(o.asked, "ticket") // some send a session id at once
	require.Equal(t, want, o.asked)
	if !s.resume {
		r.talk(t, e, payload(0))
		return
	}

	r.part(t, e)
	o = newOracle(t, cfg, o.id)
	e = startServer(t, d.next(), &first, o.answer)
	require.True(t, e.handshake().Resumed)
	delete(want, "credential")
	delete(want, "signature")
	want["ticket"], want["resume"] = 1, 1
	require.Equal(t, want, o.asked)
	r.talk(t, e, payload(0))
}

// opensslMoods are what OpenSSL may do that others seldom do: padding, and
// records of 512 bytes.
var opensslMoods = []struct {
	name  string
	flags []string
}{
	{"padding-by-peer", []string{"-record_padding", "700"}},
	{"small-records-by-peer", []string{"-max_send_frag", "512"}},
}

func (p *peer) opensslMoods(run func(*testing.T, *peer, setup)) (list []test) {
	if p.name != openssl.name {
		return nil
	}
	for _, m := range opensslMoods {
		list = append(list, test{m.name, func(t *testing.T, p *peer) { run(t, p, setup{flags: m.flags}) }})
	}
	return list
}

func servePlain(t *testing.T, p *peer, s setup) {
	r := p.listen(t, s)
	c := r.visit(t, p.client(t))
	c.handshake()
	r.talk(t, c, payload(0))
}

func connectPlain(t *testing.T, p *peer, s setup) {
	d := open(t)
	r := p.come(t, d, s)
	e := d.accept(p.server(t, rsaKey))
	e.handshake()
	r.talk(t, e, payload(0))
}

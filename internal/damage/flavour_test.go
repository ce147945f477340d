package damage

import (
	"crypto/elliptic"
	"crypto/sha256"
	"strings"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// A flavour is a way to shake hands, and what follows.
type flavour struct {
	name           string
	client, server change
	resumed        bool // it is the second of two, the first of which gave a session
	first          change
	early          bool // the client sends early data
	refused        bool // which the server skips
	quic           bool
	updates        bool // both sides change their keys
	large          bool // costly, or much alike another: not in the sample
}

// change is what a side's Config differs in from the usual.
type change func(*tlsengine.Config)

// flavours are version by key exchange by authentication by resumption by
// early data by retry by features: every value of each, and the pairs that
// share code.
func flavours() []flavour {
	return []flavour{
		{name: "1.3 X25519, ECDSA, AES-128"},
		{name: "1.3 P-256, Ed25519, ChaCha20", client: speaking(group.P256, cipher.TLS_CHACHA20_POLY1305_SHA256), server: proving(testpeer.EdIdentity(testpeer.Name))},
		{name: "1.3 X25519MLKEM768, AES-256", client: speaking(group.X25519MLKEM768, cipher.TLS_AES_256_GCM_SHA384)},
		{name: "1.3 P-384, ECDSA P-384", client: speaking(group.P384, cipher.TLS_AES_256_GCM_SHA384), server: proving(curveIdentity(elliptic.P384())), large: true},
		{name: "1.3 P-521, RSA-PSS", client: speaking(group.P521, cipher.TLS_AES_128_GCM_SHA256), server: proving(testpeer.RSAIdentity(testpeer.Name)), large: true},
		{name: "1.3 X448, ECDSA P-521", client: speaking(group.X448, cipher.TLS_AES_128_GCM_SHA256), server: proving(curveIdentity(elliptic.P521())), large: true},
		{name: "1.3 SecP256r1MLKEM768", client: speaking(group.SecP256r1MLKEM768, cipher.TLS_AES_128_GCM_SHA256), large: true},
		{name: "1.3 SecP384r1MLKEM1024", client: speaking(group.SecP384r1MLKEM1024, cipher.TLS_AES_128_GCM_SHA256), large: true},

		{name: "1.3 retry", client: guessing},
		{name: "1.3 retry with a cookie", client: guessing, server: cookie},
		{name: "1.3 client authentication", client: authenticates, server: requires},
		{name: "1.3 client authentication by Ed25519 after a retry", client: also(guessing, proving(testpeer.EdIdentity("client.test"))), server: requires},
		{name: "1.3 no client certificate", server: requests},
		{name: "1.3 names, staple", client: protocols, server: also(protocols, staples)},
		{name: "1.3 without compatibility", client: incompatible, server: incompatible},
		{name: "1.3 small and padded records", client: small, server: small},
		{name: "1.3 KeyUpdate", updates: true},
		{name: "1.3 everything asked", client: also(authenticates, asks), server: also(requires, asks)},

		{name: "1.3 resumed", resumed: true},
		{name: "1.3 resumed after a retry", client: guessing, resumed: true, large: true},
		{name: "1.3 client resumed", client: authenticates, server: requires, resumed: true},
		{name: "1.3 resumed, everything asked", client: asks, server: also(asks, takesEarly), resumed: true},
		{name: "1.3 early data", client: sendsEarly, server: takesEarly, resumed: true, early: true},
		{name: "1.3 early data refused", client: sendsEarly, first: takesEarly, resumed: true, early: true, refused: true},
		{name: "1.3 early data, then a retry", client: also(sendsEarly, guessing), server: takesEarly, resumed: true, early: true, refused: true},
		{name: "1.3 session declined", client: sendsEarly, first: takesEarly, server: forgets, resumed: true, early: true, refused: true},

		{name: "1.2 X25519, ECDSA, ticket", server: only12},
		{name: "1.2 P-256, Ed25519, ChaCha20", client: also(offers12, speaking(group.P256, cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256)), server: also(only12, proving(testpeer.EdIdentity(testpeer.Name)))},
		{name: "1.2 P-384, RSA, AES-256", client: also(offers12, speaking(group.P384, cipher.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)), server: also(only12, proving(testpeer.RSAIdentity(testpeer.Name))), large: true},
		{name: "1.2 client authentication", client: authenticates, server: also(only12, requires)},
		{name: "1.2 names, staple", client: protocols, server: also(only12, protocols, staples)},
		{name: "1.2 small records", client: small, server: also(only12, small)},
		{name: "1.2 everything asked", client: also(authenticates, asks), server: also(only12, requires, asks)},
		{name: "1.2 resumed by ticket", server: only12, resumed: true},
		{name: "1.2 resumed by ticket, everything asked", client: asks, server: also(only12, asks), resumed: true},
		{name: "1.2 resumed by id", server: also(only12, caches), resumed: true},

		{name: "QUIC", quic: true},
		{name: "QUIC retry", client: guessing, quic: true},
		{name: "QUIC client authentication", client: authenticates, server: requires, quic: true},
		{name: "QUIC everything asked", client: also(authenticates, asks), server: also(requires, asks), quic: true},
		{name: "QUIC early data", client: sendsEarly, server: takesEarly, resumed: true, quic: true},
		{name: "QUIC early data refused", client: sendsEarly, first: takesEarly, resumed: true, quic: true},
	}
}

func also(list ...change) change {
	return func(c *tlsengine.Config) {
		for _, f := range list {
			f(c)
		}
	}
}

// speaking is a client that offers one group and one suite.
func speaking(g group.ID, suite cipher.ID) change {
	return func(c *tlsengine.Config) {
		c.Groups, c.KeyShares = []*group.Group{group.Lookup(g)}, nil
		if s := cipher.Lookup(suite); s.Version == uint16(tlsengine.VersionTLS12) {
			c.Groups = append(c.Groups, group.Lookup(group.P256)) // the certificates' curve
		}
		c.Suites = []*cipher.Suite{cipher.Lookup(suite)}
	}
}

func proving(id *testpeer.Identity) change {
	return func(c *tlsengine.Config) { c.Credentials = []*tlsengine.Credential{id.Credential()} }
}

func curveIdentity(curve elliptic.Curve) *testpeer.Identity {
	key := testpeer.ECKey(curve, testpeer.Name)
	return &testpeer.Identity{Chain: [][]byte{testpeer.Issue(testpeer.Name, key.Public())}, Key: key}
}

// guessing is a client whose share the server does not take.
func guessing(c *tlsengine.Config) {
	c.Groups = []*group.Group{group.Lookup(group.P384), group.Lookup(group.X25519)}
	c.KeyShares = []group.ID{}
}

func cookie(c *tlsengine.Config)        { c.RetryCookie = []byte("what the server wants back") }
func authenticates(c *tlsengine.Config) { proving(testpeer.ClientIdentity())(c) }
func requires(c *tlsengine.Config)      { c.ClientAuth = tlsengine.RequireClientCert }
func requests(c *tlsengine.Config)      { c.ClientAuth = tlsengine.RequestClientCert }
func protocols(c *tlsengine.Config)     { c.ALPN, c.RequestStatus = []string{"h2", "http/1.1"}, true }
func incompatible(c *tlsengine.Config)  { c.NoCompatibility = true }
func small(c *tlsengine.Config)         { c.MaxFragment, c.PadTo = 64, 32 }
func sendsEarly(c *tlsengine.Config)    { c.MaxEarlyData = 1000 }
func forgets(c *tlsengine.Config)       { c.TicketKeys = nil }
func caches(c *tlsengine.Config)        { c.SessionCache, c.TicketKeys = memory{}, nil }
func only12(c *tlsengine.Config)        { c.MaxVersion = tlsengine.VersionTLS12 }

// offers12 is a client of TLS 1.2 alone.
func offers12(c *tlsengine.Config) { only12(c) }

func takesEarly(c *tlsengine.Config) {
	c.MaxEarlyData, c.AntiReplay = 1000, tlsengine.NewReplayMemory(10)
}

func staples(c *tlsengine.Config) {
	cred := *c.Credentials[0]
	cred.Staple = []byte("an OCSP response")
	c.Credentials = []*tlsengine.Credential{&cred}
}

func asks(c *tlsengine.Config) {
	c.Ask = tlsengine.AskConfig | tlsengine.AskTicket | tlsengine.AskCredential | tlsengine.AskVerdict |
		tlsengine.AskVerdictResumed | tlsengine.AskResume
}

// configs are those of the two sides, with a session in the client's if there
// is one.
func (f *flavour) configs(before *past) (client, server *tlsengine.Config) {
	client, server = testpeer.ClientConfig(), testpeer.ServerConfig()
	client.Groups = []*group.Group{group.Lookup(group.X25519), group.Lookup(group.P256)}
	server.Groups = group.All()
	client.KeyShares = []group.ID{group.X25519}
	client.Suites = []*cipher.Suite{cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256), cipher.Lookup(cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)}
	server.Tickets = 1
	if err := server.TicketKeys.SetKeys(sha256.Sum256([]byte("ticket key"))); err != nil {
		panic(err)
	}
	if f.quic {
		client.ALPN, server.ALPN = []string{"h3"}, []string{"h3"}
	}
	for _, side := range []struct {
		cfg    *tlsengine.Config
		change change
	}{{client, f.client}, {server, f.server}} {
		if side.change != nil {
			side.change(side.cfg)
		}
	}
	if before != nil {
		client.Session = before.session
		if before.cache != nil {
			server.SessionCache = before.cache
		}
	}
	return client, server
}

func (f *flavour) tls12() bool { return strings.HasPrefix(f.name, "1.2") }

// past is what an earlier connection of the same kind left behind.
type past struct {
	session []byte
	cache   tlsengine.SessionCache
}

func (f *flavour) past() *past {
	before := *f
	before.name = "before " + f.name
	before.resumed, before.early, before.updates = false, false, false
	if f.first != nil {
		before.server = f.first
	}
	p := before.start(nil)
	for {
		from, wire, ok := p.next()
		if !ok {
			break
		}
		p.ends[1-from].take(wire)
	}
	return &past{p.ends[0].session, p.ends[1].cfg.SessionCache}
}

// identities are whose signatures an application makes for its engine.
var identities = [2]*testpeer.Identity{testpeer.ClientIdentity(), testpeer.ServerIdentity()}

// answer is what an application says when it is asked everything.
func answer(q tlsengine.Request, side int, cfg *tlsengine.Config, e answers) error {
	id := identities[side]
	switch q := q.(type) {
	case *tlsengine.ConfigRequest:
		return e.UseConfig(cfg, nil)
	case *tlsengine.TicketRequest:
		if q.SessionID {
			return e.Ticket(tlsengine.TicketAnswer{}, nil)
		}
		return e.Ticket(tlsengine.TicketAnswer{Session: cfg.TicketKeys.Open(testpeer.Now(), q.Identity), Early: true}, nil)
	case *tlsengine.ResumeRequest:
		return e.Resume(tlsengine.ResumeEarly, nil)
	case *tlsengine.CredentialRequest:
		remote := *id.Credential()
		remote.Signer, remote.Public = nil, id.Key.Public()
		return e.UseCredential(&remote, nil)
	case *tlsengine.SignatureRequest:
		sig, failure := signature.Sign(nil, q.Scheme, id.Key, q.Message)
		return e.Signed(sig, failure)
	case *tlsengine.VerdictRequest:
		return e.Verified(nil)
	case *tlsengine.ParametersRequest:
		return e.(interface{ SetParameters([]byte, error) error }).SetParameters([]byte("server"), nil)
	}
	panic("a question without an answer")
}

// answers are the answering methods of both carriers.
type answers interface {
	Pending() tlsengine.Request
	UseConfig(*tlsengine.Config, error) error
	Ticket(tlsengine.TicketAnswer, error) error
	Resume(tlsengine.ResumeAnswer, error) error
	UseCredential(*tlsengine.Credential, error) error
	Signed([]byte, error) error
	Verified(error) error
	ConnectionState() tlsengine.ConnectionState
	Export(string, []byte, int) ([]byte, error)
	Err() error
}

// turn is something an application does.
type turn struct {
	side int
	now  bool // before anything that is owed is carried: early data
	do   func(e *end) ([]byte, error)
}

// script is what the applications do, besides letting their engines talk.
func (f *flavour) script() (list []turn) {
	says := func(side int, text string) turn {
		return turn{side: side, do: func(e *end) ([]byte, error) { return e.records().Send(nil, []byte(text)) }}
	}
	closes := func(side int) turn {
		return turn{side: side, do: func(e *end) ([]byte, error) {
			e.over = true
			return e.records().Close(nil), nil
		}}
	}
	updates := func(side int, request handshake.KeyUpdateRequest) turn {
		return turn{side: side, do: func(e *end) ([]byte, error) { return e.records().UpdateKeys(nil, request) }}
	}
	if f.quic {
		return []turn{{side: 1, do: func(e *end) ([]byte, error) {
			err := e.quic().SendTicket(tlsengine.QUICTicket{})
			e.drain()
			return e.flush(), err
		}}}
	}
	if f.early {
		for _, text := range []string{"early", "more"} {
			list = append(list, turn{side: 0, now: true, do: func(e *end) ([]byte, error) { return e.records().SendEarly(nil, []byte(text)) }})
		}
	}
	list = append(list, says(0, "question"), says(1, "answer"))
	if f.updates {
		for side := range 2 {
			list = append(list, updates(side, handshake.UpdateRequested), says(side, "under new keys"), says(1-side, "and the other way"))
		}
	}
	return append(list, closes(0), says(1, "a last word"), closes(1))
}

package differential

import (
	"crypto"
	"crypto/elliptic"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// setup is a case: how both sides are configured, and what is done to what the
// peer says.
type setup struct {
	number        uint64
	client        bool // the subject is
	own, peer     terms
	identity      *testpeer.Identity // the server's
	auth          tlsengine.ClientAuth
	certificate   bool // the client has one
	sni           bool
	staple        bool
	resumed       bool // a connection before it gives a session
	noEMS         bool // the peer, in TLS 1.2
	pieces        int  // in which bytes are given to the subject; 0 is all at once
	updates       int  // KeyUpdates that the peer says
	edits         []edit
	compatibility bool
}

// terms are what one side speaks.
type terms struct {
	low, high tlsengine.Version
	suites    []*cipher.Suite // of TLS 1.2
	groups    []*group.Group
	schemes   []*signature.Algorithm // the peer's alone: crypto/tls has its own
	alpn      []string
	shares    []group.ID
}

// identities are the servers, by the kinds of key that both have.
var identities = sync.OnceValue(func() []*testpeer.Identity {
	list := []*testpeer.Identity{
		testpeer.ServerIdentity(), testpeer.EdIdentity(testpeer.Name), testpeer.RSAIdentity(testpeer.Name),
	}
	for _, curve := range []elliptic.Curve{elliptic.P384(), elliptic.P521()} {
		var key crypto.Signer = testpeer.ECKey(curve, testpeer.Name)
		list = append(list, &testpeer.Identity{Chain: [][]byte{testpeer.Issue(testpeer.Name, key.Public())}, Key: key})
	}
	return list
})

// common are the groups that both have, in the order of crypto/tls, which
// nothing can change.
var common = []group.ID{
	group.X25519MLKEM768, group.SecP256r1MLKEM768, group.SecP384r1MLKEM1024, group.X25519, group.P256, group.P384, group.P521,
}

// newSetup is the case of that number.
func newSetup(number uint64) *setup {
	r := rand.New(rand.NewPCG(number, 0x746c73))
	one := func(of int) bool { return r.IntN(of) == 0 }
	s := &setup{number: number, client: one(2), sni: !one(8), staple: one(4), noEMS: one(16), compatibility: !one(8)}
	s.identity = identities()[0]
	if one(5) { // seldom: RSA and the larger curves take long
		s.identity = identities()[r.IntN(len(identities()))]
	} else if one(3) {
		s.identity = identities()[1]
	}
	if one(4) {
		s.auth, s.certificate = tlsengine.ClientAuth(1+r.IntN(2)), !one(4)
	}
	s.resumed = one(5)
	s.own, s.peer = newTerms(r), newTerms(r)
	if one(2) { // most cases are to come far
		s.peer = s.own
	}
	if one(8) {
		s.pieces = 1 + r.IntN(40)
	}
	if one(8) {
		s.updates = 1 + r.IntN(3)
	}
	for range []int{0, 1, 1, 1, 1, 1, 1, 1, 1, 2}[r.IntN(10)] {
		s.edits = append(s.edits, newEdit(r))
	}
	return s
}

func newTerms(r *rand.Rand) terms {
	t := terms{low: tlsengine.VersionTLS12, high: tlsengine.VersionTLS13}
	switch r.IntN(8) {
	case 0, 1, 2:
		t.high = tlsengine.VersionTLS12
	case 3, 4:
		t.low = tlsengine.VersionTLS13
	}
	for _, s := range cipher.Suites() {
		if !s.TLS13() && r.IntN(4) > 0 {
			t.suites = append(t.suites, s)
		}
	}
	if len(t.suites) == 0 {
		for _, s := range cipher.Suites() {
			if !s.TLS13() {
				t.suites = append(t.suites, s)
			}
		}
	}
	var plain []*group.Group
	for _, id := range common {
		often := map[group.ID]int{group.X25519: 16, group.P256: 16, group.X25519MLKEM768: 3}[id]
		if g := group.Lookup(id); r.IntN(20) < 1+often {
			t.groups = append(t.groups, g)
			if g.TLS12 {
				plain = append(plain, g)
			}
		}
	}
	if len(plain) == 0 {
		t.groups = append(t.groups, group.Lookup(group.P256))
	}
	t.schemes = signature.Default()
	if r.IntN(8) == 0 {
		t.schemes = t.schemes[:1+r.IntN(len(t.schemes))]
		r.Shuffle(len(t.schemes), func(i, j int) { t.schemes[i], t.schemes[j] = t.schemes[j], t.schemes[i] })
	}
	if r.IntN(3) == 0 {
		t.alpn = [][]string{{"h2"}, {"http/1.1"}, {"h2", "http/1.1"}, {"x"}}[r.IntN(4)]
	}
	if r.IntN(8) == 0 {
		t.shares = []group.ID{}
		for _, g := range t.groups {
			if r.IntN(2) == 0 {
				t.shares = append(t.shares, g.ID)
			}
		}
	}
	return t
}

func (s *setup) String() string {
	var b strings.Builder
	role := map[bool]string{true: "client", false: "server"}
	fmt.Fprintf(&b, "case %d: subject is %s %v, peer is %s %v", s.number, role[s.client], s.own, role[!s.client], s.peer)
	fmt.Fprintf(&b, "; key %T, auth %d (%v), sni %v, staple %v, resumed %v, noEMS %v, pieces %d, updates %d, compatibility %v\n",
		s.identity.Key, s.auth, s.certificate, s.sni, s.staple, s.resumed, s.noEMS, s.pieces, s.updates, s.compatibility)
	for _, e := range s.edits {
		fmt.Fprintf(&b, "    %v\n", e)
	}
	return b.String()
}

func (t terms) String() string {
	var list []string
	for _, g := range t.groups {
		list = append(list, g.Name)
	}
	return fmt.Sprint(t.low, "-", t.high, t.suites, list, t.alpn, t.shares)
}

// config is of this module's engine, on either side. seed is of its randomness.
func (s *setup) config(client bool, t *terms, seed string) *tlsengine.Config {
	cfg := &tlsengine.Config{
		Rand: testpeer.Rand(fmt.Sprint(seed, s.number)), Time: testpeer.Now, Roots: testpeer.Roots(),
		MinVersion: t.low, MaxVersion: t.high, Groups: t.groups, ALPN: t.alpn,
	}
	for _, suite := range cipher.Suites() {
		if suite.TLS13() {
			cfg.Suites = append(cfg.Suites, suite)
		}
	}
	cfg.Suites = append(cfg.Suites, t.suites...)
	if client {
		cfg.ServerName, cfg.NoSNI, cfg.RequestStatus = testpeer.Name, !s.sni, true
		if s.certificate {
			cfg.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
		}
		return cfg
	}
	cfg.TicketKeys = tlsengine.NewTicketKeys()
	if err := cfg.TicketKeys.SetKeys([32]byte{1, 2, 3}); err != nil {
		panic(err)
	}
	cfg.ClientAuth = s.auth
	cfg.Credentials = []*tlsengine.Credential{s.identity.Credential()}
	if s.staple {
		cfg.Credentials[0].Staple = []byte("a response")
	}
	return cfg
}

// peerConfig is what the subject talks to.
func (s *setup) peerConfig() *tlsengine.Config {
	cfg := s.config(!s.client, &s.peer, "peer")
	cfg.Signatures = s.peer.schemes
	cfg.NoCompatibility = !s.compatibility
	if !s.client {
		cfg.KeyShares = s.peer.shares
	}
	return cfg
}

// standardConfig is the subject's for crypto/tls.
func (s *setup) standardConfig() *tls.Config {
	cfg := &tls.Config{
		Time: testpeer.Now, RootCAs: testpeer.Roots(), ClientCAs: testpeer.Roots(),
		MinVersion: uint16(s.own.low), MaxVersion: uint16(s.own.high), NextProtos: s.own.alpn,
	}
	for _, suite := range s.own.suites {
		cfg.CipherSuites = append(cfg.CipherSuites, uint16(suite.ID))
	}
	for _, g := range s.own.groups {
		cfg.CurvePreferences = append(cfg.CurvePreferences, tls.CurveID(g.ID))
	}
	if s.client {
		cfg.ServerName = testpeer.Name
		cfg.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		if s.certificate {
			cfg.Certificates = []tls.Certificate{certificate(testpeer.ClientIdentity())}
		}
		return cfg
	}
	cfg.ClientAuth = []tls.ClientAuthType{tls.NoClientCert, tls.VerifyClientCertIfGiven, tls.RequireAndVerifyClientCert}[s.auth]
	cfg.Certificates = []tls.Certificate{certificate(s.identity)}
	if s.staple {
		cfg.Certificates[0].OCSPStaple = []byte("a response")
	}
	return cfg
}

func certificate(id *testpeer.Identity) tls.Certificate {
	return tls.Certificate{Certificate: id.Chain, PrivateKey: id.Key}
}

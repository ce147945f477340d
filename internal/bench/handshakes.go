package main

import (
	stdtls "crypto/tls"
	"fmt"

	"crypto/rand"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/signature"
)

// flavour is one kind of handshake, for both stacks.
type flavour struct {
	name    string
	id      *identity
	group   group.ID
	version tls.Version
	resumed bool
	early   bool
	client  bool    // the client has a certificate too
	peer    float64 // at least so many times crypto/tls
	limit   float64 // at most so many times the public-key operations; 0 is not judged
	budget  bool    // allocations and bytes are judged
}

func handshakeFigures() (out []figure) {
	ec, rsa := ecdsaIdentity(), rsaIdentity()
	for _, f := range []flavour{
		{name: "full-1.3-x25519", id: ec, group: group.X25519, peer: 1.3, limit: 1.25, budget: true},
		{name: "full-1.3-mlkem", id: ec, group: group.X25519MLKEM768, peer: 1.5},
		{name: "full-1.3-rsa2048", id: rsa, group: group.X25519, peer: 1},
		{name: "full-1.3-chain", id: chainIdentity(), group: group.X25519, peer: 1.3},
		{name: "full-1.3-client-auth", id: ec, group: group.X25519, client: true, peer: 1.3},
		{name: "resume-1.3", id: ec, group: group.X25519, resumed: true, peer: 1.5},
		{name: "0rtt-1.3", id: ec, group: group.X25519, resumed: true, early: true, peer: 1.5},
		{name: "full-1.2", id: ec, group: group.X25519, version: tls.VersionTLS12, peer: 1.3},
		{name: "resume-1.2", id: ec, group: group.X25519, version: tls.VersionTLS12, resumed: true, peer: 1.3},
	} {
		if f.version == 0 {
			f.version = tls.VersionTLS13
		}
		out = append(out, figure{f.name, f.measure})
	}
	return out
}

func (f flavour) measure() []result {
	ours := f.ours()
	t := inTurns(steady, ours, f.peers(), f.operations())
	r := result{name: f.name, ours: nanos(t.ns[0]), peer: nanos(t.ns[1]), limit: nanos(t.ns[2]), ratio: t.ratio(1, 0)}
	if f.resumed && f.version == tls.VersionTLS12 {
		r.limit = "" // it has no public-key operations
	}
	out := []result{r.atLeast(f.peer)}
	if f.limit > 0 {
		r.name, r.ratio = f.name+"-limit", t.ratio(0, 2)
		out = append(out, r.atMost(f.limit))
	}
	if f.budget {
		allocs, bytes := allocated(func() { ours(1) })
		out = append(out,
			result{name: f.name + "-allocs", ours: fmt.Sprint(allocs), ratio: float64(allocs)}.atMost(250),
			result{name: f.name + "-bytes", ours: fmt.Sprint(bytes), ratio: float64(bytes)}.atMost(30<<10))
	}
	return out
}

// ours makes both sides of a handshake.
func (f flavour) ours() work {
	groups := []*group.Group{group.Lookup(f.group)}
	if f.version == tls.VersionTLS12 { // where the certificate's curve has to be in the list
		groups = append(groups, group.Lookup(group.P256))
	}
	chains := tls.NewChainMemory(16) // as crypto/tls has one of parsed certificates
	ccfg := &tls.Config{Roots: f.id.roots, ServerName: serverName, Groups: groups, MaxVersion: f.version, Chains: chains}
	scfg := &tls.Config{Credentials: []*tls.Credential{f.id.ours}, Groups: groups, MaxVersion: f.version}
	if f.client {
		ccfg.Credentials, scfg.ClientAuth, scfg.Roots, scfg.Chains = scfg.Credentials, tls.RequireClientCert, f.id.roots, chains
	}
	b := newScratch()
	if f.resumed {
		scfg.TicketKeys, scfg.Tickets = tls.NewTicketKeys(), 1
	}
	if f.early {
		scfg.MaxEarlyData, scfg.AntiReplay, ccfg.MaxEarlyData = 16384, tls.NewReplayMemory(1<<24), 16384
	}
	if f.resumed {
		_, _, ccfg.Session = b.handshake(ccfg, scfg)
	}
	early := make([]byte, 100)
	return func(n int) {
		for range n {
			c, s := must(tls.NewClient(ccfg)), must(tls.NewServer(scfg))
			if f.early {
				eat(s, must(c.SendEarly(b.c2s[:0], early)))
			}
			b.settle(c, s)
			if st := c.ConnectionState(); !st.HandshakeDone || st.Resumed != f.resumed || st.EarlyAccepted() != f.early {
				panic(fmt.Sprintf("%s: not the handshake that was to be measured: %+v", f.name, st.Facts))
			}
		}
	}
}

// peers makes the same with crypto/tls, which has no 0-RTT over TCP: a
// resumption stands for it.
func (f flavour) peers() work {
	curves := []stdtls.CurveID{stdtls.CurveID(f.group)}
	if f.version == tls.VersionTLS12 {
		curves = append(curves, stdtls.CurveP256)
	}
	ccfg := &stdtls.Config{RootCAs: f.id.roots, ServerName: serverName, CurvePreferences: curves, MaxVersion: uint16(f.version)}
	scfg := &stdtls.Config{Certificates: []stdtls.Certificate{f.id.peer}, CurvePreferences: ccfg.CurvePreferences, SessionTicketsDisabled: !f.resumed}
	if f.client {
		ccfg.Certificates, scfg.ClientAuth, scfg.ClientCAs = scfg.Certificates, stdtls.RequireAndVerifyClientCert, f.id.roots
	}
	if f.resumed {
		ccfg.ClientSessionCache = stdtls.NewLRUClientSessionCache(4)
	}
	return func(n int) {
		for i := range n {
			c, s := peerHandshake(ccfg, scfg)
			if f.resumed { // the ticket comes with the first data
				var one [1]byte
				s.Write(one[:])
				c.Read(one[:])
				if i > 0 && !c.ConnectionState().DidResume {
					panic(f.name + ": crypto/tls did not resume")
				}
			}
		}
	}
}

// operations are the public-key operations of both sides, alone.
func (f flavour) operations() work {
	g := group.Lookup(f.group)
	scheme := signature.ECDSASecp256r1SHA256
	if f.id.leaf.PublicKeyAlgorithm.String() == "RSA" {
		scheme = signature.RSAPSSRsaeSHA256
	}
	message := make([]byte, 130)
	signatures := 1
	if f.client {
		signatures = 2
	}
	if f.resumed {
		signatures = 0
	}
	return func(n int) {
		for range n {
			key := must(g.Generate(rand.Reader))
			share, _, err := g.Respond(rand.Reader, key.Share())
			if err != nil {
				panic(err)
			}
			must(key.Secret(share))
			for range signatures {
				sig := must(signature.Sign(rand.Reader, scheme, f.id.key, message))
				if err := signature.Lookup(scheme).Verify(f.id.key.Public(), message, sig); err != nil {
					panic(err)
				}
			}
		}
	}
}

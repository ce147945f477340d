package tlsengine_test

import (
	"crypto/x509"
	"testing"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// The benchmarks here are for profiles; `make bench` is the one that compares.
//
//	go test -run - -bench Handshake -cpuprofile cpu.out -memprofile mem.out -memprofilerate 1

// chat is two engines' memory and their Configs.
type chat struct {
	client, server *tlsengine.Config
	c2s, s2c       []byte
}

func newChat(client, server *tlsengine.Config) *chat {
	return &chat{client, server, make([]byte, 0, 40<<10), make([]byte, 0, 40<<10)}
}

// limit makes both speak nothing but one suite.
func (k *chat) limit(suite *cipher.Suite) {
	for _, cfg := range []*tlsengine.Config{k.client, k.server} {
		cfg.Suites = []*cipher.Suite{suite}
		cfg.MinVersion, cfg.MaxVersion = tlsengine.Version(suite.Version), tlsengine.Version(suite.Version)
	}
}

func newEnds(t testing.TB, k *chat) (c, s *tlsengine.Engine) {
	c, err := tlsengine.NewClient(k.client)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = tlsengine.NewServer(k.server); err != nil {
		t.Fatal(err)
	}
	return c, s
}

// handshake makes two engines and lets them shake hands.
func (k *chat) handshake(t testing.TB) (c, s *tlsengine.Engine) {
	c, s = newEnds(t, k)
	for c.Owes() || s.Owes() {
		receive(t, s, c.Flush(k.c2s))
		receive(t, c, s.Flush(k.s2c))
	}
	if !c.ConnectionState().HandshakeDone || !s.ConnectionState().HandshakeDone {
		t.Fatal("the handshake is not done")
	}
	return c, s
}

// record sends one record from c to s.
func (k *chat) record(t testing.TB, c, s *tlsengine.Engine, plain []byte) {
	out, err := c.Send(k.c2s, plain)
	if err != nil {
		t.Fatal(err)
	}
	if n := receive(t, s, out); n != len(plain) {
		t.Fatal("the data did not arrive")
	}
}

// receive receives all of in and counts its data.
func receive(t testing.TB, e *tlsengine.Engine, in []byte) (data int) {
	for {
		n, ev, err := e.Receive(in)
		if err != nil {
			t.Fatal(err)
		}
		data += len(ev.Data)
		in = in[n:]
		if ev.Stops() {
			return data
		}
	}
}

// plainChat is between a client and a server of the usual kind: X25519, a
// certificate of P-256, nothing besides.
func plainChat() *chat {
	groups := []*group.Group{group.Lookup(group.X25519), group.Lookup(group.P256)}
	return newChat(
		&tlsengine.Config{Time: testpeer.Now, Roots: pool(testpeer.ServerIdentity()), ServerName: testpeer.Name, Groups: groups},
		&tlsengine.Config{Time: testpeer.Now, Credentials: []*tlsengine.Credential{testpeer.ServerIdentity().Credential()}, Groups: groups})
}

// knownChat is a plainChat whose client knows the server's chain.
func knownChat() *chat {
	k := plainChat()
	k.client.Chains = tlsengine.NewChainMemory(4)
	return k
}

// flavour is a kind of handshake that is measured.
type flavour struct {
	name   string
	change func(k *chat)
	resume bool
}

var flavours = []flavour{
	{"1.3", func(*chat) {}, false},
	{"1.3-mlkem", func(k *chat) {
		k.client.Groups = []*group.Group{group.Lookup(group.X25519MLKEM768)}
		k.server.Groups = k.client.Groups
	}, false},
	{"1.3-client-auth", func(k *chat) {
		k.client.Credentials, k.server.ClientAuth = k.server.Credentials, tlsengine.RequireClientCert
		k.server.Roots, k.server.Chains = k.client.Roots, k.client.Chains
	}, false},
	{"1.3-resumed", func(*chat) {}, true},
	{"1.2", func(k *chat) { k.client.MaxVersion = tlsengine.VersionTLS12 }, false},
	{"1.2-resumed", func(k *chat) { k.client.MaxVersion = tlsengine.VersionTLS12 }, true},
}

// flavoured is the chat of a flavour after its first handshake.
func flavoured(t testing.TB, f flavour) *chat {
	k := knownChat()
	f.change(k)
	if f.resume {
		k.server.TicketKeys, k.server.Tickets = tlsengine.NewTicketKeys(), 1
	}
	k.handshake(t)
	if f.resume {
		k.client.Session = k.session(t)
	}
	return k
}

// session is that of a new handshake.
func (k *chat) session(t testing.TB) (session []byte) {
	c, s := newEnds(t, k)
	for c.Owes() || s.Owes() {
		receive(t, s, c.Flush(k.c2s))
		in := s.Flush(k.s2c)
		for {
			n, ev, err := c.Receive(in)
			if err != nil {
				t.Fatal(err)
			}
			if in = in[n:]; ev.Kind == tlsengine.EventNewSession {
				session = ev.Data
			}
			if ev.Stops() {
				break
			}
		}
	}
	return session
}

func BenchmarkHandshake(b *testing.B) {
	for _, f := range flavours {
		b.Run(f.name, func(b *testing.B) {
			k := flavoured(b, f)
			b.ReportAllocs()
			for b.Loop() {
				if c, _ := k.handshake(b); c.ConnectionState().Resumed != f.resume {
					b.Fatal("not the handshake that was to be measured")
				}
			}
		})
	}
}

func BenchmarkRecord(b *testing.B) {
	for _, z := range []struct {
		name string
		size int
	}{{"64", 64}, {"1k", 1 << 10}, {"16k", 16 << 10}} {
		b.Run(z.name, func(b *testing.B) {
			k := plainChat()
			c, s := k.handshake(b)
			plain := make([]byte, z.size)
			b.SetBytes(int64(z.size))
			b.ReportAllocs()
			for b.Loop() {
				k.record(b, c, s, plain)
			}
		})
	}
}

// pool trusts an identity's own certificate, so that no signature is verified
// but that of the handshake.
func pool(id *testpeer.Identity) *x509.CertPool {
	leaf, err := x509.ParseCertificate(id.Chain[0])
	if err != nil {
		panic(err)
	}
	out := x509.NewCertPool()
	out.AddCert(leaf)
	return out
}

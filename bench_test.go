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

// handshake makes two engines and lets them shake hands.
func (k *chat) handshake(t testing.TB) (c, s *tlsengine.Engine) {
	c, err := tlsengine.NewClient(k.client)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = tlsengine.NewServer(k.server); err != nil {
		t.Fatal(err)
	}
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

func BenchmarkHandshake(b *testing.B) {
	k := plainChat()
	b.ReportAllocs()
	for b.Loop() {
		k.handshake(b)
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

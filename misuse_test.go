package tlsengine_test

import (
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// Calls at the wrong time, Configs that do not work, and what an engine must
// never do.

func TestConfigsThatDoNotWork(t *testing.T) {
	for name, change := range map[string]func(*tlsengine.Config){
		"versions that cross": func(c *tlsengine.Config) { c.MinVersion, c.MaxVersion = tlsengine.VersionTLS13, tlsengine.VersionTLS12 },
		"a version too new":   func(c *tlsengine.Config) { c.MaxVersion = 0x0305 },
		"a version too old":   func(c *tlsengine.Config) { c.MaxVersion = 0x0302 },
		"no groups":           func(c *tlsengine.Config) { c.Groups = []*group.Group{} },
		"a share of no group": func(c *tlsengine.Config) { c.KeyShares = []group.ID{group.X448} },
		"a share twice":       func(c *tlsengine.Config) { c.KeyShares = []group.ID{group.X25519, group.X25519} },
		"too many groups": func(c *tlsengine.Config) {
			c.Groups = slices.Repeat([]*group.Group{group.Lookup(group.X25519)}, handshake.MaxList+1)
		},
		"a cookie too long":        func(c *tlsengine.Config) { c.RetryCookie = make([]byte, handshake.MaxCookie+1) },
		"fragments too small":      func(c *tlsengine.Config) { c.MaxFragment = 63 },
		"fragments too large":      func(c *tlsengine.Config) { c.MaxFragment = 16385 },
		"padding too large":        func(c *tlsengine.Config) { c.PadTo = 16385 },
		"padding below zero":       func(c *tlsengine.Config) { c.PadTo = -1 },
		"an empty protocol":        func(c *tlsengine.Config) { c.ALPN = []string{"h2", ""} },
		"a protocol too long":      func(c *tlsengine.Config) { c.ALPN = []string{strings.Repeat("x", 256)} },
		"a server name too long":   func(c *tlsengine.Config) { c.SNI = strings.Repeat("x", 256) },
		"a name not sent too long": func(c *tlsengine.Config) { c.ServerName, c.NoSNI = strings.Repeat("x", 256), true },
		"a context too long":       func(c *tlsengine.Config) { c.TicketContext = make([]byte, handshake.MaxTicketContext+1) },
		"an empty authority":       func(c *tlsengine.Config) { c.ClientCAs = [][]byte{{}} },
		"authorities too long":     func(c *tlsengine.Config) { c.ClientCAs = [][]byte{make([]byte, 20000), make([]byte, 20000)} },
		"no credential":            func(c *tlsengine.Config) { c.Credentials = []*tlsengine.Credential{nil} },
		"no certificates":          func(c *tlsengine.Config) { c.Credentials = []*tlsengine.Credential{{}} },
		"an empty certificate":     func(c *tlsengine.Config) { c.Credentials = []*tlsengine.Credential{{Chain: [][]byte{{1}, {}}}} },
		"a chain too long": func(c *tlsengine.Config) {
			c.Credentials = []*tlsengine.Credential{{Chain: slices.Repeat([][]byte{make([]byte, 1<<20)}, 17)}}
		},
		"a staple too long": func(c *tlsengine.Config) {
			c.Credentials = []*tlsengine.Credential{{Chain: [][]byte{{1}}, Staple: make([]byte, handshake.MaxCredential)}}
		},
		"no suites":                func(c *tlsengine.Config) { c.Suites = []*cipher.Suite{} },
		"no signatures":            func(c *tlsengine.Config) { c.Signatures = []*signature.Algorithm{} },
		"client: roots, no name":   func(c *tlsengine.Config) { c.ServerName = "" },
		"server: early, no memory": func(c *tlsengine.Config) { c.MaxEarlyData = 1 },
		"server: too many tickets": func(c *tlsengine.Config) { c.Tickets = handshake.MaxTickets + 1 },
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.HasPrefix(name, "server:") {
				cfg := testpeer.ClientConfig()
				change(cfg)
				_, err := tlsengine.NewClient(cfg)
				require.Error(t, err)
			}
			if !strings.HasPrefix(name, "client:") && !strings.Contains(name, "server name") {
				cfg := testpeer.ServerConfig()
				change(cfg)
				_, err := tlsengine.NewServer(cfg)
				require.Error(t, err)
			}
		})
	}
}

// TestNothingIsTrustedByDefault: the zero Config of a client asks about the
// chain.
func TestNothingIsTrustedByDefault(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, &tlsengine.Config{Rand: testpeer.Rand("client"), Time: testpeer.Now})
		p.Send(p.Flight()...)
		p.WantFlight("the client opened the handshake", handshake.MsgClientHello)
		p.WantPending("the zero Config trusts nobody", &tlsengine.VerdictRequest{})
	})
}

func TestRandThatRunsDry(t *testing.T) {
	cfg := testpeer.ClientConfig()
	cfg.Rand = strings.NewReader("not much")
	_, err := tlsengine.NewClient(cfg)
	require.Error(t, err)
}

// TestServersWhoseRandRunsDry: wherever it does, the handshake ends with
// internal_error, or is complete.
func TestServersWhoseRandRunsDry(t *testing.T) {
	done := 0
	for n := 0; n < 400; n += 7 {
		cfg := testpeer.ServerConfig()
		cfg.Rand = io.LimitReader(cfg.Rand, int64(n))
		p := testpeer.Client(t, testpeer.Whole(), cfg)
		p.Send(p.ClientHello())
		if p.Engine.Err() == nil {
			p.Send(p.Finished())
		}
		if p.Engine.Err() == nil {
			done++
			continue
		}
		p.WantAlert("RFC 9846, Section 6.2: an internal error makes it impossible to continue", alert.InternalError, alert.Internal)
	}
	require.Positive(t, done)
}

// TestTheEngineStartsNoGoroutine plays handshakes of both sides, with all
// questions answered by the Config, and looks for goroutines.
func TestTheEngineStartsNoGoroutine(t *testing.T) {
	before := runtime.NumGoroutine()
	most := func() {
		t.Helper()
		require.LessOrEqual(t, runtime.NumGoroutine(), before, "the engine starts no goroutine")
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		require.NotContains(t, string(stacks), "created by github.com/tlsengine/tlsengine.", "the engine starts no goroutine")
		require.NotContains(t, string(stacks), "created by github.com/tlsengine/tlsengine/handshake")
	}
	p := testpeer.Server(t, testpeer.Whole(), testpeer.ClientConfig())
	most()
	p.Send(p.Flight()...)
	most()
	p.WantDone("the handshake is complete")
	p.Send(p.NewSessionTicket(), p.Data("data"), p.KeyUpdate(handshake.UpdateRequested))
	p.Write("data")
	most()
	q := testpeer.Client(t, testpeer.Whole(), testpeer.ServerConfig())
	q.Send(q.ClientHello())
	most()
	q.Send(q.Finished())
	most()
	q.WantDone("the handshake is complete")
	q.Close()
	most()
}

// TestTheSameInputsGiveTheSameBytes: what the modes of every dialogue check
// too, here for two engines that live at the same time, and with every kind of
// randomness in them.
func TestTheSameInputsGiveTheSameBytes(t *testing.T) {
	for _, g := range group.All() {
		t.Run(g.Name, func(t *testing.T) {
			play := func() (wire [2][]byte) {
				scfg, ccfg := testpeer.ServerConfig(), testpeer.ClientConfig()
				ccfg.Groups, ccfg.KeyShares = []*group.Group{g}, []group.ID{g.ID}
				scfg.Groups = ccfg.Groups
				scfg.Credentials = []*tlsengine.Credential{testpeer.RSAIdentity(testpeer.Name).Credential()} // PSS draws a salt
				scfg.ClientAuth = tlsengine.RequireClientCert
				ccfg.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
				c, err := tlsengine.NewClient(ccfg)
				require.NoError(t, err)
				s, err := tlsengine.NewServer(scfg)
				require.NoError(t, err)
				sides := [2]*tlsengine.Engine{c, s}
				for range 4 {
					for i, e := range sides {
						out := e.Flush(nil)
						wire[i] = append(wire[i], out...)
						for _, err := range sides[1-i].Feed(out) {
							require.NoError(t, err)
						}
					}
				}
				require.True(t, c.ConnectionState().HandshakeDone && s.ConnectionState().HandshakeDone)
				out, err := c.Send(nil, []byte("data"))
				require.NoError(t, err)
				wire[0] = append(wire[0], out...)
				return wire
			}
			first := play()
			require.Equal(t, first, play())
		})
	}
}

// TestOtherRandomnessGivesOtherBytes, lest the test before be true of engines
// that use none.
func TestOtherRandomnessGivesOtherBytes(t *testing.T) {
	hello := func(seed string) []byte {
		cfg := testpeer.ClientConfig()
		cfg.Rand = testpeer.Rand(seed)
		c, err := tlsengine.NewClient(cfg)
		require.NoError(t, err)
		return c.Flush(nil)
	}
	require.Equal(t, hello("a"), hello("a"))
	require.NotEqual(t, hello("a"), hello("b"))
}

// TestProductionDefaults: without Rand and Time the engine takes the system's.
func TestProductionDefaults(t *testing.T) {
	hello := func() []byte {
		c, err := tlsengine.NewClient(&tlsengine.Config{ServerName: testpeer.Name})
		require.NoError(t, err)
		return c.Flush(nil)
	}
	require.NotEqual(t, hello(), hello())
}

// A signer that gives nothing, or more than a message can hold.
func TestASignatureThatIsNone(t *testing.T) {
	for _, version := range []tlsengine.Version{tlsengine.VersionTLS12, tlsengine.VersionTLS13} {
		for _, n := range []int{0, 0x10000} {
			client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
			client.MaxVersion = version
			server.Credentials = []*tlsengine.Credential{{Chain: server.Credentials[0].Chain}}
			p := newPair(t, client, server)
			p.server.answer = func(e *tlsengine.Engine, _ tlsengine.Request) { _ = e.Signed(make([]byte, n), nil) }
			p.run()
			require.Equal(t, alert.SigningFailed, p.server.refusal(t).Reason, "%v, %d bytes", version, n)
		}
	}
}

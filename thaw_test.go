package tlsengine_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

func freeze(t testing.TB, e *tlsengine.Engine) []byte {
	t.Helper()
	data, err := e.Freeze(nil)
	require.NoError(t, err)
	return data
}

func thaw(t testing.TB, cfg *tlsengine.Config, data []byte) *tlsengine.Engine {
	t.Helper()
	e, err := tlsengine.Thaw(cfg, data)
	require.NoError(t, err)
	return e
}

func TestAFrozenEngineDoesNothingMore(t *testing.T) {
	p := meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	e := p.client.Engine
	freeze(t, e)

	_, _, err := e.Receive([]byte("anything"))
	require.Equal(t, tlsengine.ErrFrozen, err)
	for _, err := range e.Feed([]byte("anything")) {
		require.Equal(t, tlsengine.ErrFrozen, err)
	}
	out, err := e.Send(nil, []byte("data"))
	require.Equal(t, tlsengine.ErrFrozen, err)
	require.Empty(t, out)
	_, err = e.SendEarly(nil, []byte("data"))
	require.Equal(t, tlsengine.ErrFrozen, err)
	_, err = e.UpdateKeys(nil, 0)
	require.Equal(t, tlsengine.ErrFrozen, err)
	require.Equal(t, tlsengine.ErrFrozen, e.Verified(nil))
	require.Equal(t, tlsengine.ErrFrozen, e.SendTicket(nil))
	require.Equal(t, tlsengine.ErrFrozen, e.TransportEOF())
	require.Equal(t, tlsengine.ErrFrozen, e.Err())
	_, err = e.Export("EXPORTER-test", nil, 10)
	require.Error(t, err)
	require.Empty(t, e.Close(nil))
	require.Empty(t, e.Abort(nil, alert.InternalError))
	require.Empty(t, e.Flush(nil))
	require.False(t, e.Owes())
	require.Nil(t, e.Pending())
	require.Empty(t, e.Unread())
	require.Equal(t, tlsengine.VersionTLS13, e.ConnectionState().Version, "what it agreed on is still told")

	dst, err := e.Freeze([]byte("what was there"))
	require.Equal(t, tlsengine.ErrFrozen, err)
	require.Equal(t, "what was there", string(dst))
	e.Park()
	require.Equal(t, tlsengine.ErrFrozen, e.Err())
}

func TestFreezeAppendsAndThawKeepsNothingOfTheBytes(t *testing.T) {
	p := meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	cfg := p.server.Config()
	data, err := p.server.Freeze([]byte("what was there"))
	require.NoError(t, err)
	data, ok := bytes.CutPrefix(data, []byte("what was there"))
	require.True(t, ok)
	p.server.Engine = thaw(t, cfg, data)
	clear(data)
	p.exchange([]byte("data"))
}

// established are the snapshots of both sides, after a handshake and some data.
func established(t testing.TB) (p *pair, client, server []byte) {
	p = meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	p.exchange([]byte("data"))
	return p, freeze(t, p.client.Engine), freeze(t, p.server.Engine)
}

// snapshots are of both sides, in the middle and at the end of handshakes.
func snapshots(t testing.TB) map[string][]byte {
	_, client, server := established(t)
	out := map[string][]byte{"client established": client, "server established": server}
	c, err := tlsengine.NewClient(testpeer.ClientConfig())
	require.NoError(t, err)
	s, err := tlsengine.NewServer(testpeer.ServerConfig())
	require.NoError(t, err)
	e := &end{Engine: s, name: "server"}
	e.take(t, c.Flush(nil))
	out["client waits for the ServerHello"] = freeze(t, c)
	out["server owes its flight"] = freeze(t, s)

	asks := configOf("server asks")
	s, err = tlsengine.NewServer(asks)
	require.NoError(t, err)
	c, err = tlsengine.NewClient(testpeer.ClientConfig())
	require.NoError(t, err)
	(&end{Engine: s, name: "server", answer: func(e *tlsengine.Engine, q tlsengine.Request) {
		if _, ok := q.(*tlsengine.SignatureRequest); ok {
			out["server asks"] = freeze(t, e)
			return
		}
		remote := *testpeer.ServerIdentity().Credential()
		remote.Signer = nil
		require.NoError(t, e.UseCredential(&remote, nil))
	}}).take(t, c.Flush(nil))
	return out
}

// configOf is the Config for one of the snapshots.
func configOf(name string) *tlsengine.Config {
	if name[:6] == "client" {
		return testpeer.ClientConfig()
	}
	cfg := testpeer.ServerConfig()
	if name == "server asks" {
		cfg.Ask = tlsengine.AskCredential
	}
	return cfg
}

func TestAnotherConfigIsRefused(t *testing.T) {
	data := snapshots(t)
	for name, c := range map[string]struct {
		of     string
		change func(*tlsengine.Config)
	}{
		"without the suite": {"server established", func(c *tlsengine.Config) {
			c.Suites = []*cipher.Suite{cipher.Lookup(cipher.TLS_CHACHA20_POLY1305_SHA256)}
		}},
		"without a group of which a share was sent": {"client waits for the ServerHello", func(c *tlsengine.Config) {
			c.Groups = []*group.Group{group.Lookup(group.X25519)}
		}},
		"without the version":                       {"client established", speaks12},
		"of a client for another server":            {"client established", func(c *tlsengine.Config) { c.ServerName = "other.test" }},
		"of a client for another server, too early": {"client waits for the ServerHello", func(c *tlsengine.Config) { c.ServerName = "other.test" }},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := configOf(c.of)
			c.change(cfg)
			_, err := tlsengine.Thaw(cfg, data[c.of])
			require.ErrorIs(t, err, tlsengine.ErrSnapshotConfig)
			t.Log(err)
		})
	}
	_, err := tlsengine.Thaw(testpeer.ServerConfig(), data["client established"])
	require.ErrorIs(t, err, tlsengine.ErrSnapshotConfig, "a server's, for a client")
	for name, change := range map[string]func(*tlsengine.Config){
		"versions":    func(c *tlsengine.Config) { c.MaxVersion = 1 },
		"MaxFragment": func(c *tlsengine.Config) { c.MaxFragment = 1 },
		"PadTo":       func(c *tlsengine.Config) { c.PadTo = -1 },
		"Tickets":     func(c *tlsengine.Config) { c.Tickets = 1000 },
	} {
		unusable := testpeer.ServerConfig()
		change(unusable)
		_, want := tlsengine.NewServer(unusable)
		require.Error(t, want)
		_, err := tlsengine.Thaw(unusable, data["server established"])
		require.ErrorIs(t, err, tlsengine.ErrSnapshotConfig, name)
		require.ErrorContains(t, err, want.Error())
	}

	other := configOf("server established")
	other.Groups = []*group.Group{group.Lookup(group.X448)}
	other.Credentials = nil
	thaw(t, other, data["server established"]) // past all that
}

func TestAServerNeedsWhatItPromised(t *testing.T) {
	server := only12(testpeer.ServerConfig())
	server.Ask = tlsengine.AskCredential
	c, err := tlsengine.NewClient(only12(testpeer.ClientConfig()))
	require.NoError(t, err)
	hello := c.Flush(nil)
	for name, c := range map[string]struct{ gives, lost func(*tlsengine.Config) }{
		"TicketKeys":   {func(*tlsengine.Config) {}, func(c *tlsengine.Config) { c.TicketKeys = nil }},
		"SessionCache": {caches, func(c *tlsengine.Config) { c.SessionCache = nil }},
	} {
		cfg := *server
		c.gives(&cfg)
		s, err := tlsengine.NewServer(&cfg)
		require.NoError(t, err)
		(&end{Engine: s, answer: func(e *tlsengine.Engine, q tlsengine.Request) {
			if _, ok := q.(*tlsengine.SignatureRequest); !ok {
				remote := *testpeer.ServerIdentity().Credential()
				remote.Signer = nil
				require.NoError(t, e.UseCredential(&remote, nil))
				return
			}
			data := freeze(t, e)
			lost := cfg
			c.lost(&lost)
			_, err := tlsengine.Thaw(&lost, data)
			require.ErrorIs(t, err, tlsengine.ErrSnapshotConfig, name)
			thaw(t, &cfg, data)
		}}).take(t, hello)
	}
}

func TestASnapshotSaysWhatItIs(t *testing.T) {
	data := snapshots(t)
	info, err := tlsengine.ReadSnapshot(data["client established"])
	require.NoError(t, err)
	require.True(t, info.Client && info.HandshakeDone && !info.QUIC && !info.Failed)
	require.Equal(t, testpeer.Name, info.ServerName)
	require.Equal(t, tlsengine.VersionTLS13, info.Version)
	require.Equal(t, cipher.TLS_AES_128_GCM_SHA256, info.Suite)

	info, err = tlsengine.ReadSnapshot(data["server asks"])
	require.NoError(t, err)
	require.True(t, !info.Client && !info.HandshakeDone)
	require.Equal(t, testpeer.Name, info.ServerName, "what the client asked for")
	require.Equal(t, "AWAIT_SIGNATURE", info.State.String())
}

func TestFailedEnginesThawWithTheirError(t *testing.T) {
	p := newPair(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	p.server.take(t, []byte("GET / HTTP/1.1\r\n\r\n"))
	require.Error(t, p.server.err)
	cfg := p.server.Config()
	want := p.server.refusal(t)

	s := thaw(t, cfg, freeze(t, p.server.Engine))
	_, _, err := s.Receive(nil)
	var refusal *tlsengine.AlertError
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, *want, *refusal)
	require.True(t, s.Owes(), "the alert is still owed")
	s = thaw(t, cfg, freeze(t, s))
	require.Equal(t, []byte{21, 3, 3, 0, 2, 2, byte(want.Alert)}, s.Flush(nil))
	require.Empty(t, s.Flush(nil), "it is said once")
	s = thaw(t, cfg, freeze(t, s))
	require.Empty(t, s.Flush(nil))
	_, err = s.Send(nil, []byte("data"))
	require.Equal(t, want.Error(), err.Error())

	// The peer's alert, and an end without close_notify.
	p = meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	p.client.take(t, p.server.Abort(nil, alert.InternalError))
	c := thaw(t, p.client.Config(), freeze(t, p.client.Engine))
	require.Equal(t, &tlsengine.PeerAlertError{Alert: alert.InternalError}, c.Err())
	require.Empty(t, c.Flush(nil))
	p = meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	require.ErrorIs(t, p.client.TransportEOF(), tlsengine.ErrTruncated)
	c = thaw(t, p.client.Config(), freeze(t, p.client.Engine))
	require.Equal(t, tlsengine.ErrTruncated, c.TransportEOF())
}

func TestWhatFeedKeepsIsInTheSnapshot(t *testing.T) {
	p := meet(t, testpeer.ClientConfig(), testpeer.ServerConfig())
	out, err := p.server.Send(nil, []byte("in two pieces"))
	require.NoError(t, err)
	p.client.take(t, out[:20])
	cfg := p.client.Config()
	data := freeze(t, p.client.Engine)
	require.Empty(t, p.client.Unread())
	p.client.Engine = thaw(t, cfg, data)
	require.Equal(t, out[:20], p.client.Unread())
	p.client.take(t, out[20:])
	require.Equal(t, "in two pieces", string(p.client.data))
}

// An ephemeral key of somebody's own that cannot be moved.
type rooted struct{ group.PrivateKey }

func (rooted) Seed() []byte { return nil }

func TestAKeyWithoutASeedCannotBeFrozen(t *testing.T) {
	own := *group.Lookup(group.X25519)
	generate := own.Generate
	own.Generate = func(rand io.Reader) (group.PrivateKey, error) {
		key, err := generate(rand)
		return rooted{key}, err
	}
	client := testpeer.ClientConfig()
	client.Groups = []*group.Group{&own}
	p := newPair(t, client, testpeer.ServerConfig())
	dst, err := p.client.Freeze([]byte("what was there"))
	require.Error(t, err)
	require.Equal(t, "what was there", string(dst))
	p.client.Park()
	p.run()
	p.exchange([]byte("it goes on as if nothing had happened"))
	freeze(t, p.client.Engine)
}

func TestSnapshotsAreSmall(t *testing.T) {
	for _, suite := range cipher.Suites() {
		client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
		client.Suites = []*cipher.Suite{suite}
		if !suite.TLS13() {
			only12(client)
		}
		if suite.Auth == cipher.AuthRSA {
			server.Credentials = []*tlsengine.Credential{rsaCredential()}
		}
		p := meet(t, client, server)
		p.exchange(make([]byte, 20000))
		chain := len(p.client.ConnectionState().PeerChain[0])
		c, s := len(freeze(t, p.client.Engine)), len(freeze(t, p.server.Engine))
		t.Logf("%v: client %d bytes, %d of them the server's certificate; server %d bytes", suite, c, chain, s)
		require.LessOrEqual(t, s, 512)
		require.LessOrEqual(t, c-chain, 512)
	}
	for name, data := range snapshots(t) {
		t.Logf("%s: %d bytes", name, len(data))
	}
}

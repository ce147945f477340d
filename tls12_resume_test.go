package tlsengine_test

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// byID makes a server keep sessions by id, and give no tickets.
func byID(cfg *tlsengine.Config) *tlsengine.Config {
	cfg.TicketKeys, cfg.SessionCache = nil, tlsengine.NewSessionMemory(10)
	return cfg
}

// resumed12 shakes hands twice, the second time with the session of the first.
func resumed12(t *testing.T, client, server *tlsengine.Config) (first, second *pair) {
	t.Helper()
	first = meet(t, client, server)
	again := *client
	again.Session = first.session()
	return first, meet(t, &again, server)
}

func TestTLS12ResumesByTicket(t *testing.T) {
	first, second := resumed12(t, client12(), server12())
	require.False(t, first.client.ConnectionState().Resumed)
	for _, e := range []*end{second.client, second.server} {
		require.True(t, e.ConnectionState().Resumed, e.name)
		require.True(t, e.ConnectionState().EMS, e.name)
	}
	require.Equal(t, first.client.ConnectionState().PeerChain, second.client.ConnectionState().PeerChain)
	require.Equal(t, first.client.ConnectionState().PeerScheme, second.client.ConnectionState().PeerScheme)
	require.Empty(t, second.client.sessions, "the ticket is still good")
	second.exchange(payload)
	second.sameSecrets()
	info, err := tlsengine.ReadSession(first.session())
	require.NoError(t, err)
	require.Equal(t, tlsengine.VersionTLS12, info.Version)
	require.NotEmpty(t, info.Ticket)
}

func TestTLS12ResumesBySessionID(t *testing.T) {
	for name, client := range map[string]*tlsengine.Config{
		"TLS 1.2 alone": client12(), "both versions": testpeer.ClientConfig(),
		"without compatibility": {Time: testpeer.Now, Roots: testpeer.Roots(), ServerName: testpeer.Name, NoCompatibility: true},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := resumed12(t, client, byID(server12()))
			require.True(t, second.client.ConnectionState().Resumed)
			require.True(t, second.server.ConnectionState().Resumed)
			require.Empty(t, second.client.sessions, "the session goes on being the same")
			second.exchange(payload)
			info, err := tlsengine.ReadSession(first.session())
			require.NoError(t, err)
			require.Empty(t, info.Ticket)
		})
	}
}

// A server may have given a ticket that another of its kind, without ticket
// keys, cannot read; and a session id is not tried instead.
func TestTLS12ATicketAndASessionIDAreNotMixed(t *testing.T) {
	server := server12()
	client := client12()
	client.Session = meet(t, client, server).session()
	p := meet(t, client, byID(server12()))
	require.False(t, p.client.ConnectionState().Resumed)
	client.Session = p.session()
	p = meet(t, client, server)
	require.False(t, p.client.ConnectionState().Resumed)
	require.NotEmpty(t, p.session(), "a full handshake gives a ticket")
}

func TestTLS12TicketsAreRenewedWhenTheKeyIs(t *testing.T) {
	client, server := client12(), server12()
	client.Session = meet(t, client, server).session()
	later := testpeer.Clock(25 * time.Hour)
	client.Time, server.Time = later, later
	p := meet(t, client, server)
	require.True(t, p.client.ConnectionState().Resumed)
	renewed := p.session()
	old, err := tlsengine.ReadSession(client.Session)
	require.NoError(t, err)
	now, err := tlsengine.ReadSession(renewed)
	require.NoError(t, err)
	require.NotEqual(t, old.Ticket, now.Ticket)
	client.Session = renewed
	p = meet(t, client, server)
	require.True(t, p.client.ConnectionState().Resumed)
	require.Empty(t, p.client.sessions)

	// However often it is renewed, a week after the full handshake it ends.
	later = testpeer.Clock(8 * 24 * time.Hour)
	client.Time, server.Time = later, later
	p = meet(t, client, server)
	require.False(t, p.client.ConnectionState().Resumed)
}

// Sessions that one server made, and another with the same keys must not take:
// it does a full handshake, or refuses.
func TestTLS12SessionsOfAnotherConfigAreNotResumed(t *testing.T) {
	roots := x509.NewCertPool()
	for name, change := range map[string]func(client, server *tlsengine.Config){
		"client authentication": func(c, s *tlsengine.Config) {
			s.ClientAuth = tlsengine.RequireClientCert
			c.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
		},
		"another context": func(_, s *tlsengine.Config) { s.TicketContext = []byte("other") },
		"another name":    func(c, _ *tlsengine.Config) { c.SNI = "other.test" },
		"no suite":        func(_, s *tlsengine.Config) { s.Suites = suites12()[2:] },
		"TLS 1.3":         func(c, s *tlsengine.Config) { c.MaxVersion, s.MaxVersion = 0, 0 },
		"too old":         func(_, s *tlsengine.Config) { s.Time = testpeer.Clock(8 * 24 * time.Hour) },
		"from then":       func(_, s *tlsengine.Config) { s.Time = testpeer.Clock(-time.Hour) },
	} {
		for _, how := range []string{"ticket", "session id"} {
			t.Run(name+"/"+how, func(t *testing.T) {
				client, server := client12(), server12()
				if how == "session id" {
					byID(server)
				}
				client.Session = meet(t, client, server).session()
				change(client, server)
				p := meet(t, client, server)
				require.False(t, p.client.ConnectionState().Resumed)
				require.False(t, p.server.ConnectionState().Resumed)
			})
		}
	}
	t.Run("other roots for clients", func(t *testing.T) {
		client, server := client12(), server12()
		client.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
		server.ClientAuth, server.Chains = tlsengine.RequireClientCert, tlsengine.NewChainMemory(1)
		client.Session = meet(t, client, server).session()
		server.Roots = roots
		p := newPair(t, client, server)
		p.run()
		require.Equal(t, alert.CertificateUnknownIssuer, p.server.refusal(t).Reason, "the chain is judged anew, in a full handshake")
	})
}

func TestTLS12ClientsDoNotOfferASessionThatNoLongerFits(t *testing.T) {
	server, first := server12(), client12()
	first.Chains = tlsengine.NewChainMemory(1) // which must make no difference
	session := meet(t, first, server).session()
	none := x509.NewCertPool()
	for name, change := range map[string]func(c *tlsengine.Config){
		"another name":  func(c *tlsengine.Config) { c.ServerName = "other.test" },
		"other roots":   func(c *tlsengine.Config) { c.Roots = none },
		"expired":       func(c *tlsengine.Config) { c.Time = testpeer.Clock(8 * 24 * time.Hour) },
		"no such suite": func(c *tlsengine.Config) { c.Suites = suites12()[5:] },
		"only TLS 1.3":  func(c *tlsengine.Config) { c.MinVersion, c.MaxVersion = 0, 0; c.MinVersion = tlsengine.VersionTLS13 },
		"garbage":       func(c *tlsengine.Config) { c.Session = c.Session[1:] },
	} {
		t.Run(name, func(t *testing.T) {
			client := client12()
			client.Session, client.Chains, client.Roots = session, first.Chains, first.Roots
			change(client)
			require.Empty(t, ticketIn(t, clientHello(t, client)))
		})
	}
	client := client12()
	client.Session = session
	require.NotEmpty(t, ticketIn(t, clientHello(t, client)), "and else they do")
}

func ticketIn(t *testing.T, hello handshake.ClientHello) []byte {
	ticket, _ := hello.Extensions.Get(handshake.ExtSessionTicket)
	return ticket
}

// clientHello is the first message of a client.
func clientHello(t *testing.T, cfg *tlsengine.Config) handshake.ClientHello {
	t.Helper()
	e, err := tlsengine.NewClient(cfg)
	require.NoError(t, err)
	hello, err := handshake.ParseClientHello(e.Flush(nil)[9:])
	require.NoError(t, err)
	return hello
}

// A session is gone when its connection fails: "any connection terminated with
// a fatal alert MUST NOT be resumed." RFC 5246, Section 7.2.2.
func TestTLS12SessionsOfFailedConnectionsAreForgotten(t *testing.T) {
	for name, fail := range map[string]func(p *pair){
		"the server refuses": func(p *pair) { p.server.take(t, []byte("no record")) },
		"the client refuses": func(p *pair) {
			p.client.take(t, []byte("no record"))
			p.server.take(t, p.client.Flush(nil))
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := client12(), byID(server12())
			p := meet(t, client, server)
			client.Session = p.session()
			require.True(t, meet(t, client, server).client.ConnectionState().Resumed)
			fail(p)
			require.Error(t, p.server.err)
			require.False(t, meet(t, client, server).client.ConnectionState().Resumed)
		})
	}
}

func TestTLS12SessionMemoryIsBounded(t *testing.T) {
	m := handshake.NewSessionMemory(3)
	for i := range byte(10) {
		m.Put([]byte{i}, []byte{i, i}, time.Hour)
	}
	m.Put([]byte{9}, []byte{1}, time.Hour)
	for i := range byte(7) {
		require.Nil(t, m.Get([]byte{i}), "the oldest made room")
	}
	require.Equal(t, []byte{7, 7}, m.Get([]byte{7}))
	require.Equal(t, []byte{1}, m.Get([]byte{9}), "the newest under that id")
	m.Delete([]byte{9})
	require.Nil(t, m.Get([]byte{9}))
}

// A session that was deleted takes no room, and one that is put again is the
// youngest.
func TestTLS12SessionMemoryCountsASessionOnce(t *testing.T) {
	m := handshake.NewSessionMemory(2)
	for range 5 {
		m.Put([]byte("a"), []byte("session a"), time.Hour)
		m.Delete([]byte("a"))
		m.Delete([]byte("a"))
	}
	m.Put([]byte("a"), []byte("session a"), time.Hour)
	m.Put([]byte("b"), []byte("session b"), time.Hour)
	m.Put([]byte("a"), []byte("session a again"), time.Hour)
	require.Equal(t, "session a again", string(m.Get([]byte("a"))))
	require.Equal(t, "session b", string(m.Get([]byte("b"))))
	m.Put([]byte("c"), []byte("session c"), time.Hour)
	require.NotNil(t, m.Get([]byte("a")), "there is room for the two youngest")
	require.Nil(t, m.Get([]byte("b")))
}

// Nobody resumes by the session id that is there for middleboxes.
func TestTLS12CompatibilitySessionIDsFindNothing(t *testing.T) {
	server := byID(server12())
	client := testpeer.ClientConfig()
	require.False(t, meet(t, client, server).client.ConnectionState().Resumed)
	require.False(t, meet(t, client, server).server.ConnectionState().Resumed)
}

func TestTLS12NoSessionsWithoutTicketKeysOrCache(t *testing.T) {
	server := server12()
	server.TicketKeys = nil
	require.Empty(t, meet(t, client12(), server).client.sessions)
	client, server := client12(), server12()
	client.Tickets = -1
	require.Empty(t, meet(t, client, server).client.sessions, "the client asks for no ticket")
	client, server = client12(), server12()
	server.Tickets = -1
	require.Empty(t, meet(t, client, server).client.sessions, "the server gives none")
}

// The suite of a session is that of its resumption, whatever is preferred now.
func TestTLS12ResumesUnderTheSameSuite(t *testing.T) {
	for _, suite := range suites12() {
		client, server := client12(), server12()
		if suite.Auth == cipher.AuthRSA {
			server.Credentials = []*tlsengine.Credential{rsaCredential()}
		}
		server.Suites = []*cipher.Suite{suite}
		client.Session = meet(t, client, server).session()
		server.Suites = nil
		p := meet(t, client, server)
		require.True(t, p.client.ConnectionState().Resumed)
		require.Equal(t, suite.ID, p.client.ConnectionState().Suite.ID)
		p.exchange(payload)
	}
}

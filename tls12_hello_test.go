package tlsengine_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// What a server makes of a ClientHello of TLS 1.2.
func TestTLS12ClientHellosThatAreRefused(t *testing.T) {
	with := func(x handshake.ExtensionType, data ...byte) func(*handshake.ClientHello) {
		return func(m *handshake.ClientHello) { m.Extensions = m.Extensions.With(x, data) }
	}
	for name, c := range map[string]struct {
		edit func(*handshake.ClientHello)
		want alert.Reason
	}{
		"no null compression":        {func(m *handshake.ClientHello) { m.LegacyCompressionMethods = []byte{1} }, alert.BadCompression},
		"of a renegotiation":         {with(handshake.ExtRenegotiationInfo, 2, 1, 1), alert.RenegotiationInfoMismatch},
		"renegotiation_info bad":     {with(handshake.ExtRenegotiationInfo, 2, 1), alert.MalformedExtension},
		"no uncompressed points":     {with(handshake.ExtECPointFormats, 1, 1), alert.PointFormatMissing},
		"no point formats":           {with(handshake.ExtECPointFormats, 0), alert.MalformedExtension},
		"extended_main_secret bad":   {with(handshake.ExtExtendedMainSecret, 0), alert.MalformedExtension},
		"no suite of ours":           {func(m *handshake.ClientHello) { m.CipherSuites = handshake.List16Of[cipher.ID](0x002f, 0x1301) }, alert.NoSharedCipher},
		"static RSA alone":           {func(m *handshake.ClientHello) { m.CipherSuites = handshake.List16Of[cipher.ID](0x009c, 0x009d, 0x002f) }, alert.NoSharedCipher},
		"CBC alone":                  {func(m *handshake.ClientHello) { m.CipherSuites = handshake.List16Of[cipher.ID](0xc013, 0xc009) }, alert.NoSharedCipher},
		"suites for RSA alone":       {func(m *handshake.ClientHello) { m.CipherSuites = handshake.List16Of[cipher.ID](0xc02f) }, alert.NoCredential},
		"no group of ours":           {with(handshake.ExtSupportedGroups, 0, 2, 0, 22), alert.NoSharedGroup},
		"groups of TLS 1.3 alone":    {with(handshake.ExtSupportedGroups, 0, 2, 0x11, 0xec), alert.NoSharedGroup},
		"SHA-1 alone":                {with(handshake.ExtSignatureAlgorithms, 0, 2, 2, 3), alert.NoCredential},
		"no groups":                  {func(m *handshake.ClientHello) { m.Extensions = m.Extensions.Without(handshake.ExtSupportedGroups) }, alert.NoSharedGroup},
		"no signature_algorithms":    {func(m *handshake.ClientHello) { m.Extensions = m.Extensions.Without(handshake.ExtSignatureAlgorithms) }, alert.NoSignatureScheme},
		"another protocol":           {with(handshake.ExtApplicationLayerProtocolNegotiation, 0, 2, 1, 'x'), alert.NoApplicationProtocolShared},
		"protocol without a name":    {with(handshake.ExtApplicationLayerProtocolNegotiation, 0, 1, 0), alert.MalformedExtension},
		"an extension of answers":    {with(handshake.ExtOIDFilters, 0, 0), alert.MisplacedExtension},
		"two names":                  {with(handshake.ExtServerName, 0, 8, 0, 0, 1, 'a', 0, 0, 1, 'b'), alert.BadServerName},
		"a session id of 33 bytes":   {func(m *handshake.ClientHello) { m.LegacySessionID = make([]byte, 33) }, alert.SessionIDTooLong},
		"a suite that is half there": {func(m *handshake.ClientHello) { m.CipherSuites = m.CipherSuites[1:] }, alert.Malformed},
	} {
		t.Run(name, func(t *testing.T) {
			server := server12()
			server.ALPN = []string{"h2"}
			p := newPair(t, client12(), server)
			p.server.rewrite = editClientHello(t, c.edit)
			p.run()
			require.Equal(t, c.want, p.server.refusal(t).Reason)
			require.Equal(t, c.want.Alert(), p.client.heard(t))
		})
	}
}

// What a client makes of a ServerHello of TLS 1.2.
func TestTLS12ServerHellosThatAreRefused(t *testing.T) {
	with := func(x handshake.ExtensionType, data ...byte) func(*handshake.ServerHello) {
		return func(m *handshake.ServerHello) { m.Extensions = m.Extensions.With(x, data) }
	}
	suite := func(id cipher.ID) func(*handshake.ServerHello) {
		return func(m *handshake.ServerHello) { m.CipherSuite = id }
	}
	for name, c := range map[string]struct {
		edit func(*handshake.ServerHello)
		want alert.Reason
	}{
		"compression":              {func(m *handshake.ServerHello) { m.LegacyCompressionMethod = 1 }, alert.UnsupportedCompression},
		"a suite of TLS 1.3":       {suite(cipher.TLS_AES_128_GCM_SHA256), alert.WrongCipher},
		"a suite not offered":      {suite(cipher.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384), alert.WrongCipher},
		"static RSA":               {suite(0x009c), alert.WrongCipher},
		"a signal":                 {suite(cipher.TLS_FALLBACK_SCSV), alert.WrongCipher},
		"of a renegotiation":       {with(handshake.ExtRenegotiationInfo, 2, 1, 1), alert.RenegotiationInfoMismatch},
		"no uncompressed points":   {with(handshake.ExtECPointFormats, 1, 1), alert.PointFormatMissing},
		"an extension not asked":   {with(handshake.ExtStatusRequest), alert.UnsolicitedExtension},
		"an unknown extension":     {with(0x1234), alert.UnsolicitedExtension},
		"key_share, as in TLS 1.3": {with(handshake.ExtKeyShare, 0, 29, 0, 1, 0), alert.MisplacedExtension},
		"psk modes":                {with(handshake.ExtPSKKeyExchangeModes, 1, 1), alert.MisplacedExtension},
		"signature_algorithms":     {with(handshake.ExtSignatureAlgorithms, 0, 2, 4, 3), alert.MisplacedExtension},
		"server_name with a name":  {with(handshake.ExtServerName, 0, 4, 0, 0, 1, 'a'), alert.MalformedExtension},
		"main secret with more":    {with(handshake.ExtExtendedMainSecret, 0), alert.MalformedExtension},
		"ticket with more":         {with(handshake.ExtSessionTicket, 0), alert.MalformedExtension},
		"another protocol":         {with(handshake.ExtApplicationLayerProtocolNegotiation, 0, 2, 1, 'x'), alert.BadALPN},
		"two protocols":            {with(handshake.ExtApplicationLayerProtocolNegotiation, 0, 4, 1, 'a', 1, 'b'), alert.MalformedExtension},
	} {
		t.Run(name, func(t *testing.T) {
			client := testpeer.ClientConfig()
			client.ALPN = []string{"h2"}
			for _, s := range cipher.Suites() {
				if s.ID != cipher.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 {
					client.Suites = append(client.Suites, s)
				}
			}
			p := newPair(t, client, server12())
			p.client.rewrite = editServerHello(t, c.edit)
			p.run()
			require.Equal(t, c.want, p.client.refusal(t).Reason)
			require.Equal(t, c.want.Alert(), p.server.heard(t))
		})
	}
}

// Some servers of TLS 1.2 send supported_groups. It does no harm.
func TestTLS12SupportedGroupsInAServerHelloPass(t *testing.T) {
	server := server12()
	server.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
		if typ != handshake.MsgServerHello {
			return msg
		}
		m, err := handshake.ParseServerHello(msg[4:])
		require.NoError(t, err)
		m.Extensions = handshake.AppendSupportedGroups(m.Extensions, handshake.List16Of(group.X25519))
		return m.Append(nil)
	}
	meet(t, client12(), server)
}

// The session id that is there for middleboxes, and comes back.
func TestTLS12ServersMustNotEchoTheCompatibilitySessionID(t *testing.T) {
	p := newPair(t, testpeer.ClientConfig(), server12())
	var id []byte
	p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) { id = append([]byte(nil), m.LegacySessionID...) })
	p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { m.LegacySessionIDEcho = id })
	p.run()
	require.Len(t, id, 32)
	require.Equal(t, alert.BadSessionIDEcho, p.client.refusal(t).Reason)
}

// A session of TLS 1.3 is offered, and resumed by a server of TLS 1.2.
func TestTLS12ServersMustNotResumeSessionsOfTLS13(t *testing.T) {
	c := testpeer.ClientConfig()
	c.Session = meet(t, c, testpeer.ServerConfig()).client.sessions[0]
	p := newPair(t, c, server12())
	var id []byte
	p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) { id = append([]byte(nil), m.LegacySessionID...) })
	p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { m.LegacySessionIDEcho = id })
	p.run()
	require.Equal(t, alert.SessionVersionMismatch, p.client.refusal(t).Reason)
	require.Equal(t, alert.IllegalParameter, p.client.refusal(t).Alert)
}

func TestTLS12ResumptionUnderAnotherSuiteIsRefused(t *testing.T) {
	client, server := client12(), server12()
	client.Session = meet(t, client, server).session()
	p := newPair(t, client, server)
	p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) {
		m.CipherSuite = cipher.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
	})
	p.run()
	require.Equal(t, alert.SessionCipherMismatch, p.client.refusal(t).Reason)
	require.Equal(t, alert.IllegalParameter, p.client.refusal(t).Alert)
}

func TestTLS12RenegotiationInfo(t *testing.T) {
	without := func(m *handshake.ClientHello) { m.Extensions = m.Extensions.Without(handshake.ExtRenegotiationInfo) }
	signal := func(m *handshake.ClientHello) {
		without(m)
		m.CipherSuites = append(m.CipherSuites, 0x00, 0xff)
	}
	for name, c := range map[string]struct {
		edit func(*handshake.ClientHello)
		want bool
	}{"the extension": {func(*handshake.ClientHello) {}, true}, "the signal": {signal, true}, "neither": {without, false}} {
		t.Run(name, func(t *testing.T) {
			client := client12()
			client.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
				if typ != handshake.MsgClientHello {
					return msg
				}
				m, err := handshake.ParseClientHello(msg[4:])
				require.NoError(t, err)
				c.edit(&m)
				return m.Append(nil)
			}
			server := server12()
			p := newPair(t, client, server)
			var answered bool
			p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { answered = m.Extensions.Has(handshake.ExtRenegotiationInfo) })
			p.run()
			require.Equal(t, c.want, answered)
			require.Equal(t, c.want, p.server.ConnectionState().SecureRenegotiation)

			server.RequireRenegotiationInfo = true
			p = newPair(t, client, server)
			p.run()
			if !c.want {
				require.Equal(t, alert.RenegotiationInfoMissing, p.server.refusal(t).Reason)
				require.Equal(t, alert.HandshakeFailure, p.client.heard(t))
				return
			}
			require.NoError(t, p.server.err)
		})
	}
	client := client12()
	client.RequireRenegotiationInfo = true
	p := newPair(t, client, server12())
	p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) {
		m.Extensions = m.Extensions.Without(handshake.ExtRenegotiationInfo)
	})
	p.run()
	require.Equal(t, alert.RenegotiationInfoMissing, p.client.refusal(t).Reason)
	require.Equal(t, alert.HandshakeFailure, p.server.heard(t))
	meet(t, client, server12())

	// TLS 1.3 has no renegotiation that could be a danger.
	client = testpeer.ClientConfig()
	client.RequireRenegotiationInfo = true
	require.True(t, meet(t, client, testpeer.ServerConfig()).client.ConnectionState().SecureRenegotiation)
}

// A ClientHello as old as it may be: no extensions but for signatures and
// groups. Without groups there is nothing to choose from.
func TestTLS12PlainClientHellos(t *testing.T) {
	client := client12()
	client.Groups = []*group.Group{group.Lookup(group.P256)}
	client.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
		if typ != handshake.MsgClientHello {
			return msg
		}
		m, err := handshake.ParseClientHello(msg[4:])
		require.NoError(t, err)
		data, _ := m.Extensions.Get(handshake.ExtSignatureAlgorithms)
		m.Extensions = handshake.AppendExtension(nil, handshake.ExtSignatureAlgorithms, data)
		m.Extensions = handshake.AppendSupportedGroups(m.Extensions, handshake.List16Of(group.P256))
		return m.Append(nil)
	}
	p := newPair(t, client, server12())
	p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) {
		require.Nil(t, m.Extensions, "nothing to agree to: no extensions at all")
	})
	p.run()
	require.NoError(t, p.client.err)
	require.NoError(t, p.server.err)
	require.Equal(t, group.P256, p.client.ConnectionState().Group)
	p.exchange(payload)
}

func TestTLS12ProtocolNames(t *testing.T) {
	client, server := client12(), server12()
	client.ALPN, server.ALPN = []string{"a", "b", "c"}, []string{"c", "b"}
	for i := range 2 {
		p := meet(t, client, server)
		require.Equal(t, "c", p.client.ConnectionState().ALPN)
		require.Equal(t, "c", p.server.ConnectionState().ALPN)
		require.Equal(t, i > 0, p.client.ConnectionState().Resumed)
		if i == 0 {
			client.Session = p.session()
		}
	}
	server.ALPN = []string{"b"}
	p := meet(t, client, server)
	require.True(t, p.client.ConnectionState().Resumed)
	require.Equal(t, "b", p.client.ConnectionState().ALPN, "chosen anew in each handshake")
	server.ALPN = nil
	require.Empty(t, meet(t, client, server).client.ConnectionState().ALPN)
}

func TestTLS12ServerNames(t *testing.T) {
	other := testpeer.ECIdentity("other.test")
	server := server12()
	server.Credentials = append(server.Credentials, other.Credential())
	for _, name := range []string{testpeer.Name, "other.test"} {
		client := client12()
		client.ServerName = name
		for i := range 2 {
			p := newPair(t, client, server)
			var answered bool
			p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { answered = m.Extensions.Has(handshake.ExtServerName) })
			p.run()
			require.NoError(t, p.client.err)
			require.Equal(t, name, p.server.ConnectionState().ServerName)
			require.Equal(t, i == 0, answered, "not when a session is resumed")
			if i == 0 {
				client.Session = p.session()
			}
		}
	}
}

func TestTLS12StapledResponses(t *testing.T) {
	client, server := client12(), server12()
	cred := testpeer.ServerIdentity().Credential()
	cred.Staple = []byte("a response")
	server.Credentials = []*tlsengine.Credential{cred}
	require.Nil(t, meet(t, client, server).client.ConnectionState().PeerStaple, "not asked")
	client.RequestStatus = true
	p := meet(t, client, server)
	require.Equal(t, "a response", string(p.client.ConnectionState().PeerStaple))
	client.Session = p.session()
	p = meet(t, client, server)
	require.True(t, p.client.ConnectionState().Resumed)
	require.Equal(t, "a response", string(p.client.ConnectionState().PeerStaple), "the session's")
	client.Session = nil
	server.Credentials = []*tlsengine.Credential{testpeer.ServerIdentity().Credential()}
	require.Nil(t, meet(t, client, server).client.ConnectionState().PeerStaple, "there is none")

	// Promised, and left out: allowed.
	server.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
		if typ != handshake.MsgServerHello {
			return msg
		}
		m, err := handshake.ParseServerHello(msg[4:])
		require.NoError(t, err)
		m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtStatusRequest)
		return m.Append(nil)
	}
	require.Nil(t, meet(t, client, server).client.ConnectionState().PeerStaple)
}

// "a zero-length ticket in the NewSessionTicket handshake message": the server
// changed its mind. RFC 5077, Section 3.3.
func TestTLS12EmptyTickets(t *testing.T) {
	ticket := func(change func(*handshake.NewSessionTicket12)) *tlsengine.Config {
		server := server12()
		server.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
			if typ != handshake.MsgNewSessionTicket {
				return msg
			}
			m, err := handshake.ParseNewSessionTicket12(msg[4:])
			require.NoError(t, err)
			change(&m)
			return m.Append(nil)
		}
		return server
	}
	p := meet(t, client12(), ticket(func(m *handshake.NewSessionTicket12) { m.Ticket = nil }))
	require.Empty(t, p.client.sessions)
	p.exchange(payload)
	require.Empty(t, meet(t, client12(), ticket(func(m *handshake.NewSessionTicket12) {
		m.Ticket = make([]byte, handshake.MaxTicket+1)
	})).client.sessions, "longer than a client keeps")
	for hint, want := range map[uint32]int{0: handshake.SessionLifetime12, 1: 1, 1 << 31: handshake.TicketLifetime} {
		p := meet(t, client12(), ticket(func(m *handshake.NewSessionTicket12) { m.TicketLifetimeHint = hint }))
		info, err := tlsengine.ReadSession(p.session())
		require.NoError(t, err)
		require.Equal(t, want, int(info.Expires.Sub(info.Created).Seconds()))
	}
}

func TestTLS12KeyLog(t *testing.T) {
	client, server := client12(), server12()
	logs := func(cfg *tlsengine.Config) *string {
		var log string
		cfg.KeyLog = func(label string, random, secret []byte) { log += fmt.Sprintf("%s %x %x\n", label, random, secret) }
		return &log
	}
	for i := range 2 {
		c, s := logs(client), logs(server)
		p := meet(t, client, server)
		require.Regexp(t, `^CLIENT_RANDOM [0-9a-f]{64} [0-9a-f]{96}\n$`, *c)
		require.Equal(t, *c, *s)
		if i == 0 {
			client.Session = p.session()
		}
	}
}

// "If no context is provided" the exporter is another than with an empty one.
// RFC 5705, Section 4.
func TestTLS12ExportersTellNoContextFromAnEmptyOne(t *testing.T) {
	p := meet(t, client12(), server12())
	export := func(e *end, label string, context []byte) []byte {
		out, err := e.Export(label, context, 32)
		require.NoError(t, err)
		return out
	}
	require.NotEqual(t, export(p.client, "label", nil), export(p.client, "label", []byte{}))
	require.NotEqual(t, export(p.client, "label", nil), export(p.client, "other", nil))
	require.Equal(t, export(p.client, "label", []byte{}), export(p.server, "label", []byte{}))
	for _, label := range []string{"client finished", "server finished", "master secret", "extended master secret", "key expansion"} {
		_, err := p.client.Export(label, nil, 32)
		require.Error(t, err, "the handshake's own: %s", label)
	}
	_, err := p.client.ExportEarly("label", nil, 32)
	require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
}

package tlsengine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// withoutEMS makes a client leave extended_master_secret out.
func withoutEMS(t *testing.T, cfg *tlsengine.Config) *tlsengine.Config {
	cfg.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
		if typ != handshake.MsgClientHello {
			return msg
		}
		m, err := handshake.ParseClientHello(msg[4:])
		require.NoError(t, err)
		m.Extensions = m.Extensions.Without(handshake.ExtExtendedMainSecret)
		return m.Append(nil)
	}
	return cfg
}

func addEMS(m *handshake.ServerHello) {
	m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtExtendedMainSecret)
}

func removeEMS(m *handshake.ServerHello) {
	m.Extensions = m.Extensions.Without(handshake.ExtExtendedMainSecret)
}

func legacy(cfg *tlsengine.Config) *tlsengine.Config {
	cfg.ResumeWithoutEMS = true
	return cfg
}

// "In all handshakes, a client implementing this document MUST send the
// extension", and a server that gets it "MUST include the extension in its
// ServerHello message." RFC 7627, Section 5.2.
func TestEMSIsOfferedAndAnsweredAlways(t *testing.T) {
	client, server := client12(), server12()
	for i := range 2 {
		p := newPair(t, client, server)
		var asked, answered bool
		p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) {
			asked = m.Extensions.Has(handshake.ExtExtendedMainSecret)
		})
		p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) {
			answered = m.Extensions.Has(handshake.ExtExtendedMainSecret)
		})
		p.run()
		require.True(t, asked && answered)
		require.Equal(t, i > 0, p.client.ConnectionState().Resumed)
		if i == 0 {
			client.Session = p.session()
		}
	}
}

func TestEMSIsAnsweredOnlyIfAsked(t *testing.T) {
	p := newPair(t, withoutEMS(t, client12()), server12())
	p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) {
		require.False(t, m.Extensions.Has(handshake.ExtExtendedMainSecret))
	})
	p.run()
	require.False(t, p.client.ConnectionState().EMS)
	require.False(t, p.server.ConnectionState().EMS)
	p.exchange(payload)
}

func TestRequireEMS(t *testing.T) {
	server := server12()
	server.RequireEMS = true
	p := newPair(t, withoutEMS(t, client12()), server)
	p.run()
	require.Equal(t, alert.ExtendedMainSecretMissing, p.server.refusal(t).Reason)
	require.Equal(t, alert.HandshakeFailure, p.client.heard(t))
	meet(t, client12(), server)

	client := client12()
	client.RequireEMS = true
	p = newPair(t, client, server12())
	p.client.rewrite = editServerHello(t, removeEMS)
	p.run()
	require.Equal(t, alert.ExtendedMainSecretMissing, p.client.refusal(t).Reason)
	require.Equal(t, alert.HandshakeFailure, p.server.heard(t))
}

// Sessions without it are not kept, unless that is asked for.
func TestEMSNoToNo(t *testing.T) {
	for _, by := range []func(*tlsengine.Config) *tlsengine.Config{byID, func(c *tlsengine.Config) *tlsengine.Config { return c }} {
		require.Empty(t, meet(t, withoutEMS(t, client12()), by(server12())).client.sessions)
		require.Empty(t, meet(t, legacy(withoutEMS(t, client12())), by(server12())).client.sessions)
		require.Empty(t, meet(t, withoutEMS(t, client12()), by(legacy(server12()))).client.sessions)

		client, server := legacy(withoutEMS(t, client12())), legacy(by(server12()))
		client.Session = meet(t, client, server).session()
		p := meet(t, client, server)
		require.True(t, p.client.ConnectionState().Resumed)
		require.False(t, p.client.ConnectionState().EMS)

		client.RequireEMS = true
		p = newPair(t, client, server)
		p.run()
		require.Equal(t, alert.ExtendedMainSecretMissing, p.client.refusal(t).Reason)
		server.ResumeWithoutEMS = false
		client.RequireEMS = false
		require.False(t, meet(t, client, server).client.ConnectionState().Resumed)
	}
}

// "If the original session did not use the "extended_master_secret" extension
// but the new ClientHello contains the extension, then the server MUST NOT
// perform the abbreviated handshake." RFC 7627, Section 5.3.
func TestEMSNoToYes(t *testing.T) {
	server := legacy(server12())
	session := meet(t, legacy(withoutEMS(t, client12())), server).session()
	client := legacy(client12())
	client.Session = session
	p := meet(t, client, server)
	require.False(t, p.client.ConnectionState().Resumed)
	require.True(t, p.client.ConnectionState().EMS)
	require.Len(t, p.client.sessions, 1, "a better session")

	// A server that does it all the same is found out by the client.
	p = newPair(t, client, server)
	p.server.rewrite = editClientHello(t, func(m *handshake.ClientHello) {
		m.Extensions = m.Extensions.Without(handshake.ExtExtendedMainSecret)
	})
	p.client.rewrite = editServerHello(t, addEMS)
	p.run()
	require.Equal(t, alert.ExtendedMainSecretMismatch, p.client.refusal(t).Reason)
	require.Equal(t, alert.HandshakeFailure, p.server.heard(t))
}

// "If the original session used the "extended_master_secret" extension but the
// new ClientHello does not contain it, the server MUST abort the abbreviated
// handshake." RFC 7627, Section 5.3.
func TestEMSYesToNo(t *testing.T) {
	for _, by := range []func(*tlsengine.Config) *tlsengine.Config{byID, func(c *tlsengine.Config) *tlsengine.Config { return c }} {
		server := by(server12())
		client := client12()
		client.Session = meet(t, client, server).session()
		p := newPair(t, withoutEMS(t, client), server)
		p.run()
		require.Equal(t, alert.ExtendedMainSecretMismatch, p.server.refusal(t).Reason)
		require.Equal(t, alert.HandshakeFailure, p.client.heard(t))

		client.Rewrite = nil
		p = newPair(t, client, server)
		p.client.rewrite = editServerHello(t, removeEMS)
		p.run()
		require.Equal(t, alert.ExtendedMainSecretMismatch, p.client.refusal(t).Reason)
	}
}

// The triple handshake (CVE-2014-1295): somebody between two sides brings both
// connections to the same main secret, has the session resumed, and so gets
// the same Finished messages and exports on both.
func TestTripleHandshake(t *testing.T) {
	t.Run("a share that leads to a known secret is refused", func(t *testing.T) {
		for _, low := range [][]byte{make([]byte, 32), append([]byte{1}, make([]byte, 31)...)} {
			p := newPair(t, client12(), server12())
			p.server.rewrite = editing(t, handshake.MsgClientKeyExchange, func([]byte) []byte {
				return (&handshake.ClientKeyExchange{ECDHYc: low}).Append(nil)
			})
			p.run()
			require.Equal(t, alert.BadECPoint, p.server.refusal(t).Reason)
			require.Equal(t, alert.IllegalParameter, p.server.refusal(t).Alert)
		}
	})
	t.Run("the same shares give other secrets under another certificate", func(t *testing.T) {
		premain, a, b := make([]byte, 32), []byte("a transcript with one certificate"), []byte("and with another")
		hash := func(msg []byte) []byte {
			h := cipher.SHA256.New()
			h.Write(msg)
			return h.Sum(nil)
		}
		require.NotEqual(t, keyschedule.ExtendedMainSecret12(cipher.SHA256, premain, hash(a)),
			keyschedule.ExtendedMainSecret12(cipher.SHA256, premain, hash(b)))
	})
	t.Run("without the extended main secret nothing can be built on it", func(t *testing.T) {
		for _, resumed := range []bool{false, true} {
			client, server := legacy(withoutEMS(t, client12())), legacy(server12())
			if resumed {
				client.Session = meet(t, client, server).session()
			}
			f := forge(t, client, server)
			require.Equal(t, resumed, f.client.ConnectionState().Resumed)
			for _, e := range []*end{f.client, f.server} {
				_, err := e.Export("EXPORTER-test", nil, 32)
				require.ErrorIs(t, err, tlsengine.ErrNoEMS)
			}
			f.say(f.server, 22, (&handshake.HelloRequest{}).Append(nil))
			require.Equal(t, alert.RenegotiationRefused, f.client.refusal(t).Reason)
		}
	})
	t.Run("and by default no such session is resumed", func(t *testing.T) {
		require.Empty(t, meet(t, withoutEMS(t, client12()), server12()).client.sessions)
	})
}

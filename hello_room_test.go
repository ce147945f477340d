package tlsengine_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// A ClientHello has two bytes for the length of its extensions: what goes into
// them is bounded, each and all.

// longALPN is as long a list as a Config may have, with first in front.
func longALPN(first string) []string {
	list := []string{first}
	for left := handshake.MaxALPN - 1 - len(first); left > 1; {
		n := min(left-1, handshake.MaxALPNName)
		list = append(list, strings.Repeat("x", n))
		left -= 1 + n
	}
	return list
}

// longWinded is a client that offers as much as a Config can say, and a server
// that has the longest cookie and ticket.
func longWinded() (client, server *tlsengine.Config) {
	client, server = testpeer.ClientConfig(), testpeer.ServerConfig()
	var all []group.ID
	for _, g := range group.All() {
		client.Groups = append(client.Groups, g)
		all = append(all, g.ID)
	}
	client.KeyShares, client.ALPN = all[:len(all)-1], longALPN("h2")
	server.Groups = []*group.Group{client.Groups[len(client.Groups)-1]}
	server.ALPN, server.RetryCookie = []string{"h2"}, bytes.Repeat([]byte{7}, handshake.MaxCookie)
	return client, server
}

// longestTicket makes a server's ticket n bytes long.
func longestTicket(t *testing.T, server *tlsengine.Config, n int) {
	server.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
		if typ != handshake.MsgNewSessionTicket {
			return msg
		}
		m, err := handshake.ParseNewSessionTicket(msg[4:])
		require.NoError(t, err)
		m.Ticket = bytes.Repeat([]byte{8}, n)
		return m.Append(nil)
	}
}

// hellosOf are the lengths of the ClientHellos that a client of the Config says.
func hellosOf(t *testing.T, client, server *tlsengine.Config) (lengths []int) {
	counting := *client
	counting.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
		if typ == handshake.MsgClientHello {
			lengths = append(lengths, len(msg))
		}
		return msg
	}
	meet(t, &counting, server)
	return lengths
}

func TestTheLongestClientHelloIsWhole(t *testing.T) {
	client, server := longWinded()
	longestTicket(t, server, handshake.MaxTicket)
	server.Tickets = 1
	client.Session = meet(t, client, server).session()
	lengths := hellosOf(t, client, server)
	require.Len(t, lengths, 2)
	require.Greater(t, lengths[0], handshake.MaxTicket+handshake.MaxALPN)
	require.Greater(t, lengths[1], handshake.MaxTicket+handshake.MaxALPN+handshake.MaxCookie)
	require.LessOrEqual(t, lengths[1], 1<<16)
}

// Under QUIC there are the longest parameters besides: a ticket that does not
// fit behind all of that is left aside.
func TestATicketWithoutRoomIsLeftAside(t *testing.T) {
	cfg := testpeer.ClientConfig()
	cfg.ALPN = longALPN("h3")
	server := testpeer.ServerConfig()
	server.ALPN, server.TicketKeys = []string{"h3"}, tlsengine.NewTicketKeys()
	offered := func(parameters int, session []byte) (bool, *tlsengine.QUICConn) {
		resuming := *cfg
		resuming.Session = session
		q, err := tlsengine.NewQUICClient(&resuming, make([]byte, parameters))
		require.NoError(t, err)
		ev, ok := q.Next()
		require.True(t, ok)
		require.Equal(t, tlsengine.QUICCrypto, ev.Kind)
		require.LessOrEqual(t, len(ev.Data), 1<<16)
		m, err := handshake.ParseClientHello(ev.Data[4:])
		require.NoError(t, err)
		return m.Extensions.Has(handshake.ExtPreSharedKey), q
	}
	longestTicket(t, server, handshake.MaxTicket)
	session := quicSessionOf(t, cfg, server)
	has, _ := offered(10, session)
	require.True(t, has, "there is room")
	has, _ = offered(handshake.MaxParameters, session)
	require.False(t, has, "the parameters are what the Config says, the ticket what a server said")
}

// quicSessionOf is a session of a QUIC connection.
func quicSessionOf(t *testing.T, client, server *tlsengine.Config) (session []byte) {
	c, err := tlsengine.NewQUICClient(client, nil)
	require.NoError(t, err)
	s, err := tlsengine.NewQUICServer(server, []byte{})
	require.NoError(t, err)
	carry := func(from, to *tlsengine.QUICConn) {
		for ev, ok := from.Next(); ok; ev, ok = from.Next() {
			switch ev.Kind {
			case tlsengine.QUICCrypto:
				require.NoError(t, to.HandleCrypto(ev.Level, ev.Data))
			case tlsengine.QUICNewSession:
				session = ev.Data
			}
		}
	}
	for range 3 {
		carry(c, s)
		carry(s, c)
	}
	require.NoError(t, s.SendTicket(tlsengine.QUICTicket{}))
	carry(s, c)
	carry(c, s)
	require.NotNil(t, session)
	return session
}

// A group of the application's own may have shares of any length.
func TestSharesTooLongForAClientHelloAreAnError(t *testing.T) {
	for name, c := range map[string]struct {
		length int
		ok     bool
	}{"just short enough": {handshake.MaxShares - 4, true}, "too long": {handshake.MaxShares - 3, false}, "longer than any vector": {1 << 20, false}} {
		t.Run(name, func(t *testing.T) {
			cfg := testpeer.ClientConfig()
			long := *group.Lookup(group.X25519)
			long.ID, long.Generate = 0x2a2a, stretched(c.length)
			cfg.Groups = []*group.Group{&long}
			_, err := tlsengine.NewClient(cfg)
			if c.ok {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, tlsengine.ErrSharesTooLong)
			}
		})
	}
}

// stretched makes X25519 keys whose shares are so long.
func stretched(length int) func(io.Reader) (group.PrivateKey, error) {
	return func(rand io.Reader) (group.PrivateKey, error) {
		key, err := group.Lookup(group.X25519).Generate(rand)
		return longShare{key, length}, err
	}
}

type longShare struct {
	group.PrivateKey
	length int
}

func (k longShare) Share() []byte { return make([]byte, k.length) }

// A HelloRetryRequest may ask for the share that is too long: that is our own
// fault, not the server's.
func TestARetryForAShareTooLongIsAnInternalError(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		long := *group.Lookup(group.P384)
		long.Generate = stretched(1 << 16)
		cfg.Groups = []*group.Group{group.Lookup(group.X25519), &long}
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.HelloRetryRequest())
		p.WantAlert("there is no ClientHello to say", alert.InternalError, alert.Internal)
		require.ErrorContains(t, p.Engine.Err(), tlsengine.ErrSharesTooLong.Error())
	})
}

func TestAClientOfTLS12MakesNoShares(t *testing.T) {
	cfg := only12(testpeer.ClientConfig())
	made := 0
	g := *group.Lookup(group.X25519)
	generate := g.Generate
	g.Generate = func(rand io.Reader) (group.PrivateKey, error) {
		made++
		return generate(rand)
	}
	cfg.Groups = []*group.Group{&g, group.Lookup(group.P256)}
	p := newPair(t, cfg, only12(testpeer.ServerConfig()))
	require.Zero(t, made, "TLS 1.2 has no key shares")
	p.run()
	require.NoError(t, p.client.err)
	require.Equal(t, 1, made, "the client's point, once the server has chosen")
}

package tlsengine_test

import (
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// What is plugged in may fail: an AEAD of the Config's own, its Rand. That is an
// error of this side's, and stays; nothing leaves unprotected.

var errHardware = errors.New("the hardware is gone")

// frail gives the Config a suite whose AEADs cannot be made once gone is true.
func frail(cfg *tlsengine.Config, id cipher.ID) (gone *bool) {
	gone = new(bool)
	s := *cipher.Lookup(id)
	s.New = func(key []byte) (cipher.AEAD, error) {
		if *gone {
			return nil, errHardware
		}
		return cipher.Lookup(id).New(key)
	}
	cfg.Suites = []*cipher.Suite{&s}
	return gone
}

// stranded is a client whose AEADs are gone with the next keys, or when it was
// parked.
func stranded(t *testing.T, id cipher.ID) (p *pair, gone *bool) {
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	if !cipher.Lookup(id).TLS13() {
		only12(client)
	}
	client.AllowDetach = true
	gone = frail(client, id)
	p = meet(t, client, server)
	p.exchange([]byte("data"))
	return p, gone
}

func TestSendingFailsWithoutAnAEAD(t *testing.T) {
	const suite13, suite12 = cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
	update := func(e *tlsengine.Engine) ([]byte, error) { return e.UpdateKeys(nil, handshake.UpdateNotRequested) }
	send := func(e *tlsengine.Engine) ([]byte, error) { return e.Send(nil, []byte("secret")) }
	for name, c := range map[string]struct {
		suite  cipher.ID
		before func(p *pair)
		do     func(e *tlsengine.Engine) ([]byte, error)
	}{
		"data":            {suite: suite13, do: send},
		"data of TLS 1.2": {suite: suite12, do: send},
		"a KeyUpdate":     {suite: suite13, do: update},
		"an answer to one": {suite: suite13, do: send, before: func(p *pair) {
			out, err := p.server.UpdateKeys(nil, handshake.UpdateRequested)
			require.NoError(p.t, err)
			p.client.take(p.t, out)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, gone := stranded(t, c.suite)
			if c.before != nil {
				c.before(p)
			}
			e := p.client.Engine
			e.Park()
			*gone = true
			out, err := c.do(e)
			require.ErrorIs(t, err, errHardware)
			require.Empty(t, out)
			*gone = false
			_, again := e.Send(nil, []byte("secret"))
			require.Equal(t, err, again, "it stays")
			require.Empty(t, e.Close(nil))
			_, again = e.Detach()
			require.Equal(t, err, again)
		})
	}
}

func TestClosingFailsWithoutAnAEAD(t *testing.T) {
	p, gone := stranded(t, cipher.TLS_AES_128_GCM_SHA256)
	e := p.client.Engine
	e.Park()
	*gone = true
	require.Empty(t, e.Close(nil))
	_, err := e.Send(nil, []byte("secret"))
	require.Error(t, err)
}

// Part of a long write may be out when the keys change and the next cannot be
// used: the error says that it is the end.
func TestSendingFailsWhenTheNextKeysDo(t *testing.T) {
	client := testpeer.ClientConfig()
	gone := frail(client, cipher.TLS_AES_128_GCM_SHA256)
	client.Suites[0].ConfidentialityLimit = 11
	p := meet(t, client, testpeer.ServerConfig())
	p.exchange([]byte("data"))
	*gone = true
	out, err := p.client.Send(nil, make([]byte, 1<<20))
	require.ErrorIs(t, err, errHardware)
	require.NotEmpty(t, out)
	_, again := p.client.Send(nil, []byte("more"))
	require.Equal(t, err, again)
}

func TestReceivingFailsWithoutAnAEAD(t *testing.T) {
	p, gone := stranded(t, cipher.TLS_AES_128_GCM_SHA256)
	out, err := p.server.Send(nil, []byte("data"))
	require.NoError(t, err)
	p.client.Park()
	*gone = true
	p.client.take(t, out)
	require.ErrorIs(t, p.client.err, errHardware)
	require.Equal(t, alert.InternalError, p.client.refusal(t).Alert)
}

// flight12 are Configs of the flows of TLS 1.2 in which randomness is used.
func randomFlows(t *testing.T) map[string]func() (client, server *tlsengine.Config) {
	resumed := func(client, server *tlsengine.Config) func() (*tlsengine.Config, *tlsengine.Config) {
		client.Session = meet(t, client, server).session()
		return func() (*tlsengine.Config, *tlsengine.Config) {
			c, s := *client, *server
			return &c, &s
		}
	}
	late := server12()
	again := resumed(client12(), late)
	one := testpeer.ServerConfig()
	one.Tickets = 1
	return map[string]func() (client, server *tlsengine.Config){
		"TLS 1.3":         func() (client, server *tlsengine.Config) { return testpeer.ClientConfig(), testpeer.ServerConfig() },
		"TLS 1.3 resumed": resumed(testpeer.ClientConfig(), one),
		"TLS 1.2":         func() (client, server *tlsengine.Config) { return client12(), server12() },
		"TLS 1.2 by id":   func() (client, server *tlsengine.Config) { return client12(), byID(server12()) },
		"TLS 1.2 renewed": func() (client, server *tlsengine.Config) {
			client, server = again()
			client.Time, server.Time = testpeer.Clock(30*3600e9), testpeer.Clock(30*3600e9)
			return client, server
		},
	}
}

// Wherever the randomness of a side ends, the handshake does, with
// internal_error, or it was complete.
func TestRandThatRunsDryAnywhere(t *testing.T) {
	for name, configs := range randomFlows(t) {
		for _, dry := range []string{"client", "server"} {
			t.Run(name+", "+dry, func(t *testing.T) {
				done := false
				for n := int64(0); !done && n < 1000; n += 8 {
					client, server := configs()
					cfg, own := client, func(p *pair) *end { return p.client }
					if dry == "server" {
						cfg, own = server, func(p *pair) *end { return p.server }
					}
					cfg.Rand = io.LimitReader(testpeer.Rand(dry), n)
					c, err := tlsengine.NewClient(client)
					if err != nil {
						require.ErrorIs(t, errors.Join(err, io.EOF), io.EOF)
						continue
					}
					s, err := tlsengine.NewServer(server)
					require.NoError(t, err)
					p := &pair{t, &end{Engine: c, name: "client"}, &end{Engine: s, name: "server"}}
					p.run()
					if done = p.client.err == nil && p.server.err == nil; !done {
						require.Equal(t, alert.InternalError, own(p).refusal(t).Alert)
					}
				}
				require.True(t, done, "with enough of it, all is well")
			})
		}
	}
}

// A ticket more that cannot be made is the end too.
func TestATicketMoreWithoutRand(t *testing.T) {
	server := testpeer.ServerConfig()
	spring := &spring{r: testpeer.Rand("server")}
	server.Rand = spring
	p := meet(t, testpeer.ClientConfig(), server)
	spring.dry = true
	err := p.server.SendTicket(nil)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, err, p.server.SendTicket(nil))
	p.client.take(t, p.server.Flush(nil))
	require.Equal(t, alert.InternalError, p.client.heard(t))

	cfg, own := testpeer.ClientConfig(), testpeer.ServerConfig()
	cfg.ALPN, own.ALPN, own.Rand = []string{"h3"}, []string{"h3"}, spring
	spring.dry = false
	q := quicMet(t, cfg, own)
	spring.dry = true
	err = q.SendTicket(tlsengine.QUICTicket{})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, err, q.SendTicket(tlsengine.QUICTicket{}))
	_, again := q.Export("EXPORTER-test", nil, 10)
	require.Equal(t, err, again)
	_, again = q.ExportEarly("EXPORTER-test", nil, 10)
	require.Equal(t, err, again)
	cfg.Rand = spring
	_, err = tlsengine.NewQUICClient(cfg, nil)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// spring is a source of randomness until it is dry.
type spring struct {
	r   io.Reader
	dry bool
}

func (s *spring) Read(b []byte) (int, error) {
	if s.dry {
		return 0, io.ErrUnexpectedEOF
	}
	return s.r.Read(b)
}

// quicMet is the server of a handshake under QUIC that is complete.
func quicMet(t *testing.T, client, server *tlsengine.Config) *tlsengine.QUICConn {
	c, err := tlsengine.NewQUICClient(client, nil)
	require.NoError(t, err)
	s, err := tlsengine.NewQUICServer(server, []byte{})
	require.NoError(t, err)
	carry := func(from, to *tlsengine.QUICConn) {
		for ev, ok := from.Next(); ok; ev, ok = from.Next() {
			if ev.Kind == tlsengine.QUICCrypto {
				require.NoError(t, to.HandleCrypto(ev.Level, ev.Data))
			}
		}
	}
	for range 3 {
		carry(c, s)
		carry(s, c)
	}
	require.True(t, s.ConnectionState().HandshakeDone)
	return s
}

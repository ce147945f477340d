package tlsengine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// What comes after the handshake: tickets and key updates. RFC 9846, Section
// 4.7.

// connectedTo has a handshake, and returns the peer when all that belongs to
// it was said.
func connectedTo(t *testing.T, drive *testpeer.Drive, engine string, config func(*tlsengine.Config)) *testpeer.Peer {
	t.Helper()
	if engine == "client" {
		cfg := testpeer.ClientConfig()
		if config != nil {
			config(cfg)
		}
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.Flight()...)
		p.WantFlight("the client's flight", handshake.MsgClientHello, handshake.MsgFinished)
		p.WantDone("the handshake is complete")
		return p
	}
	cfg := testpeer.ServerConfig()
	cfg.Tickets = -1
	if config != nil {
		config(cfg)
	}
	p := testpeer.Client(t, drive, cfg)
	p.Send(p.ClientHello())
	p.WantFlight("the server's flight", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
		handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
	p.Send(p.Finished())
	p.WantDone("the handshake is complete")
	return p
}

var bothEngines = []string{"client", "server"}

// eachEngine plays a dialogue with a connected client, and a connected server.
func eachEngine(t *testing.T, config func(*tlsengine.Config), dialogue func(t *testing.T, p *testpeer.Peer)) {
	for _, engine := range bothEngines {
		t.Run(engine, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				dialogue(t, connectedTo(t, drive, engine, config))
			})
		})
	}
}

func TestKeyUpdateOfThePeer(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Send(p.KeyUpdate(handshake.UpdateNotRequested), p.Data("new"))
		p.WantEvent("RFC 9846, Section 4.7.3: upon receiving a KeyUpdate, the receiver MUST update its receiving keys", tlsengine.EventKeyUpdated)
		p.WantReceived("what follows is under new keys", "new")
		p.WantSilence("no answer was asked for")
		p.Write("old")
		p.WantData("the other direction goes on as it was", "old")
	})
}

func TestKeyUpdateThatAsksForOne(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Send(p.KeyUpdate(handshake.UpdateRequested))
		p.WantEvent("the peer's keys change", tlsengine.EventKeyUpdated)
		p.Write("new")
		p.Want("RFC 9846, Section 4.7.3: the receiver MUST send a KeyUpdate of its own with update_not_requested prior to its next Application Data", &handshake.KeyUpdate{})
		p.WantData("then data under the new keys", "new")
	})
}

func TestKeyUpdateIsAnsweredOnce(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Send(p.KeyUpdate(handshake.UpdateRequested), p.KeyUpdate(handshake.UpdateRequested), p.KeyUpdate(handshake.UpdateRequested))
		p.WantSilence("the answer comes with data")
		p.Write("data")
		var answer handshake.KeyUpdate
		p.Want("RFC 9846, Section 4.7.3: an implementation which receives multiple KeyUpdates while it is silent responds with a single update", &answer)
		require.Equal(t, handshake.UpdateNotRequested, answer.RequestUpdate)
		p.WantData("once", "data")
	})
}

func TestKeyUpdateOfOurs(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Update(handshake.UpdateNotRequested)
		p.Want("the application changes the keys", &handshake.KeyUpdate{})
		p.Write("new")
		p.WantData("data is under the new keys", "new")
		p.Update(handshake.UpdateRequested)
		p.Want("the application has both directions change", &handshake.KeyUpdate{RequestUpdate: handshake.UpdateRequested})
		p.Send(p.KeyUpdate(handshake.UpdateNotRequested), p.Data("answer"))
		p.WantEvent("the peer answers", tlsengine.EventKeyUpdated)
		p.WantReceived("under new keys", "answer")
	})
}

// "Until receiving a subsequent KeyUpdate from the peer, the sender MUST NOT
// send another KeyUpdate with request_update set to "update_requested"."
// RFC 9846, Section 4.7.3.
func TestKeyUpdatesAreAskedForOneAtATime(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Update(handshake.UpdateRequested)
		p.Want("the first asks", &handshake.KeyUpdate{RequestUpdate: handshake.UpdateRequested})
		p.Update(handshake.UpdateRequested)
		var second handshake.KeyUpdate
		p.Want("the second does not", &second)
		require.Equal(t, handshake.UpdateNotRequested, second.RequestUpdate)
		p.Send(p.KeyUpdate(handshake.UpdateNotRequested))
		p.WantEvent("the peer answers", tlsengine.EventKeyUpdated)
		p.Update(handshake.UpdateRequested)
		p.Want("the third may ask again", &handshake.KeyUpdate{RequestUpdate: handshake.UpdateRequested})
	})
}

func TestKeyUpdatesThatCross(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		p.Update(handshake.UpdateRequested)
		p.Send(p.KeyUpdate(handshake.UpdateRequested))
		p.Want("ours", &handshake.KeyUpdate{RequestUpdate: handshake.UpdateRequested})
		p.WantEvent("theirs", tlsengine.EventKeyUpdated)
		p.Write("data")
		p.Want("RFC 9846, Section 4.7.3: if they cross in flight, then each side will also send a response", &handshake.KeyUpdate{})
		p.WantData("before the next data", "data")
		p.Send(p.KeyUpdate(handshake.UpdateNotRequested), p.Data("data"))
		p.WantEvent("each side increments by two generations", tlsengine.EventKeyUpdated)
		p.WantReceived("and all goes on", "data")
		p.Write("data")
		p.WantData("both ways", "data")
	})
}

func TestKeyUpdatesThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct {
		say      func(p *testpeer.Peer) []testpeer.Item
		sentence string
		alert    alert.Alert
		reason   alert.Reason
	}{
		"an unknown request": {func(p *testpeer.Peer) []testpeer.Item { return []testpeer.Item{p.KeyUpdate(2)} },
			"RFC 9846, Section 4.7.3: any other value", alert.IllegalParameter, alert.BadKeyUpdate},
		"empty": {func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{p.Message(handshake.MsgKeyUpdate, nil)}
		}, "RFC 9846, Section 4.7.3: request_update is a byte", alert.DecodeError, alert.Malformed},
		"a byte too many": {func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{p.Message(handshake.MsgKeyUpdate, []byte{0, 0})}
		}, "RFC 9846, Section 4.7.3: request_update is a byte", alert.DecodeError, alert.Malformed},
		"two in one record": {func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{testpeer.Together(p.KeyUpdate(0), p.KeyUpdate(0))}
		}, "RFC 9846, Section 5.1: implementations MUST verify that all messages immediately preceding a key change align with a record boundary",
			alert.UnexpectedMessage, alert.ExcessHandshakeData},
		"and old keys": {func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{testpeer.Inert(p.KeyUpdate(0)), p.Data("old")}
		}, "RFC 9846, Section 4.7.3: the sender SHALL send all its traffic using the next generation of keys", alert.BadRecordMAC, alert.DecryptionFailed},
	} {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
				p.Send(c.say(p)...)
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

// MaxQuietMessages.
func TestKeyUpdatesAreBounded(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		flood := func(n int) {
			for range n {
				p.Send(p.KeyUpdate(handshake.UpdateRequested))
				p.WantEvent("keys change", tlsengine.EventKeyUpdated)
			}
		}
		flood(tlsengine.MaxQuietMessages)
		p.Send(p.Data("data"))
		p.WantReceived("data makes it start again", "data")
		flood(tlsengine.MaxQuietMessages)
		p.Send(p.KeyUpdate(handshake.UpdateRequested))
		p.WantAlert("a bounded number of KeyUpdates without data between", alert.UnexpectedMessage, alert.TooManyKeyUpdates)
	})
}

// The engine changes keys by itself before they have sealed too much: RFC
// 9846, Section 5.5.
func TestKeysAreChangedBeforeTheyAreUsedUp(t *testing.T) {
	limited := *cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
	limited.ConfidentialityLimit = 10
	eachEngine(t, func(cfg *tlsengine.Config) { cfg.Suites = []*cipher.Suite{&limited} }, func(t *testing.T, p *testpeer.Peer) {
		updates := 0
		for i := range 50 {
			text := fmt.Sprintf("record %d", i)
			p.Write(text)
			if p.HasNext(handshake.MsgKeyUpdate) {
				p.Want("a KeyUpdate is due", &handshake.KeyUpdate{})
				updates++
			}
			p.WantData("data goes on", text)
		}
		require.Greater(t, updates, 4)
		p.Write(strings.Repeat("x", 40*16384))
	})
}

// Tickets.

func TestServerSendsTickets(t *testing.T) {
	for name, c := range map[string]struct {
		config func(*tlsengine.Config)
		hello  func(*handshake.ClientHello)
		n      int
	}{
		"two":                 {nil, nil, 2},
		"none":                {func(c *tlsengine.Config) { c.Tickets = -1 }, nil, 0},
		"five":                {func(c *tlsengine.Config) { c.Tickets = 5 }, nil, 5},
		"none without keys":   {func(c *tlsengine.Config) { c.TicketKeys = nil }, nil, 0},
		"none without modes":  {nil, cutOut(handshake.ExtPSKKeyExchangeModes), 0},
		"none for psk_ke":     {nil, put(handshake.ExtPSKKeyExchangeModes, 1, 0), 0},
		"as many as there be": {func(c *tlsengine.Config) { c.Tickets = handshake.MaxTickets }, nil, handshake.MaxTickets},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				if c.config != nil {
					c.config(cfg)
				}
				p := testpeer.Client(t, drive, cfg)
				p.Send(p.ClientHello(orNothing(c.hello)))
				p.WantFlight("the server's flight", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
					handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
				p.WantSilence("RFC 9846, Section 4.7.1: at any time after it has received the client Finished message")
				p.Send(p.Finished())
				p.WantDone("the handshake is complete")
				seen := make(map[string]bool)
				for range c.n {
					var m handshake.NewSessionTicket
					p.Want("a ticket", &m)
					require.LessOrEqual(t, m.TicketLifetime, uint32(604800), "RFC 9846, Section 4.7.1: not greater than 604800 seconds")
					for _, part := range []string{"nonce" + string(m.TicketNonce), "ticket" + string(m.Ticket), fmt.Sprint("add", m.TicketAgeAdd)} {
						require.False(t, seen[part], "RFC 9846, Section 4.7.1: a fresh value for each ticket")
						seen[part] = true
					}
				}
				p.WantSilence("and no more")
			})
		})
	}
}

func TestServerSendsATicketOnDemand(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.Tickets = -1
		p := testpeer.Client(t, drive, cfg)
		require.ErrorIs(t, p.Engine.SendTicket(nil), tlsengine.ErrHandshakeNotDone)
		p.Send(p.ClientHello())
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
		require.NoError(t, p.Engine.SendTicket([]byte("application's own")))
		p.WantFlight("the server's flight", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
			handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
		var m handshake.NewSessionTicket
		p.Want("a ticket", &m)
		info, err := tlsengine.ReadSession(cfg.TicketKeys.Open(testpeer.Now(), m.Ticket))
		require.NoError(t, err)
		require.Equal(t, "application's own", string(info.Application))
	})
}

func TestClientKeepsWhatTicketsSay(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := connectedTo(t, drive, "client", nil)
		p.Send(p.NewSessionTicket(func(m *handshake.NewSessionTicket) {
			m.TicketLifetime = 1000
			m.Extensions = handshake.AppendEarlyDataNST(m.Extensions.With(0x2a2a, []byte{1}), 77)
		}))
		session := p.WantEvent("RFC 9846, Section 4.7.1: clients MUST ignore unrecognized extensions", tlsengine.EventNewSession).Data
		info, err := tlsengine.ReadSession(session)
		require.NoError(t, err)
		require.Equal(t, testpeer.Name, info.ServerName)
		require.Equal(t, uint32(77), info.MaxEarlyData)
		require.Equal(t, testpeer.Now().Add(1000*time.Second).UnixMilli(), info.Expires.UnixMilli())
		p.Send(p.NewSessionTicket(func(m *handshake.NewSessionTicket) { m.TicketLifetime = 0 }))
		p.WantNoEvent("RFC 9846, Section 4.7.1: the value of zero indicates that the ticket should be discarded immediately")
		p.Send(p.NewSessionTicket(func(m *handshake.NewSessionTicket) { m.TicketLifetime = 0xffffffff }))
		info, err = tlsengine.ReadSession(p.WantEvent("a ticket for ever", tlsengine.EventNewSession).Data)
		require.NoError(t, err)
		require.Equal(t, testpeer.Now().Add(7*24*time.Hour).UnixMilli(), info.Expires.UnixMilli(),
			"RFC 9846, Section 4.7.1: clients MUST NOT use tickets for longer than 7 days")
		p.WantSilence("a client says nothing of it")
	})
}

func TestTicketsThatAreWrong(t *testing.T) {
	for name, c := range map[string]struct {
		say      func(p *testpeer.Peer) testpeer.Item
		sentence string
		alert    alert.Alert
		reason   alert.Reason
	}{
		"empty": {func(p *testpeer.Peer) testpeer.Item { return p.Message(handshake.MsgNewSessionTicket, nil) },
			"RFC 9846, Section 6: a message which cannot be parsed", alert.DecodeError, alert.Malformed},
		"without a ticket": {func(p *testpeer.Peer) testpeer.Item {
			return p.NewSessionTicket(func(m *handshake.NewSessionTicket) { m.Ticket = nil })
		}, "RFC 9846, Section 4.7.1: ticket<1..2^16-1>", alert.DecodeError, alert.Malformed},
		"malformed early_data": {func(p *testpeer.Peer) testpeer.Item {
			return p.NewSessionTicket(func(m *handshake.NewSessionTicket) {
				m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtEarlyData)
			})
		}, "RFC 9846, Section 4.3.10: max_early_data_size is four bytes", alert.DecodeError, alert.MalformedExtension},
		"an extension of another message": {func(p *testpeer.Peer) testpeer.Item {
			return p.NewSessionTicket(func(m *handshake.NewSessionTicket) {
				m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtServerName)
			})
		}, "RFC 9846, Section 4.3: an extension not specified for the message", alert.IllegalParameter, alert.MisplacedExtension},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := connectedTo(t, drive, "client", nil)
				p.Send(c.say(p))
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

func TestClientTakesManyTicketsAmongData(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := connectedTo(t, drive, "client", nil)
		for range 3 * tlsengine.MaxQuietMessages {
			p.Send(p.NewSessionTicket(), p.Data("x"))
			p.WantEvent("a session", tlsengine.EventNewSession)
			p.WantReceived("and data", "x")
		}
	})
}

// Servers without client authentication after the handshake.
func TestClientRefusesPostHandshakeAuthentication(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := connectedTo(t, drive, "client", nil)
		p.Send(p.CertificateRequest(func(m *handshake.CertificateRequest) { m.CertificateRequestContext = []byte("context") }))
		p.WantAlert("RFC 9846, Section 4.7.2: a client that receives a post-handshake CertificateRequest without having sent post_handshake_auth",
			alert.UnexpectedMessage, alert.PostHandshakeAuth)
	})
}

func TestExporters(t *testing.T) {
	eachEngine(t, nil, func(t *testing.T, p *testpeer.Peer) {
		for _, context := range [][]byte{nil, {}, []byte("context")} {
			for _, n := range []int{1, 32, 100} {
				got, err := p.Engine.Export("EXPORTER-label", context, n)
				require.NoError(t, err)
				require.Equal(t, p.Export("EXPORTER-label", context, n), got, "RFC 9846, Section 7.5")
			}
		}
		_, err := p.Engine.Export("EXPORTER-label", nil, 256*32)
		require.Error(t, err, "more than HKDF has")
	})
	p := testpeer.Server(t, testpeer.Whole(), testpeer.ClientConfig())
	_, err := p.Engine.Export("EXPORTER-label", nil, 32)
	require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
}

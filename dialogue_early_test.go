package tlsengine_test

import (
	"bytes"
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

// 0-RTT: RFC 9846, Sections 2.3, 4.3.10 and 8.

// earlyServer is a server that takes 100 bytes of early data.
func earlyServer() *tlsengine.Config {
	cfg := testpeer.ServerConfig()
	cfg.MaxEarlyData, cfg.AntiReplay = 100, tlsengine.NewReplayMemory(1000)
	return cfg
}

// early is a client that offers early data under a ticket of the server's.
func early(t *testing.T, drive *testpeer.Drive, cfg *tlsengine.Config, psk *testpeer.PSK) *testpeer.Peer {
	t.Helper()
	p := testpeer.Client(t, drive, cfg)
	p.PSKs, p.EarlyData = []*testpeer.PSK{psk}, true
	return p
}

func TestServerTakesEarlyData(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		require.EqualValues(t, 100, psk.MaxEarlyData, "RFC 9846, Section 4.7.1: max_early_data_size")
		p := early(t, drive, cfg, psk)
		p.Send(p.ClientHello(), p.CCS(), p.Early("early "), p.Early("data"))
		var ee handshake.EncryptedExtensions
		p.WantFlight("RFC 9846, Section 4.3.11.3: servers MUST process the ClientHello and then immediately send their flight", handshake.MsgServerHello)
		p.Want("the server accepts", &ee)
		require.True(t, ee.Extensions.Has(handshake.ExtEarlyData))
		p.Want("the server finishes", &handshake.Finished{})
		p.WantReceivedEarly("early data is there before the handshake is done", "early data")
		exported, err := p.Engine.ExportEarly("EXPORTER-test", nil, 20)
		require.NoError(t, err)
		require.Equal(t, p.ExportEarly("EXPORTER-test", nil, 20), exported)
		p.Send(p.Early(""), p.Early("more"))
		p.WantReceivedEarly("clients are permitted to stream 0-RTT data until they receive the server's Finished", "more")
		p.WantNoEvent("the handshake is not complete")
		p.Send(p.EndOfEarlyData(), p.Finished(), p.Data("late"))
		p.WantDone("the handshake is complete")
		p.WantReceived("what comes now is not early data", "late")
		require.True(t, p.Engine.ConnectionState().EarlyAccepted())
	})
}

func TestServerSendsToAClientThatDidNotProveItself(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello())
		p.WantFlight("the server's flight", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
			handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
		_, err := p.Engine.Send(nil, []byte("data"))
		require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
		p.WriteEarly("half")
		p.WantData("RFC 9846, Section 4.5.3: servers MAY send data after sending their first flight", "half")
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
		_, err = p.Engine.SendEarly(nil, []byte("data"))
		require.ErrorIs(t, err, tlsengine.ErrNoEarlyData)
		p.Write("whole")
		p.WantFlight("the tickets come first", handshake.MsgNewSessionTicket, handshake.MsgNewSessionTicket)
		p.WantData("and now it is data", "whole")
	})
}

// TestServerRejectsEarlyData: RFC 9846, Section 4.3.10: the server ignores the
// extension, and "then skips past early data by attempting to deprotect
// received records using the handshake traffic key".
func TestServerRejectsEarlyData(t *testing.T) {
	for name, c := range map[string]struct {
		config func(*tlsengine.Config)
		hello  func(*handshake.ClientHello)
		psk    func(*testpeer.PSK) *testpeer.PSK
		status handshake.EarlyDataStatus
	}{
		"that it never takes":           {config: func(c *tlsengine.Config) { c.MaxEarlyData = 0 }, status: handshake.EarlyDataDisabled},
		"without a memory":              {config: func(c *tlsengine.Config) { c.AntiReplay = tlsengine.NewReplayMemory(0) }, status: handshake.EarlyDataReplay},
		"under a ticket that looks old": {psk: func(k *testpeer.PSK) *testpeer.PSK { return k.Older(61 * time.Second) }, status: handshake.EarlyDataTicketAge},
		"under a ticket that looks new": {
			config: func(c *tlsengine.Config) { c.Time = testpeer.Clock(61 * time.Second) }, status: handshake.EarlyDataTicketAge},
		"of another protocol": {
			config: func(c *tlsengine.Config) { c.ALPN = []string{"h2"} },
			hello:  put(handshake.ExtApplicationLayerProtocolNegotiation, 0, 3, 2, 'h', '2'), status: handshake.EarlyDataALPNMismatch},
		"under another suite": {
			config: func(c *tlsengine.Config) {
				c.Suites = []*cipher.Suite{suiteOf(cipher.TLS_CHACHA20_POLY1305_SHA256), suiteOf(cipher.TLS_AES_128_GCM_SHA256)}
			},
			status: handshake.EarlyDataCipherMismatch},
		"under a ticket of another server": {config: func(c *tlsengine.Config) { c.TicketKeys = tlsengine.NewTicketKeys() }, status: handshake.EarlyDataNotResumed},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := earlyServer()
				psk := ticketsOf(t, drive, cfg)[0]
				if c.config != nil {
					c.config(cfg)
				}
				if c.psk != nil {
					psk = c.psk(psk)
				}
				if c.hello == nil {
					c.hello = func(*handshake.ClientHello) {}
				}
				p := early(t, drive, cfg, psk)
				p.Send(p.ClientHello(c.hello), p.CCS(), p.Early("this is lost"), p.Early("this too"))
				p.WantFlight("the server answers", handshake.MsgServerHello)
				var ee handshake.EncryptedExtensions
				p.Want("the server goes on", &ee)
				require.False(t, ee.Extensions.Has(handshake.ExtEarlyData))
				p.Send(p.Early("and this"), p.Finished(), p.Data("but not this"))
				p.WantDone("the handshake is complete")
				p.WantReceived("the early data is lost", "but not this")
				require.Equal(t, c.status, p.Engine.ConnectionState().EarlyData)
			})
		})
	}
}

func TestServerTakesEarlyDataOnce(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		p := early(t, drive, cfg, psk)
		wire := p.Build(p.ClientHello())
		p.Send(p.Bytes(wire), p.Early("once"))
		p.WantReceivedEarly("early data is taken", "once")

		replay := testpeer.Client(t, drive, cfg)
		replay.Send(replay.Bytes(wire))
		replay.WantNoEvent("RFC 9846, Section 8.2: a ClientHello that was recorded")
		require.Equal(t, handshake.EarlyDataReplay, replay.Engine.ConnectionState().EarlyData)
		require.True(t, replay.Engine.ConnectionState().Resumed, "RFC 9846, Section 8.2: accepts the PSK but rejects 0-RTT")
	})
}

// A ClientHello whose age is wrong by as much as may be stays good for twice as
// long; so long it is remembered. RFC 9846, Section 8.2.
func TestServerRemembersAsLongAsAClientHelloIsGood(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		const skew = handshake.MaxTicketAgeSkew * time.Second
		p := early(t, drive, cfg, psk.Older(skew))
		wire := p.Build(p.ClientHello())
		p.Send(p.Bytes(wire), p.Early("once"))
		p.WantReceivedEarly("early data is taken", "once")

		later := *cfg
		later.Time = testpeer.Clock(2 * skew)
		replay := testpeer.Client(t, drive, &later)
		replay.Send(replay.Bytes(wire))
		replay.WantNoEvent("the last moment")
		require.Equal(t, handshake.EarlyDataReplay, replay.Engine.ConnectionState().EarlyData)
	})
}

// Who opens the ticket says whether early data may be taken, whatever is
// answered later.
func TestServerTakesNoEarlyDataThatItsTicketsOwnerDoesNotAllow(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
			cfg := earlyServer()
			psk := ticketsOf(t, drive, cfg)[0]
			session := cfg.TicketKeys.Open(testpeer.Now(), psk.Identity)
			cfg.Ask = tlsengine.AskTicket | tlsengine.AskResume
			p := early(t, drive, cfg, psk)
			p.Send(p.ClientHello())
			p.WantPending("whose is it", &tlsengine.TicketRequest{Identity: psk.Identity})
			p.Answer(func(e *tlsengine.Engine) error {
				return e.Ticket(tlsengine.TicketAnswer{Session: session, Early: allowed}, nil)
			})
			p.Answer(func(e *tlsengine.Engine) error { return e.Resume(tlsengine.ResumeEarly, nil) })
			require.True(t, p.Engine.ConnectionState().Resumed)
			require.Equal(t, allowed, p.Engine.ConnectionState().EarlyAccepted())
		})
	}
}

// TestServerRemembersOnlyValidBinders: "the server first verifies the PSK
// binder". RFC 9846, Section 8.2.
func TestServerRemembersOnlyValidBinders(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		honest := early(t, drive, cfg, psk)
		wire := honest.Build(honest.ClientHello())

		// Someone on the path is faster, with the same binder and another
		// random.
		other := bytes.Clone(wire)
		other[5+4+2] ^= 1
		attacker := testpeer.Client(t, drive, cfg)
		attacker.Send(attacker.Bytes(other))
		attacker.WantAlert("the binder is not valid for another ClientHello", alert.DecryptError, alert.BadBinder)

		honest.Send(honest.Bytes(wire))
		honest.WantNoEvent("no early data came yet")
		require.True(t, honest.Engine.ConnectionState().EarlyAccepted(), "and is not remembered")
	})
}

func TestServerRejectsEarlyDataOfTheSecondPSK(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		unknown := *psk
		unknown.Identity = []byte("unknown")
		p := early(t, drive, cfg, &unknown)
		p.PSKs = append(p.PSKs, psk)
		p.Send(p.ClientHello(), p.Early("this is lost"))
		p.WantFlight("the server answers", handshake.MsgServerHello)
		var ee handshake.EncryptedExtensions
		p.Want("the server goes on", &ee)
		require.False(t, ee.Extensions.Has(handshake.ExtEarlyData), "RFC 9846, Section 4.3.10: the server MUST have selected the first key offered")
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
	})
}

func TestServerRetriesAfterEarlyData(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		p := early(t, drive, cfg, psk)
		p.Send(p.ClientHello(noShares), p.CCS(), p.Early("this is lost"))
		p.Want("the server asks for a share", &testpeer.HelloRetryRequest{})
		p.Send(p.Early("this too"), p.ClientHello())
		p.WantFlight("RFC 9846, Section 4.3.10: the server then ignores early data by skipping all records with an external content type of application_data",
			handshake.MsgServerHello, handshake.MsgEncryptedExtensions, handshake.MsgFinished)
		p.Send(p.Finished(), p.Data("but not this"))
		p.WantDone("the handshake is complete")
		p.WantReceived("the early data is lost", "but not this")
		require.Equal(t, handshake.EarlyDataRetried, p.Engine.ConnectionState().EarlyData)
	})
}

func TestServerBoundsEarlyData(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		p := early(t, drive, cfg, psk)
		p.Send(p.ClientHello(), p.Early(strings.Repeat("x", 60)), testpeer.Padded(500, p.Early(strings.Repeat("y", 40))))
		p.WantReceivedEarly("padding does not count", strings.Repeat("x", 60)+strings.Repeat("y", 40))
		p.Send(p.Early("z"))
		p.WantAlert("RFC 9846, Section 4.7.1: a server receiving more than max_early_data_size bytes SHOULD terminate",
			alert.UnexpectedMessage, alert.TooMuchEarlyData)
		p.WantNoEvent("no more is received")
	})
}

// MaxSkippedEarlyData.
func TestServerBoundsWhatItSkips(t *testing.T) {
	for name, retry := range map[string]bool{"rejected": false, "retried": true} {
		t.Run(name, func(t *testing.T) {
			drive := testpeer.Whole()
			cfg := earlyServer()
			psk := ticketsOf(t, drive, cfg)[0]
			cfg.MaxEarlyData = 0
			p := early(t, drive, cfg, psk)
			if retry {
				p.Send(p.ClientHello(noShares))
			} else {
				p.Send(p.ClientHello())
			}
			p.Send(p.Early(strings.Repeat("x", tlsengine.MaxSkippedEarlyData-300)), p.Early(strings.Repeat("x", 300)))
			p.WantNoEvent("nothing happens")
			require.NoError(t, p.Engine.Err(), "exactly so much is skipped")
			p.Send(p.Early("x"))
			p.WantAlert("RFC 9846, Section 4.3.10: up to the configured max_early_data_size", alert.UnexpectedMessage, alert.TooMuchSkippedEarlyData)
		})
	}
}

func TestServerRefusesEarlyDataThatDoesNotDecrypt(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		p := early(t, drive, cfg, psk)
		p.Send(p.ClientHello(), p.Bytes([]byte{23, 3, 3, 0, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0}))
		p.WantAlert("RFC 9846, Section 4.3.10: if the server fails to decrypt a 0-RTT record following an accepted early_data extension",
			alert.BadRecordMAC, alert.DecryptionFailed)
	})
}

func TestServerStopsSkippingAtTheFirstRecordThatOpens(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		cfg.MaxEarlyData = 0
		p := early(t, drive, cfg, psk)
		p.Send(p.ClientHello(), p.Early("this is lost"))
		p.Send(p.Finished(), p.Early("too late"))
		p.WantEvent("the handshake is complete", tlsengine.EventHandshakeDone)
		p.WantAlert("RFC 9846, Section 4.3.10: once a record is deprotected successfully, it is treated as the start of the client's second flight",
			alert.BadRecordMAC, alert.DecryptionFailed)
	})
}

func TestServerWantsEndOfEarlyData(t *testing.T) {
	for name, c := range map[string]struct {
		say    func(p *testpeer.Peer) []testpeer.Item
		alert  alert.Alert
		reason alert.Reason
	}{
		"Finished under early data's keys": {func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{testpeer.At(handshake.EarlyData, p.Finished())}
		}, alert.UnexpectedMessage, alert.UnexpectedMessageType},
		"Finished under the handshake's": {func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{p.Finished()}
		}, alert.BadRecordMAC, alert.DecryptionFailed},
		"EndOfEarlyData with a body": {func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{testpeer.Body(p.EndOfEarlyData(), func([]byte) []byte { return []byte{0} })}
		}, alert.DecodeError, alert.Malformed},
		"EndOfEarlyData and Finished in one record": {func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{testpeer.At(handshake.EarlyData, testpeer.Together(p.EndOfEarlyData(), p.Finished()))}
		}, alert.UnexpectedMessage, alert.ExcessHandshakeData},
		"EndOfEarlyData twice": {func(p *testpeer.Peer) []testpeer.Item {
			return []testpeer.Item{p.EndOfEarlyData(), testpeer.At(handshake.Handshake, testpeer.Unheard(p.EndOfEarlyData()))}
		}, alert.UnexpectedMessage, alert.UnexpectedMessageType},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := earlyServer()
				psk := ticketsOf(t, drive, cfg)[0]
				p := early(t, drive, cfg, psk)
				p.Send(p.ClientHello())
				p.Send(c.say(p)...)
				p.WantAlert("RFC 9846, Section 4.6: the client MUST send an EndOfEarlyData message", c.alert, c.reason)
			})
		})
	}
}

func TestServerTakesNoEndOfEarlyDataThatItDidNotAskFor(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.Send(p.ClientHello())
		p.Send(testpeer.At(handshake.Handshake, p.EndOfEarlyData()))
		p.WantAlert("RFC 9846, Section 4.6: then the client MUST NOT send an EndOfEarlyData message",
			alert.UnexpectedMessage, alert.UnexpectedMessageType)
	})
}

// Clients.

func earlySession(t *testing.T, drive *testpeer.Drive, most uint32) (*tlsengine.Config, *testpeer.Peer) {
	t.Helper()
	cfg := testpeer.ClientConfig()
	session, psk := sessionOf(t, drive, cfg, nil, most)
	cfg.Session, cfg.MaxEarlyData = session, 100
	p := testpeer.Server(t, drive, cfg)
	p.PSKs, p.EarlyData = []*testpeer.PSK{psk}, true
	return cfg, p
}

func TestClientSendsEarlyData(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		_, p := earlySession(t, drive, 1000)
		p.WriteEarly("early")
		var m handshake.ClientHello
		p.Want("the client opens the handshake", &m)
		require.True(t, m.Extensions.Has(handshake.ExtEarlyData))
		p.WantCCS("RFC 9846, Appendix E.4: if offering early data, change_cipher_spec is immediately after the first ClientHello")
		p.WantEarly("early data follows at once", "early")
		exported, err := p.Engine.ExportEarly("EXPORTER-test", nil, 20)
		require.NoError(t, err)
		require.Equal(t, p.ExportEarly("EXPORTER-test", nil, 20), exported)
		p.Send(p.ServerHello())
		p.WriteEarly(" and more")
		p.WantEarly("the client may stream until the server's Finished", " and more")
		p.Send(p.EncryptedExtensions())
		p.WantEvent("the server takes it", tlsengine.EventEarlyDataAccepted)
		p.WriteEarly(" still")
		p.WantEarly("the client may stream until the server's Finished", " still")
		p.Send(p.Finished())
		p.Want("RFC 9846, Section 4.6: the client MUST send an EndOfEarlyData message after receiving the server Finished", &handshake.EndOfEarlyData{})
		p.Want("the client finishes", &handshake.Finished{})
		p.WantNoCCS("RFC 9846, Appendix E.4: there is one change_cipher_spec")
		p.WantDone("the handshake is complete")
		_, err = p.Engine.SendEarly(nil, []byte("x"))
		require.ErrorIs(t, err, tlsengine.ErrNoEarlyData)
		p.Write("data")
		p.WantData("and now it is data", "data")
	})
}

func TestClientBoundsEarlyData(t *testing.T) {
	for name, most := range map[string]uint32{"by the ticket": 20, "by the Config": 1000} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg, p := earlySession(t, drive, most)
				limit := min(int(most), int(cfg.MaxEarlyData))
				p.WriteEarly("")
				require.Equal(t, limit, p.Engine.EarlyDataLeft())
				p.WriteEarly(strings.Repeat("x", limit-1))
				out, err := p.Engine.SendEarly(nil, []byte("xx"))
				require.ErrorIs(t, err, tlsengine.ErrEarlyDataLimit)
				require.Empty(t, out)
				p.WriteEarly("x")
				p.WantFlight("the client opens the handshake", handshake.MsgClientHello)
				p.WantEarly("RFC 9846, Section 4.7.1: the maximum amount that the client is allowed to send", strings.Repeat("x", limit))
			})
		})
	}
}

// "it is not possible to perform a KeyUpdate for early data; therefore,
// implementations MUST NOT exceed the limits when sending early data." RFC
// 9846, Section 5.5.
func TestEarlyDataIsBoundedByItsKeys(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		limited := *suiteOf(cipher.TLS_AES_128_GCM_SHA256)
		limited.ConfidentialityLimit = 10
		cfg := testpeer.ClientConfig()
		session, psk := sessionOf(t, drive, cfg, nil, 1000)
		cfg.Session, cfg.MaxEarlyData, cfg.Suites = session, 1000, []*cipher.Suite{&limited}
		p := testpeer.Server(t, drive, cfg)
		p.PSKs, p.EarlyData = []*testpeer.PSK{psk}, true
		n := 0
		for ; n < 20; n++ {
			out, err := p.Engine.SendEarly(nil, []byte("x"))
			p.Hears(out)
			if err != nil {
				require.ErrorIs(t, err, tlsengine.ErrEarlyDataLimit)
				break
			}
		}
		require.Less(t, n, 10, "there is room left for EndOfEarlyData")
		p.WantFlight("the client opened the handshake", handshake.MsgClientHello)
		p.WantEarly("and sent what it may", strings.Repeat("x", n))
		p.Send(p.ResumedFlight()...)
		p.WantFlight("and goes on", handshake.MsgEndOfEarlyData, handshake.MsgFinished)
		p.WantEvent("early data was accepted", tlsengine.EventEarlyDataAccepted)
		p.WantDone("the handshake is complete")
	})
}

func TestClientLearnsThatEarlyDataWasRejected(t *testing.T) {
	for name, c := range map[string]struct {
		flight func(*testpeer.Peer) []testpeer.Item
		status handshake.EarlyDataStatus
	}{
		"with the PSK": {func(p *testpeer.Peer) []testpeer.Item {
			p.EarlyData = false
			return p.ResumedFlight()
		}, handshake.EarlyDataDeclined},
		"without the PSK": {func(p *testpeer.Peer) []testpeer.Item {
			p.EarlyData = false
			p.PSKs = nil
			return p.Flight()
		}, handshake.EarlyDataNotResumed},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				_, p := earlySession(t, drive, 1000)
				p.WriteEarly("lost")
				p.WantFlight("the client opens the handshake", handshake.MsgClientHello)
				p.WantEarly("early data follows at once", "lost")
				p.Send(c.flight(p)...)
				p.WantEvent("the client learns of it", tlsengine.EventEarlyDataRejected)
				p.Want("RFC 9846, Section 4.6: then the client MUST NOT send an EndOfEarlyData message", &handshake.Finished{})
				p.WantDone("the handshake is complete")
				p.WantSilence("RFC 9846, Section 4.3.10: a TLS implementation SHOULD NOT automatically resend early data")
				require.Equal(t, c.status, p.Engine.ConnectionState().EarlyData)
			})
		})
	}
}

func TestClientRetriesWithoutEarlyData(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		_, p := earlySession(t, drive, 1000)
		p.WriteEarly("lost")
		p.WantFlight("the client opens the handshake", handshake.MsgClientHello)
		p.WantEarly("early data follows at once", "lost")
		p.Send(p.HelloRetryRequest())
		p.WantEvent("the client learns of it", tlsengine.EventEarlyDataRejected)
		var second handshake.ClientHello
		p.Want("the client tries again", &second)
		require.False(t, second.Extensions.Has(handshake.ExtEarlyData), "RFC 9846, Section 4.3.10: a client MUST NOT include early_data in its followup ClientHello")
		_, err := p.Engine.SendEarly(nil, []byte("more"))
		require.ErrorIs(t, err, tlsengine.ErrNoEarlyData)
		p.EarlyData = false
		p.Send(p.ResumedFlight()...)
		p.Want("the client finishes", &handshake.Finished{})
		p.WantDone("the handshake is complete")
		require.Equal(t, handshake.EarlyDataRetried, p.Engine.ConnectionState().EarlyData)
	})
}

func TestClientRefusesEarlyDataAcceptedWrongly(t *testing.T) {
	accept := func(m *handshake.EncryptedExtensions) {
		m.Extensions = handshake.AppendEmpty(m.Extensions.Without(handshake.ExtEarlyData), handshake.ExtEarlyData)
	}
	for name, c := range map[string]struct {
		hello    func(*handshake.ServerHello)
		ee       func(*handshake.EncryptedExtensions)
		prepare  func(*testpeer.Peer)
		sentence string
		alert    alert.Alert
		reason   alert.Reason
	}{
		"without the PSK": {prepare: func(p *testpeer.Peer) { p.PSKs, p.EarlyData = nil, false }, ee: accept,
			sentence: "RFC 9846, Section 4.3.11: if the server supplies early_data, selected_identity is 0", alert: alert.IllegalParameter, reason: alert.EarlyDataWithoutFirstPSK},
		"under another suite": {hello: func(m *handshake.ServerHello) { m.CipherSuite = cipher.TLS_CHACHA20_POLY1305_SHA256 }, ee: accept,
			prepare:  func(p *testpeer.Peer) { p.EarlyData = false },
			sentence: "RFC 9846, Section 4.3.10: the selected cipher suite", alert: alert.IllegalParameter, reason: alert.EarlyDataCipherMismatch},
		"with another protocol": {ee: func(m *handshake.EncryptedExtensions) {
			accept(m)
			m.Extensions = handshake.AppendALPN(m.Extensions, handshake.OpaqueList8Of("h2"))
		}, sentence: "RFC 9846, Section 4.3.10: the selected ALPN protocol, if any", alert: alert.IllegalParameter, reason: alert.EarlyDataALPNMismatch},
		"with something in it": {ee: func(m *handshake.EncryptedExtensions) {
			m.Extensions = m.Extensions.With(handshake.ExtEarlyData, []byte{1})
		}, sentence: "RFC 9846, Section 4.3.10: in EncryptedExtensions early_data is empty", alert: alert.DecodeError, reason: alert.MalformedExtension},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				session, psk := sessionOf(t, drive, cfg, nil, 1000)
				cfg.Session, cfg.MaxEarlyData, cfg.ALPN = session, 100, []string{"h2"}
				p := testpeer.Server(t, drive, cfg)
				p.PSKs, p.EarlyData = []*testpeer.PSK{psk}, true
				p.WantFlight("the client opens the handshake", handshake.MsgClientHello)
				if c.prepare != nil {
					c.prepare(p)
				}
				if c.hello == nil {
					c.hello = func(*handshake.ServerHello) {}
				}
				p.Send(p.ServerHello(c.hello), p.EncryptedExtensions(c.ee))
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

// TestAlertsAreUnderKeysThatTheServerReads: "If clients need to send such
// alerts, they SHOULD first rekey to the handshake keys if possible." RFC 9846,
// Appendix A.1. A server that may have taken early data reads it up to
// EndOfEarlyData; one that cannot have, does not.
func TestAlertsAreUnderKeysThatTheServerReads(t *testing.T) {
	const early, later = handshake.EarlyData, handshake.Handshake
	for name, c := range map[string]struct {
		psk, accepts bool
		answered     bool // with EncryptedExtensions that can be read
		at           handshake.Epoch
	}{
		"the server did not resume":              {at: later},
		"the server did not resume, and answers": {at: later, answered: true},
		"the server resumed":                     {psk: true, accepts: true, at: early},
		"the server takes it":                    {psk: true, accepts: true, answered: true, at: early},
		"the server does not take it":            {psk: true, answered: true, at: later},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				_, p := earlySession(t, drive, 1000)
				p.WriteEarly("early")
				p.WantFlight("the client opens the handshake", handshake.MsgClientHello)
				if p.EarlyData = c.accepts; !c.psk {
					p.PSKs = nil
				}
				p.Send(p.ServerHello())
				if c.answered {
					p.Send(p.EncryptedExtensions())
				}
				p.Send(p.NewSessionTicket())
				p.WantSaidAt("the server reads this", c.at)
				p.WantAlert("and hears what is wrong", alert.UnexpectedMessage, alert.UnexpectedMessageType)
			})
		})
	}
}

// A ClientHello that a tester rewrote offers early data that the client has
// not.
func TestClientRefusesEarlyDataThatItDoesNotSend(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.Rewrite = func(typ handshake.MessageType, msg []byte) []byte {
			m, err := handshake.ParseClientHello(msg[4:])
			if typ != handshake.MsgClientHello || err != nil {
				return msg
			}
			m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtEarlyData)
			return m.Append(nil)
		}
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.ServerHello(), p.EncryptedExtensions(func(m *handshake.EncryptedExtensions) {
			m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtEarlyData)
		}))
		p.WantAlert("there is no early data to accept", alert.UnsupportedExtension, alert.EarlyDataNotOffered)
	})
}

func TestClientRefusesEarlyDataAfterARetry(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		_, p := earlySession(t, drive, 1000)
		p.Send(p.HelloRetryRequest())
		p.Send(p.ServerHello(), p.EncryptedExtensions(func(m *handshake.EncryptedExtensions) {
			m.Extensions = handshake.AppendEmpty(m.Extensions, handshake.ExtEarlyData)
		}))
		p.WantAlert("RFC 9846, Section 4.3: the second ClientHello has no early_data to answer", alert.UnsupportedExtension, alert.UnsolicitedExtension)
	})
}

func TestClientOffersEarlyDataOnlyWhereItMay(t *testing.T) {
	for name, c := range map[string]struct {
		most   uint32
		change func(*tlsengine.Config)
		status handshake.EarlyDataStatus
	}{
		"the ticket has none":   {0, func(*tlsengine.Config) {}, handshake.EarlyDataUnsupported},
		"the Config wants none": {1000, func(c *tlsengine.Config) { c.MaxEarlyData = 0 }, handshake.EarlyDataDisabled},
		"there is no session":   {1000, func(c *tlsengine.Config) { c.Session = nil }, handshake.EarlyDataNoSession},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				cfg.Session, _ = sessionOf(t, drive, cfg, nil, c.most)
				cfg.MaxEarlyData = 100
				c.change(cfg)
				p := testpeer.Server(t, drive, cfg)
				var m handshake.ClientHello
				p.Want("the client opens the handshake", &m)
				require.False(t, m.Extensions.Has(handshake.ExtEarlyData))
				_, err := p.Engine.SendEarly(nil, []byte("x"))
				require.ErrorIs(t, err, tlsengine.ErrNoEarlyData)
				_, err = p.Engine.ExportEarly("EXPORTER-test", nil, 20)
				require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
				require.Equal(t, c.status, p.Engine.ConnectionState().EarlyData)
			})
		})
	}
}

// A server that takes more early data than it skips by default skips as much
// when it refuses: the client went by its ticket.
func TestServerSkipsAsMuchAsItsTicketsAllow(t *testing.T) {
	for name, retry := range map[string]bool{"rejected": false, "retried": true} {
		t.Run(name, func(t *testing.T) {
			drive := testpeer.Whole()
			cfg := earlyServer()
			cfg.MaxEarlyData = 3 * tlsengine.MaxSkippedEarlyData
			psk := ticketsOf(t, drive, cfg)[0]
			cfg.AntiReplay = tlsengine.NewReplayMemory(0)
			p := early(t, drive, cfg, psk)
			if retry {
				p.Send(p.ClientHello(noShares))
			} else {
				p.Send(p.ClientHello())
			}
			for range 3 {
				p.Send(p.Early(strings.Repeat("x", 16000)), p.Early(strings.Repeat("x", tlsengine.MaxSkippedEarlyData-16000)))
			}
			require.NoError(t, p.Engine.Err(), "RFC 9846, Section 4.3.10: up to the configured max_early_data_size")
			p.Send(p.Early("x"))
			p.WantAlert("and no more", alert.UnexpectedMessage, alert.TooMuchSkippedEarlyData)
		})
	}
}

// A client goes by the number in its ticket, also when the server has another
// one by now.
func TestServerRejectsEarlyDataOfATicketThatAllowsMore(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		psk := ticketsOf(t, drive, cfg)[0]
		cfg.MaxEarlyData = 50
		p := early(t, drive, cfg, psk)
		p.Send(p.ClientHello(), p.CCS(), p.Early(strings.Repeat("x", 100)))
		require.NoError(t, p.Engine.Err(), "a client that obeys its ticket is not refused")
		require.Equal(t, handshake.EarlyDataUnsupported, p.Engine.ConnectionState().EarlyData)
		require.True(t, p.Engine.ConnectionState().Resumed)
	})
}

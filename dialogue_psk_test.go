package tlsengine_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// Resumption: RFC 9846, Sections 2.2 and 4.3.11.

// ticketsOf has a client handshake with the server that the Config makes, and
// returns the tickets that it gets.
func ticketsOf(t *testing.T, drive *testpeer.Drive, cfg *tlsengine.Config, change ...func(*handshake.ClientHello)) []*testpeer.PSK {
	t.Helper()
	p := testpeer.Client(t, drive, cfg)
	p.Send(p.ClientHello(change...))
	if cfg.ClientAuth != tlsengine.NoClientCert {
		p.Send(p.Certificate(), p.CertificateVerify())
	}
	p.Send(p.Finished())
	p.WantDone("the first handshake is complete")
	p.WantFlight("the server proved itself", handshake.MsgServerHello, handshake.MsgEncryptedExtensions)
	require.NotEmpty(t, p.Tickets, "the server sends tickets")
	return p.Tickets
}

// sessionOf has a server handshake with the client that the Config makes, and
// returns what the client keeps, and the same as the server knows it.
func sessionOf(t *testing.T, drive *testpeer.Drive, cfg *tlsengine.Config, suite *cipher.Suite, maxEarly uint32) ([]byte, *testpeer.PSK) {
	t.Helper()
	p := testpeer.Server(t, drive, cfg)
	p.Suite = suite
	p.Send(p.Flight()...)
	p.WantFlight("the client goes through with it", handshake.MsgClientHello, handshake.MsgFinished)
	p.WantDone("the first handshake is complete")
	p.Send(p.NewSessionTicket(func(m *handshake.NewSessionTicket) {
		if maxEarly > 0 {
			m.Extensions = handshake.AppendEarlyDataNST(m.Extensions, maxEarly)
		}
	}))
	session := p.WantEvent("the client gets a session", tlsengine.EventNewSession).Data
	require.Len(t, p.Tickets, 1)
	return session, p.Tickets[0]
}

func suiteOf(id cipher.ID) *cipher.Suite { return cipher.Lookup(id) }

func TestServerResumes(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		tickets := ticketsOf(t, drive, cfg)
		require.Len(t, tickets, handshake.DefaultTickets)
		for _, psk := range tickets {
			p := testpeer.Client(t, drive, cfg)
			p.PSKs = []*testpeer.PSK{psk}
			p.Send(p.ClientHello())
			var sh handshake.ServerHello
			p.Want("the server answers", &sh)
			require.True(t, sh.Extensions.Has(handshake.ExtPreSharedKey), "RFC 9846, Section 4.3.11: the server sends a pre_shared_key extension")
			require.True(t, sh.Extensions.Has(handshake.ExtKeyShare), "psk_dhe_ke: there is a key share too")
			var ee handshake.EncryptedExtensions
			p.Want("the server goes on", &ee)
			require.False(t, ee.Extensions.Has(handshake.ExtServerName), "RFC 6066, Section 3: when resuming, the server MUST NOT include server_name")
			p.Want("RFC 9846, Section 2.2: the server does not send a Certificate or a CertificateVerify", &handshake.Finished{})
			p.Send(p.Finished())
			p.WantDone("the handshake is complete")
			require.True(t, p.Engine.ConnectionState().Resumed)
			p.WantFlight("there are new tickets", handshake.MsgNewSessionTicket, handshake.MsgNewSessionTicket)
			require.NotEqual(t, psk.Identity, p.Tickets[0].Identity)
		}
	})
}

func TestClientResumes(t *testing.T) {
	for _, id := range []cipher.ID{cipher.TLS_AES_128_GCM_SHA256, cipher.TLS_AES_256_GCM_SHA384, cipher.TLS_CHACHA20_POLY1305_SHA256} {
		t.Run(id.String(), func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				session, psk := sessionOf(t, drive, cfg, suiteOf(id), 0)
				cfg.Session = session
				p := testpeer.Server(t, drive, cfg)
				p.PSKs = []*testpeer.PSK{psk}
				var m handshake.ClientHello
				p.Want("the client opens the handshake", &m)
				require.True(t, m.Extensions.Has(handshake.ExtPreSharedKey))
				p.Send(p.ResumedFlight()...)
				p.Want("the client finishes", &handshake.Finished{})
				p.WantDone("the handshake is complete")
				require.True(t, p.Engine.ConnectionState().Resumed)
				require.Equal(t, testpeer.ServerIdentity().Chain, p.Engine.ConnectionState().PeerChain, "the chain is that of the session")
			})
		})
	}
}

func TestClientResumesAfterARetry(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		session, psk := sessionOf(t, drive, cfg, nil, 0)
		cfg.Session = session
		p := testpeer.Server(t, drive, cfg)
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.HelloRetryRequest())
		p.Send(p.ResumedFlight()...)
		p.WantFlight("the client tries again, with a binder over both ClientHellos", handshake.MsgClientHello, handshake.MsgClientHello, handshake.MsgFinished)
		p.WantDone("the handshake is complete")
		require.True(t, p.Engine.ConnectionState().Resumed)
	})
}

func TestServerResumesAfterARetry(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		psk := ticketsOf(t, drive, cfg)[0]
		p := testpeer.Client(t, drive, cfg)
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.ClientHello(noShares))
		p.Want("the server asks for a share", &testpeer.HelloRetryRequest{})
		p.Send(p.ClientHello())
		p.WantFlight("the server resumes", handshake.MsgServerHello, handshake.MsgEncryptedExtensions, handshake.MsgFinished)
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
	})
}

func TestServerTakesThePSKAwayAfterARetryToo(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		psk := ticketsOf(t, drive, cfg)[0]
		p := testpeer.Client(t, drive, cfg)
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.ClientHello(noShares))
		p.PSKs = nil
		p.Send(p.ClientHello())
		p.Want("the server asked for a share", &testpeer.HelloRetryRequest{})
		p.WantFlight("RFC 9846, Section 4.2.2: (optionally) removing any PSKs", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
			handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
	})
}

func TestClientLeavesOutAPSKOfAnotherHash(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		session, psk := sessionOf(t, drive, cfg, suiteOf(cipher.TLS_AES_256_GCM_SHA384), 0)
		cfg.Session = session
		p := testpeer.Server(t, drive, cfg)
		p.Suite = suiteOf(cipher.TLS_AES_128_GCM_SHA256)
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.HelloRetryRequest())
		p.WantFlight("the client opened the handshake", handshake.MsgClientHello)
		var second handshake.ClientHello
		p.Want("the client tries again", &second)
		require.False(t, second.Extensions.Has(handshake.ExtPreSharedKey),
			"RFC 9846, Section 4.2.4: the client SHOULD NOT offer any pre-shared keys associated with a hash other than that of the selected cipher suite")
		p.Send(p.Flight()...)
		p.Want("the client finishes", &handshake.Finished{})
		p.WantDone("the handshake is complete")
	})
}

// What a client refuses of a server that resumes.

func TestClientRefusesWrongResumptions(t *testing.T) {
	for _, c := range []answerCase{
		{"the second of one", putSH(handshake.ExtPreSharedKey, 0, 1),
			"RFC 9846, Section 4.3.11: clients MUST verify that selected_identity is within the range", alert.IllegalParameter, alert.PSKNotOffered},
		{"another hash", func(m *handshake.ServerHello) { m.CipherSuite = cipher.TLS_AES_256_GCM_SHA384 },
			"RFC 9846, Section 4.3.11: that the server selected a cipher suite indicating a Hash associated with the PSK", alert.IllegalParameter, alert.PSKHashMismatch},
		{"no key share", cutOutSH(handshake.ExtKeyShare),
			"RFC 9846, Section 4.3.11: that a key_share extension is present if required by psk_key_exchange_modes", alert.IllegalParameter, alert.PSKWithoutKeyShare},
		{"malformed", putSH(handshake.ExtPreSharedKey, 0),
			"RFC 9846, Section 4.3.11: selected_identity is two bytes", alert.DecodeError, alert.MalformedExtension},
	} {
		t.Run(c.name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				session, psk := sessionOf(t, drive, cfg, nil, 0)
				cfg.Session = session
				p := testpeer.Server(t, drive, cfg)
				p.PSKs = []*testpeer.PSK{psk}
				p.Send(p.ServerHello(c.change))
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

func TestClientTakesNoCertificateWithAPSK(t *testing.T) {
	for name, say := range map[string]func(*testpeer.Peer) testpeer.Item{
		"Certificate":        func(p *testpeer.Peer) testpeer.Item { return p.Certificate() },
		"CertificateRequest": func(p *testpeer.Peer) testpeer.Item { return p.CertificateRequest() },
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				session, psk := sessionOf(t, drive, cfg, nil, 0)
				cfg.Session = session
				p := testpeer.Server(t, drive, cfg)
				p.PSKs = []*testpeer.PSK{psk}
				p.Send(p.ServerHello(), p.EncryptedExtensions(), say(p))
				p.WantAlert("RFC 9846, Section 4.4.2: servers which are authenticating with a resumption PSK MUST NOT send CertificateRequest, nor a certificate",
					alert.UnexpectedMessage, alert.UnexpectedMessageType)
			})
		})
	}
}

func TestClientTakesAFullHandshakeInPlaceOfAResumption(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		session, _ := sessionOf(t, drive, cfg, nil, 0)
		cfg.Session = session
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.Flight()...)
		p.WantFlight("the client goes through with it", handshake.MsgClientHello, handshake.MsgFinished)
		p.WantDone("the handshake is complete")
		require.False(t, p.Engine.ConnectionState().Resumed)
	})
}

// TestClientLeavesUnfitSessionsAside: a session of another name, too old, or
// whose chain would not be trusted today, is not offered.
func TestClientLeavesUnfitSessionsAside(t *testing.T) {
	for name, change := range map[string]func(*tlsengine.Config){
		"another name":                       func(cfg *tlsengine.Config) { cfg.ServerName = "other.test" },
		"another name, and no roots to tell": func(cfg *tlsengine.Config) { cfg.ServerName, cfg.Roots = "other.test", nil },
		"past its end":                       func(cfg *tlsengine.Config) { cfg.Time = testpeer.Clock(3601 * time.Second) },
		"not yet":                            func(cfg *tlsengine.Config) { cfg.Time = testpeer.Clock(-time.Second) },
		"other roots":                        func(cfg *tlsengine.Config) { cfg.Roots = cfg.Roots.Clone(); cfg.Roots = emptyPool() },
		"without a suite":                    func(cfg *tlsengine.Config) { cfg.Suites = []*cipher.Suite{suiteOf(cipher.TLS_AES_256_GCM_SHA384)} },
		"not a session":                      func(cfg *tlsengine.Config) { cfg.Session = []byte("session") },
		"cut short":                          func(cfg *tlsengine.Config) { cfg.Session = cfg.Session[:len(cfg.Session)-1] },
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ClientConfig()
				cfg.Chains = tlsengine.NewChainMemory(1) // which must make no difference
				cfg.Session, _ = sessionOf(t, drive, cfg, nil, 0)
				change(cfg)
				p := testpeer.Server(t, drive, cfg)
				var m handshake.ClientHello
				p.Want("the client opens the handshake", &m)
				require.False(t, m.Extensions.Has(handshake.ExtPreSharedKey), "RFC 9846, Section 4.7.1: clients MUST only resume if …")
			})
		})
	}
}

// What a server refuses of a client that offers a PSK.

func TestServerRefusesWrongPSKs(t *testing.T) {
	flip := func(psk *testpeer.PSK) *testpeer.PSK {
		other := *psk
		other.Secret = bytes.Repeat([]byte{7}, len(psk.Secret))
		return &other
	}
	for name, c := range map[string]struct {
		psk      func(*testpeer.PSK) *testpeer.PSK
		mangle   func(msg []byte) []byte
		change   func(*handshake.ClientHello)
		sentence string
		alert    alert.Alert
		reason   alert.Reason
	}{
		"a wrong binder": {flip, nil, nil,
			"RFC 9846, Section 4.3.11: if this value does not validate, the server MUST abort", alert.DecryptError, alert.BadBinder},
		"a binder that is too short": {nil, func(msg []byte) []byte {
			// The last 33 bytes are the one binder; it becomes one of 31.
			msg = append(msg[:len(msg)-33], append([]byte{31}, make([]byte, 31)...)...)
			return lessInClientHello(msg, 1)
		}, nil,
			"RFC 9846, Section 4.3.11: PskBinderEntry<32..255>", alert.DecodeError, alert.MalformedExtension},
		"two binders": {nil, func(msg []byte) []byte {
			return lessInClientHello(append(msg, append([]byte{32}, make([]byte, 32)...)...), -33)
		}, nil,
			"RFC 9846, Section 4.3.11: one binder for each identity", alert.IllegalParameter, alert.BinderCountMismatch},
		"no modes": {nil, nil, cutOut(handshake.ExtPSKKeyExchangeModes),
			"RFC 9846, Section 4.3.9: pre_shared_key without psk_key_exchange_modes, servers MUST abort", alert.MissingExtension, alert.NoPSKMode},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				psk := ticketsOf(t, drive, cfg)[0]
				if c.psk != nil {
					psk = c.psk(psk)
				}
				p := testpeer.Client(t, drive, cfg)
				p.PSKs = []*testpeer.PSK{psk}
				hello := p.ClientHello()
				if c.change != nil {
					hello = p.ClientHello(c.change)
				}
				if c.mangle != nil {
					hello = testpeer.Mangled(hello, c.mangle)
				}
				p.Send(hello)
				p.WantAlert(c.sentence, c.alert, c.reason)
			})
		})
	}
}

// lessInClientHello puts the four lengths right of a ClientHello whose binders,
// of one PSK, have become n bytes shorter than they were.
func lessInClientHello(msg []byte, n int) []byte {
	sub := func(at, width int) {
		v := 0
		for i := range width {
			v = v<<8 | int(msg[at+i])
		}
		for v, i := v-n, width-1; i >= 0; v, i = v>>8, i-1 {
			msg[at+i] = byte(v)
		}
	}
	sub(1, 3)
	at := 4 + 2 + 32
	at += 1 + int(msg[at])
	at += 2 + int(msg[at])<<8 + int(msg[at+1])
	at += 1 + int(msg[at])
	sub(at, 2)
	for at += 2; ; {
		size := int(msg[at+2])<<8 | int(msg[at+3])
		if msg[at] == 0 && msg[at+1] == byte(handshake.ExtPreSharedKey) {
			sub(at+2, 2)
			ids := int(msg[at+4])<<8 | int(msg[at+5])
			sub(at+6+ids, 2)
			return msg
		}
		at += 4 + size
	}
}

// TestServerDeclinesPSKs: "Any unknown PSKs … SHOULD simply be ignored. If no
// acceptable PSKs are found, the server SHOULD perform a non-PSK handshake if
// possible." RFC 9846, Section 4.3.11.
func TestServerDeclinesPSKs(t *testing.T) {
	other := func(c *tlsengine.Config) { c.TicketKeys = tlsengine.NewTicketKeys() }
	for name, c := range map[string]struct {
		config func(*tlsengine.Config)
		hello  func(*handshake.ClientHello)
		psk    func(*testpeer.PSK)
		sealed func(session []byte) // what the ticket is of
	}{
		"of another key":      {config: other},
		"of no key at all":    {config: func(c *tlsengine.Config) { c.TicketKeys = nil }},
		"of another context":  {config: func(c *tlsengine.Config) { c.TicketContext = []byte("other") }},
		"too old":             {config: func(c *tlsengine.Config) { c.Time = testpeer.Clock(8 * 24 * time.Hour) }},
		"from the future":     {config: func(c *tlsengine.Config) { c.Time = testpeer.Clock(-time.Hour) }},
		"that is no ticket":   {psk: func(k *testpeer.PSK) { k.Identity = []byte("ticket") }},
		"that is forged":      {psk: func(k *testpeer.PSK) { k.Identity = bytes.Repeat([]byte{7}, len(k.Identity)) }},
		"whose tag is wrong":  {psk: func(k *testpeer.PSK) { k.Identity[len(k.Identity)-1] ^= 1 }},
		"of another name":     {hello: put(handshake.ExtServerName, 0, 5, 0, 0, 2, 'x', 'y')},
		"of no name":          {hello: cutOut(handshake.ExtServerName)},
		"for psk_ke only":     {hello: put(handshake.ExtPSKKeyExchangeModes, 1, 0)},
		"of TLS 1.2":          {sealed: func(s []byte) { s[2] = 0x03 }},
		"of QUIC":             {sealed: func(s []byte) { s[len(s)-1] = byte(handshake.QUIC) }},
		"without client auth": {config: func(c *tlsengine.Config) { c.ClientAuth = tlsengine.RequireClientCert }},
		"of another hash": {hello: func(m *handshake.ClientHello) {
			m.CipherSuites = handshake.List16Of(cipher.TLS_AES_256_GCM_SHA384)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				psk := ticketsOf(t, drive, cfg)[0]
				if c.sealed != nil {
					session := cfg.TicketKeys.Open(cfg.Time(), psk.Identity)
					c.sealed(session)
					var err error
					psk.Identity, err = cfg.TicketKeys.Seal(cfg.Time(), bytes.NewReader(make([]byte, 100)), session)
					require.NoError(t, err)
				}
				if c.config != nil {
					c.config(cfg)
				}
				if c.psk != nil {
					c.psk(psk)
				}
				if c.hello == nil {
					c.hello = func(*handshake.ClientHello) {}
				}
				p := testpeer.Client(t, drive, cfg)
				p.PSKs = []*testpeer.PSK{psk}
				p.Send(p.ClientHello(c.hello))
				var sh handshake.ServerHello
				p.Want("the server answers", &sh)
				require.False(t, sh.Extensions.Has(handshake.ExtPreSharedKey))
				p.Want("the server goes on", &handshake.EncryptedExtensions{})
				if cfg.ClientAuth != tlsengine.NoClientCert {
					p.Want("the server asks who the client is", &handshake.CertificateRequest{})
				}
				p.WantFlight("the server proves itself anew", handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
				require.False(t, p.Engine.ConnectionState().Resumed)
			})
		})
	}
}

func TestServerNeedsSignatureAlgorithmsWhereThePSKIsNotKnown(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		psk := ticketsOf(t, drive, testpeer.ServerConfig())[0]
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.ClientHello(cutOut(handshake.ExtSignatureAlgorithms)))
		p.WantAlert("RFC 9846, Section 4.3.3: if a server is authenticating via a certificate and the client has not sent signature_algorithms",
			alert.MissingExtension, alert.MissingRequiredExtension)
	})
}

func TestServerResumesWithoutSignatureAlgorithms(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		psk := ticketsOf(t, drive, cfg)[0]
		p := testpeer.Client(t, drive, cfg)
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.ClientHello(cutOut(handshake.ExtSignatureAlgorithms)))
		p.WantFlight("the server resumes", handshake.MsgServerHello, handshake.MsgEncryptedExtensions, handshake.MsgFinished)
	})
}

func TestServerTriesABoundedNumberOfPSKs(t *testing.T) {
	for good := range handshake.MaxPSKIdentities + 2 {
		t.Run(fmt.Sprint(good), func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := testpeer.ServerConfig()
				psk := ticketsOf(t, drive, cfg)[0]
				p := testpeer.Client(t, drive, cfg)
				for i := range handshake.MaxPSKIdentities + 2 {
					unknown := *psk
					unknown.Identity = fmt.Appendf(nil, "unknown %d", i)
					p.PSKs = append(p.PSKs, &unknown)
				}
				p.PSKs[good] = psk
				p.Send(p.ClientHello())
				var sh handshake.ServerHello
				p.Want("the server answers", &sh)
				data, ok := sh.Extensions.Get(handshake.ExtPreSharedKey)
				require.Equal(t, good < handshake.MaxPSKIdentities, ok)
				if ok {
					require.Equal(t, []byte{0, byte(good)}, data, "RFC 9846, Section 4.3.11: a (0-based) index into the identities")
					p.Send(p.Finished())
					p.WantDone("the handshake is complete")
				}
			})
		})
	}
}

func TestServerAuthenticatesOnceAndResumes(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.ClientAuth, cfg.Chains = tlsengine.RequireClientCert, tlsengine.NewChainMemory(1)
		psk := ticketsOf(t, drive, cfg)[0]
		p := testpeer.Client(t, drive, cfg)
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.ClientHello())
		p.WantFlight("RFC 9846, Section 4.4.2: servers which are authenticating with a resumption PSK MUST NOT send CertificateRequest",
			handshake.MsgServerHello, handshake.MsgEncryptedExtensions, handshake.MsgFinished)
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
		require.Equal(t, testpeer.ClientIdentity().Chain, p.Engine.ConnectionState().PeerChain)

		// Roots that would not trust the chain today, and a server that wants
		// no client's certificate, resume nothing.
		for _, change := range []func(*tlsengine.Config){
			func(c *tlsengine.Config) { c.Roots = emptyPool() },
			func(c *tlsengine.Config) { c.ClientAuth = tlsengine.NoClientCert },
		} {
			again := *cfg
			change(&again)
			p := testpeer.Client(t, drive, &again)
			p.PSKs = []*testpeer.PSK{psk}
			p.Send(p.ClientHello())
			var sh handshake.ServerHello
			p.Want("the server answers", &sh)
			require.False(t, sh.Extensions.Has(handshake.ExtPreSharedKey))
		}
	})
}

package tlsengine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// The questions, answered late, by the application. That wrong answers change
// nothing WantPending tries each time.

func TestServerAsksEverything(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := earlyServer()
		cfg.ClientAuth = tlsengine.RequireClientCert
		psk := ticketsOf(t, drive, cfg)[0]
		asking := *cfg
		asking.Ask = tlsengine.AskConfig | tlsengine.AskTicket | tlsengine.AskResume | tlsengine.AskCredential | tlsengine.AskVerdict
		p := testpeer.Client(t, drive, &asking)
		p.PSKs = []*testpeer.PSK{psk}

		// The client's flight arrives whole: what follows the ClientHello is
		// left unread until it is its turn.
		p.Send(p.ClientHello())
		q := p.WantPending("which Config, now that the ClientHello is known", &tlsengine.ConfigRequest{}).(*tlsengine.ConfigRequest)
		require.Equal(t, testpeer.Name, q.Hello.ServerName)
		require.Equal(t, []tlsengine.Version{tlsengine.VersionTLS13}, q.Hello.Versions)
		require.Equal(t, p.Hello.CipherSuites.Slice(), q.Hello.Suites)
		p.WantSilence("nothing is said before the answer")
		p.Answer(func(e *tlsengine.Engine) error { return e.UseConfig(testpeer.Traced(&asking), nil) })

		p.WantPending("whose ticket is this", &tlsengine.TicketRequest{Identity: psk.Identity})
		p.WantSilence("nothing is said before the answer")
		p.Answer(func(e *tlsengine.Engine) error { return e.Ticket(tlsengine.TicketAnswer{}, nil) })

		c := p.WantPending("which credential", &tlsengine.CredentialRequest{ServerName: testpeer.Name}).(*tlsengine.CredentialRequest)
		p.WantSilence("nothing is said before the answer")
		cred := &tlsengine.Credential{Chain: testpeer.ServerIdentity().Chain} // no Signer
		require.True(t, c.Accepts(cred))
		for _, bad := range []*tlsengine.Credential{{}, {Chain: [][]byte{make([]byte, 1<<24)}}} {
			require.ErrorIs(t, p.Engine.UseCredential(bad, nil), tlsengine.ErrCredential)
		}
		p.WantPending("that was no answer", &tlsengine.CredentialRequest{ServerName: testpeer.Name})
		p.Answer(func(e *tlsengine.Engine) error { return e.UseCredential(cred, nil) })

		s := p.WantPending("sign this", &tlsengine.SignatureRequest{Scheme: signature.ECDSASecp256r1SHA256}).(*tlsengine.SignatureRequest)
		require.Equal(t, cred.Chain, s.Chain)
		p.WantFlight("the flight waits for the signature", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
			handshake.MsgCertificateRequest, handshake.MsgCertificate)
		p.WantSilence("nothing more is said before the answer")
		sig, err := signature.Sign(nil, s.Scheme, testpeer.ServerIdentity().Key, s.Message)
		require.NoError(t, err)
		p.Answer(func(e *tlsengine.Engine) error { return e.Signed(sig, nil) })
		p.WantFlight("now the flight is whole", handshake.MsgCertificateVerify, handshake.MsgFinished)

		p.Send(p.Certificate(), p.CertificateVerify(), p.Finished(), p.Data("data"))
		p.WantPending("is the client's chain good", &tlsengine.VerdictRequest{Chain: testpeer.ClientIdentity().Chain, Scheme: signature.ECDSASecp256r1SHA256})
		p.WantNoEvent("a verdict gates any application data")
		p.Answer(func(e *tlsengine.Engine) error { return e.Verified(nil) })
		p.WantDone("the handshake is complete")
		p.WantReceived("what was left unread is read", "data")
	})
}

func TestClientAsksEverything(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.Ask = tlsengine.AskVerdict | tlsengine.AskCredential
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.Flight(p.CertificateRequest(func(m *handshake.CertificateRequest) {
			m.Extensions = handshake.AppendCertificateAuthorities(m.Extensions, handshake.OpaqueList16Of(testpeer.RootName()))
		}))...)
		p.WantFlight("the client opened the handshake", handshake.MsgClientHello)
		p.WantPending("is the server's chain good", &tlsengine.VerdictRequest{Chain: testpeer.ServerIdentity().Chain, ServerName: testpeer.Name})
		p.WantSilence("a verdict gates our Finished")
		_, err := p.Engine.Send(nil, []byte("data"))
		require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
		p.Answer(func(e *tlsengine.Engine) error { return e.Verified(nil) })

		p.WantPending("which credential", &tlsengine.CredentialRequest{Authorities: [][]byte{testpeer.RootName()}})
		p.WantSilence("nothing is said before the answer")
		cred := &tlsengine.Credential{Chain: testpeer.ClientIdentity().Chain}
		p.Answer(func(e *tlsengine.Engine) error { return e.UseCredential(cred, nil) })

		s := p.WantPending("sign this", &tlsengine.SignatureRequest{Chain: cred.Chain}).(*tlsengine.SignatureRequest)
		sig, err := signature.Sign(nil, s.Scheme, testpeer.ClientIdentity().Key, s.Message)
		require.NoError(t, err)
		p.Answer(func(e *tlsengine.Engine) error { return e.Signed(sig, nil) })
		p.WantFlight("now the flight is whole", handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
		p.WantDone("the handshake is complete")
	})
}

// TestUseConfigShapesWhatFollows: what bounds the peer's messages, and what
// shapes our records, is the chosen Config's from the answer on.
func TestUseConfigShapesWhatFollows(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		first := testpeer.ServerConfig()
		first.Ask, first.MaxFragment, first.PadTo = tlsengine.AskConfig, 64, 16
		chosen := testpeer.ServerConfig()
		chosen.PadTo, chosen.MaxMessage, chosen.Tickets = 200, 100, -1
		p := testpeer.Client(t, drive, first)
		p.Send(p.ClientHello())
		p.WantPending("which Config", &tlsengine.ConfigRequest{})
		p.Answer(func(e *tlsengine.Engine) error { return e.UseConfig(testpeer.Traced(chosen), nil) })
		p.WantFlight("the server's flight", handshake.MsgServerHello, handshake.MsgEncryptedExtensions,
			handshake.MsgCertificate, handshake.MsgCertificateVerify, handshake.MsgFinished)
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
		p.WantSealedLengths(strings.Repeat("x", 1000), func(n int) bool { return n == 1200+16 })
		p.Send(p.Message(handshake.MsgKeyUpdate, make([]byte, 101)))
		p.WantAlert("MaxMessage of the Config that was chosen", alert.IllegalParameter, alert.MessageTooLong)
	})
}

// TestClientWithoutRootsAsks: the engine never trusts by default.
func TestClientWithoutRootsAsks(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.Roots = nil
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.Flight()...)
		p.WantPending("is the server's chain good", &tlsengine.VerdictRequest{})
		p.Answer(func(e *tlsengine.Engine) error { return e.Verified(nil) })
		p.WantDone("the handshake is complete")
	})
}

func TestServerWithoutRootsAsks(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.Roots, cfg.ClientAuth = nil, tlsengine.RequestClientCert
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello())
		p.Send(p.Certificate(), p.CertificateVerify(), p.Finished())
		p.WantPending("is the client's chain good", &tlsengine.VerdictRequest{})
		p.Answer(func(e *tlsengine.Engine) error { return e.Verified(nil) })
		p.WantDone("the handshake is complete")
	})
}

func TestClientAsksAboutAResumedChain(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		session, psk := sessionOf(t, drive, cfg, nil, 0)
		cfg.Session, cfg.Ask = session, tlsengine.AskVerdictResumed
		p := testpeer.Server(t, drive, cfg)
		p.PSKs = []*testpeer.PSK{psk}
		p.Send(p.ResumedFlight()...)
		p.WantFlight("the client opened the handshake", handshake.MsgClientHello)
		p.WantPending("is the chain still good", &tlsengine.VerdictRequest{Chain: testpeer.ServerIdentity().Chain, Resumed: true})
		p.WantSilence("a verdict gates our Finished")
		p.Answer(func(e *tlsengine.Engine) error { return e.Verified(nil) })
		p.WantDone("the handshake is complete")
	})
}

func TestServerAsksAboutAResumedChain(t *testing.T) {
	asks := func(q tlsengine.Question) func(*tlsengine.Config) {
		return func(cfg *tlsengine.Config) { cfg.Ask = q }
	}
	for name, c := range map[string]struct {
		early  bool
		config func(*tlsengine.Config)
	}{
		"resumed":         {false, asks(tlsengine.AskVerdictResumed)},
		"with early data": {true, asks(tlsengine.AskVerdictResumed)},
		// Another Config, with which the TicketKeys are shared, may have given
		// the verdict on other grounds.
		"where the application gives the verdicts": {false, asks(tlsengine.AskVerdict)},
		"without Roots": {true, func(cfg *tlsengine.Config) { cfg.Roots = nil }},
	} {
		early := c.early
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := earlyServer()
				cfg.ClientAuth = tlsengine.RequireClientCert
				psk := ticketsOf(t, drive, cfg)[0]
				c.config(cfg)
				p := testpeer.Client(t, drive, cfg)
				p.PSKs, p.EarlyData = []*testpeer.PSK{psk}, early
				p.Send(p.ClientHello())
				if early {
					p.Send(p.Early("early"))
				}
				p.WantPending("is the chain still good", &tlsengine.VerdictRequest{Chain: testpeer.ClientIdentity().Chain, Resumed: true})
				p.WantNoEvent("a verdict gates any application data, and early data too")
				p.WantSilence("a verdict gates our Finished")
				p.Answer(func(e *tlsengine.Engine) error { return e.Verified(nil) })
				if early {
					p.WantReceivedEarly("now early data is taken", "early")
					p.Send(p.EndOfEarlyData())
				}
				p.Send(p.Finished())
				p.WantDone("the handshake is complete")
			})
		})
	}
}

func TestServerAsksWhetherToResume(t *testing.T) {
	for name, c := range map[string]struct {
		answer  tlsengine.ResumeAnswer
		resumed bool
		early   bool
	}{
		"with early data": {tlsengine.ResumeEarly, true, true},
		"without":         {tlsengine.ResumeOnly, true, false},
		"not at all":      {tlsengine.ResumeNo, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				cfg := earlyServer()
				psk := ticketsOf(t, drive, cfg)[0]
				cfg.Ask = tlsengine.AskResume
				p := early(t, drive, cfg, psk)
				p.Send(p.ClientHello(), p.Early("early"))
				p.WantPending("resume this session", &tlsengine.ResumeRequest{EarlyData: handshake.EarlyDataAccepted})
				p.WantSilence("nothing is said before the answer")
				p.Answer(func(e *tlsengine.Engine) error { return e.Resume(c.answer, nil) })
				p.WantFlight("the server answers", handshake.MsgServerHello)
				if c.early {
					p.WantReceivedEarly("early data is taken", "early")
					p.Send(p.EndOfEarlyData())
				}
				p.Send(p.Finished())
				p.WantDone("the handshake is complete")
				require.Equal(t, c.resumed, p.Engine.ConnectionState().Resumed)
			})
		})
	}
}

// TestServerAsksAboutEachTicket: the application knows sessions that no key
// of the Config opens.
func TestServerAsksAboutEachTicket(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		tickets := ticketsOf(t, drive, cfg)
		session := cfg.TicketKeys.Open(testpeer.Now(), tickets[1].Identity)
		require.NotNil(t, session)
		cfg.TicketKeys, cfg.Ask = nil, tlsengine.AskTicket
		p := testpeer.Client(t, drive, cfg)
		p.PSKs = tickets
		p.Send(p.ClientHello())
		p.WantPending("whose is the first", &tlsengine.TicketRequest{Identity: tickets[0].Identity})
		p.Answer(func(e *tlsengine.Engine) error {
			return e.Ticket(tlsengine.TicketAnswer{Session: []byte("not one of this package's")}, nil)
		})
		p.WantPending("whose is the second", &tlsengine.TicketRequest{Identity: tickets[1].Identity, Index: 1})
		p.Answer(func(e *tlsengine.Engine) error { return e.Ticket(tlsengine.TicketAnswer{Session: session}, nil) })
		p.WantFlight("the server resumes", handshake.MsgServerHello, handshake.MsgEncryptedExtensions, handshake.MsgFinished)
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
		p.WantSilence("without ticket keys there are no tickets")
	})
}

func TestServerUsesAnotherConfig(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.Credentials, cfg.Ask = nil, tlsengine.AskConfig
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello())
		p.WantPending("which Config", &tlsengine.ConfigRequest{})
		other := testpeer.ServerConfig()
		other.ALPN, other.ClientAuth = []string{"h2"}, tlsengine.RequestClientCert
		other.Suites = []*cipher.Suite{suiteOf(cipher.TLS_CHACHA20_POLY1305_SHA256)}
		p.Answer(func(e *tlsengine.Engine) error { return e.UseConfig(testpeer.Traced(other), nil) })
		p.Want("the server goes on with it", &handshake.ServerHello{CipherSuite: cipher.TLS_CHACHA20_POLY1305_SHA256})
		p.WantFlight("and asks who the client is", handshake.MsgEncryptedExtensions, handshake.MsgCertificateRequest)
	})
}

// Refusals by the application.

// refusing is a peer that made the engine ask, and the answer that refuses.
type refusing struct {
	peer   func(t *testing.T, drive *testpeer.Drive) *testpeer.Peer
	asks   tlsengine.Request
	refuse func(e *tlsengine.Engine, err error) error
	plain  alert.Alert // what an error of the application's own gets
	reason alert.Reason
}

func askingServer(q tlsengine.Question) func(t *testing.T, drive *testpeer.Drive) *testpeer.Peer {
	return func(t *testing.T, drive *testpeer.Drive) *testpeer.Peer {
		cfg := testpeer.ServerConfig()
		psk := ticketsOf(t, drive, cfg)[0]
		cfg.Ask = q
		p := testpeer.Client(t, drive, cfg)
		p.PSKs = []*testpeer.PSK{psk}
		if q == tlsengine.AskCredential {
			p.PSKs = nil
		}
		p.Send(p.ClientHello())
		return p
	}
}

func askingClient(q tlsengine.Question, cred *tlsengine.Credential) func(t *testing.T, drive *testpeer.Drive) *testpeer.Peer {
	return func(t *testing.T, drive *testpeer.Drive) *testpeer.Peer {
		cfg := testpeer.ClientConfig()
		cfg.Ask = q
		if cred != nil {
			cfg.Credentials = []*tlsengine.Credential{cred}
		}
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.Flight(p.CertificateRequest())...)
		return p
	}
}

var unsigned = &tlsengine.Credential{Chain: testpeer.ClientIdentity().Chain}

var refusals = map[string]refusing{
	"server's Config": {askingServer(tlsengine.AskConfig), &tlsengine.ConfigRequest{},
		func(e *tlsengine.Engine, err error) error { return e.UseConfig(nil, err) }, alert.AccessDenied, alert.AccessRefused},
	"server's Ticket": {askingServer(tlsengine.AskTicket), &tlsengine.TicketRequest{},
		func(e *tlsengine.Engine, err error) error { return e.Ticket(tlsengine.TicketAnswer{}, err) }, alert.AccessDenied, alert.AccessRefused},
	"server's Resume": {askingServer(tlsengine.AskResume), &tlsengine.ResumeRequest{},
		func(e *tlsengine.Engine, err error) error { return e.Resume(tlsengine.ResumeNo, err) }, alert.AccessDenied, alert.AccessRefused},
	"server's Credential": {askingServer(tlsengine.AskCredential), &tlsengine.CredentialRequest{},
		func(e *tlsengine.Engine, err error) error { return e.UseCredential(nil, err) }, alert.AccessDenied, alert.AccessRefused},
	"server's Signature": {func(t *testing.T, drive *testpeer.Drive) *testpeer.Peer {
		cfg := testpeer.ServerConfig()
		cfg.Credentials = []*tlsengine.Credential{{Chain: testpeer.ServerIdentity().Chain}}
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello())
		return p
	}, &tlsengine.SignatureRequest{},
		func(e *tlsengine.Engine, err error) error { return e.Signed(nil, err) }, alert.InternalError, alert.SigningFailed},
	"server's Verdict": {func(t *testing.T, drive *testpeer.Drive) *testpeer.Peer {
		cfg := testpeer.ServerConfig()
		cfg.Ask, cfg.ClientAuth = tlsengine.AskVerdict, tlsengine.RequireClientCert
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello())
		p.Send(p.Certificate(), p.CertificateVerify())
		return p
	}, &tlsengine.VerdictRequest{},
		func(e *tlsengine.Engine, err error) error { return e.Verified(err) }, alert.CertificateUnknown, alert.CertificateRefused},
	"client's Verdict": {askingClient(tlsengine.AskVerdict, nil), &tlsengine.VerdictRequest{},
		func(e *tlsengine.Engine, err error) error { return e.Verified(err) }, alert.CertificateUnknown, alert.CertificateRefused},
	"client's Credential": {askingClient(tlsengine.AskCredential, nil), &tlsengine.CredentialRequest{},
		func(e *tlsengine.Engine, err error) error { return e.UseCredential(nil, err) }, alert.AccessDenied, alert.AccessRefused},
	"client's Signature": {askingClient(0, unsigned), &tlsengine.SignatureRequest{},
		func(e *tlsengine.Engine, err error) error { return e.Signed(nil, err) }, alert.InternalError, alert.SigningFailed},
}

func TestTheApplicationRefuses(t *testing.T) {
	cause := errors.New("the application's own reason")
	for name, c := range refusals {
		t.Run(name, func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := c.peer(t, drive)
				p.WantPending("the engine asks", c.asks)
				err := p.AnswerError(func(e *tlsengine.Engine) error { return c.refuse(e, cause) })
				require.ErrorIs(t, err, cause)
				p.WantAlert("an error is a refusal", c.plain, c.reason)
			})
		})
		if c.reason == alert.SigningFailed {
			continue // a failure of ours, which has its alert
		}
		t.Run(name+" with an alert", func(t *testing.T) {
			testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
				p := c.peer(t, drive)
				p.WantPending("the engine asks", c.asks)
				err := tlsengine.Refuse(alert.UnrecognizedName, "no such name here")
				require.ErrorIs(t, p.AnswerError(func(e *tlsengine.Engine) error { return c.refuse(e, err) }), err)
				p.WantAlert("the application may choose the alert", alert.UnrecognizedName, alert.AccessRefused)
			})
		})
	}
}

func TestServerWithoutAnAnswerRefuses(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := askingServer(tlsengine.AskConfig)(t, drive)
		p.WantPending("which Config", &tlsengine.ConfigRequest{})
		p.AnswerError(func(e *tlsengine.Engine) error { return e.UseConfig(nil, nil) })
		p.WantAlert("no Config is a refusal", alert.AccessDenied, alert.AccessRefused)
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := askingServer(tlsengine.AskConfig)(t, drive)
		p.WantPending("which Config", &tlsengine.ConfigRequest{})
		p.AnswerError(func(e *tlsengine.Engine) error { return e.UseConfig(&tlsengine.Config{MaxFragment: 1}, nil) })
		p.WantAlert("a Config that does not work", alert.InternalError, alert.Internal)
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := askingServer(tlsengine.AskCredential)(t, drive)
		p.WantPending("which credential", &tlsengine.CredentialRequest{})
		p.AnswerError(func(e *tlsengine.Engine) error { return e.UseCredential(nil, nil) })
		p.WantAlert("a server without a credential refuses", alert.HandshakeFailure, alert.NoCredential)
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ServerConfig()
		cfg.Ask = tlsengine.AskCredential
		p := testpeer.Client(t, drive, cfg)
		p.Send(p.ClientHello(put(handshake.ExtSignatureAlgorithms, 0, 2, 8, 7)))
		p.WantPending("which credential", &tlsengine.CredentialRequest{Schemes: []signature.Scheme{signature.Ed25519}})
		p.AnswerError(func(e *tlsengine.Engine) error { return e.UseCredential(testpeer.ServerIdentity().Credential(), nil) })
		p.WantAlert("one that the client cannot take", alert.HandshakeFailure, alert.NoSignatureScheme)
	})
}

func TestClientMayAnswerWithoutACredential(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := askingClient(tlsengine.AskCredential, nil)(t, drive)
		p.WantPending("which credential", &tlsengine.CredentialRequest{})
		p.Answer(func(e *tlsengine.Engine) error { return e.UseCredential(nil, nil) })
		p.WantFlight("RFC 9846, Section 4.5.1: the client MUST send a Certificate message containing no certificates",
			handshake.MsgClientHello, handshake.MsgCertificate, handshake.MsgFinished)
		require.Empty(t, p.Chain)
		p.WantDone("the handshake is complete")
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		cfg := testpeer.ClientConfig()
		cfg.Ask = tlsengine.AskCredential
		p := testpeer.Server(t, drive, cfg)
		p.Send(p.Flight(p.CertificateRequest(func(m *handshake.CertificateRequest) {
			m.Extensions = m.Extensions.With(handshake.ExtSignatureAlgorithms, []byte{0, 2, 8, 7})
		}))...)
		p.WantPending("which credential", &tlsengine.CredentialRequest{})
		p.AnswerError(func(e *tlsengine.Engine) error { return e.UseCredential(testpeer.ClientIdentity().Credential(), nil) })
		p.WantAlert("one that the server cannot take", alert.HandshakeFailure, alert.NoSignatureScheme)
	})
}

// Answers when nothing was asked, or not any more.
func TestAnswersThatNobodyAskedFor(t *testing.T) {
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Server(t, drive, testpeer.ClientConfig())
		p.WantNothingPending("nothing is asked of a client that waits")
		p.Send(p.Flight()...)
		p.WantDone("the handshake is complete")
		p.WantNothingPending("nothing is asked any more")
	})
	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
		p := testpeer.Client(t, drive, testpeer.ServerConfig())
		p.WantNothingPending("nothing is asked of a server that waits")
		p.Send(p.ClientHello())
		p.WantNothingPending("nothing is asked of a server that waits")
		p.Send(p.Finished())
		p.WantDone("the handshake is complete")
		p.WantNothingPending("nothing is asked any more")
	})
}

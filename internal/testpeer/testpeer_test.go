package testpeer

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// failing is a test that writes down how it fails.
type failing struct {
	testing.TB
	said    []string
	cleanup []func()
}

func (f *failing) Helper()           {}
func (f *failing) Cleanup(do func()) { f.cleanup = append(f.cleanup, do) }

func (f *failing) Logf(format string, args ...any) {
	f.said = append(f.said, fmt.Sprintf(format, args...))
}

func (f *failing) Fatalf(format string, args ...any) {
	f.Logf(format, args...)
	runtime.Goexit()
}

// output is what a dialogue says that fails.
func output(t *testing.T, dialogue func(t testing.TB)) string {
	t.Helper()
	f := &failing{TB: t}
	done := make(chan bool)
	ok := false
	go func() {
		defer close(done)
		dialogue(f)
		ok = true
	}()
	<-done
	require.False(t, ok, "the dialogue fails")
	for _, do := range f.cleanup {
		do()
	}
	return strings.Join(f.said, "\n")
}

func TestAFailureTellsAll(t *testing.T) {
	said := output(t, func(t testing.TB) {
		p := Server(t, Whole(), ClientConfig())
		p.Want("the client opens the handshake", &handshake.ClientHello{})
		p.Send(p.ServerHello(func(m *handshake.ServerHello) { m.CipherSuite = 0x2a2a }))
		p.Want("the client goes on", &handshake.Finished{})
	})
	require.Contains(t, said, "the client goes on", "the sentence")
	require.Contains(t, said, "got:  alert illegal_parameter", "what was got")
	require.Contains(t, said, "want: Finished", "what was wanted")
	require.Contains(t, said, "C→S   ClientHello", "the ladder")
	require.Contains(t, said, "S→C   ServerHello 0x2a2a", "with what matters of each message")
	require.NotContains(t, strings.ToLower(said), "1603030", "nobody has to read hex")
}

// Dialogues that are wrong, and what they fail with.
func TestWrongExpectationsFail(t *testing.T) {
	connected := func(t testing.TB) *Peer {
		p := Server(t, Whole(), ClientConfig())
		p.Send(p.Flight()...)
		p.WantFlight("the client's flight", handshake.MsgClientHello, handshake.MsgFinished)
		p.WantDone("the handshake is complete")
		return p
	}
	refused := func(t testing.TB) *Peer {
		p := Server(t, Whole(), ClientConfig())
		p.Send(p.ServerHello(func(m *handshake.ServerHello) { m.CipherSuite = 0x2a2a }))
		return p
	}
	for name, dialogue := range map[string]func(t testing.TB){
		"another message": func(t testing.TB) { Server(t, Whole(), ClientConfig()).Want("x", &handshake.Finished{}) },
		"another field": func(t testing.TB) {
			Server(t, Whole(), ClientConfig()).Want("x", &handshake.ClientHello{LegacyVersion: 1})
		},
		"no message":         func(t testing.TB) { Client(t, Whole(), ServerConfig()).Want("x", &handshake.ServerHello{}) },
		"silence":            func(t testing.TB) { Server(t, Whole(), ClientConfig()).WantSilence("x") },
		"no alert":           func(t testing.TB) { connected(t).WantAlert("x", alert.InternalError, alert.Internal) },
		"another alert":      func(t testing.TB) { refused(t).WantAlert("x", alert.InternalError, alert.WrongCipher) },
		"another reason":     func(t testing.TB) { refused(t).WantAlert("x", alert.IllegalParameter, alert.WrongGroup) },
		"no peer's alert":    func(t testing.TB) { connected(t).WantPeerAlert("x", alert.InternalError) },
		"no event":           func(t testing.TB) { connected(t).WantEvent("x", tlsengine.EventNewSession) },
		"an event":           func(t testing.TB) { p := connected(t); p.Send(p.NewSessionTicket()); p.WantNoEvent("x") },
		"other data":         func(t testing.TB) { p := connected(t); p.Send(p.Data("a")); p.WantReceived("x", "b") },
		"other data said":    func(t testing.TB) { p := connected(t); p.Write("a"); p.WantData("x", "b") },
		"early data":         func(t testing.TB) { p := connected(t); p.Write("a"); p.WantEarly("x", "a") },
		"no question":        func(t testing.TB) { connected(t).WantPending("x", &tlsengine.VerdictRequest{}) },
		"no close_notify":    func(t testing.TB) { connected(t).WantCloseNotify("x") },
		"no CCS":             func(t testing.TB) { connected(t).WantCCS("x") },
		"a message of none":  func(t testing.TB) { connected(t).Want("x", &struct{}{}) },
		"the application":    func(t testing.TB) { Server(t, Whole(), ClientConfig()).Write("x") },
		"a Config":           func(t testing.TB) { Client(t, Whole(), &tlsengine.Config{MaxFragment: 1}) },
		"an unwanted answer": func(t testing.TB) { connected(t).Answer(func(e *tlsengine.Engine) error { return e.Verified(nil) }) },
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEmpty(t, output(t, dialogue))
		})
	}
}

// What the Peer checks unasked: engines that are wrong, made so by Rewrite.
func TestWrongEnginesFail(t *testing.T) {
	flip := func(wrong handshake.MessageType) func(handshake.MessageType, []byte) []byte {
		return func(t handshake.MessageType, msg []byte) []byte {
			if t == wrong {
				msg[len(msg)-1] ^= 1
			}
			return msg
		}
	}
	for _, typ := range []handshake.MessageType{handshake.MsgCertificateVerify, handshake.MsgFinished} {
		t.Run(typ.String(), func(t *testing.T) {
			said := output(t, func(t testing.TB) {
				cfg := ServerConfig()
				cfg.Rewrite = flip(typ)
				p := Client(t, Whole(), cfg)
				p.Send(p.ClientHello())
				p.WantSilence("unreached")
			})
			require.Contains(t, said, "it is not so")
		})
	}
}

func TestModesHoldEachOtherToTheSame(t *testing.T) {
	play := func(seed string) *Drive {
		drive := Whole()
		cfg := ClientConfig()
		cfg.Rand = Rand(seed)
		p := Server(t, drive, cfg)
		p.Send(p.Flight()...)
		p.WantDone("the handshake is complete")
		return drive
	}
	require.Empty(t, play("a").differences(play("a")))
	require.Contains(t, play("a").differences(play("b")), "output")
}

func TestCertificatesAreTheSameInEachRun(t *testing.T) {
	for _, id := range []func() *Identity{
		func() *Identity { return ECIdentity(Name) }, func() *Identity { return EdIdentity(Name) }, func() *Identity { return RSAIdentity(Name) },
	} {
		require.Equal(t, id().Chain, id().Chain)
	}
}

// TestTheTwoRecordLayersAgree: the Peer's own, through an engine's, for every
// suite of TLS 1.3.
func TestTheTwoRecordLayersAgree(t *testing.T) {
	for _, suite := range cipher.Suites() {
		if suite.TLS13() {
			p := Server(t, Whole(), ClientConfig())
			p.Suite = suite
			p.Send(p.Flight()...)
			p.WantDone("the handshake is complete")
			p.Send(Padded(20, p.Data("there")))
			p.WantReceived("one way", "there")
			p.WantFlight("the client's flight", handshake.MsgClientHello, handshake.MsgFinished)
			p.Write("and back")
			p.WantData("and the other", "and back")
		}
	}
}

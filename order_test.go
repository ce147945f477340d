package tlsengine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// The order of messages, from the figures of RFC 9846, Section 2, and not from
// the tables of the machine: a second description that the first is held to.
//
// "Protocol messages MUST be sent in the order defined in Section 4.1 and
// shown in the diagrams in Section 2 … A peer which receives a handshake
// message in an unexpected order MUST abort the handshake with an
// "unexpected_message" alert." RFC 9846, Section 4.
//
// A message is a letter, and what a peer says a word. For each legal flow, the
// flow itself is played, and all words that come of it by dropping, doubling
// or swapping a letter, and (but in short mode) by putting any other in its
// place or before it.

// letters are the messages, with what they are to a peer.
var letters = map[rune]func(p *testpeer.Peer) testpeer.Item{
	'c': func(p *testpeer.Peer) testpeer.Item { return p.ClientHello() },
	'S': func(p *testpeer.Peer) testpeer.Item { return p.ServerHello() },
	'H': func(p *testpeer.Peer) testpeer.Item { return p.HelloRetryRequest() },
	'E': func(p *testpeer.Peer) testpeer.Item { return p.EncryptedExtensions() },
	'R': func(p *testpeer.Peer) testpeer.Item { return p.CertificateRequest() },
	'C': func(p *testpeer.Peer) testpeer.Item { return p.Certificate() },
	'e': func(p *testpeer.Peer) testpeer.Item { // an empty Certificate
		return p.Certificate(func(m *handshake.Certificate) { m.CertificateList = nil })
	},
	'V': func(p *testpeer.Peer) testpeer.Item { return p.CertificateVerify() },
	'F': func(p *testpeer.Peer) testpeer.Item { return p.Finished() },
	'o': func(p *testpeer.Peer) testpeer.Item { return p.EndOfEarlyData() },
	'T': func(p *testpeer.Peer) testpeer.Item { return p.NewSessionTicket() },
	'K': func(p *testpeer.Peer) testpeer.Item { return p.KeyUpdate(handshake.UpdateNotRequested) },

	// Of TLS 1.2, of extensions, and of nothing.
	'h': func(p *testpeer.Peer) testpeer.Item { return p.Message(handshake.MsgHelloRequest, nil) },
	'v': func(p *testpeer.Peer) testpeer.Item { return p.Message(3, []byte{3, 3, 1, 1}) }, // hello_verify_request
	'x': func(p *testpeer.Peer) testpeer.Item {
		return p.Message(handshake.MsgServerKeyExchange, []byte{3, 0, 29, 32})
	},
	'd': func(p *testpeer.Peer) testpeer.Item { return p.Message(handshake.MsgServerHelloDone, nil) },
	'k': func(p *testpeer.Peer) testpeer.Item {
		return p.Message(handshake.MsgClientKeyExchange, make([]byte, 33))
	},
	'u': func(p *testpeer.Peer) testpeer.Item { return p.Message(21, []byte{0}) }, // certificate_url
	's': func(p *testpeer.Peer) testpeer.Item {
		return p.Message(handshake.MsgCertificateStatus, []byte{1, 0, 0, 1, 1})
	},
	'q': func(p *testpeer.Peer) testpeer.Item { return p.Message(23, []byte{0, 0, 0}) }, // supplemental_data
	'z': func(p *testpeer.Peer) testpeer.Item {
		return p.Message(handshake.MsgCompressedCertificate, []byte{0, 1, 0, 0, 1, 0, 0, 1, 1})
	},
	'n': func(p *testpeer.Peer) testpeer.Item { return p.Message(67, []byte{0, 0}) }, // next_protocol
	'm': func(p *testpeer.Peer) testpeer.Item { return p.Message(handshake.MsgMessageHash, make([]byte, 32)) },
	'?': func(p *testpeer.Peer) testpeer.Item { return p.Message(99, nil) },
}

// flow is a way to do a handshake.
type flow struct {
	name  string
	word  string   // what the peer says
	legal []string // all that it may say, given what the hellos say
	tail  string   // the letters it may say after that, in any number
	start func(t *testing.T) *testpeer.Peer

	hello func(*handshake.ClientHello) // changes a client's first ClientHello
	early bool                         // what follows a ClientHello is under early data's keys
	empty alert.Alert                  // what an empty Certificate gets where one is due
}

// The words of a server, of RFC 9846, Figures 1 and 2: ServerHello,
// EncryptedExtensions, CertificateRequest*, Certificate, CertificateVerify,
// Finished, with a HelloRetryRequest before them or not.
var serverWords = []string{"SECVF", "SERCVF", "HSECVF", "HSERCVF"}

var flows = []flow{
	{name: "server, full", word: "SECVF", legal: serverWords, tail: "TK", start: toClient(nil), empty: alert.DecodeError},
	{name: "server, retry", word: "HSECVF", legal: serverWords, tail: "TK", start: toClient(nil), empty: alert.DecodeError},
	{name: "server, client authentication", word: "SERCVF", legal: serverWords, tail: "TK", start: toClient(withCredential), empty: alert.DecodeError},
	{name: "server, retry and client authentication", word: "HSERCVF", legal: serverWords, tail: "TK", start: toClient(withCredential), empty: alert.DecodeError},
	{name: "server, afterwards", word: "SECVFTKTK", legal: serverWords, tail: "TK", start: toClient(nil), empty: alert.DecodeError},
	// Figures 3 and 4: with a PSK there is no certificate.
	{name: "server, PSK", word: "SEF", legal: []string{"SEF", "HSEF"}, tail: "TK", start: toResumingClient(0)},
	{name: "server, retry and PSK", word: "HSEF", legal: []string{"SEF", "HSEF"}, tail: "TK", start: toResumingClient(0)},
	{name: "server, 0-RTT", word: "SEF", legal: []string{"SEF", "HSEF"}, tail: "TK", start: toResumingClient(1000)},
	{name: "server, retry after 0-RTT", word: "HSEF", legal: []string{"SEF", "HSEF"}, tail: "TK", start: toResumingClient(1000)},

	// The words of a client.
	{name: "client, full", word: "cF", legal: []string{"cF"}, tail: "K", start: toServer(nil)},
	{name: "client, retry", word: "ccF", legal: []string{"ccF"}, tail: "K", start: toServer(nil), hello: noShares},
	{name: "client, authentication", word: "cCVF", legal: []string{"cCVF"}, tail: "K", start: toServer(requiring), empty: alert.CertificateRequired},
	{name: "client, authentication where it may", word: "cCVF", legal: []string{"cCVF", "ceF"}, tail: "K", start: toServer(requesting)},
	{name: "client, no certificate", word: "ceF", legal: []string{"cCVF", "ceF"}, tail: "K", start: toServer(requesting)},
	{name: "client, retry and authentication", word: "ccCVF", legal: []string{"ccCVF"}, tail: "K", start: toServer(requiring), hello: noShares, empty: alert.CertificateRequired},
	{name: "client, afterwards", word: "cFKK", legal: []string{"cF"}, tail: "K", start: toServer(nil)},
	{name: "client, PSK", word: "cF", legal: []string{"cF"}, tail: "K", start: toResumingServer(false)},
	{name: "client, 0-RTT", word: "coF", legal: []string{"coF"}, tail: "K", start: toResumingServer(true), early: true},
	{name: "client, PSK in place of authentication", word: "cF", legal: []string{"cF"}, tail: "K", start: toServerThatKnows},
}

func toClient(change func(*tlsengine.Config)) func(*testing.T) *testpeer.Peer {
	return func(t *testing.T) *testpeer.Peer {
		cfg := testpeer.ClientConfig()
		if change != nil {
			change(cfg)
		}
		return testpeer.Server(t, testpeer.Whole(), cfg)
	}
}

func withCredential(cfg *tlsengine.Config) {
	cfg.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
}

func toResumingClient(early uint32) func(*testing.T) *testpeer.Peer {
	return func(t *testing.T) *testpeer.Peer {
		cfg := testpeer.ClientConfig()
		session, psk := sessionOf(t, testpeer.Whole(), cfg, nil, early)
		cfg.Session, cfg.MaxEarlyData = session, early
		p := testpeer.Server(t, testpeer.Whole(), cfg)
		p.PSKs, p.EarlyData = []*testpeer.PSK{psk}, early > 0
		return p
	}
}

func toServer(change func(*tlsengine.Config)) func(*testing.T) *testpeer.Peer {
	return func(t *testing.T) *testpeer.Peer {
		cfg := testpeer.ServerConfig()
		if change != nil {
			change(cfg)
		}
		return testpeer.Client(t, testpeer.Whole(), cfg)
	}
}

func requiring(cfg *tlsengine.Config)  { cfg.ClientAuth = tlsengine.RequireClientCert }
func requesting(cfg *tlsengine.Config) { cfg.ClientAuth = tlsengine.RequestClientCert }

func toResumingServer(early bool) func(*testing.T) *testpeer.Peer {
	return func(t *testing.T) *testpeer.Peer {
		cfg := earlyServer()
		psk := ticketsOf(t, testpeer.Whole(), cfg)[0]
		p := testpeer.Client(t, testpeer.Whole(), cfg)
		p.PSKs, p.EarlyData = []*testpeer.PSK{psk}, early
		return p
	}
}

func toServerThatKnows(t *testing.T) *testpeer.Peer {
	cfg := testpeer.ServerConfig()
	requiring(cfg)
	psk := ticketsOf(t, testpeer.Whole(), cfg)[0]
	p := testpeer.Client(t, testpeer.Whole(), cfg)
	p.PSKs = []*testpeer.PSK{psk}
	return p
}

// beginsLegally reports whether the word is one that may go on to be legal.
func (f *flow) beginsLegally(word string) bool {
	for _, legal := range f.legal {
		if strings.HasPrefix(legal, word) {
			return true
		}
		if rest, ok := strings.CutPrefix(word, legal); ok && strings.Trim(rest, f.tail) == "" {
			return true
		}
	}
	return false
}

// isComplete reports whether after the word the handshake is done.
func (f *flow) isComplete(word string) bool {
	for _, legal := range f.legal {
		if strings.HasPrefix(word, legal) {
			return true
		}
	}
	return false
}

// words are the flow's, and all that come of it by one change.
func (f *flow) words() []string {
	w := f.word
	all := []string{w}
	if race.Enabled {
		return all // nothing happens at the same time
	}
	for i := range w {
		all = append(all, w[:i]+w[i+1:], w[:i+1]+w[i:])
		if i > 0 {
			all = append(all, w[:i-1]+w[i:i+1]+w[i-1:i]+w[i+1:])
		}
		if testing.Short() {
			continue
		}
		for letter := range letters {
			all = append(all, w[:i]+string(letter)+w[i+1:], w[:i]+string(letter)+w[i:])
		}
	}
	for letter := range letters {
		all = append(all, w+string(letter))
	}
	return all
}

func TestOrder(t *testing.T) {
	for _, f := range flows {
		t.Run(f.name, func(t *testing.T) {
			played := make(map[string]bool)
			for _, word := range f.words() {
				if !played[word] {
					played[word] = true
					t.Run(word, func(t *testing.T) { f.play(t, word) })
				}
			}
		})
	}
}

// play says a word, letter by letter, up to the first that is not legal.
func (f *flow) play(t *testing.T, word string) {
	p := f.start(t)
	for i, letter := range word {
		item := letters[letter](p)
		if i == 0 && letter == 'c' && f.hello != nil {
			item = p.ClientHello(f.hello)
		}
		if f.early && i > 0 && !strings.Contains(word[:i], "o") && strings.HasPrefix(word, "c") {
			item = testpeer.At(handshake.EarlyData, item)
		} else {
			item = p.Now(item)
		}
		if !f.beginsLegally(word[:i+1]) {
			want := alert.UnexpectedMessage
			if letter == 'e' && f.empty != 0 && f.beginsLegally(word[:i]+"C") {
				want = f.empty
			}
			p.Send(testpeer.Inert(testpeer.Unheard(item)))
			p.WantAlert(fmt.Sprintf("%q is not what may be said, after %q", letter, word[:i]), want, testpeer.AnyReason)
			return
		}
		p.Send(item)
		require.NoError(t, p.Engine.Err(), "%q may be said", word[:i+1])
		require.Equal(t, f.isComplete(word[:i+1]), p.Engine.ConnectionState().HandshakeDone, "after %q", word[:i+1])
	}
}

package tlsengine_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/record"
)

// flow12 is a legal flow of TLS 1.2, written from RFC 5246, Section 7.3, RFC
// 5077, Section 3.1 and RFC 6066, Section 8. Protected messages are "Finished".
type flow12 struct {
	name    string
	configs func(t testing.TB) (client, server *tlsengine.Config)
	said    []string // "C" or "S" and what each side says, in order
}

func flows12() []flow12 {
	base := func(testing.TB) (c, s *tlsengine.Config) { return client12(), server12() }
	withID := func(testing.TB) (c, s *tlsengine.Config) { return client12(), byID(server12()) }
	withAuth := func(testing.TB) (c, s *tlsengine.Config) {
		c, s = client12(), server12()
		c.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
		s.ClientAuth = tlsengine.RequireClientCert
		return c, s
	}
	withStaple := func(t testing.TB) (c, s *tlsengine.Config) {
		c, s = withAuth(t)
		cred := testpeer.ServerIdentity().Credential()
		cred.Staple, c.RequestStatus = []byte("a response"), true
		s.Credentials = []*tlsengine.Credential{cred}
		return c, s
	}
	resumed := func(first func(testing.TB) (c, s *tlsengine.Config), after time.Duration) func(testing.TB) (c, s *tlsengine.Config) {
		return func(t testing.TB) (c, s *tlsengine.Config) {
			c, s = first(t)
			c.Session = meet(t, c, s).session()
			c.Time, s.Time = testpeer.Clock(after), testpeer.Clock(after)
			c.Rand, s.Rand = testpeer.Rand("client again"), testpeer.Rand("server again")
			return c, s
		}
	}
	return []flow12{
		{"a full handshake", base, []string{
			"C ClientHello", "S ServerHello", "S Certificate", "S ServerKeyExchange", "S ServerHelloDone",
			"C ClientKeyExchange", "C ChangeCipherSpec", "C Finished",
			"S NewSessionTicket", "S ChangeCipherSpec", "S Finished",
		}},
		{"without a ticket", withID, []string{
			"C ClientHello", "S ServerHello", "S Certificate", "S ServerKeyExchange", "S ServerHelloDone",
			"C ClientKeyExchange", "C ChangeCipherSpec", "C Finished", "S ChangeCipherSpec", "S Finished",
		}},
		{"with a client's certificate", withAuth, []string{
			"C ClientHello", "S ServerHello", "S Certificate", "S ServerKeyExchange", "S CertificateRequest", "S ServerHelloDone",
			"C Certificate", "C ClientKeyExchange", "C CertificateVerify", "C ChangeCipherSpec", "C Finished",
			"S NewSessionTicket", "S ChangeCipherSpec", "S Finished",
		}},
		{"with a status", withStaple, []string{
			"C ClientHello", "S ServerHello", "S Certificate", "S CertificateStatus", "S ServerKeyExchange", "S CertificateRequest", "S ServerHelloDone",
			"C Certificate", "C ClientKeyExchange", "C CertificateVerify", "C ChangeCipherSpec", "C Finished",
			"S NewSessionTicket", "S ChangeCipherSpec", "S Finished",
		}},
		{"resumption by ticket", resumed(base, 0), []string{
			"C ClientHello", "S ServerHello", "S ChangeCipherSpec", "S Finished", "C ChangeCipherSpec", "C Finished",
		}},
		{"resumption by session id", resumed(withID, 0), []string{
			"C ClientHello", "S ServerHello", "S ChangeCipherSpec", "S Finished", "C ChangeCipherSpec", "C Finished",
		}},
		{"resumption with a new ticket", resumed(withAuth, 30*time.Hour), []string{
			"C ClientHello", "S ServerHello", "S NewSessionTicket", "S ChangeCipherSpec", "S Finished", "C ChangeCipherSpec", "C Finished",
		}},
	}
}

// path carries the records of a pair one message at a time, so that a test can
// change what is on the way.
type path struct {
	*pair
	protected map[*end]bool // the end has changed its cipher
	said      []string
	change    func(n int, from *end, p piece) []piece // nil passes all
}

func newPath(p *pair) *path {
	return &path{pair: p, protected: make(map[*end]bool)}
}

func (w *path) name(from *end, p piece) string {
	who := "C "
	if from == w.server {
		who = "S "
	}
	switch {
	case p.Type == record.ChangeCipherSpec:
		return who + "ChangeCipherSpec"
	case p.Type == record.Handshake && w.protected[from]:
		return who + "Finished"
	case p.Type == record.Handshake:
		typ, _ := p.message()
		return who + typ.String()
	}
	return who + p.Type.String()
}

// run carries messages until nobody says anything any more.
func (w *path) run() {
	w.t.Helper()
	for w.client.Owes() || w.server.Owes() {
		w.carry(w.client, w.server)
		w.carry(w.server, w.client)
	}
}

func (w *path) carry(from, to *end) {
	w.t.Helper()
	for _, p := range cut(w.t, from.Flush(nil), w.protected[from]) {
		n := len(w.said)
		w.said = append(w.said, w.name(from, p))
		w.protected[from] = w.protected[from] || p.Type == record.ChangeCipherSpec
		list := []piece{p}
		if w.change != nil {
			list = w.change(n, from, p)
		}
		for _, p := range list {
			to.take(w.t, p.append(nil))
		}
	}
}

func TestTLS12Flows(t *testing.T) {
	for _, flow := range flows12() {
		t.Run(flow.name, func(t *testing.T) {
			c, s := flow.configs(t)
			w := newPath(newPair(t, c, s))
			w.run()
			require.NoError(t, w.client.err)
			require.NoError(t, w.server.err)
			require.Equal(t, flow.said, w.said)
			w.exchange(payload)
			w.sameSecrets()
		})
	}
}

// The same flows cut into single bytes: the same events and the same answers.
func TestTLS12FlowsByteByByte(t *testing.T) {
	for _, flow := range flows12() {
		t.Run(flow.name, func(t *testing.T) {
			var said [2][]byte
			var events [2]string
			for i := range said {
				c, s := flow.configs(t)
				p := newPair(t, c, s)
				for p.client.Owes() || p.server.Owes() {
					for _, way := range [][2]*end{{p.client, p.server}, {p.server, p.client}} {
						out := way[0].Flush(nil)
						said[i] = append(said[i], out...)
						for len(out) > 0 {
							n := len(out)
							if i == 1 {
								n = 1
							}
							way[1].take(t, out[:n])
							out = out[n:]
						}
					}
				}
				require.NoError(t, p.client.err)
				require.NoError(t, p.server.err)
				events[i] = fmt.Sprint(p.client.events, p.server.events)
			}
			require.True(t, bytes.Equal(said[0], said[1]), "the same output")
			require.Equal(t, events[0], events[1])
		})
	}
}

// optional are the messages that a side may leave out: the other learns only
// from Finished, or from what comes next, that it was said.
var optional = map[string]bool{"S CertificateStatus": true, "S CertificateRequest": true}

// Each message left out, said twice, and said after the next one: all of these
// are refused, by whoever hears them first. The flow above is the whole of what
// is right; nothing here looks at the diagrams.
func TestTLS12EveryDeviationIsRefused(t *testing.T) {
	for _, flow := range flows12() {
		for i, said := range flow.said {
			t.Run(flow.name+"/without "+said, func(t *testing.T) {
				if i+1 == len(flow.said) || flow.said[i+1][0] != said[0] {
					t.Skip("silence is not wrong")
				}
				w := deviating(t, flow, func(n int, _ *end, p piece) []piece {
					if n == i {
						return nil
					}
					return []piece{p}
				})
				if optional[said] {
					require.Error(t, errorOf(w), "somebody notices")
					return
				}
				w.wantUnexpected(t, said)
			})
			t.Run(flow.name+"/twice "+said, func(t *testing.T) {
				w := deviating(t, flow, func(n int, _ *end, p piece) []piece {
					if n == i {
						return []piece{p, p}
					}
					return []piece{p}
				})
				w.wantUnexpected(t, said)
			})
			t.Run(flow.name+"/late "+said, func(t *testing.T) {
				if i+1 == len(flow.said) || flow.said[i+1][0] != said[0] {
					t.Skip("there is nothing to come first")
				}
				var held piece
				w := deviating(t, flow, func(n int, _ *end, p piece) []piece {
					switch n {
					case i:
						held = p
						return nil
					case i + 1:
						return []piece{p, held}
					}
					return []piece{p}
				})
				w.wantUnexpected(t, said)
			})
		}
	}
}

// instead are the messages that may stand where another does: the hearer cannot
// know better, and finds out with the next one.
var instead = map[string][]string{
	"S ServerHelloDone": {"CertificateRequest"}, "S CertificateRequest": {"ServerHelloDone"},
	"S CertificateStatus": {"ServerKeyExchange"},
	"S ServerHello":       {"HelloRetryRequest"},
}

// strangers is one message of every type, well formed.
func strangers(t *testing.T) map[string][]byte {
	hello := clientHello(t, client12())
	chain := testpeer.ServerIdentity().Chain
	return map[string][]byte{
		"HelloRequest":        (&handshake.HelloRequest{}).Append(nil),
		"ClientHello":         hello.Append(nil),
		"ServerHello":         (&handshake.ServerHello{LegacyVersion: 0x0303, CipherSuite: 0xc02b}).Append(nil),
		"HelloRetryRequest":   (&handshake.ServerHello{LegacyVersion: 0x0303, Random: handshake.HelloRetryRequestRandom}).Append(nil),
		"NewSessionTicket":    (&handshake.NewSessionTicket12{Ticket: []byte("ticket")}).Append(nil),
		"EndOfEarlyData":      (&handshake.EndOfEarlyData{}).Append(nil),
		"EncryptedExtensions": (&handshake.EncryptedExtensions{}).Append(nil),
		"Certificate":         (&handshake.Certificate12{CertificateList: chain}).Append(nil),
		"ServerKeyExchange":   (&handshake.ServerKeyExchange{Params: handshake.ServerECDHParams{Public: []byte{4}}}).Append(nil),
		"CertificateRequest":  (&handshake.CertificateRequest12{CertificateTypes: []byte{64}, SupportedSignatureAlgorithms: []byte{4, 3}}).Append(nil),
		"ServerHelloDone":     (&handshake.ServerHelloDone{}).Append(nil),
		"CertificateVerify":   (&handshake.CertificateVerify{Algorithm: 0x0403, Signature: []byte{1}}).Append(nil),
		"ClientKeyExchange":   (&handshake.ClientKeyExchange{ECDHYc: []byte{4}}).Append(nil),
		"Finished":            (&handshake.Finished{VerifyData: make([]byte, 12)}).Append(nil),
		"CertificateStatus":   (&handshake.CertificateStatus{Response: []byte{1}}).Append(nil),
		"KeyUpdate":           (&handshake.KeyUpdate{}).Append(nil),
	}
}

// Each message of each flow replaced by each other one, CVE-2014-6593 (SKIP-TLS)
// and CVE-2015-0205 among them.
func TestTLS12EveryOtherMessageIsRefused(t *testing.T) {
	for _, flow := range flows12() {
		for i, said := range flow.said {
			for other, msg := range strangers(t) {
				if other == said[2:] || slices.Contains(instead[said], other) {
					continue
				}
				if said == "S ServerKeyExchange" && other == "CertificateStatus" && flow.name == "with a status" {
					continue // it came, and it may come: twice is another test
				}
				w := deviating(t, flow, func(n int, _ *end, p piece) []piece {
					if n == i {
						p = piece{record.Header{Type: record.Handshake, Version: 0x0303}, msg}
					}
					return []piece{p}
				})
				hearer := w.server
				if said[0] == 'S' {
					hearer = w.client
				}
				refusal := hearer.refusal(t)
				if said[2:] == "Finished" {
					require.Equal(t, alert.BadRecordMAC, refusal.Alert, "%s: %s for %s", flow.name, other, said)
					continue
				}
				require.Equal(t, alert.UnexpectedMessage, refusal.Alert, "%s: %s for %s", flow.name, other, said)
			}
		}
	}
}

func deviating(t *testing.T, flow flow12, change func(int, *end, piece) []piece) *path {
	t.Helper()
	c, s := flow.configs(t)
	w := newPath(newPair(t, c, s))
	w.change = change
	w.run()
	return w
}

func errorOf(w *path) error {
	if w.client.err != nil {
		return w.client.err
	}
	return w.server.err
}

// wantUnexpected expects the side that did not say it to refuse with
// unexpected_message; a protected record that comes twice, or is taken for an
// unprotected one, with what that looks like.
func (w *path) wantUnexpected(t *testing.T, said string) {
	t.Helper()
	hearer := w.server
	if said[0] == 'S' {
		hearer = w.client
	}
	got := hearer.refusal(t)
	if said[2:] == "Finished" || said[2:] == "ChangeCipherSpec" {
		require.Contains(t, []tlsengine.Alert{
			alert.UnexpectedMessage, alert.BadRecordMAC, // a replay
			alert.IllegalParameter, alert.NoRenegotiation, // what ciphertext says when read as it is
		}, got.Alert, "%v", got)
		return
	}
	require.Equal(t, alert.UnexpectedMessage, got.Alert, "%v", got)
}

// A ChangeCipherSpec at any moment but its own, CVE-2014-0224 (EarlyCCS): to
// either side, before each message of each flow.
func TestEarlyCCS(t *testing.T) {
	for _, flow := range flows12() {
		for i, said := range flow.said {
			if i == 0 {
				continue
			}
			t.Run(flow.name+"/before "+said, func(t *testing.T) {
				w := deviating(t, flow, func(n int, _ *end, p piece) []piece {
					if n == i {
						return []piece{changeCipherSpec, p}
					}
					return []piece{p}
				})
				to := w.server
				if said[0] == 'S' {
					to = w.client
				}
				refusal := to.refusal(t)
				if said[2:] == "ChangeCipherSpec" || said[2:] == "Finished" {
					require.Contains(t, []tlsengine.Alert{alert.UnexpectedMessage, alert.BadRecordMAC}, refusal.Alert,
						"the second is not protected by what the first one began")
					return
				}
				require.Equal(t, alert.UnexpectedMessage, refusal.Alert)
			})
		}
	}
}

// A client that may get TLS 1.3 has to let a ChangeCipherSpec pass before the
// ServerHello, and remembers it when that is one of TLS 1.2.
func TestEarlyCCSBeforeTheVersionIsKnown(t *testing.T) {
	for name, c := range map[string]struct {
		client, server *tlsengine.Config
		refused        bool
	}{
		"1.3 follows":    {testpeer.ClientConfig(), testpeer.ServerConfig(), false},
		"1.2 follows":    {testpeer.ClientConfig(), server12(), true},
		"1.2 was to be":  {client12(), server12(), true},
		"1.2 on its own": {client12(), testpeer.ServerConfig(), true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, c.client, c.server)
			p.server.take(t, p.client.Flush(nil))
			p.client.take(t, changeCipherSpec.append(nil))
			p.client.take(t, p.server.Flush(nil))
			if !c.refused {
				require.NoError(t, p.client.err)
				return
			}
			require.Equal(t, alert.UnexpectedMessage, p.client.refusal(t).Alert)
		})
	}
	for _, cfg := range []*tlsengine.Config{testpeer.ServerConfig(), server12()} {
		e, err := tlsengine.NewServer(cfg)
		require.NoError(t, err)
		_, _, err = e.Receive(changeCipherSpec.append(nil))
		var refusal *tlsengine.AlertError
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, alert.UnexpectedMessage, refusal.Alert)
	}
}

func TestTLS12ChangeCipherSpecIsTheByteOne(t *testing.T) {
	for _, body := range [][]byte{{2}, {0}, {1, 1}} {
		for _, i := range []int{6, 9} { // the client's, the server's
			w := deviating(t, flows12()[0], func(n int, _ *end, p piece) []piece {
				if n == i {
					p.body = body
				}
				return []piece{p}
			})
			require.Equal(t, alert.BadChangeCipherSpec, w.refuser(t).Reason)
		}
	}
}

// refuser is the refusal, of whichever side it is.
func (w *path) refuser(t *testing.T) *tlsengine.AlertError {
	t.Helper()
	var refusal *tlsengine.AlertError
	if errors.As(w.client.err, &refusal) {
		return refusal
	}
	return w.server.refusal(t)
}

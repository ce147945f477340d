package tlsengine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

// forger is a pair whose secrets the test knows: it can say in the name of
// either side what an engine would not.
type forger struct {
	*pair
	writer map[*end]*record.Writer // what the end of that name would send
}

// forge returns a pair that has shaken hands, and what is needed to go on in
// its name. Each side has sent its Finished under the keys, and nothing else.
func forge(t *testing.T, client, server *tlsengine.Config) *forger {
	t.Helper()
	var main, clientRandom, serverRandom []byte
	client.KeyLog = func(label string, random, secret []byte) {
		require.Equal(t, "CLIENT_RANDOM", label)
		clientRandom, main = append([]byte(nil), random...), append([]byte(nil), secret...)
	}
	p := newPair(t, client, server)
	p.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { serverRandom = m.Random[:] })
	p.run()
	p.client.rewrite = nil
	require.NoError(t, p.client.err)
	require.NoError(t, p.server.err)
	suite := p.client.ConnectionState().Suite
	ck, sk := keyschedule.KeyBlock12(suite, keyschedule.SecretOf(main), clientRandom, serverRandom)
	f := &forger{p, make(map[*end]*record.Writer)}
	for e, keys := range map[*end]keyschedule.Keys{p.client: ck, p.server: sk} {
		f.writer[e] = &record.Writer{}
		state := record.WriterState{State: record.State{Suite: suite.ID, Keys: keys, Sequence: 1}}
		require.NoError(t, f.writer[e].Restore(state, suite))
	}
	return f
}

// say makes the other side of from receive a record in its name.
func (f *forger) say(from *end, typ record.ContentType, body []byte) {
	f.t.Helper()
	var out []byte
	var err error
	if typ == record.ApplicationData && len(body) == 0 {
		out, err = f.writer[from].AppendEmpty(nil)
	} else {
		out, err = f.writer[from].Append(nil, typ, body)
	}
	require.NoError(f.t, err)
	to := f.server
	if from == f.server {
		to = f.client
	}
	to.take(f.t, out)
}

func TestTLS12RenegotiationIsRefused(t *testing.T) {
	t.Run("a HelloRequest", func(t *testing.T) {
		f := forge(t, client12(), server12())
		f.say(f.server, record.Handshake, (&handshake.HelloRequest{}).Append(nil))
		require.Equal(t, alert.RenegotiationRefused, f.client.refusal(t).Reason)
		f.run()
		require.Equal(t, alert.NoRenegotiation, f.client.refusal(t).Alert)
	})
	t.Run("a HelloRequest that is none", func(t *testing.T) {
		f := forge(t, client12(), server12())
		f.say(f.server, record.Handshake, []byte{0, 0, 0, 1, 0})
		require.Equal(t, alert.Malformed, f.client.refusal(t).Reason)
	})
	t.Run("a ClientHello", func(t *testing.T) {
		f := forge(t, client12(), server12())
		hello := clientHello(t, client12())
		f.say(f.client, record.Handshake, hello.Append(nil))
		require.Equal(t, alert.RenegotiationRefused, f.server.refusal(t).Reason)
		require.Equal(t, alert.NoRenegotiation, f.server.refusal(t).Alert)
	})
}

// After the handshake there is nothing more to say in TLS 1.2.
func TestTLS12NothingFollowsTheHandshake(t *testing.T) {
	hello := clientHello(t, client12())
	for name, msg := range map[string][]byte{
		"KeyUpdate":               (&handshake.KeyUpdate{}).Append(nil),
		"NewSessionTicket":        (&handshake.NewSessionTicket12{Ticket: []byte("ticket")}).Append(nil),
		"a ServerHello":           (&handshake.ServerHello{LegacyVersion: 0x0303}).Append(nil),
		"Finished":                (&handshake.Finished{VerifyData: make([]byte, 12)}).Append(nil),
		"a request":               (&handshake.CertificateRequest12{CertificateTypes: []byte{1}}).Append(nil),
		"a ClientHello to client": hello.Append(nil),
	} {
		t.Run(name, func(t *testing.T) {
			f := forge(t, client12(), server12())
			f.say(f.server, record.Handshake, msg)
			require.Equal(t, alert.UnexpectedMessage, f.client.refusal(t).Alert)
		})
	}
	for _, to := range []string{"client", "server"} {
		f := forge(t, client12(), server12())
		from, hearer := f.server, f.client
		if to == "server" {
			from, hearer = f.client, f.server
		}
		f.say(from, record.ChangeCipherSpec, []byte{1})
		require.Equal(t, alert.UnexpectedMessage, hearer.refusal(t).Alert, "a second ChangeCipherSpec")
	}
}

func TestTLS12HasNoKeyUpdate(t *testing.T) {
	p := meet(t, client12(), server12())
	for _, e := range []*end{p.client, p.server} {
		out, err := e.UpdateKeys(nil, handshake.UpdateRequested)
		require.ErrorIs(t, err, tlsengine.ErrKeyUpdate)
		require.Empty(t, out)
		require.ErrorIs(t, e.SendTicket(nil), tlsengine.ErrNoTicket)
	}
	p.exchange(payload)
}

func TestTLS12MaxWarningAlerts(t *testing.T) {
	warn := func(f *forger, a alert.Alert) {
		f.say(f.server, record.Alert, record.AppendAlert(nil, alert.Warning, a))
	}
	for _, a := range []alert.Alert{alert.NoRenegotiation, alert.UserCanceled, alert.UnrecognizedName, 222} {
		f := forge(t, client12(), server12())
		for range tlsengine.MaxWarningAlerts {
			warn(f, a)
		}
		f.say(f.server, record.ApplicationData, []byte("data"))
		require.NoError(t, f.client.err)
		require.Equal(t, "data", string(f.client.data))
		for range tlsengine.MaxWarningAlerts {
			warn(f, a)
		}
		require.NoError(t, f.client.err, "data starts the count again")
		warn(f, a)
		require.Equal(t, alert.TooManyWarnings, f.client.refusal(t).Reason)
	}
}

// Warnings before the ServerHello, of servers that do not know the name.
func TestTLS12WarningsDuringTheHandshake(t *testing.T) {
	for _, n := range []int{tlsengine.MaxWarningAlerts, tlsengine.MaxWarningAlerts + 1} {
		p := newPair(t, testpeer.ClientConfig(), server12())
		warning := piece{record.Header{Type: record.Alert, Version: 0x0303}, record.AppendAlert(nil, alert.Warning, alert.UnrecognizedName)}
		for range n {
			p.client.take(t, warning.append(nil))
		}
		p.run()
		require.Equal(t, n <= tlsengine.MaxWarningAlerts, p.client.err == nil)
	}
}

func TestTLS12MaxEmptyRecords(t *testing.T) {
	f := forge(t, client12(), server12())
	for range record.MaxEmptyRecords {
		f.say(f.client, record.ApplicationData, nil)
	}
	require.NoError(t, f.server.err)
	f.say(f.client, record.ApplicationData, []byte("data"))
	require.Equal(t, "data", string(f.server.data))
	for range record.MaxEmptyRecords + 1 {
		f.say(f.client, record.ApplicationData, nil)
	}
	require.Equal(t, alert.TooManyEmptyRecords, f.server.refusal(t).Reason)
}

func TestTLS12CloseAndTruncation(t *testing.T) {
	p := meet(t, client12(), server12())
	out, err := p.client.Send(nil, []byte("last words"))
	require.NoError(t, err)
	p.server.take(t, p.client.Close(out))
	require.Equal(t, "last words", string(p.server.data))
	require.Equal(t, tlsengine.EventPeerClosed, p.server.events[len(p.server.events)-1])
	_, err = p.client.Send(nil, []byte("more"))
	require.ErrorIs(t, err, tlsengine.ErrClosed)
	require.NoError(t, p.server.TransportEOF())
	require.ErrorIs(t, p.client.TransportEOF(), tlsengine.ErrTruncated)
}

func TestTLS12FatalAlerts(t *testing.T) {
	f := forge(t, client12(), server12())
	f.say(f.server, record.Alert, record.AppendAlert(nil, alert.Fatal, alert.InternalError))
	require.Equal(t, alert.InternalError, f.client.heard(t))
	require.Empty(t, f.client.Flush(nil))

	// "in the clear" is no alert any more, once there are keys.
	f = forge(t, client12(), server12())
	clear := piece{record.Header{Type: record.Alert, Version: 0x0303}, record.AppendAlert(nil, alert.Fatal, alert.InternalError)}
	f.client.take(t, clear.append(nil))
	require.Equal(t, alert.BadRecordMAC, f.client.refusal(t).Alert)
}

// Alerts of this side's are protected exactly if its Finished was.
func TestTLS12AlertsAreProtectedOnceThereAreKeys(t *testing.T) {
	p := newPair(t, client12(), server12())
	p.server.take(t, p.client.Flush(nil))
	p.client.take(t, p.server.Flush(nil))
	p.client.take(t, []byte("no record"))
	out := cut(t, p.client.Flush(nil), false)
	last := out[len(out)-1]
	require.Equal(t, record.Alert, last.Type)
	require.Greater(t, len(last.body), 2, "after our ChangeCipherSpec: sealed")
	p.server.take(t, join(out))
	require.Equal(t, p.client.refusal(t).Alert, p.server.heard(t))

	p = newPair(t, client12(), server12())
	p.server.take(t, p.client.Flush(nil))
	p.client.take(t, []byte("no record"))
	out = cut(t, p.client.Flush(nil), false)
	require.Len(t, out, 1)
	require.Equal(t, []byte{2, byte(p.client.refusal(t).Alert)}, out[0].body, "before: in the clear")
}

// Data waits for both Finished messages: no false start, and nothing before.
func TestTLS12NoFalseStart(t *testing.T) {
	for _, flow := range flows12() {
		c, s := flow.configs(t)
		w := newPath(newPair(t, c, s))
		tries := 0
		w.change = func(_ int, _ *end, p piece) []piece {
			for _, e := range []*end{w.client, w.server} {
				if e.ConnectionState().HandshakeDone || e.Owes() {
					continue
				}
				tries++
				out, err := e.Send(nil, []byte("data"))
				require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
				require.Empty(t, out)
				_, err = e.SendEarly(nil, []byte("data"))
				require.ErrorIs(t, err, tlsengine.ErrNoEarlyData)
				_, err = e.Export("label", nil, 10)
				require.ErrorIs(t, err, tlsengine.ErrHandshakeNotDone)
			}
			return []piece{p}
		}
		w.run()
		require.NoError(t, errorOf(w))
		require.True(t, w.client.ConnectionState().HandshakeDone && w.server.ConnectionState().HandshakeDone)
		require.Greater(t, tries, 5)
	}
}

// What comes between ChangeCipherSpec and Finished has proved nothing: data, or
// another ChangeCipherSpec, under the right keys.
func TestTLS12DataBeforeFinishedIsRefused(t *testing.T) {
	for typ, content := range map[record.ContentType]string{record.ApplicationData: "data", record.ChangeCipherSpec: "\x01"} {
		var main, clientRandom, serverRandom []byte
		c, s := client12(), server12()
		c.KeyLog = func(_ string, random, secret []byte) {
			clientRandom, main = append([]byte(nil), random...), append([]byte(nil), secret...)
		}
		w := newPath(newPair(t, c, s))
		w.client.rewrite = editServerHello(t, func(m *handshake.ServerHello) { serverRandom = m.Random[:] })
		w.change = func(_ int, from *end, p piece) []piece {
			if from != w.client || !w.protected[from] || p.Type != record.Handshake {
				return []piece{p}
			}
			suite := w.client.ConnectionState().Suite
			keys, _ := keyschedule.KeyBlock12(suite, keyschedule.SecretOf(main), clientRandom, serverRandom)
			var writer record.Writer
			writer.SetKeys(suite, keys)
			out, err := writer.Append(nil, typ, []byte(content))
			require.NoError(t, err)
			return cut(t, out, true)
		}
		w.run()
		require.Equal(t, alert.UnexpectedRecord, w.server.refusal(t).Reason, "%v", typ)
		require.Empty(t, w.server.data)
	}
}

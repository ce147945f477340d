package tlsengine_test

import (
	"bytes"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/internal/testpeer"
)

// pair is two engines that talk to each other in memory.
type pair struct {
	t              testing.TB
	client, server *end
}

// end is an engine and what its application saw.
type end struct {
	*tlsengine.Engine
	name     string
	data     []byte
	sessions [][]byte
	events   []tlsengine.EventKind
	err      error
	answer   func(*tlsengine.Engine, tlsengine.Request) // nil fails the test at a question
	rewrite  func([]byte) []byte                        // what is on its way to it
}

// newPair returns two engines that have not spoken yet.
func newPair(t testing.TB, client, server *tlsengine.Config) *pair {
	t.Helper()
	c, err := tlsengine.NewClient(testpeer.Traced(client))
	require.NoError(t, err)
	s, err := tlsengine.NewServer(testpeer.Traced(server))
	require.NoError(t, err)
	return &pair{t, &end{Engine: c, name: "client"}, &end{Engine: s, name: "server"}}
}

// meet returns two engines that have shaken hands.
func meet(t testing.TB, client, server *tlsengine.Config) *pair {
	t.Helper()
	p := newPair(t, client, server)
	p.run()
	require.NoError(t, p.client.err, "client")
	require.NoError(t, p.server.err, "server")
	require.True(t, p.client.ConnectionState().HandshakeDone, "client")
	require.True(t, p.server.ConnectionState().HandshakeDone, "server")
	return p
}

// run carries bytes until nobody has anything to say.
func (p *pair) run() {
	p.t.Helper()
	for p.client.Owes() || p.server.Owes() {
		p.server.take(p.t, p.client.Flush(nil))
		p.client.take(p.t, p.server.Flush(nil))
	}
}

// take receives all of in, answering questions.
func (e *end) take(t testing.TB, in []byte) {
	t.Helper()
	if e.rewrite != nil {
		in = e.rewrite(in)
	}
	for e.err == nil {
		for ev, err := range e.Feed(in) {
			if err != nil {
				e.err = err
				return
			}
			e.note(ev)
		}
		in = nil
		q := e.Pending()
		if q == nil {
			return
		}
		if e.answer == nil {
			require.Fail(t, "a question that the test does not expect", "%s: %T", e.name, q)
		}
		e.answer(e.Engine, q)
	}
}

func (e *end) note(ev tlsengine.Event) {
	e.events = append(e.events, ev.Kind)
	switch ev.Kind {
	case tlsengine.EventData:
		e.data = append(e.data, ev.Data...)
	case tlsengine.EventNewSession:
		e.sessions = append(e.sessions, ev.Data)
	}
}

// exchange sends data both ways and compares.
func (p *pair) exchange(data []byte) {
	p.t.Helper()
	for _, way := range []struct{ from, to *end }{{p.client, p.server}, {p.server, p.client}} {
		way.to.data = nil
		out, err := way.from.Send(nil, data)
		require.NoError(p.t, err)
		way.to.take(p.t, out)
		require.NoError(p.t, way.to.err)
		require.True(p.t, bytes.Equal(data, way.to.data), "%s receives what %s sends", way.to.name, way.from.name)
	}
}

// sameSecrets checks that both sides export the same.
func (p *pair) sameSecrets() {
	p.t.Helper()
	for _, context := range [][]byte{nil, {}, []byte("context")} {
		a, err := p.client.Export("EXPORTER-test", context, 40)
		require.NoError(p.t, err)
		b, err := p.server.Export("EXPORTER-test", context, 40)
		require.NoError(p.t, err)
		require.Equal(p.t, a, b)
	}
}

// session is the one session that the client got.
func (p *pair) session() []byte {
	p.t.Helper()
	require.Len(p.t, p.client.sessions, 1)
	return p.client.sessions[0]
}

// refusal is the reason and the alert with which a side ended it.
func (e *end) refusal(t testing.TB) *tlsengine.AlertError {
	t.Helper()
	var refusal *tlsengine.AlertError
	require.ErrorAs(t, e.err, &refusal, e.name)
	return refusal
}

// heard is the alert that a side was told.
func (e *end) heard(t testing.TB) tlsengine.Alert {
	t.Helper()
	var told *tlsengine.PeerAlertError
	require.ErrorAs(t, e.err, &told, e.name)
	return told.Alert
}

// rsaKey is one key for all tests of a process: making it takes a while.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// rsaCredential is the server's name and an RSA key.
var rsaCredential = sync.OnceValue(func() *tlsengine.Credential {
	return credential(testpeer.Issue(testpeer.Name, rsaKey().Public()), rsaKey())
})

func credential(der []byte, key crypto.Signer) *tlsengine.Credential {
	c, err := tlsengine.NewCredential([][]byte{der}, key)
	if err != nil {
		panic(err)
	}
	return c
}

func ecCredential(curve elliptic.Curve) *tlsengine.Credential {
	key := testpeer.ECKey(curve, testpeer.Name)
	return credential(testpeer.Issue(testpeer.Name, key.Public()), key)
}

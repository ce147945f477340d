package tlsengine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
)

// A manner is how two engines are treated between any two calls, and in how
// large pieces they get their bytes.
type manner struct {
	name    string
	piece   int
	between func(testing.TB, *tlsengine.Engine) *tlsengine.Engine
	sees    func(d *duet, side int, in []byte) // before a side receives; may be nil
}

var manners = []manner{
	{name: "left alone", piece: 1 << 20, between: alone},
	{name: "left alone, a byte at a time", piece: 1, between: alone},
	{name: "frozen between calls", piece: 1 << 20, between: testpeer.Thawed},
	{name: "parked between calls", piece: 1 << 20, between: parked},
	{name: "frozen after every byte", piece: 1, between: refrozen},
	{name: "parked after every byte", piece: 1, between: parked},
}

func alone(_ testing.TB, e *tlsengine.Engine) *tlsengine.Engine { return e }

// refrozen is testpeer.Thawed without its checks.
func refrozen(t testing.TB, e *tlsengine.Engine) *tlsengine.Engine {
	cfg := e.Config()
	data, err := e.Freeze(nil)
	require.NoError(t, err)
	other, err := tlsengine.Thaw(cfg, data)
	require.NoError(t, err)
	return other
}

func parked(_ testing.TB, e *tlsengine.Engine) *tlsengine.Engine {
	e.Park()
	return e
}

// A duet is two engines that talk, treated in some manner. What happens is
// written down: it must not depend on the manner.
type duet struct {
	t        testing.TB
	manner   manner
	engines  [2]*tlsengine.Engine // client, server
	sessions [][]byte
	chosen   *tlsengine.Config // for a ConfigRequest
	rest     []byte            // on its way to the receiver
	log      []string
}

func (d *duet) note(side int, format string, args ...any) {
	d.log = append(d.log, sides[side]+" "+strings.TrimSpace(fmt.Sprintf(format, args...)))
}

var sides = [...]string{"client", "server"}

// do makes a call, with what the manner has in mind before it.
func (d *duet) do(side int, call func(e *tlsengine.Engine)) {
	d.t.Helper()
	d.engines[side] = d.manner.between(d.t, d.engines[side])
	call(d.engines[side])
}

// send gives the bytes of a call to the other side, which answers questions.
func (d *duet) send(from int, call func(e *tlsengine.Engine) ([]byte, error)) {
	d.t.Helper()
	var out []byte
	d.do(from, func(e *tlsengine.Engine) {
		var err error
		out, err = call(e)
		require.NoError(d.t, err)
	})
	d.note(from, "says %x", out)
	for len(out) > 0 {
		n := min(d.manner.piece, len(out))
		in := out[:n]
		out, d.rest = out[n:], out[n:]
		d.receive(1-from, in)
	}
}

func (d *duet) receive(side int, in []byte) {
	d.t.Helper()
	for {
		var q tlsengine.Request
		if d.manner.sees != nil {
			d.manner.sees(d, side, in)
		}
		d.do(side, func(e *tlsengine.Engine) {
			for ev, err := range e.Feed(slices.Clone(in)) {
				if err != nil {
					d.note(side, "fails: %v", err)
					break
				}
				d.happened(side, ev)
			}
			q = e.Pending()
		})
		if q == nil {
			return
		}
		if d.manner.sees != nil {
			d.manner.sees(d, side, nil)
		}
		d.do(side, func(e *tlsengine.Engine) { d.answer(side, e, q) })
		in = nil
	}
}

func (d *duet) happened(side int, ev tlsengine.Event) {
	if ev.Kind == tlsengine.EventRequest {
		return
	}
	d.note(side, "%v %x", ev.Kind, ev.Data)
	if ev.Kind == tlsengine.EventNewSession {
		d.sessions = append(d.sessions, ev.Data)
	}
}

func (d *duet) answer(side int, e *tlsengine.Engine, q tlsengine.Request) {
	d.note(side, "is asked %T", q)
	id := []*testpeer.Identity{testpeer.ClientIdentity(), testpeer.ServerIdentity()}[side]
	var err error
	switch q := q.(type) {
	case *tlsengine.ConfigRequest:
		err = e.UseConfig(d.chosen, nil)
	case *tlsengine.TicketRequest:
		err = e.Ticket(tlsengine.TicketAnswer{Session: d.open(q), Early: true}, nil)
	case *tlsengine.ResumeRequest:
		err = e.Resume(tlsengine.ResumeEarly, nil)
	case *tlsengine.CredentialRequest:
		remote := *id.Credential()
		remote.Signer, remote.Public = nil, id.Key.Public()
		err = e.UseCredential(&remote, nil)
	case *tlsengine.SignatureRequest:
		sig, failure := signature.Sign(testpeer.Rand("signer"), q.Scheme, id.Key, q.Message)
		err = e.Signed(sig, failure)
	case *tlsengine.VerdictRequest:
		require.NotEmpty(d.t, q.Chain)
		err = e.Verified(nil)
	}
	require.NoError(d.t, err)
}

func (d *duet) open(q *tlsengine.TicketRequest) []byte {
	switch {
	case q.SessionID && d.chosen.SessionCache == nil:
		return nil // the id of a client that would rather speak TLS 1.3
	case q.SessionID:
		return d.chosen.SessionCache.Get(q.Identity)
	}
	return d.chosen.TicketKeys.Open(testpeer.Now(), q.Identity)
}

// talk lets both flush until nobody has anything to say.
func (d *duet) talk() {
	d.t.Helper()
	for i := 0; d.engines[0].Owes() || d.engines[1].Owes(); i++ {
		require.Less(d.t, i, 20, "the conversation comes to an end")
		for side := range 2 {
			d.send(side, func(e *tlsengine.Engine) ([]byte, error) { return e.Flush(nil), nil })
		}
	}
}

func (d *duet) write(from int, text string) {
	d.t.Helper()
	d.send(from, func(e *tlsengine.Engine) ([]byte, error) { return e.Send(nil, []byte(text)) })
}

// afterwards is what a connection does once it is established.
func (d *duet) afterwards() {
	d.write(0, "question")
	d.write(1, "answer")
	if d.engines[0].ConnectionState().Version == tlsengine.VersionTLS13 {
		for side := range 2 {
			d.send(side, func(e *tlsengine.Engine) ([]byte, error) { return e.UpdateKeys(nil, handshake.UpdateRequested) })
			d.write(side, "under new keys")
			d.write(1-side, "and the other way")
		}
	}
	for side := range 2 {
		d.do(side, func(e *tlsengine.Engine) {
			secret, err := e.Export("EXPORTER-test", nil, 20)
			d.note(side, "exports %x %v", secret, err)
		})
	}
	d.send(0, func(e *tlsengine.Engine) ([]byte, error) { return e.Close(nil), nil })
	d.write(1, "after the client's close_notify")
	d.send(1, func(e *tlsengine.Engine) ([]byte, error) { return e.Close(nil), nil })
	for side := range 2 {
		d.do(side, func(e *tlsengine.Engine) { d.note(side, "ends with %v", e.TransportEOF()) })
	}
}

// A course is a handshake, and what follows.
type course struct {
	name    string
	client  func(*tlsengine.Config)
	server  func(*tlsengine.Config)
	resumed bool // it is the second of two, the first of which gave a session
	early   bool // the client sends early data
}

var (
	asksAll = func(c *tlsengine.Config) {
		c.Ask = tlsengine.AskConfig | tlsengine.AskTicket | tlsengine.AskCredential | tlsengine.AskVerdict |
			tlsengine.AskVerdictResumed | tlsengine.AskResume
	}
	authenticates = func(c *tlsengine.Config) {
		c.Credentials = []*tlsengine.Credential{testpeer.ClientIdentity().Credential()}
	}
	requires  = func(c *tlsengine.Config) { c.ClientAuth = tlsengine.RequireClientCert }
	takesData = func(c *tlsengine.Config) { c.MaxEarlyData, c.AntiReplay = 1000, tlsengine.NewReplayMemory(10) }
	sendsData = func(c *tlsengine.Config) { c.MaxEarlyData = 1000 }
	speaks12  = func(c *tlsengine.Config) { only12(c) }
	onlyP256  = func(c *tlsengine.Config) { c.Groups = []*group.Group{group.Lookup(group.P256)} }
	caches    = func(c *tlsengine.Config) { c.SessionCache, c.TicketKeys = tlsengine.NewSessionMemory(10), nil }
)

func all(list ...func(*tlsengine.Config)) func(*tlsengine.Config) {
	return func(c *tlsengine.Config) {
		for _, f := range list {
			f(c)
		}
	}
}

const everythingAsked = ", everything asked"

func courses() []course {
	ask := func(f course) course {
		f.name += everythingAsked
		f.client, f.server = all(f.client, asksAll), all(f.server, asksAll)
		return f
	}
	none := func(*tlsengine.Config) {}
	list := []course{
		{name: "full", client: none, server: none},
		{name: "retried", client: none, server: onlyP256},
		{name: "client authenticated", client: authenticates, server: requires},
		{name: "resumed", client: none, server: none, resumed: true},
		{name: "resumed and retried", client: none, server: onlyP256, resumed: true},
		{name: "client resumed", client: authenticates, server: requires, resumed: true},
		{name: "early data", client: sendsData, server: takesData, resumed: true, early: true},
		{name: "early data refused", client: sendsData, server: all(takesData, onlyP256), resumed: true, early: true},
		{name: "TLS 1.2 full", client: speaks12, server: none},
		{name: "TLS 1.2 client authenticated", client: authenticates, server: all(requires, speaks12)},
		{name: "TLS 1.2 resumed by ticket", client: none, server: speaks12, resumed: true},
		{name: "TLS 1.2 client resumed", client: authenticates, server: all(requires, speaks12), resumed: true},
		{name: "TLS 1.2 resumed by id", client: none, server: all(caches, speaks12), resumed: true},
	}
	for _, f := range list {
		list = append(list, ask(f))
	}
	return list
}

// play runs a course in some manner, and returns what happened.
func (f course) play(t testing.TB, m manner) []string {
	t.Helper()
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	f.client(client)
	f.server(server)
	return f.playWith(t, client, server, m)
}

func (f course) playWith(t testing.TB, client, server *tlsengine.Config, m manner) []string {
	t.Helper()
	d := &duet{t: t, manner: m, chosen: server}
	if f.resumed {
		first := f.start(d, client, server)
		first.talk()
		require.NotEmpty(t, first.sessions)
		d.sessions = nil
		client.Session = first.sessions[0]
	}
	d = f.start(d, client, server)
	if f.early {
		d.send(0, func(e *tlsengine.Engine) ([]byte, error) { return e.SendEarly(nil, []byte("early")) })
		d.send(0, func(e *tlsengine.Engine) ([]byte, error) { return e.SendEarly(nil, []byte("more")) })
	}
	d.talk()
	require.Equal(t, f.resumed, d.engines[1].ConnectionState().Resumed)
	require.True(t, d.engines[0].ConnectionState().HandshakeDone, "%v", d.engines[0].Err())
	d.afterwards()
	return d.log
}

func (f course) start(d *duet, client, server *tlsengine.Config) *duet {
	for _, cfg := range []*tlsengine.Config{client, server} {
		if t, ok := cfg.Tracer.(*recorder); ok {
			t.start()
		}
	}
	c, err := tlsengine.NewClient(client)
	require.NoError(d.t, err)
	s, err := tlsengine.NewServer(server)
	require.NoError(d.t, err)
	return &duet{t: d.t, manner: d.manner, chosen: d.chosen, engines: [2]*tlsengine.Engine{c, s}}
}

func TestEveryCourseIsTheSameWhenFrozenOrParked(t *testing.T) {
	if race.Enabled {
		t.Skip("nothing happens at the same time")
	}
	for _, f := range courses() {
		t.Run(f.name, func(t *testing.T) {
			var want []string
			for i, m := range manners {
				// Where all is asked, all the states are; a byte at a time takes half a second.
				bytewise, asked := i > 3, strings.HasSuffix(f.name, everythingAsked)
				if bytewise && (!asked || testing.Short()) && f.name != "full" && f.name != "TLS 1.2 full" {
					continue
				}
				if got := f.play(t, m); want == nil {
					want = got
				} else {
					require.Equal(t, want, got, m.name)
				}
			}
		})
	}
}

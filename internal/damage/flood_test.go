package damage

import (
	"bytes"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

// A peer who has shaken hands, or not, and sends much that says little.

// A forger seals whatever it likes under one side's keys.
type forger struct {
	suite  *cipher.Suite
	secret keyschedule.Secret
	record.Writer
	wire []byte
}

func newForger(suite cipher.ID, secret []byte) *forger {
	f := &forger{suite: cipher.Lookup(suite), secret: keyschedule.SecretOf(secret)}
	f.SetKeys(f.suite, keyschedule.TrafficKeys(f.suite, f.secret))
	return f
}

func (f *forger) say(typ record.ContentType, content []byte) {
	var err error
	if len(content) == 0 {
		f.wire, err = f.AppendEmpty(f.wire)
	} else {
		f.wire, err = f.Append(f.wire, typ, content)
	}
	if err != nil {
		panic(err)
	}
}

// update is a KeyUpdate, and the keys behind it.
func (f *forger) update() {
	f.say(record.Handshake, (&handshake.KeyUpdate{RequestUpdate: handshake.UpdateRequested}).Append(nil))
	f.secret = keyschedule.NextTraffic(f.suite.Hash, f.secret)
	f.SetKeys(f.suite, keyschedule.TrafficKeys(f.suite, f.secret))
}

// connected is a side that has shaken hands, and a forger in the other's place.
func connected(t *testing.T, side int) (*tlsengine.Engine, *forger) {
	secrets := map[string][]byte{}
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	client.Suites, server.Tickets = []*cipher.Suite{cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)}, -1
	server.KeyLog = func(label string, _, secret []byte) { secrets[label] = bytes.Clone(secret) }
	both := pairOf(t, client, server)
	label := []string{"SERVER_TRAFFIC_SECRET_0", "CLIENT_TRAFFIC_SECRET_0"}[side]
	return both[side], newForger(cipher.TLS_AES_128_GCM_SHA256, secrets[label])
}

// A flood is a way to say little, many times.
type flood struct {
	name   string
	to     []int // which sides it can be done to
	say    func(f *forger, i int)
	most   int          // in a row; data makes it start again
	reason alert.Reason // of one more; 0 if there is no bound
	bytes  uint64       // that each may allocate; the forger's part aside
}

var everyone, aClient = []int{0, 1}, []int{0}

func floods() []flood {
	ticket := (&handshake.NewSessionTicket{TicketLifetime: 7200, TicketNonce: []byte{1}, Ticket: make([]byte, 100)}).Append(nil)
	return []flood{
		{name: "KeyUpdate", to: everyone, most: tlsengine.MaxQuietMessages, reason: alert.TooManyKeyUpdates, bytes: 4096,
			say: func(f *forger, _ int) { f.update() }},
		{name: "tickets", to: aClient, most: tlsengine.MaxQuietMessages, reason: alert.TooManyKeyUpdates, bytes: 4096,
			say: func(f *forger, _ int) { f.say(record.Handshake, ticket) }},
		{name: "empty records", to: everyone, most: record.MaxEmptyRecords, reason: alert.TooManyEmptyRecords, bytes: 1,
			say: func(f *forger, _ int) { f.say(record.ApplicationData, nil) }},
		{name: "warnings", to: everyone, most: tlsengine.MaxWarningAlerts, reason: alert.TooManyWarnings, bytes: 1,
			say: func(f *forger, _ int) { f.say(record.Alert, []byte{1, byte(alert.UserCanceled)}) }},
		{name: "data of one byte", to: everyone, most: 1 << 20, bytes: 1,
			say: func(f *forger, _ int) { f.say(record.ApplicationData, []byte("x")) }},
		{name: "tickets of one byte a record", to: aClient, most: tlsengine.MaxQuietMessages, reason: alert.TooManyKeyUpdates, bytes: 4096,
			say: func(f *forger, _ int) {
				for i := range ticket {
					f.say(record.Handshake, ticket[i:i+1])
				}
			}},
	}
}

// A flood holds no memory, costs the same for each record, and ends at its
// limit. Data between makes it start again: that is what a peer has to pay.
func TestFloods(t *testing.T) {
	skipUnderRace(t)
	const many = 2000
	for _, fl := range floods() {
		for _, side := range fl.to {
			t.Run(fl.name+" to the "+sides[side], func(t *testing.T) {
				e, f := connected(t, side)
				burst := func(n int) (wire []byte) {
					f.wire = make([]byte, 0, n*200)
					for i := range n {
						if i > 0 && i%fl.most == 0 {
							f.say(record.ApplicationData, []byte("data"))
						}
						fl.say(f, i)
					}
					f.say(record.ApplicationData, []byte("data"))
					return f.wire
				}
				receive(t, e, burst(100)) // what is made once is made
				kept, cost := int64(1<<62), uint64(1<<62)
				for range 3 { // the runtime allocates too, now and then
					wire := burst(many)
					live, total := heap()
					receive(t, e, wire)
					runtime.KeepAlive(wire)
					after, spent := heap()
					kept, cost = min(kept, after-live), min(cost, spent-total)
					runtime.KeepAlive(wire)
				}
				require.Less(t, kept, int64(4096), "nothing is kept")
				require.LessOrEqual(t, cost, many*fl.bytes+16384, "each costs the same")
				if fl.reason == 0 {
					return
				}
				f.wire = nil
				for i := range fl.most + 1 {
					fl.say(f, i)
				}
				var refusal *tlsengine.AlertError
				_, err := swallow(e, f.wire)
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, fl.reason, refusal.Reason, "one more than %d is refused", fl.most)
			})
		}
	}
}

// What says nothing of another kind, between, does not make a flood start
// again: else two that are bounded were one without a bound.
func TestFloodsOfTwoKindsAreBoundedToo(t *testing.T) {
	list := map[string]flood{}
	for _, fl := range floods() {
		list[fl.name] = fl
	}
	for _, c := range []struct{ flood, between string }{
		{"KeyUpdate", "empty records"},
		{"KeyUpdate", "warnings"},
		{"tickets", "empty records"},
		{"tickets", "warnings"},
		{"warnings", "empty records"},
	} {
		fl, between := list[c.flood], list[c.between]
		for _, side := range fl.to {
			t.Run(c.flood+" and "+c.between+" to the "+sides[side], func(t *testing.T) {
				e, f := connected(t, side)
				for i := range fl.most {
					fl.say(f, i)
					between.say(f, i)
				}
				receive(t, e, f.wire)
				f.wire = nil
				fl.say(f, fl.most)
				var refusal *tlsengine.AlertError
				_, err := swallow(e, f.wire)
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, fl.reason, refusal.Reason)
			})
		}
	}
}

// receive gives an engine all of wire, in place, and wants no error.
func receive(t *testing.T, e *tlsengine.Engine, wire []byte) {
	t.Helper()
	left, err := swallow(e, wire)
	require.NoError(t, err)
	require.Empty(t, left)
}

func swallow(e *tlsengine.Engine, wire []byte) (left []byte, err error) {
	for {
		n, ev, err := e.Receive(wire)
		wire = wire[n:]
		if err != nil || ev.Stops() {
			return wire, err
		}
	}
}

// heap is what lives, and what was ever allocated.
func heap() (live int64, total uint64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc), m.TotalAlloc
}

// Handshakes that come to a stop and stay: what each costs.
func TestStalledHandshakes(t *testing.T) {
	skipUnderRace(t)
	big := clearRecords(helloWith(handshake.AppendPadding(nil, 60000-300)))
	cfg := testpeer.ServerConfig()
	const wait = 700 // the last bytes, which do not come
	for _, c := range []struct {
		name    string
		wire    []byte
		engines int
		most    int64
	}{
		{"nothing received", nil, 2000, 1500},
		{"inside a ClientHello of 60 kB", big[:len(big)-wait], 150, 70_000},
		{"200 bytes of a record", big[:200], 2000, 2000},
		{"200 bytes of a message, in records of their own", shred(big[5:205], 10), 2000, 2000},
		{"the first byte", big[:1], 2000, 1500},
	} {
		t.Run(c.name, func(t *testing.T) {
			engines := make([]*tlsengine.Engine, c.engines)
			before, _ := heap()
			for i := range engines {
				var err error
				engines[i], err = tlsengine.NewServer(cfg)
				require.NoError(t, err)
				for part := range slices.Chunk(c.wire, 1500) {
					for ev, err := range engines[i].Feed(part) {
						require.NoError(t, err)
						require.Equal(t, tlsengine.EventNone, ev.Kind)
					}
				}
			}
			after, _ := heap()
			runtime.KeepAlive(engines)
			each := (after - before) / int64(c.engines)
			t.Logf("%d bytes each", each)
			require.LessOrEqual(t, each, c.most)
		})
	}
}

// helloWith is a ClientHello with more extensions than it needs.
func helloWith(more handshake.Extensions, change ...func(*handshake.ClientHello)) []byte {
	var first []byte
	cfg := testpeer.ClientConfig()
	cfg.Rewrite = func(_ handshake.MessageType, msg []byte) []byte {
		first = bytes.Clone(msg)
		return msg
	}
	if _, err := tlsengine.NewClient(cfg); err != nil {
		panic(err)
	}
	m, err := handshake.ParseClientHello(first[4:])
	if err != nil {
		panic(err)
	}
	if len(more) > 0 {
		t := handshake.ExtensionType(binary.BigEndian.Uint16(more))
		m.Extensions = append(m.Extensions.Without(t), more...)
	}
	for _, f := range change {
		f(&m)
	}
	return m.Append(nil)
}

// clearRecords are the largest records that hold a message.
func clearRecords(msg []byte) []byte {
	var w record.Writer
	out, err := w.Append(nil, record.Handshake, msg)
	if err != nil {
		panic(err)
	}
	return out
}

// shred is a message in records of n bytes.
func shred(msg []byte, n int) (out []byte) {
	for part := range slices.Chunk(msg, n) {
		out = append(out, byte(record.Handshake), 3, 3, 0, byte(len(part)))
		out = append(out, part...)
	}
	return out
}

// A message costs the same in how many calls it comes: its bytes a few times,
// in as many allocations as it takes to double a buffer.
func TestOneBytePerCall(t *testing.T) {
	skipUnderRace(t)
	msg := helloWith(handshake.AppendPadding(nil, 59000))
	cfg := testpeer.ServerConfig()
	for name, wire := range map[string][]byte{
		"whole records": clearRecords(msg), "records of one byte": shred(msg, 1), "records of 64 bytes": shred(msg, 64),
	} {
		t.Run(name, func(t *testing.T) {
			spend := func(piece int) (bytes, mallocs uint64) {
				e, err := tlsengine.NewServer(cfg)
				require.NoError(t, err)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for part := range slices.Chunk(wire, piece) {
					for _, err := range e.Feed(part) {
						require.NoError(t, err)
					}
				}
				runtime.ReadMemStats(&after)
				require.True(t, e.Owes(), "the server answers")
				return after.TotalAlloc - before.TotalAlloc, after.Mallocs - before.Mallocs
			}
			spend(1 << 20) // what is made once is made
			once, few := spend(1 << 20)
			bytes, mallocs := spend(1)
			t.Logf("at once: %d bytes, %d allocations; a byte at a time: %d, %d", once, few, bytes, mallocs)
			records := uint64(len(pieces(wire))) // each has a tail of its own
			require.LessOrEqual(t, bytes, once+6*uint64(len(msg))+8*records)
			require.LessOrEqual(t, mallocs, few+150+5*records)
		})
	}
}

// Hellos as large as may be, of as many things as there is room for.
func TestLargeHellos(t *testing.T) {
	skipUnderRace(t)
	const room = 62000
	raw := func(x handshake.ExtensionType, element []byte, header int) handshake.Extensions {
		body := bytes.Repeat(element, (room-header)/len(element))
		data := binary.BigEndian.AppendUint16(nil, uint16(len(body)))
		return handshake.AppendExtension(nil, x, append(data, body...))
	}
	var kinds handshake.Extensions
	for i := range room / 4 {
		kinds = handshake.AppendEmpty(kinds, handshake.ExtensionType(1000+i))
	}
	var shares []handshake.KeyShareEntry
	for i := range room / 5 {
		shares = append(shares, handshake.KeyShareEntry{Group: group.ID(1000 + i), KeyExchange: []byte{1}})
	}
	for name, c := range map[string]struct {
		more   handshake.Extensions
		change func(*handshake.ClientHello)
	}{
		"extensions": {more: kinds},
		"cipher suites": {change: func(m *handshake.ClientHello) {
			m.CipherSuites = append(bytes.Repeat([]byte{0x5a, 0x5a}, 31000), m.CipherSuites...)
		}},
		"groups":           {more: raw(handshake.ExtSupportedGroups, []byte{0x5a, 0x5a}, 2)},
		"schemes":          {more: raw(handshake.ExtSignatureAlgorithms, []byte{0x5a, 0x5a}, 2)},
		"protocols":        {more: raw(handshake.ExtApplicationLayerProtocolNegotiation, []byte{1, 'x'}, 2)},
		"key shares":       {more: handshake.AppendKeyShareCH(nil, shares...)},
		"the same twice":   {more: slices.Concat(handshake.AppendPadding(nil, room/2), handshake.AppendPadding(nil, room/2))},
		"server name":      {more: handshake.AppendExtension(nil, handshake.ExtServerName, bytes.Repeat([]byte{0, 1, 'x'}, 21000))},
		"PSK identities":   {more: identitiesOf(1000)},
		"padding":          {more: handshake.AppendPadding(nil, room)},
		"supported groups": {more: raw(handshake.ExtSupportedGroups, []byte{0, 29}, 2)},
	} {
		t.Run(name, func(t *testing.T) {
			var changes []func(*handshake.ClientHello)
			if c.change != nil {
				changes = append(changes, c.change)
			}
			wire := clearRecords(helloWith(c.more, changes...))
			cfg := testpeer.ServerConfig()
			cfg.ALPN = []string{"h2"}
			e, err := tlsengine.NewServer(cfg)
			require.NoError(t, err)
			before, _ := heap()
			_, spent := heap()
			_, err = swallow(e, wire)
			_, total := heap()
			var refusal *tlsengine.AlertError
			if errors.As(err, &refusal) {
				require.NotEqual(t, alert.InternalError, refusal.Alert)
			}
			t.Logf("%d bytes of hello, %d allocated: %v", len(wire), total-spent, err)
			require.LessOrEqual(t, total-spent, uint64(6*len(wire)))
			e.Flush(nil)
			after, _ := heap()
			require.LessOrEqual(t, after-before, int64(70_000), "a hello is not kept twice")
			runtime.KeepAlive(e)
			runtime.KeepAlive(wire)
		})
	}
}

// identitiesOf is an offer of so many PSKs, none of which is known.
func identitiesOf(n int) handshake.Extensions {
	ids, binders := []byte{}, []byte{}
	for range n {
		ids = append(ids, 0, 20)
		ids = append(ids, make([]byte, 20+4)...)
		binders = append(append(binders, 32), make([]byte, 32)...)
	}
	data := binary.BigEndian.AppendUint16(nil, uint16(len(ids)))
	data = binary.BigEndian.AppendUint16(append(data, ids...), uint16(len(binders)))
	return handshake.AppendExtension(nil, handshake.ExtPreSharedKey, append(data, binders...))
}

// A chain as long as a message may be, and longer than a chain may be.
func TestLargeCertificates(t *testing.T) {
	skipUnderRace(t)
	leaf := testpeer.ServerIdentity().Chain[0]
	_, err := x509.ParseCertificate(leaf)
	require.NoError(t, err)
	list := func(n, size int) []byte {
		m := &handshake.Certificate{}
		for range n {
			m.CertificateList = append(m.CertificateList, handshake.CertificateEntry{CertData: append(bytes.Clone(leaf), make([]byte, size)...)})
		}
		return m.Append(nil)
	}
	for name, msg := range map[string][]byte{
		"64 certificates":  list(64, 0),
		"65 certificates":  list(65, 0),
		"100 certificates": list(100, 800),
		"101 certificates": list(101, 0),
		"one of 128 kB":    list(1, 1<<17-600),
		"a longer message": list(2, 1<<16),
	} {
		t.Run(name, func(t *testing.T) {
			e, f := helloed(t)
			f.say(record.Handshake, (&handshake.EncryptedExtensions{}).Append(nil))
			f.say(record.Handshake, msg)
			before, _ := heap()
			_, spent := heap()
			_, err := swallow(e, f.wire)
			_, total := heap()
			t.Logf("%d bytes of chain, %d allocated: %v", len(msg), total-spent, err)
			require.LessOrEqual(t, total-spent, uint64(8*len(msg)))
			after, _ := heap()
			if err == nil {
				require.LessOrEqual(t, after-before, int64(4*len(msg)), "a chain is kept once, and what the leaf says")
			} else {
				require.LessOrEqual(t, after-before, int64(len(msg)))
			}
			runtime.KeepAlive(e)
			runtime.KeepAlive(f)
		})
	}
}

// helloed is a client that has a ServerHello, and a forger in place of the
// server.
func helloed(t *testing.T) (*tlsengine.Engine, *forger) {
	secrets := map[string][]byte{}
	client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
	server.KeyLog = func(label string, _, secret []byte) { secrets[label] = bytes.Clone(secret) }
	c, err := tlsengine.NewClient(client)
	require.NoError(t, err)
	s, err := tlsengine.NewServer(server)
	require.NoError(t, err)
	_, err = swallow(s, c.Flush(nil))
	require.NoError(t, err)
	hello := pieces(s.Flush(nil))[0]
	_, err = swallow(c, hello)
	require.NoError(t, err)
	return c, newForger(s.ConnectionState().Suite.ID, secrets["SERVER_HANDSHAKE_TRAFFIC_SECRET"])
}

package tlsengine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/race"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// recorder is a trace.Recorder of the last connection.
type recorder struct {
	*trace.Recorder
	role string
}

func (r *recorder) start() { r.Recorder = trace.NewRecorder(r.role, testpeer.Now) }

// told gives both sides a recorder.
func told(client, server *tlsengine.Config) [2]*recorder {
	r := [2]*recorder{{role: "client"}, {role: "server"}}
	client.Tracer, server.Tracer = r[0], r[1]
	return r
}

// TestEveryCourseIsToldWhole plays every course with a recorder at each side:
// nothing of it changes, everything that was told can be computed again, both
// sides tell of the same bytes, and it makes no difference that the engines
// are frozen and parked.
func TestEveryCourseIsToldWhole(t *testing.T) {
	if race.Enabled {
		t.Skip("nothing happens at the same time")
	}
	for _, f := range courses() {
		t.Run(f.name, func(t *testing.T) {
			log := f.play(t, manners[0])
			var first [2]string
			for i, m := range []manner{manners[0], manners[2], manners[3]} {
				if i > 0 && testing.Short() && strings.Contains(f.name, "asked") {
					continue
				}
				client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
				f.client(client)
				f.server(server)
				r := told(client, server)
				require.Equal(t, log, f.playWith(t, client, server, m), "with a Tracer and without")
				for side := range r {
					c := r[side].Connection()
					checkTold(t, c)
					shown, err := json.Marshal(c)
					require.NoError(t, err)
					if i == 0 {
						first[side] = string(shown)
					} else {
						require.Equal(t, first[side], string(shown), m.name)
					}
				}
			}
		})
	}
}

// checkTold checks that a trace is whole.
func checkTold(t testing.TB, c *trace.Connection) {
	require.NoError(t, c.Validate())
	require.Empty(t, c.Notes)
	report := trace.Check(c)
	require.Empty(t, report.Mismatches)
	for _, s := range c.Secrets {
		if s.Op == trace.OpGiven {
			require.Contains(t, []string{"psk_0", "main"}, s.ID, "only what was agreed before has no inputs")
			report.Skipped--
		}
	}
	for _, k := range c.KeyExchanges {
		if k.Ours.Private == nil {
			require.Equal(t, "server", c.Role, "who encapsulates has no private key")
			report.Skipped--
		}
	}
	for _, r := range c.Records {
		if r.Protected && r.Inner == nil {
			require.Equal(t, "early_data", r.Epoch, "record %d is open", r.ID)
			report.Skipped--
		}
	}
	require.Zero(t, report.Skipped, "all is computed again")
}

func TestBothSidesTellOfTheSameBytes(t *testing.T) {
	for _, f := range courses()[:13] {
		client, server := testpeer.ClientConfig(), testpeer.ServerConfig()
		f.client(client)
		f.server(server)
		r := told(client, server)
		f.playWith(t, client, server, manners[0])
		a, b := r[0].Connection(), r[1].Connection()
		for i := range 2 {
			require.Equal(t, a.Buffers[i].Bytes, b.Buffers[i].Bytes, f.name)
		}
		require.Equal(t, len(a.KeyExchanges), len(b.KeyExchanges), f.name)
		for i := range a.KeyExchanges {
			x, y := a.KeyExchanges[i], b.KeyExchanges[i]
			require.Equal(t, x.Shared, y.Shared, f.name)
			require.Equal(t, x.Ours.Public, y.Theirs, f.name)
			require.NotEmpty(t, x.Ours.Private)
		}
		for _, s := range a.Secrets {
			if other := b.FindSecret(s.ID); other != nil && s.Op != trace.OpGiven {
				require.Equal(t, s.Out, other.Out, "%s: %s", f.name, s.ID)
			}
		}
	}
}

// steps writes down what it is told, in words.
type steps []string

func (s *steps) Record(r hook.Record) {
	*s = append(*s, fmt.Sprintf("record %v %d %v", r.Direction == hook.Sent, r.Wire[0], r.Epoch))
}

func (s *steps) Message(m hook.Message) {
	*s = append(*s, fmt.Sprintf("message %v %v %v", m.Direction == hook.Sent, handshake.MessageType(m.Bytes[0]), m.Epoch))
}
func (s *steps) Transcript([]byte)            { *s = append(*s, "transcript") }
func (s *steps) KeyExchange(hook.KeyExchange) { *s = append(*s, "key exchange") }
func (s *steps) Derive(d hook.Derivation)     { *s = append(*s, "derive "+d.Label) }
func (s *steps) State(name string)            { *s = append(*s, "state "+name) }
func (s *steps) Alert(a hook.Alert) {
	*s = append(*s, fmt.Sprintf("alert %v %v", a.Direction == hook.Sent, tlsengine.Alert(a.Description)))
}

func TestAClientTellsWhatItDoesInOrder(t *testing.T) {
	var s steps
	client := testpeer.ClientConfig()
	client.Tracer = &s
	server := testpeer.ServerConfig()
	server.Tickets = -1
	p := meet(t, client, server)
	p.server.take(t, p.client.Close(nil))
	require.Equal(t, strings.TrimSpace(`
message true ClientHello initial
state WAIT_SH
record true 22 initial
record false 22 initial
message false ServerHello initial
derive 
key exchange
transcript
derive derived
derive 
derive c hs traffic
derive s hs traffic
state WAIT_EE
derive key
derive iv
record false 20 initial
record false 23 handshake
message false EncryptedExtensions handshake
transcript
state WAIT_CERT_CR
message false Certificate handshake
transcript
state WAIT_CV
message false CertificateVerify handshake
transcript
state AWAIT_VERDICT
state WAIT_FINISHED
message false Finished handshake
derive finished
transcript
derive derived
derive 
derive c ap traffic
derive s ap traffic
derive exp master
derive finished
message true Finished handshake
transcript
derive res master
state CONNECTED
derive key
derive iv
record true 20 initial
derive key
derive iv
record true 23 handshake
derive key
derive iv
record true 23 application
alert true close_notify`), strings.TrimSpace(strings.Join(s, "\n")))
}

func TestATracerStaysWhenAnotherConfigIsChosen(t *testing.T) {
	var first, second steps
	server := testpeer.ServerConfig()
	server.Ask, server.Tracer = tlsengine.AskConfig, &first
	other := testpeer.ServerConfig()
	other.Tracer = &second
	p := newPair(t, testpeer.ClientConfig(), server)
	p.server.answer = func(e *tlsengine.Engine, _ tlsengine.Request) { require.NoError(t, e.UseConfig(other, nil)) }
	p.run()
	require.NoError(t, errors.Join(p.client.err, p.server.err))
	require.Contains(t, first, "state CONNECTED")
	p.server.Park()
	out, err := p.server.Send(nil, []byte("data"))
	require.NoError(t, err)
	p.client.take(t, out)
	require.Equal(t, "record true 23 application", first[len(first)-1])
	require.Empty(t, second)
}

func TestWhatIsRefusedIsTold(t *testing.T) {
	for name, damage := range map[string]struct {
		change func([]byte) []byte
		want   []string
	}{
		"a record that does not decrypt": {func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
			[]string{"record false 23 application", "record true 23 application", "alert true bad_record_mac"}},
		"a record of another type": {func(b []byte) []byte { return append([]byte{24, 3, 3, 0, 1, 0}, b...) },
			[]string{"record true 23 application", "alert true unexpected_message"}},
		"an alert in the clear": {func(b []byte) []byte { return append([]byte{21, 3, 3, 0, 2, 2, 40}, b...) },
			[]string{"record false 21 initial", "record true 23 application", "alert true unexpected_message"}},
	} {
		t.Run(name, func(t *testing.T) {
			var s steps
			client := testpeer.ClientConfig()
			client.Tracer = &s
			p := meet(t, client, testpeer.ServerConfig())
			out, err := p.server.Send(nil, []byte("data"))
			require.NoError(t, err)
			s = nil
			p.client.take(t, damage.change(out))
			require.Error(t, p.client.err)
			p.server.take(t, p.client.Flush(nil))
			require.Equal(t, damage.want, []string(s))
		})
	}
}

// TestWithoutATracerNothingIsAllocatedForOne: with a Tracer the same
// handshake allocates more, and without one no more than alloc_test.go says.
func TestWithoutATracerNothingIsAllocatedForOne(t *testing.T) {
	if race.Enabled {
		t.Skip("the race detector allocates")
	}
	k := plainChat()
	without := testing.AllocsPerRun(10, func() { k.handshake(t) })
	k.client.Tracer, k.server.Tracer = silence{}, silence{}
	with := testing.AllocsPerRun(10, func() { k.handshake(t) })
	require.Greater(t, with, without+100, "the Tracer is told")
	require.LessOrEqual(t, without, 225.0)
}

// silence is told everything and says nothing.
type silence struct{}

func (silence) Record(hook.Record)           {}
func (silence) Message(hook.Message)         {}
func (silence) Transcript([]byte)            {}
func (silence) KeyExchange(hook.KeyExchange) {}
func (silence) Derive(hook.Derivation)       {}
func (silence) State(string)                 {}
func (silence) Alert(hook.Alert)             {}

func BenchmarkHandshakeTold(b *testing.B) {
	k := plainChat()
	k.client.Tracer, k.server.Tracer = silence{}, silence{}
	b.ReportAllocs()
	for b.Loop() {
		k.handshake(b)
	}
}

func BenchmarkRecordTold(b *testing.B) {
	k := plainChat()
	k.client.Tracer, k.server.Tracer = silence{}, silence{}
	c, s := k.handshake(b)
	plain := make([]byte, 1<<10)
	b.SetBytes(1 << 10)
	b.ReportAllocs()
	for b.Loop() {
		k.record(b, c, s, plain)
	}
}

// TestARecordCostsNoInstructionMore counts instructions with callgrind: what a
// record costs in all, and with a Tracer. `make instructions` runs it.
func TestARecordCostsNoInstructionMore(t *testing.T) {
	if os.Getenv("TLSENGINE_INSTRUCTIONS") == "" {
		t.Skip("TLSENGINE_INSTRUCTIONS is not set: see `make instructions`")
	}
	const n = 2000
	per := func(bench string) int {
		return (instructions(t, bench, 3*n) - instructions(t, bench, n)) / (2 * n)
	}
	without, with := per("BenchmarkRecord/64"), per("BenchmarkRecordTold")
	t.Logf("64 bytes sealed and opened: %d instructions; 1 KiB with a Tracer: %d", without, with)
	require.LessOrEqual(t, without, 2600, "see PERFORMANCE.md")
	require.Greater(t, with, without)
}

// instructions is how many it takes to run a benchmark n times.
func instructions(t *testing.T, bench string, n int) int {
	cmd := exec.Command("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", os.Args[0],
		"-test.run", "-", "-test.bench", "^"+strings.ReplaceAll(bench, "/", "$/^")+"$", "-test.benchtime", strconv.Itoa(n)+"x")
	cmd.Env = append(os.Environ(), "GODEBUG=asyncpreemptoff=1", "GOMAXPROCS=1", "GOGC=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	found := regexp.MustCompile(`Collected : (\d+)`).FindSubmatch(out)
	require.NotNil(t, found, "%s", out)
	count, err := strconv.Atoi(string(found[1]))
	require.NoError(t, err)
	return count
}

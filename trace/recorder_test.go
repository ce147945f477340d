package trace

import (
	"crypto/hkdf"
	"crypto/sha256"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// epochs by name.
var epochs = map[string]hook.Epoch{"initial": hook.Initial, "early_data": hook.EarlyData, "handshake": hook.Handshake, "application": hook.Application}

// replay plays a captured connection to a Recorder, as an engine in that role
// would have told it.
func replay(r *Recorder, role string, c *Connection) {
	for _, e := range c.Events {
		switch e.Kind {
		case "record":
			rec := &c.Records[atoi(string(e.Ref))-1]
			h := hook.Record{Direction: direction4(role, rec.Dir), Wire: append([]byte{}, c.Slice(rec.At)...), Protected: rec.Protected, Epoch: epochs[rec.Epoch], Seq: rec.Seq}
			if rec.AEAD != nil {
				h.Inner = append([]byte{}, c.Slice(rec.Inner.Span)...)
				h.Suite = 0x1301
				h.Secret = c.FindSecret(rec.AEAD.Key[:len(rec.AEAD.Key)-len(".key")]).Out
			}
			r.Record(h)
			clear(h.Wire) // the engine's buffer is used again
			clear(h.Inner)
		case "message":
			m := &c.Messages[atoi(string(e.Ref))]
			r.Message(hook.Message{Direction: direction4(role, m.Dir), Bytes: c.Bytes(m), Epoch: epochs[m.Epoch]})
			if m.Transcript != nil {
				r.Transcript(m.Transcript.After)
			}
		case "keys":
			s := c.FindSecret(refString(e.Ref))
			r.Derive(hook.Derivation{Op: hook.Given, Out: s.Out})
		}
	}
}

func direction4(role, dir string) hook.Direction {
	if (role == "client") == (dir == C2S) {
		return hook.Sent
	}
	return hook.Received
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		n = 10*n + int(c-'0')
	}
	return n
}

// clock goes on by a millisecond each time it is asked.
func clock() func() time.Time {
	now := time.Unix(1.7e9, 0)
	return func() time.Time { now = now.Add(time.Millisecond); return now }
}

func TestRecorderSeesWhatACaptureShows(t *testing.T) {
	d := talk(t, nil)
	tr, err := Capture(d.capture(1460, nil), CaptureOptions{KeyLog: d.log(t)})
	want := one(t, tr, err)
	for _, role := range []string{"client", "server"} {
		r := NewRecorder(role, clock())
		replay(r, role, want)
		got := r.Connection()
		sound(t, &Trace{Schema: Schema, Secrets: true, Connections: []*Connection{got}})
		require.Equal(t, names(want), names(got))
		require.Equal(t, role, got.Role)
		require.Empty(t, got.Notes)
		require.Equal(t, want.Buffers, got.Buffers)
		require.Len(t, got.Records, len(want.Records))
		for i := range got.Records {
			require.Equal(t, want.Records[i].Fields, got.Records[i].Fields)
			require.Equal(t, want.Records[i].Inner, got.Records[i].Inner)
			if want.Records[i].AEAD != nil {
				require.Equal(t, want.Records[i].AEAD.Nonce, got.Records[i].AEAD.Nonce)
			}
		}
		for i := range got.Messages {
			require.Equal(t, want.Messages[i].Transcript, got.Messages[i].Transcript)
		}
	}
}

// TestRecorderNamesTheInputsOfSecrets gives a Recorder the key schedule of TLS
// 1.3 in values, as an engine does, and looks for the names.
func TestRecorderNamesTheInputsOfSecrets(t *testing.T) {
	client, server := hellos(t)
	r := NewRecorder("client", clock())
	shared := []byte("a shared secret of thirty-two byt")[:32]
	r.Record(hook.Record{Direction: hook.Sent, Wire: client})
	r.Record(hook.Record{Direction: hook.Received, Wire: server[:95]})
	after := r.b.c.Messages[1].Transcript.After
	r.KeyExchange(hook.KeyExchange{Group: 29, Public: make([]byte, 32), Peer: make([]byte, 1216), Shared: shared})
	empty := sha256.Sum256(nil)
	extract := func(salt, ikm []byte) []byte {
		in := ikm
		if in == nil {
			in = make([]byte, 32)
		}
		out, err := hkdf.Extract(sha256.New, in, salt)
		require.NoError(t, err)
		r.Derive(hook.Derivation{Op: hook.Extract, Hash: "SHA-256", Salt: salt, IKM: ikm, Out: out})
		return out
	}
	expand := func(secret []byte, label string, context []byte) []byte {
		out := make([]byte, 32)
		keyschedule.ExpandLabel(cipher.SHA256, secret, label, context, out)
		r.Derive(hook.Derivation{Op: hook.ExpandLabel, Hash: "SHA-256", Secret: secret, Label: label, Context: context, Out: out})
		return out
	}
	handshake := extract(expand(extract(nil, nil), "derived", empty[:]), shared)
	traffic := expand(handshake, "c hs traffic", after)
	expand(handshake, "s hs traffic", after)
	main := extract(expand(handshake, "derived", empty[:]), nil)
	expand(expand(expand(main, "c ap traffic", after), "traffic upd", nil), "traffic upd", nil)
	expand(traffic, "finished", nil)
	expand(expand(main, "res master", after), "resumption", []byte{0})
	expand(expand(extract(nil, []byte("a ticket's PSK")), "res binder", empty[:]), "finished", nil)
	r.State("WAIT_EE")
	expand(handshake, "c hs traffic", after) // told twice, shown once

	c := r.Connection()
	sound(t, &Trace{Schema: Schema, Secrets: true, Connections: []*Connection{c}})
	require.Equal(t, 2, Check(c).Skipped, "only the PSK and the private key are not there")
	var ids []string
	for _, s := range c.Secrets {
		ids = append(ids, s.ID)
	}
	require.Equal(t, []string{"early", "derived_1", "handshake", "c_hs", "s_hs", "derived_2", "main", "c_ap_0", "c_ap_1", "c_ap_2",
		"c_hs.finished", "res", "ticket_psk", "psk_0", "early_1", "binder", "binder.finished"}, ids)
	require.Equal(t, [2]string{"derived_1", "shared_0"}, [2]string{c.FindSecret("handshake").Salt, c.FindSecret("handshake").IKM})
	require.Equal(t, [2]string{"zero", "zero"}, [2]string{c.FindSecret("early").Salt, c.FindSecret("early").IKM})
	require.Equal(t, "psk_0", c.FindSecret("early_1").IKM)
	require.Equal(t, 1, *c.FindSecret("c_hs").Context.TranscriptAfter)
	require.Equal(t, "CLIENT_HANDSHAKE_TRAFFIC_SECRET", c.FindSecret("c_hs").KeyLog)
	page := webPage(t, &Trace{Schema: Schema, Secrets: true, Connections: []*Connection{c}})
	require.Contains(t, page, `href="#kx0"`)
	require.Contains(t, text(t, &Trace{Schema: Schema, Connections: []*Connection{c}}, TextOptions{}), "x25519(client private, server public)")
}

func TestRecorderOverQUIC(t *testing.T) {
	client, server := hellos(t)
	r := NewRecorder("server", clock())
	r.Message(hook.Message{Direction: hook.Received, Carrier: hook.InCrypto, Bytes: client[5:]})
	r.Message(hook.Message{Direction: hook.Sent, Carrier: hook.InCrypto, Bytes: server[5:95]})
	r.Message(hook.Message{Direction: hook.Sent, Carrier: hook.InCrypto, Bytes: []byte{8, 0, 0, 2, 0, 0}, Epoch: hook.Handshake})
	r.Alert(hook.Alert{Direction: hook.Received, Level: 2, Description: 40})
	c := r.Connection()
	tr := &Trace{Schema: Schema, Secrets: true, Connections: []*Connection{c}}
	sound(t, tr)
	require.Equal(t, "C ClientHello, S ServerHello, S EncryptedExtensions", names(c))
	require.Equal(t, "handshake_failure", Summarize(c).Alert)
	require.Contains(t, text(t, tr, TextOptions{}), "· message 1  server→client  90 B\n  ServerHello\n  m0000  02")
	require.Contains(t, webPage(t, tr), `id="m1.key_share.group"`)
}

func TestRecorderTellsWhenTheEngineHashesSomethingElse(t *testing.T) {
	client, server := hellos(t)
	r := NewRecorder("client", clock())
	r.Record(hook.Record{Direction: hook.Sent, Wire: client})
	r.Message(hook.Message{Direction: hook.Sent, Carrier: hook.InnerHello, Bytes: client[5:]})
	r.Record(hook.Record{Direction: hook.Received, Wire: server[:95]})
	r.Transcript(make([]byte, 32))
	c := r.Connection()
	require.Len(t, c.Notes, 2)
	require.Equal(t, KindInnerHello, c.Buffers[c.Messages[1].At[0].Buf].Kind)
	require.Nil(t, c.Messages[1].Transcript)
	require.Equal(t, make(Hex, 32), c.Messages[2].Transcript.After)
}

func TestTraceIsBounded(t *testing.T) {
	r := NewRecorder("client", clock())
	empty := []byte{23, 3, 3, 0, 0}
	for range maxRecords + 10 {
		r.Record(hook.Record{Wire: empty})
	}
	request := append([]byte{22, 3, 3, 0x40, 0}, make([]byte, 0x4000)...) // 4096 times HelloRequest
	for range 3 {
		r.Record(hook.Record{Wire: request})
	}
	c := r.Connection()
	require.NoError(t, c.Validate())
	require.Len(t, c.Records, maxRecords)
	require.Contains(t, c.Notes[0], "the trace ends after")

	r = NewRecorder("client", clock())
	for range 3 {
		r.Record(hook.Record{Wire: request})
	}
	c = r.Connection()
	require.NoError(t, c.Validate())
	require.Len(t, c.Messages, maxMessages)
}

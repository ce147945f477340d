package trace

import (
	"bytes"
	"sync"
	"time"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// Recorder makes a Connection of what an engine does. It is a hook.Tracer, and
// safe for the two goroutines of a full-duplex connection.
type Recorder struct {
	mu     sync.Mutex
	b      *builder
	client bool
	start  time.Time
	now    func() time.Time

	// An engine makes a flight at once, and later the records of it. What it
	// told in between is put behind the record of the message that it followed.
	told, carried int // messages of this side, by Message and in records
	waiting       []waiting
	synthetic     bool // the last Message was one that the builder makes itself
}

// waiting is something that was told behind a message that no record has
// carried yet.
type waiting struct {
	message int // its number, if it is such a message itself
	add     func()
}

// maxWaiting bounds what waits for records that may never come.
const maxWaiting = 1 << 12

var _ hook.Tracer = (*Recorder)(nil)

// NewRecorder returns a Recorder for an engine in that role, "client" or
// "server". now is the clock, from which the times in the trace are taken.
func NewRecorder(role string, now func() time.Time) *Recorder {
	r := &Recorder{b: newBuilder(role), client: role == "client", now: now}
	r.start = now()
	started := At(r.start)
	r.b.c.Started = &started
	return r
}

// Connection ends the recording and returns it. No hook may be called after.
func (r *Recorder) Connection() *Connection {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.release(true)
	return r.b.finish()
}

// behind adds what was told, now or behind the message it belongs to.
func (r *Recorder) behind(add func()) {
	if len(r.waiting) == maxWaiting {
		r.release(true)
	}
	if len(r.waiting) == 0 {
		add()
		return
	}
	r.waiting = append(r.waiting, waiting{add: add})
}

// release adds what was told up to the next message that no record has
// carried, or everything.
func (r *Recorder) release(all bool) {
	for len(r.waiting) > 0 {
		w := r.waiting[0]
		if w.message > r.carried && !all {
			return
		}
		r.waiting = r.waiting[1:]
		if w.add != nil {
			w.add()
		}
	}
}

// begin locks the recorder and takes the time.
func (r *Recorder) begin() func() {
	r.mu.Lock()
	r.b.now = r.now().Sub(r.start).Microseconds()
	return r.mu.Unlock
}

func (r *Recorder) dir(d hook.Direction) string {
	if r.client == (d == hook.Sent) {
		return C2S
	}
	return S2C
}

// Record is a hook.
func (r *Recorder) Record(rec hook.Record) {
	defer r.begin()()
	o := opened{protected: rec.Protected, inner: rec.Inner, epoch: rec.Epoch.String(), seq: rec.Seq}
	if rec.Protected {
		o.suite = cipher.Lookup(cipher.ID(rec.Suite))
		if !r.knows(&o, rec.Secret) {
			r.release(true)
		}
		r.keys(&o, r.dir(rec.Direction), rec.Secret)
	}
	before := len(r.b.c.Messages)
	r.b.record(r.dir(rec.Direction), rec.Wire, o)
	for i := before; i < len(r.b.c.Messages); i++ {
		if m := &r.b.c.Messages[i]; rec.Direction == hook.Sent && !m.Synthetic {
			r.carried++
		}
	}
	r.release(false)
}

// knows reports whether the secret behind a record's keys was told, and does
// not wait.
func (r *Recorder) knows(o *opened, secret []byte) bool {
	if o.suite != nil && !o.suite.TLS13() {
		return r.b.value("main") != nil
	}
	_, known := r.b.ids[string(secret)]
	return known
}

// keys finds the ids of a record's keys by the secret they come from.
func (r *Recorder) keys(o *opened, dir string, secret []byte) {
	if o.suite == nil || len(secret) == 0 {
		return
	}
	if o.suite.TLS13() {
		o.keys = r.b.idOf(secret)
		keys := r.b.trafficKeys(o.keys, o.suite, secret)
		o.iv = keys.IV[:]
		return
	}
	main := r.b.value("main")
	if main == nil || r.b.random[1] == nil {
		return
	}
	client, server := r.b.blockKeys(o.suite, main)
	o.keys, o.iv = "c", client.IV[:]
	if dir == S2C {
		o.keys, o.iv = "s", server.IV[:]
	}
}

// Message is a hook. Messages in records are made of the records.
func (r *Recorder) Message(m hook.Message) {
	defer r.begin()()
	if len(m.Bytes) == 0 {
		return
	}
	dir, epoch := r.dir(m.Direction), m.Epoch.String()
	r.synthetic = m.Carrier == hook.Synthetic
	switch m.Carrier {
	case hook.InRecords:
		if m.Direction == hook.Received {
			return
		}
		if r.told++; r.told > r.carried {
			r.waiting = append(r.waiting, waiting{message: r.told})
		}
	case hook.InCrypto:
		r.crypto(dir, m.Bytes, epoch)
	case hook.InnerHello:
		r.b.note("the ClientHello was accepted inside another (ECH)")
		r.b.outside(dir, KindInnerHello, m.Bytes, epoch)
	case hook.Decompressed:
		r.b.outside(dir, KindDecompressed, m.Bytes, epoch)
	}
}

// crypto adds a message that came in QUIC's CRYPTO frames.
func (r *Recorder) crypto(dir string, msg []byte, epoch string) {
	id := len(r.b.c.Messages)
	if msg[0] == msgServerHello {
		id++ // a message_hash may come before it
	}
	buf := r.b.buffer(KindMessage, dir, &Owner{Message: &id}, msg)
	r.b.message(dir, msg, []Span{{buf, 0, len(msg)}}, epoch)
	*r.b.c.Buffers[buf].Of.Message = len(r.b.c.Messages) - 1
}

// outside adds a message that does not enter the transcript in its place.
func (b *builder) outside(dir, kind string, msg []byte, epoch string) {
	closed := b.hashes.closed
	b.hashes.closed = true
	b.own(dir, kind, msg, epoch, true)
	b.hashes.closed = closed
}

// Transcript is a hook: the engine's word on the hash after the last message.
func (r *Recorder) Transcript(hash []byte) {
	defer r.begin()()
	if r.synthetic {
		r.synthetic = false
		return
	}
	hash = bytes.Clone(hash)
	r.behind(func() { r.b.confirm(hash) })
}

// confirm compares the engine's transcript hash with those of the messages.
func (b *builder) confirm(hash []byte) {
	if b.c.transcriptAfter(hash) >= 0 {
		return
	}
	for i := len(b.c.Messages) - 1; i >= 0; i-- {
		if m := &b.c.Messages[i]; m.Transcript != nil {
			b.note("the transcript hash of the engine after %s is another than that of the messages seen", m.Name)
			m.Transcript.After = hash
			return
		}
	}
}

// KeyExchange is a hook.
func (r *Recorder) KeyExchange(k hook.KeyExchange) {
	defer r.begin()()
	k.Private, k.Public, k.Peer, k.Shared = bytes.Clone(k.Private), bytes.Clone(k.Public), bytes.Clone(k.Peer), bytes.Clone(k.Shared)
	r.behind(func() { r.b.keyExchange(k) })
}

// Derive is a hook.
func (r *Recorder) Derive(d hook.Derivation) {
	defer r.begin()()
	d.Salt, d.IKM, d.Secret = bytes.Clone(d.Salt), bytes.Clone(d.IKM), bytes.Clone(d.Secret)
	d.Context, d.Out = bytes.Clone(d.Context), bytes.Clone(d.Out)
	r.behind(func() { r.b.derive(d) })
}

// State is a hook.
func (r *Recorder) State(name string) {
	defer r.begin()()
	r.behind(func() { r.b.event("state", nil, name) })
}

// Alert is a hook. Alerts in records are made of the records; this one is for
// carriers without.
func (r *Recorder) Alert(a hook.Alert) {
	defer r.begin()()
	if len(r.b.c.Records) == 0 {
		r.b.event("alert", nil, alertName([]byte{a.Level, a.Description}))
	}
}

package trace

import (
	"bytes"
	"sync"
	"time"
)

// Tap makes a Connection of what passes between an engine and its transport,
// with no more help of the engine than its key log. It shows what a capture
// and a key log show; a [Recorder] on the engine's hooks shows the inputs of
// the secrets besides.
//
// It is safe for the two goroutines of a full-duplex connection.
type Tap struct {
	mu      sync.Mutex
	role    string
	now     func() time.Time
	start   time.Time
	log     KeyLog
	private []PrivateKey
	dirs    map[string]*tapped
	chunks  int
}

// tapped is one direction.
type tapped struct {
	data []byte
	ends []tappedEnd
	full bool
}

// tappedEnd says that the bytes up to end came n-th, at that time.
type tappedEnd struct {
	end, n int
	at     int64
}

// NewTap returns a Tap for a side in that role, "client" or "server". now is
// the clock, from which the times in the trace are taken.
func NewTap(role string, now func() time.Time) *Tap {
	return &Tap{role: role, now: now, start: now(), log: KeyLog{}, dirs: map[string]*tapped{C2S: {}, S2C: {}}}
}

// Sent takes bytes that this side has sent. It keeps a copy.
func (t *Tap) Sent(b []byte) { t.add(t.role == "client", b) }

// Received takes bytes from the peer, before the engine gets them, which
// decrypts in place. It keeps a copy.
func (t *Tap) Received(b []byte) { t.add(t.role != "client", b) }

func (t *Tap) add(fromClient bool, b []byte) {
	if len(b) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	dir := S2C
	if fromClient {
		dir = C2S
	}
	d := t.dirs[dir]
	if len(d.data)+len(b) > MaxConnection {
		d.full = true
		return
	}
	t.chunks++
	d.data = append(d.data, b...)
	d.ends = append(d.ends, tappedEnd{len(d.data), t.chunks, t.now().Sub(t.start).Microseconds()})
}

// KeyLog takes a secret: it is a Config's KeyLog.
func (t *Tap) KeyLog(label string, clientRandom, secret []byte) {
	if len(clientRandom) != 32 || len(secret) > maxSecret {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	of := [32]byte(clientRandom)
	if t.log[of] == nil {
		t.log[of] = map[string][]byte{}
	}
	t.log[of][label] = bytes.Clone(secret)
}

// Private takes an ephemeral private key of this side, so that the key
// schedule can be shown from its start.
func (t *Tap) Private(group uint16, key []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.private = append(t.private, PrivateKey{group, bytes.Clone(key)})
}

// Connection makes the trace of what has passed so far.
func (t *Tap) Connection() *Connection {
	t.mu.Lock()
	defer t.mu.Unlock()
	v := newViewer(CaptureOptions{KeyLog: t.log, Private: t.private})
	started := At(t.start)
	v.b.c.Role, v.b.c.Started = t.role, &started
	if t.dirs[C2S].full || t.dirs[S2C].full {
		v.b.note("the trace ends after %d bytes of one direction", MaxConnection)
	}
	v.run(split(t.dirs[C2S].data, C2S, t.dirs[C2S].arrived), split(t.dirs[S2C].data, S2C, t.dirs[S2C].arrived))
	return v.b.finish()
}

// arrived says when the byte in front of off came.
func (d *tapped) arrived(off int) (n int, at int64) {
	low, high := 0, len(d.ends)-1
	for low < high {
		if mid := (low + high) / 2; d.ends[mid].end < off {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return d.ends[low].n, d.ends[low].at
}

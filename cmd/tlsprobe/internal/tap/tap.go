// Package tap reads a connection from outside: it is given the bytes of both
// directions and the secrets of a key log, and says which records and messages
// went over the wire. It shares no state with the two sides, so that what it
// shows is what was sent and not what somebody meant to send.
//
//	t := tap.New(func(it tap.Item) { … })
//	cfg.KeyLog = t.Secret
//	t.Saw(tap.ToServer, bytes)   // as they come, in order
//	t.Drain()                    // after the side that logs has seen them too
//
// TLS 1.3 and TLS 1.2. What cannot be opened for want of a secret waits; see
// [Tap.Finish].
package tap

import (
	"bytes"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/record"
)

// Dir is a direction.
type Dir uint8

// The directions.
const (
	ToServer Dir = iota
	ToClient
)

// Kind says what an [Item] is.
type Kind uint8

// The kinds.
const (
	Record           Kind = iota // a record as it was on the wire; its contents follow
	Message                      // a handshake message, with its header
	Alert                        // level and description
	ChangeCipherSpec             // of TLS 1.2, or for middleboxes
	Data                         // application data
	Sealed                       // a record that could not be opened
)

// Item is one thing that was seen. Bytes are the receiver's.
type Item struct {
	Dir   Dir
	Kind  Kind
	Epoch handshake.Epoch // under whose keys
	Bytes []byte
}

// Tap is one connection.
type Tap struct {
	// EarlySuite is the suite of early data: that of the session. Without it
	// early data is shown after the ServerHello only.
	EarlySuite *cipher.Suite

	emit    func(Item)
	queue   []chunk
	half    [2]half
	secrets map[string][]byte
	hello   facts
}

// chunk is bytes that were seen and not yet read.
type chunk struct {
	dir   Dir
	bytes []byte
}

// facts are what the hellos said.
type facts struct {
	version      handshake.Version
	suite        *cipher.Suite
	clientRandom [32]byte
	serverRandom [32]byte
	early        bool // the last ClientHello offers early data
	refused      bool // and the server did not take it
}

// New returns a Tap that tells emit what it sees, in order.
func New(emit func(Item)) *Tap {
	return &Tap{emit: emit, secrets: map[string][]byte{}}
}

// Secret takes a line of the key log; it fits Config.KeyLog.
func (t *Tap) Secret(label string, _, secret []byte) {
	t.secrets[label] = bytes.Clone(secret)
}

// Saw takes bytes of one direction and copies them.
func (t *Tap) Saw(d Dir, b []byte) {
	if len(b) > 0 {
		t.queue = append(t.queue, chunk{d, bytes.Clone(b)})
	}
}

// Drain reads what it has the keys for.
func (t *Tap) Drain() {
	for again := true; again; {
		again = false
		var rest []chunk
		var blocked [2]bool
		for i, c := range t.queue {
			if blocked[c.dir] {
				rest = append(rest, t.queue[i])
				continue
			}
			left := t.read(&t.half[c.dir], c)
			again = again || len(left) < len(c.bytes)
			if len(left) > 0 {
				blocked[c.dir] = true
				rest = append(rest, chunk{c.dir, left})
			}
		}
		t.queue = rest
	}
}

// Finish reads the rest: what there are no secrets for is Sealed.
func (t *Tap) Finish() {
	t.Drain()
	for len(t.queue) > 0 {
		c := t.queue[0]
		t.half[c.dir].broken = true
		t.Drain()
	}
}

// read reads the records of a chunk, and returns what must wait for keys.
func (t *Tap) read(h *half, c chunk) (left []byte) {
	in := c.bytes
	for {
		if h.want != "" && !t.install(c.dir, h) && !h.broken {
			return in
		}
		n, whole := h.take(in)
		in = in[n:]
		if !whole {
			return nil
		}
		t.record(c.dir, h, h.tail)
		h.tail = nil
	}
}

// record reads one whole record.
func (t *Tap) record(d Dir, h *half, raw []byte) {
	t.emit(Item{d, Record, h.epoch, bytes.Clone(raw)})
	rec, ok := t.open(d, h, raw)
	if !ok {
		t.emit(Item{d, Sealed, h.epoch, raw})
		return
	}
	switch rec.Type {
	case record.Handshake:
		t.messages(d, h, rec.Data)
	case record.Alert:
		t.emit(Item{d, Alert, h.epochOf(rec), rec.Data})
	case record.ChangeCipherSpec:
		t.emit(Item{d, ChangeCipherSpec, h.epochOf(rec), rec.Data})
		if t.hello.version == handshake.VersionTLS12 {
			h.next("CLIENT_RANDOM", handshake.Application)
		}
	case record.ApplicationData:
		t.emit(Item{d, Data, h.epoch, rec.Data})
	default:
		t.emit(Item{d, Sealed, h.epoch, raw})
	}
}

// messages reads the content of a handshake record.
func (t *Tap) messages(d Dir, h *half, data []byte) {
	if h.asm.Add(data) != nil {
		h.broken = true
		return
	}
	for {
		msg, ok, err := h.asm.Next()
		if err != nil {
			h.broken = true
		}
		if !ok {
			break
		}
		t.emit(Item{d, Message, h.epoch, bytes.Clone(msg)})
		t.message(d, h, msg)
	}
	h.asm.Retain()
}

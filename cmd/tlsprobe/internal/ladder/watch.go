package ladder

import (
	"bytes"
	"sync"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/trace/hook"
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

// Item is one thing that went over the wire. Bytes are valid during the call.
type Item struct {
	Dir   Dir
	Kind  Kind
	Epoch handshake.Epoch // under whose keys
	Bytes []byte
}

// Watch is a hook.Tracer that says what went over the wire, in order: it takes
// an engine's records apart.
type Watch struct {
	hook.Nobody
	mu     sync.Mutex // the two halves of an engine tell at once
	client bool
	emit   func(Item)
	halves [2]record.Assembler
}

// NewWatch returns a Watch of a client's engine, or of a server's, that tells
// emit.
func NewWatch(client bool, emit func(Item)) *Watch { return &Watch{client: client, emit: emit} }

// Record is a hook.
func (w *Watch) Record(r hook.Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	dir := ToClient
	if w.client == (r.Direction == hook.Sent) {
		dir = ToServer
	}
	epoch := handshake.Epoch(r.Epoch)
	w.emit(Item{dir, Record, epoch, r.Wire})
	typ, content, ok := contentOf(&r)
	switch {
	case !ok:
		w.emit(Item{dir, Sealed, epoch, r.Wire})
	case typ == record.Handshake:
		w.messages(dir, epoch, content)
	case typ == record.Alert:
		w.emit(Item{dir, Alert, epoch, content})
	case typ == record.ChangeCipherSpec:
		w.emit(Item{dir, ChangeCipherSpec, epoch, content})
	case typ == record.ApplicationData:
		w.emit(Item{dir, Data, epoch, content})
	}
}

// contentOf is what a record holds; false if it was not opened.
func contentOf(r *hook.Record) (typ record.ContentType, content []byte, ok bool) {
	typ = record.ContentType(r.Wire[0])
	if !r.Protected {
		return typ, r.Wire[record.HeaderLen:], true
	}
	if suite := cipher.Lookup(cipher.ID(r.Suite)); suite == nil || !suite.TLS13() {
		return typ, r.Inner, r.Inner != nil
	}
	content = bytes.TrimRight(r.Inner, "\x00")
	if len(content) == 0 {
		return 0, nil, false
	}
	last := len(content) - 1
	return record.ContentType(content[last]), content[:last], true
}

// messages reads the content of a handshake record.
func (w *Watch) messages(dir Dir, epoch handshake.Epoch, content []byte) {
	asm := &w.halves[dir]
	if asm.Add(content) != nil {
		return // the engine says why
	}
	for msg, ok, err := asm.Next(); ok && err == nil; msg, ok, err = asm.Next() {
		w.emit(Item{dir, Message, epoch, msg})
	}
	asm.Retain()
}

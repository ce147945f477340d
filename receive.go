package tlsengine

import (
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// Limits on what a peer may send without saying anything. Each has a test
// that carries its name.
const (
	MaxWarningAlerts     = 4     // in a row
	MaxQuietMessages     = 32    // KeyUpdates and tickets in a row without data between
	MaxSkippedEarlyData  = 16367 // bytes of early data that a server drops after refusing it, if its tickets allow no more: 16 KiB as sealed
	MaxChangeCipherSpecs = 32    // of TLS 1.3's middlebox compatibility, in all
)

// receiver is the receiving half: from records to messages and data.
type receiver struct {
	reader   record.Reader
	flows    bool               // nothing is left to do before the next record, and data may come
	closed   bool               // the peer said close_notify
	proved   bool               // a record opened under the keys in force
	warnings uint8              // in a row
	quiet    uint8              // messages in a row without data between
	ccs      uint8              // in all
	early    uint32             // bytes of early data so far
	keys     *handshake.Keys    // in force; nil before there are any
	err      error              // sticky
	outputs  []handshake.Output // what the machine wants, not yet carried out
	asm      record.Assembler
}

// Receive takes at most one record off the front of in, decrypting it in
// place, and returns how many bytes it ate and at most one event. It keeps no
// reference to in. When [Event.Stops], nothing more happens before there are
// more bytes, or an answer.
//
// An error is the end of the connection and stays. Flush afterwards: the
// alert is owed.
func (e *Engine) Receive(in []byte) (n int, ev Event, err error) {
	e.wake()
	r := &e.recv
	if !r.flows {
		if ev, err := e.goOn(); err != nil || ev.Kind != EventNone {
			return 0, ev, err
		}
		if t := e.m.Tracer(); t != nil {
			return e.receiveTold(t, in)
		}
	}
	n, rec, err := r.reader.Next(in)
	switch {
	case err != nil:
		return 0, Event{}, e.refuse(err)
	case n == 0:
		return 0, Event{Kind: EventNeedMore, Need: r.reader.Need(in)}, nil
	case r.flows && rec.Type == record.ApplicationData && len(rec.Data) > 0:
		r.quiet, r.warnings = 0, 0
		return n, Event{Kind: EventData, Data: rec.Data}, nil
	}
	ev, err = e.take(rec)
	return n, ev, err
}

// goOn says and does what is to be said and done before more bytes are looked
// at. Without an event or an error they can be.
func (e *Engine) goOn() (Event, error) {
	r := &e.recv
	if r.err != nil {
		return Event{}, r.err
	}
	if ev, err := e.advance(); err != nil || ev.Kind != EventNone {
		return ev, err
	}
	if r.closed {
		return Event{Kind: EventPeerClosed}, nil
	}
	r.flows = r.proved && e.m.Done() && r.asm.Aligned() && e.m.Tracer() == nil
	return Event{}, nil
}

// take gives a record to whom it is for.
func (e *Engine) take(rec record.Record) (Event, error) {
	r := &e.recv
	r.flows, r.proved = false, r.proved || rec.Protected
	// "Handshake messages MUST NOT be interleaved with other record types."
	// RFC 9846, Section 5.1. An alert says more than that refusal would.
	if !r.asm.Aligned() && (rec.Type == record.ApplicationData || rec.Type == record.ChangeCipherSpec) {
		return Event{}, e.refuse(alert.InterleavedMessage.Errorf("a record of type %v inside a handshake message", rec.Type))
	}
	if rec.Type != record.Alert && len(rec.Data) > 0 {
		r.warnings = 0
	}
	switch rec.Type {
	case record.Handshake:
		return e.takeHandshake(rec.Data)
	case record.ApplicationData:
		return e.takeData(rec.Data)
	case record.Alert:
		return e.takeAlert(rec)
	case record.ChangeCipherSpec:
		if err := e.takeChangeCipherSpec(rec); err != nil {
			return Event{}, err
		}
		return e.advance()
	}
	return Event{}, nil // early data that was refused
}

func (e *Engine) takeHandshake(data []byte) (Event, error) {
	if err := e.recv.asm.Add(data); err != nil {
		return Event{}, e.refuse(err)
	}
	ev, err := e.advance()
	e.recv.asm.Retain() // data is the caller's again
	return ev, err
}

// advance carries out what the machine wants, and gives it the messages that
// are here, until there is an event or nothing to do.
func (e *Engine) advance() (Event, error) {
	for {
		if ev, err := e.carryOut(); err != nil || ev.Kind != EventNone {
			return ev, err
		}
		if e.m.Asks() {
			return Event{Kind: EventRequest}, nil
		}
		msg, ok, err := e.recv.asm.Next()
		if err != nil {
			return Event{}, e.refuse(err)
		}
		if !ok {
			return Event{}, nil
		}
		if err := e.message(msg); err != nil {
			return Event{}, err
		}
	}
}

// message gives one message to the machine.
func (e *Engine) message(msg []byte) error {
	if e.m.Done() {
		if e.recv.quiet++; e.recv.quiet > MaxQuietMessages {
			return e.refuse(alert.TooManyKeyUpdates.Errorf("the peer sent more than %d messages without data between", MaxQuietMessages))
		}
	}
	err := e.m.Message(msg)
	e.collect()
	if err == nil && e.recv.ccs > 0 && e.m.TakesChangeCipherSpec() {
		err = alert.BadChangeCipherSpec.Errorf("a change_cipher_spec before the ServerHello, which then was one of TLS 1.2")
	}
	if err != nil {
		return e.refuse(err)
	}
	return e.ourTurn()
}

// ourTurn checks, where a message makes this side speak and no key changes,
// that the peer has said all that it had to say.
func (e *Engine) ourTurn() error {
	flight := false
	for i := range e.recv.outputs {
		switch e.recv.outputs[i].Kind {
		case handshake.OutRecvKeys:
			return nil // looks for itself
		case handshake.OutFlight, handshake.OutDone:
			flight = true
		}
	}
	if !flight || e.recv.asm.Aligned() {
		return nil
	}
	e.recv.outputs = nil
	return e.aligned()
}

// takeData passes application data on, if there may be any.
func (e *Engine) takeData(data []byte) (Event, error) {
	switch {
	case e.recv.keys != nil && e.recv.keys.Epoch == handshake.EarlyData:
		return e.takeEarlyData(data)
	case !e.m.Done():
		return Event{}, e.refuse(alert.UnexpectedRecord.Errorf("application data before the handshake is complete"))
	case len(data) == 0:
		return Event{}, nil
	}
	e.recv.quiet = 0
	return Event{Kind: EventData, Data: data}, nil
}

// takeEarlyData passes early data on, up to what the Config allows: tickets
// that allow more have none accepted.
//
// "a server … SHOULD terminate the connection with an "unexpected_message"
// alert" if there is more. RFC 9846, Section 4.3.10.
func (e *Engine) takeEarlyData(data []byte) (Event, error) {
	if uint64(len(data))+uint64(e.recv.early) > uint64(e.m.Config().MaxEarlyData) {
		return Event{}, e.refuse(alert.TooMuchEarlyData.Errorf("client sent more early data than its ticket allows"))
	}
	e.recv.early += uint32(len(data))
	if len(data) == 0 {
		return Event{}, nil
	}
	return Event{Kind: EventEarlyData, Data: data}, nil
}

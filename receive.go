package tlsengine

import (
	"errors"
	"math"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
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
	r.flows = r.proved && e.m.Done() && r.asm.Aligned()
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

// collect takes over what the machine wants.
func (e *Engine) collect() {
	list := e.m.Take()
	e.recv.flows = false
	if e.recv.outputs == nil {
		e.recv.outputs = list
		return
	}
	e.recv.outputs = append(e.recv.outputs, list...)
}

// settle carries out what does not have to wait for an event to be read.
func (e *Engine) settle() error {
	for len(e.recv.outputs) > 0 && eventOf(&e.recv.outputs[0]).Kind == EventNone {
		if _, err := e.carryOut1(); err != nil {
			return err
		}
	}
	return nil
}

// carryOut carries out outputs up to the first that is an event, and what
// follows it up to the next. What goes wrong behind an event is said by the
// call after it.
func (e *Engine) carryOut() (Event, error) {
	for len(e.recv.outputs) > 0 {
		ev, err := e.carryOut1()
		if err != nil {
			return ev, err
		}
		if ev.Kind != EventNone {
			e.settle()
			return ev, nil
		}
	}
	return Event{}, nil
}

func (e *Engine) carryOut1() (Event, error) {
	o := e.recv.outputs[0]
	e.recv.outputs = e.recv.outputs[1:]
	if len(e.recv.outputs) == 0 {
		e.recv.outputs = nil
	}
	switch o.Kind {
	case handshake.OutMessage, handshake.OutChangeCipherSpec, handshake.OutUpdateSendKeys, handshake.OutSendKeys:
		e.mail.post(o)
	case handshake.OutRecvKeys:
		return Event{}, e.newKeys(o.Keys)
	case handshake.OutUpdateRecvKeys:
		e.mail.updated.Store(true)
		return eventOf(&o), e.updateKeys()
	case handshake.OutSkipEarlyData:
		e.recv.reader.SkipEarlyData(e.skips())
	case handshake.OutDone:
		if err := e.doneInOrder(); err != nil {
			return Event{}, err
		}
		e.mail.post(o)
	}
	return eventOf(&o), nil
}

// skips is how many bytes of refused early data are dropped: as many as the
// tickets allow, and MaxSkippedEarlyData at least.
//
// "discarding records which fail deprotection (up to the configured
// max_early_data_size)." RFC 9846, Section 4.3.10.
func (e *Engine) skips() int {
	return int(min(max(MaxSkippedEarlyData, e.m.Config().MaxEarlyData), math.MaxInt32-1))
}

// eventOf is what the application hears of an output.
func eventOf(o *handshake.Output) Event {
	switch o.Kind {
	case handshake.OutDone:
		return Event{Kind: EventHandshakeDone}
	case handshake.OutFlight:
		return Event{Kind: EventFlightDone}
	case handshake.OutSession:
		return Event{Kind: EventNewSession, Data: o.Data}
	case handshake.OutUpdateRecvKeys:
		return Event{Kind: EventKeyUpdated}
	case handshake.OutEarlyDataAccepted:
		return Event{Kind: EventEarlyDataAccepted}
	case handshake.OutEarlyDataRejected:
		return Event{Kind: EventEarlyDataRejected}
	}
	return Event{}
}

// newKeys changes what received records are opened with.
//
// "Handshake messages MUST NOT span key changes. Implementations MUST verify
// that all messages immediately preceding a key change align with a record
// boundary; if not, then they MUST terminate the connection with an
// "unexpected_message" alert." RFC 9846, Section 5.1.
func (e *Engine) newKeys(k *handshake.Keys) error {
	if err := e.aligned(); err != nil {
		return err
	}
	e.recv.keys, e.recv.proved = k, false
	e.recv.reader.SetKeys(k.Suite, recordKeys(k))
	return nil
}

// doneInOrder looks for what stands behind the last message before the
// application hears that all is well, where the keys change next.
func (e *Engine) doneInOrder() error {
	if len(e.recv.outputs) == 0 || e.recv.outputs[0].Kind != handshake.OutRecvKeys {
		return nil
	}
	return e.aligned()
}

// aligned refuses what stands behind the last message of a flight: it was
// said before it was this side's turn to be heard.
func (e *Engine) aligned() error {
	if e.recv.asm.Aligned() {
		return nil
	}
	return e.refuse(alert.ExcessHandshakeData.Errorf("the peer sent more than the last message of its flight"))
}

// recordKeys are key and IV of one direction.
func recordKeys(k *handshake.Keys) keyschedule.Keys {
	if k.Version == VersionTLS13 {
		return keyschedule.TrafficKeys(k.Suite, k.Secret)
	}
	return k.Block
}

// updateKeys moves on to the peer's next keys.
//
// RFC 9846, Section 7.2.
func (e *Engine) updateKeys() error {
	next := *e.recv.keys
	next.Secret = keyschedule.NextTraffic(next.Suite.Hash, next.Secret)
	return e.newKeys(&next)
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

// takeAlert ends what an alert ends.
//
// RFC 9846, Section 6.
func (e *Engine) takeAlert(rec record.Record) (Event, error) {
	if e.recv.keys != nil && !rec.Protected && (e.recv.proved || e.m.IsClient()) {
		return Event{}, e.refuse(alert.UnexpectedRecord.Errorf("an alert in the clear after there were keys"))
	}
	level, a, err := record.ParseAlert(rec.Data)
	if err != nil {
		return Event{}, e.refuse(err)
	}
	switch {
	case a == alert.CloseNotify:
		e.recv.closed = true
		return Event{Kind: EventPeerClosed}, nil
	case level == alert.Warning && e.ignores(a):
		if e.recv.warnings++; e.recv.warnings > MaxWarningAlerts {
			return Event{}, e.refuse(alert.TooManyWarnings.Errorf("the peer sent more than %d warnings in a row", MaxWarningAlerts))
		}
		return Event{}, nil
	case level == alert.Warning:
		return Event{}, e.refuse(alert.BadAlert.Errorf("the peer sent %v as a warning", a))
	case level != alert.Fatal:
		return Event{}, e.refuse(alert.UnknownAlert.Errorf("the peer sent an alert of level %d", level))
	}
	e.m.Forget()
	e.recv.err = &PeerAlertError{Alert: a}
	e.mail.end(e.recv.err, nil)
	return Event{}, e.recv.err
}

// ignores reports whether a warning goes by. Before TLS 1.3 all do: the peer
// leaves the choice to us.
//
// "user_canceled: … This alert MUST be followed by a "close_notify". This
// alert generally has AlertLevel=warning." All others are errors in TLS 1.3,
// whatever their level. RFC 9846, Section 6.1.
func (e *Engine) ignores(a Alert) bool {
	return a == alert.UserCanceled || e.m.Facts().Version != VersionTLS13
}

// takeChangeCipherSpec gives the machine what is an input of it, in TLS 1.2,
// and drops what is there for middleboxes.
//
// "An implementation may receive an unencrypted record of type
// change_cipher_spec consisting of the single byte value 0x01 at any time
// after the first ClientHello message has been sent or received and before
// the peer's Finished message has been received and MUST simply drop it
// without further processing." RFC 9846, Section 5.
func (e *Engine) takeChangeCipherSpec(rec record.Record) error {
	if len(rec.Data) != 1 || rec.Data[0] != 1 {
		return e.refuse(alert.BadChangeCipherSpec.Errorf("a change_cipher_spec that is not the byte 1"))
	}
	if e.m.TakesChangeCipherSpec() {
		err := e.m.ChangeCipherSpec()
		e.collect()
		if err != nil {
			return e.refuse(err)
		}
		return nil
	}
	if rec.Protected || e.m.State() == handshake.Start || e.m.Done() {
		return e.refuse(alert.UnexpectedRecord.Errorf("a change_cipher_spec outside the handshake"))
	}
	if e.recv.ccs++; e.recv.ccs > MaxChangeCipherSpecs {
		return e.refuse(alert.TooManyEmptyRecords.Errorf("more than %d change_cipher_spec records", MaxChangeCipherSpecs))
	}
	return nil
}

// refuse ends the connection with the alert of the error. This is the one
// place where an error becomes an alert.
func (e *Engine) refuse(err error) error {
	if e.recv.err != nil {
		return e.recv.err
	}
	var known *AlertError
	if !errors.As(err, &known) {
		known = alert.Internal.Wrap(err, "the connection cannot go on")
		err = known
	}
	for i := range e.recv.outputs { // what was said before it went wrong
		if o := &e.recv.outputs[i]; o.Kind == handshake.OutMessage || o.Kind == handshake.OutSendKeys || o.Kind == handshake.OutChangeCipherSpec {
			e.mail.post(*o)
		}
	}
	e.m.Forget()
	e.recv.outputs = nil
	e.recv.flows, e.recv.err = false, err
	e.mail.end(err, &known.Alert)
	return err
}

// TransportEOF says that no more bytes come from the peer, and reports whether
// its data was complete: nil after close_notify, else ErrTruncated, which
// stays. Before the handshake is complete anybody can say close_notify: then
// it is ErrTruncated all the same.
//
// "If a transport-level close is received prior to a "close_notify", the
// receiver cannot know that all the data that was sent has been received."
// RFC 9846, Section 6.1.
func (e *Engine) TransportEOF() error {
	e.wake()
	if e.recv.err == nil && !(e.recv.closed && e.m.Done()) {
		e.recv.flows, e.recv.err = false, ErrTruncated
		e.mail.end(ErrTruncated, nil)
	}
	return e.recv.err
}

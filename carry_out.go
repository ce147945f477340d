package tlsengine

import (
	"math"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

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
	for e.recv.err == nil && len(e.recv.outputs) > 0 && eventOf(&e.recv.outputs[0]).Kind == EventNone {
		_, _ = e.carryOut1()
	}
	return e.recv.err
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
	case handshake.OutConfig:
		e.recv.asm.SetLimits(e.m.Config().MaxMessage, e.m.Config().MaxCertificate)
		e.mail.reshape(e.m.Config())
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
func (e *Engine) newKeys(k *handshake.Keys) error { return e.nextKeys(nil, k) }

func (e *Engine) nextKeys(before, k *handshake.Keys) error {
	if err := e.aligned(); err != nil {
		return err
	}
	keys := recordKeys(k)
	e.tellTraffic(before, k, &keys)
	wipe(e.recv.keys)
	e.recv.keys, e.recv.proved = k, false
	e.recv.reader.SetKeys(k.Suite, keys)
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
	return e.nextKeys(e.recv.keys, &next)
}

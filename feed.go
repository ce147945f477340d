package tlsengine

import "iter"

// Feed receives all of in, for callers who do not want to keep an incomplete
// record. It yields what happens, without EventNone and EventNeedMore. It
// keeps what in has of an incomplete record, a record at most, and lets go of
// it when the record is complete. Data is valid until the next event.
//
//	for ev, err := range e.Feed(in) { … }
//
// The loop ends after EventRequest and EventPeerClosed; what was not eaten is
// kept, and Feed(nil) goes on with it after the answer. While a question is
// pending Feed takes no more bytes: ErrPending. An error is yielded once, as
// the last thing.
func (e *Engine) Feed(in []byte) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		e.wake()
		if len(in) > 0 && e.asks() {
			yield(Event{}, ErrPending)
			return
		}
		e.feed(in, yield)
	}
}

func (e *Engine) feed(in []byte, yield func(Event, error) bool) {
	for {
		buf := in
		if len(e.tail) > 0 {
			buf = e.tail
		}
		n, ev, err := e.Receive(buf)
		if len(e.tail) > 0 {
			e.tail = e.tail[n:]
		} else {
			in = in[n:]
		}
		switch {
		case err != nil:
			e.tail = nil
			yield(Event{}, err)
			return
		case ev.Kind == EventNeedMore:
			if len(in) == 0 {
				e.keep(nil)
				return
			}
			take := min(ev.Need, len(in))
			e.keep(in[:take])
			in = in[take:]
			continue
		case ev.Kind == EventNone:
			continue
		}
		more := yield(ev, nil)
		if ev.Stops() || !more {
			e.keep(in)
			return
		}
	}
}

// keep adds to the tail, and lets go of one that is used up.
func (e *Engine) keep(b []byte) {
	if len(e.tail)+len(b) == 0 {
		e.tail = nil
		return
	}
	e.tail = append(e.tail, b...)
}

// Unread is what Feed holds and the engine has not eaten: after
// EventPeerClosed it is not TLS any more and the caller's.
func (e *Engine) Unread() []byte {
	e.wake()
	return e.tail
}

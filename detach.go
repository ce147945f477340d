package tlsengine

import (
	"errors"
	"iter"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

var (
	// ErrDetached is the error of every call to an engine that was detached.
	ErrDetached = errors.New("the engine was detached")

	// ErrNoDetach: Config.AllowDetach is not set.
	ErrNoDetach = errors.New("the Config does not allow to detach")

	// ErrNotQuiet: the engine owes something, or has events that were not
	// received. Flush it, and receive until it needs more.
	ErrNotQuiet = errors.New("the engine has something to flush or to receive first")
)

// Detached is an engine whose records are made elsewhere: by the kernel, by
// hardware, by another program. That other party has the keys; what it opens
// that is not application data comes here, and what is to be sent of that kind
// comes from here, all without record protection.
//
//	d, err := e.Detach()          // after EventHandshakeDone, all flushed
//	install(d.SendKeys(), d.ReceiveKeys())
//	…
//	for ev, err := range d.Receive(contentType, content) { … }
//	for out, ok := d.Next(); ok; out, ok = d.Next() {
//		seal(out.Type, out.Content)
//		if out.Keys != nil {
//			install(*out.Keys) // from the next record on
//		}
//	}
//
// The other party must not seal more records under one key than
// [TrafficKeys.Limit] says: call UpdateKeys before. A Detached is used by one
// goroutine at a time.
type Detached struct {
	e     Engine // its record layer is empty
	queue []unsent

	// Where the keys in force started, as far as is known here.
	sendSequence, receiveSequence uint64
}

// unsent is a record that is owed, and whether the keys change after it.
type unsent struct {
	typ     record.ContentType
	content []byte
	update  bool
}

// Outgoing is one record that a [Detached] wants sent.
type Outgoing struct {
	Type    record.ContentType
	Content []byte       // the receiver's; at most record.MaxPlaintext bytes
	Keys    *TrafficKeys // what follows is under these; nil for no change
}

// Detach takes the keys of both directions out of an engine and ends it: from
// here on its error is ErrDetached. What is left is the Detached. It needs
// Config.AllowDetach, a complete handshake, directions that are not closed, and
// an engine at rest: nothing owed, no event left.
//
// Whoever makes the records starts with the first one that the engine has not
// eaten. Those that cannot be given bytes already read, like a kernel, need an
// engine that was fed up to the end of a record and no further:
// [Event.Need] of EventNeedMore says how much to read.
//
// With an error the engine is as it was.
func (e *Engine) Detach() (*Detached, error) {
	e.wake()
	switch {
	case e.recv.err != nil:
		return nil, e.recv.err
	case e.send.err != nil:
		return nil, e.send.err
	case !e.m.Config().AllowDetach:
		return nil, ErrNoDetach
	case !e.m.Done():
		return nil, ErrHandshakeNotDone
	case e.recv.closed || e.send.closed:
		return nil, ErrClosed
	case e.Owes() || len(e.recv.outputs) > 0 || !e.send.done:
		return nil, ErrNotQuiet
	}
	d := &Detached{
		e:            Engine{active: e.active},
		sendSequence: e.send.writer.State().Sequence, receiveSequence: e.recv.reader.State().Sequence,
	}
	d.e.recv.reader, d.e.send.writer = record.Reader{}, record.Writer{}
	e.active = ended(e.m.Config(), ErrDetached)
	return d, nil
}

// SendKeys are those that protect what is sent: as they were when the engine
// was detached, or as the last Outgoing with Keys said.
func (d *Detached) SendKeys() TrafficKeys { return trafficKeys(d.e.send.keys, d.sendSequence) }

// ReceiveKeys are those that open what is received: as they were when the
// engine was detached, or at the last EventKeyUpdated.
func (d *Detached) ReceiveKeys() TrafficKeys {
	return trafficKeys(d.e.recv.keys, d.receiveSequence)
}

// Unread is what Feed held when the engine was detached: records, perhaps not
// whole, that come before all that the transport still has. It is the
// Detached's, and is in its snapshot.
func (d *Detached) Unread() []byte { return d.e.tail }

// Receive takes the content of one record that the other party has opened. It
// yields what it says: EventNewSession; EventKeyUpdated, after which the next
// record is under the ReceiveKeys; EventPeerClosed; and EventData for
// application data, which need not come here. An error is the end, is yielded
// last, and stays; take what is to be sent with Next all the same.
//
// Receive changes nothing in content and keeps no reference to it.
func (d *Detached) Receive(t record.ContentType, content []byte) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if err := d.e.recv.err; err != nil {
			yield(Event{}, err)
			return
		}
		if d.e.recv.closed {
			return
		}
		ev, err := d.e.take(record.Record{Type: t, Protected: true, Data: content})
		d.e.recv.asm.Retain()
		for ; err == nil && ev.Kind != EventNeedMore; _, ev, err = d.e.Receive(nil) {
			if ev.Kind == EventKeyUpdated {
				d.e.recv.reader, d.receiveSequence = record.Reader{}, 0
			}
			if ev.Kind == EventNone {
				continue
			}
			if !yield(ev, nil) || ev.Kind == EventPeerClosed {
				return
			}
		}
		if err != nil {
			yield(Event{}, err)
		}
	}
}

// Next is the next record to send, if there is one: an answer to a request for
// new keys, a ticket, an alert.
func (d *Detached) Next() (Outgoing, bool) {
	d.collect()
	if len(d.queue) == 0 {
		return Outgoing{}, false
	}
	first := d.queue[0]
	if d.queue = d.queue[1:]; len(d.queue) == 0 {
		d.queue = nil
	}
	out := Outgoing{Type: first.typ, Content: first.content}
	if first.update {
		next := *d.e.send.keys
		next.Secret = keyschedule.NextTraffic(next.Suite.Hash, next.Secret)
		d.e.send.keys, d.sendSequence = &next, 0
		keys := d.SendKeys()
		out.Keys = &keys
	}
	return out, true
}

// collect makes records of what the receiving half left in the mailbox.
func (d *Detached) collect() {
	items, a, err := d.e.mail.take()
	for i := range items {
		switch o := &items[i]; o.Kind {
		case handshake.OutMessage:
			d.say(record.Handshake, o.Data)
		case handshake.OutUpdateSendKeys:
			d.e.send.update = true
		}
	}
	if d.e.send.update && d.e.send.err == nil && !d.e.send.closed && d.e.send.renews(0) {
		d.update(handshake.UpdateNotRequested)
	}
	if err != nil && d.e.send.err == nil {
		d.e.send.err = err
		if a != nil && !d.e.send.closed {
			d.say(record.Alert, record.AppendAlert(nil, alert.Fatal, *a))
		}
	}
}

// say cuts content into records.
func (d *Detached) say(t record.ContentType, content []byte) {
	if d.e.send.closed || d.e.send.err != nil && t != record.Alert {
		return
	}
	for len(content) > 0 {
		n := min(len(content), record.MaxPlaintext)
		d.queue = append(d.queue, unsent{typ: t, content: content[:n:n]})
		content = content[n:]
	}
}

// UpdateKeys makes the Detached owe a KeyUpdate, by the rules of
// [Engine.UpdateKeys].
func (d *Detached) UpdateKeys(request handshake.KeyUpdateRequest) error {
	d.collect()
	switch {
	case d.e.send.err != nil:
		return d.e.send.err
	case d.e.send.closed:
		return ErrClosed
	case !d.e.send.renews(0):
		return ErrKeyUpdate
	}
	d.update(d.e.askOnce(request))
	return nil
}

func (d *Detached) update(request handshake.KeyUpdateRequest) {
	m := handshake.KeyUpdate{RequestUpdate: request}
	d.say(record.Handshake, m.Append(nil))
	d.queue[len(d.queue)-1].update = true
	d.e.send.update = false
	d.e.send.updates++
}

// Close makes the Detached owe close_notify, after which this side sends
// nothing more.
func (d *Detached) Close() {
	d.collect()
	if d.e.send.err == nil && !d.e.send.closed {
		d.say(record.Alert, record.AppendAlert(nil, alert.Warning, alert.CloseNotify))
		d.e.send.closed = true
		d.e.mail.stop()
	}
}

// SendTicket makes a server's Detached owe one more ticket, by the rules of
// [Engine.SendTicket].
func (d *Detached) SendTicket(application []byte) error { return d.e.SendTicket(application) }

// Export is that of [Engine.Export].
func (d *Detached) Export(label string, context []byte, length int) ([]byte, error) {
	return d.e.Export(label, context, length)
}

// ConnectionState is that of [Engine.ConnectionState].
func (d *Detached) ConnectionState() ConnectionState { return d.e.ConnectionState() }

// TransportEOF is that of [Engine.TransportEOF].
func (d *Detached) TransportEOF() error { return d.e.TransportEOF() }

// Err is what ended the connection, or nil.
func (d *Detached) Err() error { return d.e.Err() }

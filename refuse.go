package tlsengine

import (
	"errors"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

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
	e.over(err)
	e.mail.end(err, &known.Alert)
	return err
}

// over wipes what the receiving half and the handshake know of a connection
// that has ended, and lets go of what was received. The sending half has keys
// of its own, until its alert is said.
func (e *Engine) over(err error) {
	e.m.Forget()
	e.m.End(err)
	e.recv.reader.Forget()
	wipe(e.recv.keys)
	e.recv.keys, e.recv.outputs = nil, nil
	e.recv.reader, e.recv.asm = record.Reader{}, record.Assembler{}
	e.recv.flows, e.recv.err = false, err
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
		e.over(ErrTruncated)
		e.mail.end(ErrTruncated, nil)
	}
	return e.recv.err
}

package tlsengine

import (
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// takeAlert ends what an alert ends.
//
// RFC 9846, Section 6.
func (e *Engine) takeAlert(rec record.Record) (Event, error) {
	// Only a client that could make nothing of the ServerHello has a reason for
	// it: RFC 9846, Appendix A.1.
	if e.recv.keys != nil && !rec.Protected && (e.recv.proved || e.m.IsClient() || e.m.Done()) {
		return Event{}, e.refuse(alert.UnexpectedRecord.Errorf("an alert in the clear after there were keys"))
	}
	level, a, err := record.ParseAlert(rec.Data)
	if err != nil {
		return Event{}, e.refuse(err)
	}
	e.tellAlert(hook.Received, level, a)
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
	}
	e.over(&PeerAlertError{Alert: a})
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
	if e.m.State() == handshake.Start || e.m.Done() {
		return e.refuse(alert.UnexpectedRecord.Errorf("a change_cipher_spec outside the handshake"))
	}
	if e.recv.ccs++; e.recv.ccs > MaxChangeCipherSpecs {
		return e.refuse(alert.TooManyEmptyRecords.Errorf("more than %d change_cipher_spec records", MaxChangeCipherSpecs))
	}
	return nil
}

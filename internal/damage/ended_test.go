package damage

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// ended checks that an end that has failed is over: it takes nothing, says its
// alert once, and repeats its error. It returns what the peer is to hear.
func ended(e *end) ([]byte, error) {
	if q, ok := e.engine.(*quicEnd); ok {
		return nil, endedQUIC(e, q)
	}
	x, want := e.records(), e.err
	more := bytes.Repeat([]byte{23, 3, 3, 0, 20}, 10)
	given := bytes.Clone(more)
	if n, ev, err := x.Receive(given); n != 0 || ev.Kind != tlsengine.EventNone || err != want || !bytes.Equal(given, more) {
		return nil, fmt.Errorf("after an error Receive eats %d bytes, gives %v and %v", n, ev.Kind, err)
	}
	var own *tlsengine.AlertError
	alerts := 0
	if errors.As(want, &own) && !e.over { // nothing follows close_notify
		alerts = 1
	}
	if x.Owes() != (alerts == 1) {
		return nil, fmt.Errorf("after %q the engine owes: %v", want, x.Owes())
	}
	said := x.Flush(nil)
	if n := alertsIn(said); n != alerts && e.cfg.PadTo == 0 {
		return nil, fmt.Errorf("after %q there are %d alerts in %x", want, n, said)
	}
	return said, silent(e, x, want)
}

// alertsIn counts the records of a flight that are as long as an alert.
func alertsIn(wire []byte) (n int) {
	const level, tag, inner, explicit = 2, 16, 1, 8
	for _, p := range pieces(wire) {
		switch size := len(p) - record.HeaderLen; {
		case p.typ() == record.Alert && (size == level || size == level+tag || size == explicit+level+tag):
			n++
		case p.typ() == record.ApplicationData && size == level+inner+tag:
			n++
		}
	}
	return n
}

// silent checks that no call does anything any more.
func silent(e *end, x *tlsengine.Engine, want error) error {
	for range 2 {
		for name, call := range calls(x) {
			out, err := call([]byte("before"))
			if string(out) != "before" {
				return fmt.Errorf("after %q, %s says %x", want, name, out[len("before"):])
			}
			if err != nil && err != want {
				return fmt.Errorf("after %q, %s gives %q", want, name, err)
			}
		}
	}
	switch {
	case x.Err() != want:
		return fmt.Errorf("after %q, Err is %v", want, x.Err())
	case x.Owes():
		return errors.New("after its alert the engine owes something")
	case x.Pending() != nil:
		return errors.New("after its end the engine asks something")
	}
	return nil
}

// calls are all that an application can call. Those that append nothing give
// back what they were given; those that have no error give none.
func calls(x *tlsengine.Engine) map[string]func([]byte) ([]byte, error) {
	only := func(call func() error) func([]byte) ([]byte, error) {
		return func(b []byte) ([]byte, error) {
			if err := call(); err != nil {
				return b, err
			}
			return b, errors.New("no error")
		}
	}
	data := []byte("data")
	return map[string]func([]byte) ([]byte, error){
		"Receive": only(func() error { _, _, err := x.Receive([]byte{23, 3, 3, 0, 1, 0}); return err }),
		"Feed": only(func() (last error) {
			for _, err := range x.Feed([]byte{23, 3, 3, 0, 1, 0}) {
				last = err
			}
			return last
		}),
		"Feed of nothing": only(func() (last error) {
			for _, err := range x.Feed(nil) {
				last = err
			}
			return last
		}),
		"Send":          func(b []byte) ([]byte, error) { return x.Send(b, data) },
		"Send nothing":  func(b []byte) ([]byte, error) { return x.Send(b, nil) },
		"SendEarly":     func(b []byte) ([]byte, error) { return x.SendEarly(b, data) },
		"Flush":         func(b []byte) ([]byte, error) { return x.Flush(b), nil },
		"Close":         func(b []byte) ([]byte, error) { return x.Close(b), nil },
		"Abort":         func(b []byte) ([]byte, error) { return x.Abort(b, alert.InternalError), nil },
		"UpdateKeys":    func(b []byte) ([]byte, error) { return x.UpdateKeys(b, handshake.UpdateRequested) },
		"SendTicket":    only(func() error { return x.SendTicket(nil) }),
		"UseConfig":     only(func() error { return x.UseConfig(x.Config(), nil) }),
		"UseCredential": only(func() error { return x.UseCredential(nil, nil) }),
		"Signed":        only(func() error { return x.Signed(data, nil) }),
		"Verified":      only(func() error { return x.Verified(nil) }),
		"Ticket":        only(func() error { return x.Ticket(tlsengine.TicketAnswer{}, nil) }),
		"Resume":        only(func() error { return x.Resume(tlsengine.ResumeOnly, nil) }),
		"TransportEOF":  only(x.TransportEOF),
		"Export":        only(func() error { _, err := x.Export("EXPORTER-test", nil, 10); return err }),
		"ExportEarly":   only(func() error { _, err := x.ExportEarly("EXPORTER-test", nil, 10); return err }),
	}
}

// endedQUIC is ended for a handshake under QUIC, which has no alerts.
func endedQUIC(e *end, q *quicEnd) error {
	want := q.Err()
	if want == nil {
		return nil // a timeout, which is QUIC's
	}
	e.drain() // what happened before
	for range 2 {
		for name, err := range map[string]error{
			"HandleCrypto": q.HandleCrypto(q.ReadLevel(), []byte{1}), "SendTicket": q.SendTicket(tlsengine.QUICTicket{}),
			"UseConfig": q.UseConfig(e.cfg, nil), "UseCredential": q.UseCredential(nil, nil), "Signed": q.Signed([]byte{1}, nil),
			"Verified": q.Verified(nil), "Ticket": q.Ticket(tlsengine.TicketAnswer{}, nil), "Resume": q.Resume(tlsengine.ResumeOnly, nil),
			"SetParameters": q.SetParameters([]byte{}, nil),
		} {
			if err != want {
				return fmt.Errorf("after %q, %s gives %v", want, name, err)
			}
		}
	}
	if _, ok := q.Next(); ok {
		return errors.New("after its end there are events")
	}
	return nil
}

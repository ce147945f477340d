package testpeer

import (
	"errors"
	"fmt"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// AnyReason is for refusals whose alert says it all.
const AnyReason = alert.Unspecified

// WantAlert expects the engine to refuse: with that alert, for that reason,
// and then to be over. What it said before is left aside.
func (p *Peer) WantAlert(sentence string, a alert.Alert, reason alert.Reason) {
	p.t.Helper()
	p.listen()
	want := fmt.Sprintf("alert %v: %v", a, reason)
	for {
		h := p.next1()
		if h == nil {
			p.fail(sentence, p.describe(h), want)
		}
		level, got, ok := h.alert()
		if !ok {
			continue
		}
		if level != alert.Fatal || got != a {
			p.fail(sentence, p.describe(h), want)
		}
		break
	}
	p.WantSilence("a fatal alert is the last thing said")
	var refusal *tlsengine.AlertError
	if !errors.As(p.Engine.Err(), &refusal) || refusal.Alert != a || reason != AnyReason && refusal.Reason != reason {
		got := fmt.Sprintf("%v", p.Engine.Err())
		if refusal != nil {
			got += ": " + refusal.Reason.String()
		}
		p.fail(sentence, got, want)
	}
	p.check(refusal.Detail != "", "a refusal says in words what was wrong")
	p.checkOver()
}

// WantPeerAlert expects the engine to have taken a fatal alert of the peer's,
// and to be over. What it said before is left aside.
func (p *Peer) WantPeerAlert(sentence string, a alert.Alert) {
	p.t.Helper()
	p.listen()
	var theirs *tlsengine.PeerAlertError
	if !errors.As(p.Engine.Err(), &theirs) || theirs.Alert != a {
		p.fail(sentence, fmt.Sprintf("%v", p.Engine.Err()), "the peer's alert "+a.String())
	}
	for h := p.next1(); h != nil; h = p.next1() {
		if h.typ == record.Alert {
			p.fail("an alert is not answered with one", p.describe(h), "nothing")
		}
	}
	p.checkOver()
}

// checkOver checks that an error is for good: every call gives it, and nothing
// is said any more.
func (p *Peer) checkOver() {
	p.t.Helper()
	e, first := p.Engine, p.Engine.Err()
	same := func(call string, err error) {
		p.t.Helper()
		if err != first {
			p.t.Fatalf("errors are sticky: %s gives %v, not %v", call, err, first)
		}
	}
	for _, in := range [][]byte{nil, []byte("whatever comes now"), {22, 3, 3, 0, 1, 0}} {
		n, ev, err := e.Receive(in)
		same("Receive", err)
		p.check(n == 0 && ev.Kind == tlsengine.EventNone, "nothing is eaten after an error")
	}
	for _, err := range e.Feed([]byte("whatever comes now")) {
		same("Feed", err)
	}
	out, err := e.Send(nil, []byte("more"))
	same("Send", err)
	early, err := e.SendEarly(nil, []byte("more"))
	same("SendEarly", err)
	update, err := e.UpdateKeys(nil, handshake.UpdateRequested)
	same("UpdateKeys", err)
	said := len(out) + len(early) + len(update) + len(e.Flush(nil)) + len(e.Abort(nil, alert.InternalError))
	p.check(said == 0, "nothing is said after the error")
	p.check(len(e.Close(nil)) == 0, "there is no close_notify after a fatal alert")
	p.check(!e.Owes(), "nothing is owed after the error")
	p.check(e.Pending() == nil, "nothing is asked after the error")
	for _, a := range answers {
		same(a.name, a.give(e))
	}
	same("SendTicket", e.SendTicket(nil))
	same("TransportEOF", e.TransportEOF())
}

// answers are the ways to answer a question.
var answers = []struct {
	name string
	give func(e *tlsengine.Engine) error
}{
	{"UseConfig", func(e *tlsengine.Engine) error { return e.UseConfig(&tlsengine.Config{}, nil) }},
	{"UseCredential", func(e *tlsengine.Engine) error { return e.UseCredential(nil, nil) }},
	{"Signed", func(e *tlsengine.Engine) error { return e.Signed([]byte("signature"), nil) }},
	{"Verified", func(e *tlsengine.Engine) error { return e.Verified(nil) }},
	{"Ticket", func(e *tlsengine.Engine) error { return e.Ticket(tlsengine.TicketAnswer{}, nil) }},
	{"Resume", func(e *tlsengine.Engine) error { return e.Resume(tlsengine.ResumeNo, nil) }},
}

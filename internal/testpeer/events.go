package testpeer

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/tlsengine/tlsengine"
)

// nextEvent is the next event, but for FlightDone where that is not asked for.
func (p *Peer) nextEvent(asked tlsengine.EventKind) (tlsengine.Event, bool) {
	p.t.Helper()
	p.pump()
	for len(p.events) > 0 {
		ev := p.events[0]
		p.events = p.events[1:]
		if ev.Kind != tlsengine.EventFlightDone || asked == ev.Kind {
			return ev, true
		}
	}
	return tlsengine.Event{}, false
}

// WantEvent expects the next event to be of that kind, and returns it.
// EventFlightDone is left aside but where it is asked for.
func (p *Peer) WantEvent(sentence string, kind tlsengine.EventKind) tlsengine.Event {
	p.t.Helper()
	ev, ok := p.nextEvent(kind)
	if !ok || ev.Kind != kind {
		got := fmt.Sprintf("%v %s", ev.Kind, text(ev.Data))
		if p.err != nil {
			got += fmt.Sprintf(" (the engine's error: %v)", p.err)
		}
		p.fail(sentence, got, kind.String())
	}
	return ev
}

// WantNoEvent expects that nothing more happened.
func (p *Peer) WantNoEvent(sentence string) {
	p.t.Helper()
	if ev, ok := p.nextEvent(tlsengine.EventNone); ok {
		p.fail(sentence, ev.Kind.String(), "no event")
	}
}

// WantReceived expects the application to get this data, in as many events as
// it takes.
func (p *Peer) WantReceived(sentence, text string) {
	p.t.Helper()
	p.wantReceived(sentence, text, tlsengine.EventData)
}

// WantReceivedEarly expects the application to get this early data.
func (p *Peer) WantReceivedEarly(sentence, text string) {
	p.t.Helper()
	p.wantReceived(sentence, text, tlsengine.EventEarlyData)
}

func (p *Peer) wantReceived(sentence, text string, kind tlsengine.EventKind) {
	p.t.Helper()
	var got []byte
	for len(got) < len(text) {
		got = append(got, p.WantEvent(sentence, kind).Data...)
	}
	if string(got) != text {
		p.fail(sentence, fmt.Sprintf("%q", got), fmt.Sprintf("%q", text))
	}
}

// WantDone expects the handshake to be complete, on the same secrets.
func (p *Peer) WantDone(sentence string) {
	p.t.Helper()
	p.WantEvent(sentence, tlsengine.EventHandshakeDone)
	p.listen()
	p.check(p.Engine.ConnectionState().HandshakeDone, "a handshake that is complete says so")
	got, err := p.Engine.Export("EXPORTER-test", []byte("context"), 40)
	p.ok(err, "having the engine export")
	p.check(bytes.Equal(got, p.Export("EXPORTER-test", []byte("context"), 40)), "RFC 9846, Section 7.5: both sides export the same")
}

// WantPending expects the engine to ask: the fields that are set in want must
// be the same in the question, which is returned. It also tries the answers to
// other questions.
func (p *Peer) WantPending(sentence string, want tlsengine.Request) tlsengine.Request {
	p.t.Helper()
	p.listen()
	got := p.Engine.Pending()
	if got == nil || reflect.TypeOf(got) != reflect.TypeOf(want) {
		p.fail(sentence, fmt.Sprintf("%T (error: %v)", got, p.err), fmt.Sprintf("%T", want))
	}
	diff := differences(reflect.ValueOf(want).Elem().Interface(), reflect.ValueOf(got).Elem().Interface())
	if diff != "" {
		p.fail(sentence, fmt.Sprintf("%T", got), diff)
	}
	p.ladder.note(fmt.Sprintf("asks %T", got))
	p.checkPending(got)
	return got
}

// WantNothingPending expects that no question is open, and tries all answers.
func (p *Peer) WantNothingPending(sentence string) {
	p.t.Helper()
	p.pump()
	if q := p.Engine.Pending(); q != nil {
		p.fail(sentence, fmt.Sprintf("%T", q), "no question")
	}
	for _, a := range answers {
		if err := a.give(p.Engine); err != tlsengine.ErrNotPending {
			p.t.Fatalf("%s: %s gives %v", sentence, a.name, err)
		}
	}
}

// checkPending checks that a question is a function of the state, and that
// only its own answer is one.
func (p *Peer) checkPending(q tlsengine.Request) {
	p.t.Helper()
	state := func() string { return fmt.Sprintf("%#v", p.Engine.ConnectionState()) }
	before := state()
	for _, a := range answers {
		if a.name == method(q) {
			continue
		}
		if err := a.give(p.Engine); err != tlsengine.ErrNotPending {
			p.t.Fatalf("an answer to another question than %T is ErrNotPending: %s gives %v", q, a.name, err)
		}
	}
	p.check(before == state(), "a wrong answer changes nothing")
	p.check(reflect.DeepEqual(p.Engine.Pending(), q), "a question that is not answered stays the same")
	p.check(!p.Engine.Owes(), "a wrong answer makes nothing owed")
	n, ev, err := p.Engine.Receive([]byte("anything"))
	p.check(n == 0 && ev.Kind == tlsengine.EventRequest && err == nil, "while a question is pending nothing is eaten")
	for _, err := range p.Engine.Feed([]byte("anything")) {
		p.check(err == tlsengine.ErrPending, "while a question is pending Feed takes no bytes")
	}
}

// method is what answers a question.
func method(q tlsengine.Request) string {
	switch q.(type) {
	case *tlsengine.ConfigRequest:
		return "UseConfig"
	case *tlsengine.CredentialRequest:
		return "UseCredential"
	case *tlsengine.SignatureRequest:
		return "Signed"
	case *tlsengine.VerdictRequest:
		return "Verified"
	case *tlsengine.TicketRequest:
		return "Ticket"
	case *tlsengine.ResumeRequest:
		return "Resume"
	}
	return ""
}

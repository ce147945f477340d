package testpeer

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/record"
)

// HelloRetryRequest is what Want takes to expect one.
type HelloRetryRequest handshake.ServerHello

// Want expects the engine to say a message next: a pointer to one of package
// handshake's, or to a HelloRetryRequest. The fields that are set in it must
// be the same in what is said; then it is filled in. change_cipher_spec
// records in between are left aside.
func (p *Peer) Want(sentence string, message any) {
	p.t.Helper()
	switch w := message.(type) {
	case *handshake.ClientHello:
		want(p, sentence, w, handshake.MsgClientHello, handshake.ParseClientHello)
	case *handshake.ServerHello:
		want(p, sentence, w, handshake.MsgServerHello, handshake.ParseServerHello)
		if w.IsHelloRetryRequest() {
			p.fail(sentence, "HelloRetryRequest", "ServerHello")
		}
	case *HelloRetryRequest:
		m := handshake.ServerHello(*w)
		m.Random = handshake.HelloRetryRequestRandom
		want(p, sentence, &m, handshake.MsgServerHello, handshake.ParseServerHello)
		*w = HelloRetryRequest(m)
	case *handshake.EncryptedExtensions:
		want(p, sentence, w, handshake.MsgEncryptedExtensions, handshake.ParseEncryptedExtensions)
	case *handshake.CertificateRequest:
		want(p, sentence, w, handshake.MsgCertificateRequest, handshake.ParseCertificateRequest)
	case *handshake.Certificate:
		want(p, sentence, w, handshake.MsgCertificate, handshake.ParseCertificate)
	case *handshake.CertificateVerify:
		want(p, sentence, w, handshake.MsgCertificateVerify, handshake.ParseCertificateVerify)
	case *handshake.Finished:
		want(p, sentence, w, handshake.MsgFinished, handshake.ParseFinished)
	case *handshake.EndOfEarlyData:
		want(p, sentence, w, handshake.MsgEndOfEarlyData, handshake.ParseEndOfEarlyData)
	case *handshake.NewSessionTicket:
		want(p, sentence, w, handshake.MsgNewSessionTicket, handshake.ParseNewSessionTicket)
	case *handshake.KeyUpdate:
		want(p, sentence, w, handshake.MsgKeyUpdate, handshake.ParseKeyUpdate)
	default:
		p.t.Fatalf("Want does not know %T", message)
	}
}

func want[M any](p *Peer, sentence string, w *M, t handshake.MessageType, parse func([]byte) (M, error)) {
	p.t.Helper()
	h := p.next1()
	if h == nil || !h.is(t) {
		p.fail(sentence, p.describe(h), t.String())
	}
	got, err := parse(h.msg[4:])
	p.ok(err, "parsing "+t.String())
	if diff := differences(*w, got); diff != "" {
		p.fail(sentence, p.describe(h), diff)
	}
	*w = got
}

// WantFlight expects these messages, in this order.
func (p *Peer) WantFlight(sentence string, flight ...handshake.MessageType) {
	p.t.Helper()
	for _, t := range flight {
		if h := p.next1(); h == nil || !h.is(t) {
			p.fail(sentence, p.describe(h), fmt.Sprintf("%v, of %v", t, flight))
		}
	}
}

// differences says where got is not as the fields set in want say.
func differences(want, got any) string {
	w, g := reflect.ValueOf(want), reflect.ValueOf(got)
	var out []string
	for i := range w.NumField() {
		f := w.Field(i)
		if f.IsZero() || reflect.DeepEqual(f.Interface(), g.Field(i).Interface()) {
			continue
		}
		out = append(out, fmt.Sprintf("%s %v, not %v", w.Type().Field(i).Name, f.Interface(), g.Field(i).Interface()))
	}
	return strings.Join(out, "; ")
}

// next1 is the next thing the engine says, but for change_cipher_spec.
func (p *Peer) next1() *heard {
	p.t.Helper()
	p.listen()
	for len(p.queue) > 0 {
		h := p.queue[0]
		p.queue = p.queue[1:]
		if h.typ != record.ChangeCipherSpec {
			return &h
		}
	}
	return nil
}

// HasNext reports whether a message of that type is the next thing said.
func (p *Peer) HasNext(t handshake.MessageType) bool {
	p.t.Helper()
	p.listen()
	return len(p.queue) > 0 && p.queue[0].is(t)
}

// describe is what was heard, and why no more.
func (p *Peer) describe(h *heard) string {
	s := h.describe()
	if p.err != nil {
		s += fmt.Sprintf(" (the engine's error: %v)", p.err)
	} else if q := p.Engine.Pending(); q != nil {
		s += fmt.Sprintf(" (the engine asks: %T)", q)
	}
	return s
}

// WantSilence expects the engine to say nothing more by now.
func (p *Peer) WantSilence(sentence string) {
	p.t.Helper()
	if h := p.next1(); h != nil {
		p.fail(sentence, p.describe(h), "nothing")
	}
}

// WantCCS expects change_cipher_spec to be the next thing said.
func (p *Peer) WantCCS(sentence string) {
	p.t.Helper()
	p.listen()
	if len(p.queue) == 0 || p.queue[0].typ != record.ChangeCipherSpec {
		var h *heard
		if len(p.queue) > 0 {
			h = &p.queue[0]
		}
		p.fail(sentence, p.describe(h), "change_cipher_spec")
	}
	h := p.queue[0]
	p.check(len(h.msg) == 1 && h.msg[0] == 1 && !h.protected, "RFC 9846, Section 5: change_cipher_spec is the single byte 1, in the clear")
	p.queue = p.queue[1:]
}

// WantNoCCS expects that no change_cipher_spec was said since the last
// message that was wanted.
func (p *Peer) WantNoCCS(sentence string) {
	p.t.Helper()
	p.listen()
	for _, h := range p.queue {
		if h.typ == record.ChangeCipherSpec {
			p.fail(sentence, "change_cipher_spec", "none")
		}
	}
}

// WantData expects application data, in as many records as it takes.
func (p *Peer) WantData(sentence, text string) {
	p.t.Helper()
	p.wantData(sentence, text, handshake.Application)
}

// WantEarly expects early data.
func (p *Peer) WantEarly(sentence, text string) {
	p.t.Helper()
	p.wantData(sentence, text, handshake.EarlyData)
}

func (p *Peer) wantData(sentence, text string, epoch handshake.Epoch) {
	p.t.Helper()
	var got string
	for len(got) < len(text) {
		h := p.next1()
		if h == nil || h.typ != record.ApplicationData || h.epoch != epoch {
			p.fail(sentence, fmt.Sprintf("%q, then %s", got, p.describe(h)), fmt.Sprintf("%v %q", epoch, text))
		}
		got += string(h.msg)
	}
	if got != text {
		p.fail(sentence, fmt.Sprintf("%q", got), fmt.Sprintf("%q", text))
	}
}

// WantSealedLengths has the application send data, and expects that what is
// sealed of it has lengths that are right.
func (p *Peer) WantSealedLengths(text string, right func(length int) bool) {
	p.t.Helper()
	out, err := p.Engine.Send(nil, []byte(text))
	p.ok(err, "having the engine send")
	for rest := out; len(rest) > 0; {
		h, ok := record.ParseHeader(rest)
		p.check(ok && right(h.Length), fmt.Sprintf("a record of %d bytes has the right length", h.Length))
		rest = rest[record.HeaderLen+h.Length:]
	}
	p.check(len(out) <= len(text)+p.Engine.Overhead(len(text)), "output grows by Overhead at most")
	p.Hears(out)
	p.WantData("the data is what was sent", text)
}

// WantCloseNotify expects the engine to end its side.
func (p *Peer) WantCloseNotify(sentence string) {
	p.t.Helper()
	h := p.next1()
	if h == nil {
		p.fail(sentence, p.describe(h), "close_notify")
	}
	level, a, ok := h.alert()
	if !ok || a != alert.CloseNotify || level != alert.Warning {
		p.fail(sentence, p.describe(h), "close_notify")
	}
}

// WantFatal expects a fatal alert, of the application's choice.
func (p *Peer) WantFatal(sentence string, want alert.Alert) {
	p.t.Helper()
	h := p.next1()
	if h == nil {
		p.fail(sentence, p.describe(h), "alert "+want.String())
	}
	if level, a, ok := h.alert(); !ok || a != want || level != alert.Fatal {
		p.fail(sentence, p.describe(h), "alert "+want.String())
	}
}

// WantSaidAt expects the last thing said, and not wanted yet, to be under that
// epoch's keys.
func (p *Peer) WantSaidAt(sentence string, epoch handshake.Epoch) {
	p.t.Helper()
	p.listen()
	if len(p.queue) == 0 {
		p.fail(sentence, p.describe(nil), "something")
	}
	if last := p.queue[len(p.queue)-1]; last.epoch != epoch {
		p.fail(sentence, last.describe()+" at "+last.epoch.String(), "at "+epoch.String())
	}
}

package testpeer

import (
	"fmt"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
)

// What the application at the engine does. Each call must go well, and the
// peer hears what is appended.

// Write makes the application send data.
func (p *Peer) Write(text string) {
	p.t.Helper()
	p.tell("Send", func(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.Send(out, []byte(text)) })
}

// WriteEarly makes the application send early data.
func (p *Peer) WriteEarly(text string) {
	p.t.Helper()
	p.tell("SendEarly", func(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.SendEarly(out, []byte(text)) })
}

// Update makes the application change its keys.
func (p *Peer) Update(request handshake.KeyUpdateRequest) {
	p.t.Helper()
	p.tell("UpdateKeys", func(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.UpdateKeys(out, request) })
}

// Close makes the application end its side.
func (p *Peer) Close() {
	p.t.Helper()
	p.tell("Close", func(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.Close(out), nil })
}

func (p *Peer) tell(name string, do func(e *tlsengine.Engine, out []byte) ([]byte, error)) {
	p.t.Helper()
	p.pump()
	p.freeze()
	out, err := do(p.Engine, nil)
	if err != nil {
		p.t.Fatalf("the application calls %s: %v", name, err)
	}
	p.Hears(out)
}

// EOF ends the transport, and returns what TransportEOF says.
func (p *Peer) EOF() error {
	p.pump()
	p.freeze()
	err := p.Engine.TransportEOF()
	p.ladder.note(fmt.Sprintf("end of the transport: %v", err))
	return err
}

// Answer gives the application's answer to the question that is pending, which
// must go well.
func (p *Peer) Answer(give func(e *tlsengine.Engine) error) {
	p.t.Helper()
	p.freeze()
	if err := give(p.Engine); err != nil {
		p.t.Fatalf("the application answers: %v", err)
	}
	p.ladder.note("answered")
}

// AnswerError gives an answer that is the end, and returns what it is told.
func (p *Peer) AnswerError(give func(e *tlsengine.Engine) error) error {
	p.t.Helper()
	p.freeze()
	err := give(p.Engine)
	if err == nil {
		p.t.Fatalf("the application answers with what must be an error")
	}
	p.fell(err)
	return err
}

// Abort makes the application end its side with a fatal alert.
func (p *Peer) Abort(a alert.Alert) {
	p.t.Helper()
	p.tell("Abort", func(e *tlsengine.Engine, out []byte) ([]byte, error) { return e.Abort(out, a), nil })
}

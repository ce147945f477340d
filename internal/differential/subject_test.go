package differential

import (
	"errors"
	"fmt"

	"github.com/tlsengine/tlsengine"
)

// none is the alert of who sends none.
const none = -1

// outcome is what came of a subject.
type outcome struct {
	done    bool   // with the handshake
	data    string // from the peer
	told    bool   // the peer has sent an alert
	refused bool   // it has refused the peer
	alert   int    // that it has sent then, or none
	why     string // its error, in its own words
	reason  tlsengine.Reason
}

func (o outcome) String() string {
	s := "goes on"
	switch {
	case o.refused && o.alert == none:
		s = "refuses without an alert"
	case o.refused:
		s = fmt.Sprintf("refuses with %v", tlsengine.Alert(o.alert))
	case o.told:
		s = "is refused"
	}
	if o.done {
		s = "is done, and then " + s
	}
	return s
}

// same reports whether two subjects have done the same.
func (o outcome) same(p outcome) bool {
	return o.refused == p.refused && o.alert == p.alert && o.done == p.done && (o.refused || o.told == p.told && o.data == p.data)
}

// subject is one of the two that are compared.
type subject interface {
	give(in []byte) (out []byte)
	finish() outcome
}

// engine is this module's, as a subject and as a peer.
type engine struct {
	*tlsengine.Engine
	say      string        // application data, when the handshake is done
	then     func(*engine) // and what a peer does before
	out      []byte
	data     []byte
	sessions [][]byte
	done     bool
	err      error
}

func newEngine(client bool, cfg *tlsengine.Config, say string) *engine {
	var e *tlsengine.Engine
	var err error
	if e, err = tlsengine.NewServer(cfg); client {
		e, err = tlsengine.NewClient(cfg)
	}
	if err != nil {
		panic(err)
	}
	return &engine{Engine: e, say: say}
}

func (e *engine) give(in []byte) []byte {
	for ev, err := range e.Feed(append([]byte(nil), in...)) {
		if err != nil {
			e.err = err
			break
		}
		switch ev.Kind {
		case tlsengine.EventData:
			e.data = append(e.data, ev.Data...)
		case tlsengine.EventNewSession:
			e.sessions = append(e.sessions, append([]byte(nil), ev.Data...))
		case tlsengine.EventHandshakeDone:
			e.done = true
		case tlsengine.EventPeerClosed:
			e.out = e.Close(e.out)
		}
	}
	if e.done && e.err == nil && e.say != "" {
		if e.then != nil {
			e.then(e)
		}
		if out, err := e.Send(e.out, []byte(e.say)); err == nil {
			e.out = out
		}
		e.say = ""
	}
	out := e.Flush(e.out)
	e.out = nil
	return out
}

func (e *engine) finish() outcome {
	o := outcome{done: e.done, data: string(e.data), alert: none}
	var refusal *tlsengine.AlertError
	var told *tlsengine.PeerAlertError
	switch {
	case e.err == nil:
	case errors.As(e.err, &refusal):
		o.refused, o.alert, o.why, o.reason = true, int(refusal.Alert), e.err.Error(), refusal.Reason
	case errors.As(e.err, &told):
		o.told = true
	default:
		o.refused, o.why = true, e.err.Error()
	}
	return o
}

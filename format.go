package tlsengine

import "fmt"

// No secret has a readable form: who prints one, or what holds one, prints that
// it is there.

// Format prints the kind and how much there is of it, whatever the verb.
func (ev Event) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "%v(%d bytes)", ev.Kind, len(ev.Data))
}

// Format prints the kind, the level and how much there is of it, whatever the
// verb.
func (ev QUICEvent) Format(s fmt.State, _ rune) {
	_, _ = fmt.Fprintf(s, "%v(%v, %d bytes)", ev.Kind, ev.Level, len(ev.Data))
}

// Format prints the type, whatever the verb: what is in it is secret.
func (TrafficKeys) Format(s fmt.State, _ rune) {
	_, _ = s.Write([]byte("tlsengine.TrafficKeys(secret)"))
}

// Format prints the type, whatever the verb: what is in it is secret.
func (*Engine) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("tlsengine.Engine(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (*QUICConn) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("tlsengine.QUICConn(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (*Detached) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("tlsengine.Detached(secret)")) }

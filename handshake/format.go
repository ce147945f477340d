package handshake

import "fmt"

// No secret has a readable form: who prints one, or what holds one, prints that
// it is there.

// Format prints the type, whatever the verb: what is in it is secret.
func (Keys) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("handshake.Keys(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (Output) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("handshake.Output(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (Config) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("handshake.Config(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (Credential) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("handshake.Credential(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (TicketAnswer) Format(s fmt.State, _ rune) {
	_, _ = s.Write([]byte("handshake.TicketAnswer(secret)"))
}

// Format prints the type, whatever the verb: what is in it is secret.
func (*TicketKeys) Format(s fmt.State, _ rune) {
	_, _ = s.Write([]byte("handshake.TicketKeys(secret)"))
}

// Format prints the type, whatever the verb: what is in it is secret.
func (*SessionMemory) Format(s fmt.State, _ rune) {
	_, _ = s.Write([]byte("handshake.SessionMemory(secret)"))
}

// Format prints the type, whatever the verb: what is in it is secret.
func (*Machine) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("handshake.Machine(secret)")) }

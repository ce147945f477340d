package keyschedule

import "fmt"

// No secret has a readable form: who prints one, or what holds one, prints that
// it is there.

// Format prints the type, whatever the verb: what is in it is secret.
func (Secret) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("keyschedule.Secret(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (Keys) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("keyschedule.Keys(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (EarlySecret) Format(s fmt.State, _ rune) {
	_, _ = s.Write([]byte("keyschedule.EarlySecret(secret)"))
}

// Format prints the type, whatever the verb: what is in it is secret.
func (HandshakeSecret) Format(s fmt.State, _ rune) {
	_, _ = s.Write([]byte("keyschedule.HandshakeSecret(secret)"))
}

// Format prints the type, whatever the verb: what is in it is secret.
func (MainSecret) Format(s fmt.State, _ rune) {
	_, _ = s.Write([]byte("keyschedule.MainSecret(secret)"))
}

// Format prints the type, whatever the verb: what is in it is secret.
func (Salt) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("keyschedule.Salt(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (Expander) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("keyschedule.Expander(secret)")) }

package group

import "fmt"

// No secret has a readable form: who prints one, or what holds one, prints that
// it is there.

// Format prints the type, whatever the verb: what is in it is secret.
func (x25519Key) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("group.PrivateKey(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (x448Key) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("group.PrivateKey(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (nistKey) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("group.PrivateKey(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (hybridKey) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("group.PrivateKey(secret)")) }

package record

import "fmt"

// No secret has a readable form: who prints one, or what holds one, prints that
// it is there.

// Format prints the type, whatever the verb: what is in it is secret.
func (State) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("record.State(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (Reader) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("record.Reader(secret)")) }

// Format prints the type, whatever the verb: what is in it is secret.
func (Writer) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("record.Writer(secret)")) }

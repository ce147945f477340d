package quic

import "fmt"

// No secret has a readable form: who prints one, or what holds one, prints that
// it is there.

// Format prints the type, whatever the verb: what is in it is secret.
func (*Keys) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("quic.Keys(secret)")) }

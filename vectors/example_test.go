package vectors_test

import (
	"fmt"

	"github.com/tlsengine/tlsengine/vectors"
)

// What a replay of RFC 8448's first handshake feeds in, and what it compares.
func ExampleTraces() {
	traces, err := vectors.Traces()
	if err != nil {
		panic(err)
	}
	t := traces[0]
	fmt.Println(t.Title)
	fmt.Printf("client's key: %x…\n", t.PrivateKey(vectors.Client, "x25519")[:8])
	for _, r := range t.Records() {
		fmt.Printf("%s sends %s: %d bytes, %d with protection\n", r.Sender, r.Type, len(r.Payload), len(r.Record))
	}
	// Output:
	// RFC 8448, Section 3: Simple 1-RTT Handshake
	// client's key: 49af42ba7f799485…
	// client sends handshake: 196 bytes, 201 with protection
	// server sends handshake: 90 bytes, 95 with protection
	// server sends handshake: 657 bytes, 679 with protection
	// client sends handshake: 36 bytes, 58 with protection
	// server sends handshake: 205 bytes, 227 with protection
	// client sends application_data: 50 bytes, 72 with protection
	// server sends application_data: 50 bytes, 72 with protection
	// client sends alert: 2 bytes, 24 with protection
	// server sends alert: 2 bytes, 24 with protection
}

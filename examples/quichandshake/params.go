package main

import (
	"bytes"
	"errors"
)

// Transport parameters: RFC 9000, Section 18.2.
const (
	originalDestinationConnectionID = 0x00
	maxIdleTimeout                  = 0x01
	initialMaxData                  = 0x04
	initialMaxStreamDataBidiLocal   = 0x05
	initialMaxStreamDataBidiRemote  = 0x06
	initialMaxStreamDataUni         = 0x07
	initialMaxStreamsBidi           = 0x08
	initialMaxStreamsUni            = 0x09
	initialSourceConnectionID       = 0x0f
)

// limits are the parameters that 0-RTT depends on, the same in all
// connections: what a client remembers, and a server seals into its tickets.
func limits() []byte {
	var b []byte
	for _, p := range [][2]uint64{
		{maxIdleTimeout, 10_000}, {initialMaxData, 1 << 20},
		{initialMaxStreamDataBidiLocal, 1 << 16}, {initialMaxStreamDataBidiRemote, 1 << 16},
		{initialMaxStreamDataUni, 1 << 16}, {initialMaxStreamsBidi, 8}, {initialMaxStreamsUni, 8},
	} {
		b = appendVarint(b, p[0])
		v := appendVarint(nil, p[1])
		b = append(appendVarint(b, uint64(len(v))), v...)
	}
	return b
}

func appendParameter(b []byte, id uint64, value []byte) []byte {
	b = appendVarint(b, id)
	return append(appendVarint(b, uint64(len(value))), value...)
}

var errParameters = errors.New("the peer's transport parameters are malformed, or not those of this connection")

// checkParameters reads the peer's parameters and compares the connection IDs
// in them with those of its packets: RFC 9000, Section 7.3. original is nil
// at the server.
func checkParameters(b, source, original []byte) error {
	seen := map[uint64][]byte{}
	for r := (&reader{b: b}); len(r.b) > 0; {
		id, value := r.varint(), r.opaque()
		if _, twice := seen[id]; r.short || twice {
			return errParameters
		}
		seen[id] = value
	}
	if !bytes.Equal(seen[initialSourceConnectionID], source) || !bytes.Equal(seen[originalDestinationConnectionID], original) {
		return errParameters
	}
	return nil
}

package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// TDS is a net.Conn that puts what is written into TDS packets, and takes what
// is read out of them, until it is told to stop: MS-TDS, Section 2.2.6.5. Stop
// it when the handshake over it is done, and its records go on bare.
type TDS struct {
	net.Conn
	Stop atomic.Bool

	left int // bytes of the current packet
}

const (
	tdsPreLogin = 0x12
	tdsLast     = 0x01
	tdsHeader   = 8
	maxTDS      = 4096 // before the login has agreed on another size
)

// Write writes p in packets, the last of which says that it is.
func (t *TDS) Write(p []byte) (int, error) {
	if t.Stop.Load() {
		return t.Conn.Write(p)
	}
	var out []byte
	for id, rest := byte(0), p; len(rest) > 0; id++ {
		n := min(len(rest), maxTDS-tdsHeader)
		status := byte(0)
		if n == len(rest) {
			status = tdsLast
		}
		out = append(out, tdsPreLogin, status)
		out = binary.BigEndian.AppendUint16(out, uint16(n+tdsHeader))
		out = append(out, 0, 0, id, 0)
		out = append(out, rest[:n]...)
		rest = rest[n:]
	}
	if _, err := t.Conn.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Read reads what packets hold, and never more than one.
func (t *TDS) Read(p []byte) (int, error) {
	for t.left == 0 && !t.Stop.Load() {
		var head [tdsHeader]byte
		if _, err := io.ReadFull(t.Conn, head[:]); err != nil {
			return 0, err
		}
		size := int(binary.BigEndian.Uint16(head[2:]))
		if head[0] != tdsPreLogin || size < tdsHeader {
			return 0, errors.New("the handshake is not inside TDS packets")
		}
		t.left = size - tdsHeader
	}
	if t.left > 0 {
		p = p[:min(len(p), t.left)]
	}
	n, err := t.Conn.Read(p)
	t.left -= min(n, t.left)
	return n, err
}

package main

import (
	"encoding/binary"
	"errors"
	"fmt"

	tls "github.com/tlsengine/tlsengine"
)

// The codes of EAP packets (RFC 3748, Section 4) and the flags of EAP-TLS (RFC
// 5216, Section 3.1).
const (
	request, response, success, failure = 1, 2, 3, 4

	typeTLS = 13

	flagLength, flagMore, flagStart = 0x80, 0x40, 0x20
)

// MaxFragment is how many bytes of TLS a packet carries: what fits into the
// smallest packet that EAP's carriers must take, 1020 bytes (RFC 3748, Section
// 3.1), behind a header with a length.
const MaxFragment = 1020 - 10

// maxMessage bounds the flight of a peer that nobody knows yet.
const maxMessage = 64 << 10

// Carrier is one side of EAP-TLS: the authenticator with a server's engine, or
// the peer with a client's. It does no I/O: packets go in and come out.
type Carrier struct {
	engine *tls.Engine
	server bool

	id     byte   // of the last packet
	out    []byte // what is left of the flight that is being sent
	first  bool   // of the flight's fragments is next
	in     []byte // the flight that is being received
	last   []byte // our last packet, for one that asks again
	flight bool   // the engine owes a whole flight, or an alert
	done   bool   // the handshake is
	told   bool   // the server has said that it is content: RFC 9190, Section 2.1.1
	ended  bool
	err    error
}

// NewPeer returns the side that is authenticated by the network.
func NewPeer(cfg *tls.Config) (*Carrier, error) {
	e, err := tls.NewClient(cfg)
	return &Carrier{engine: e, flight: true}, err
}

// NewAuthenticator returns the network's side, which begins: see [Carrier.Start].
func NewAuthenticator(cfg *tls.Config) (*Carrier, error) {
	e, err := tls.NewServer(cfg)
	return &Carrier{engine: e, server: true}, err
}

// Start is the authenticator's first packet.
func (c *Carrier) Start() []byte {
	c.id = 1
	c.last = packet(request, c.id, flagStart, nil, nil)
	return c.last
}

// Receive takes a packet and returns the answer: nil from a peer that got the
// last word. An error is the end; there may be a packet all the same.
func (c *Carrier) Receive(p []byte) ([]byte, error) {
	if c.ended {
		return nil, c.err
	}
	code, id, flags, data, err := parse(p)
	switch {
	case err != nil:
		return nil, err // EAP drops what it does not understand
	case !c.server && (code == success || code == failure):
		return nil, c.result(code)
	case !c.server && code == request && c.last != nil && id == c.id:
		return c.last, nil // it asks again
	case c.server && (code != response || id != c.id), !c.server && code != request:
		return nil, nil
	}
	c.id = id
	if c.server {
		c.id++
	}
	if err := c.take(flags, data); err != nil {
		c.err = err // and the alert goes out first
	}
	c.last = c.answer(flags)
	if c.ended {
		return c.last, c.err
	}
	return c.last, nil
}

// Key is the master session key: RFC 9190, Section 2.3.
func (c *Carrier) Key() ([]byte, error) {
	if !c.ended || c.err != nil {
		return nil, tls.ErrHandshakeNotDone
	}
	material, err := c.engine.Export("EXPORTER_EAP_TLS_Key_Material", []byte{typeTLS}, 128)
	return material[:min(64, len(material))], err
}

// take takes a fragment, and gives the engine the flight when it is whole.
func (c *Carrier) take(flags byte, data []byte) error {
	if len(c.out) > 0 {
		return nil // the answer to a fragment says nothing
	}
	if c.in = append(c.in, data...); len(c.in) > maxMessage {
		return errors.New("the other side's flight is too long")
	}
	if flags&flagMore != 0 {
		return nil
	}
	in := c.in
	c.in = nil
	for ev, err := range c.engine.Feed(in) {
		if err != nil {
			c.flight = true
			return err
		}
		switch ev.Kind {
		case tls.EventFlightDone:
			c.flight = true
		case tls.EventHandshakeDone:
			c.done = true
		case tls.EventData:
			c.told = len(ev.Data) == 1 && ev.Data[0] == 0
		}
	}
	return nil
}

// answer is the next packet.
func (c *Carrier) answer(flags byte) []byte {
	if flags&flagMore != 0 && c.err == nil {
		return c.packet(0, nil, nil) // go on
	}
	confirm := c.server && c.done && !c.told
	if len(c.out) == 0 && (c.flight || confirm) {
		c.flight, c.first = false, true
		c.out = c.engine.Flush(nil)
		if confirm {
			c.told = true
			c.out, c.err = c.engine.Send(c.out, []byte{0})
		}
	}
	switch {
	case len(c.out) > 0:
		return c.fragment()
	case c.server:
		return c.conclude()
	}
	return c.packet(0, nil, nil)
}

// fragment is the next part of a flight, the first with the length of all.
func (c *Carrier) fragment() []byte {
	var flags byte
	var length []byte
	n := min(len(c.out), MaxFragment)
	if n < len(c.out) {
		flags |= flagMore
		if c.first {
			flags |= flagLength
			length = binary.BigEndian.AppendUint32(nil, uint32(len(c.out)))
		}
	}
	p := c.packet(flags, length, c.out[:n])
	c.first, c.out = false, c.out[n:]
	return p
}

// conclude is the authenticator's last packet.
func (c *Carrier) conclude() []byte {
	c.ended = true
	if c.err == nil && !c.done {
		c.err = errors.New("the peer has said nothing more")
	}
	if c.err != nil {
		return []byte{failure, c.id, 0, 4}
	}
	return []byte{success, c.id, 0, 4}
}

// result is the peer's end. A success that TLS did not confirm is anybody's.
func (c *Carrier) result(code byte) error {
	c.ended = true
	switch {
	case c.err != nil:
	case code == failure:
		c.err = errors.New("the network refuses")
	case !c.done || !c.told:
		c.err = errors.New("a success that the server has not confirmed")
	}
	return c.err
}

func (c *Carrier) packet(flags byte, length, data []byte) []byte {
	code := byte(response)
	if c.server {
		code = request
	}
	return packet(code, c.id, flags, length, data)
}

func packet(code, id, flags byte, length, data []byte) []byte {
	p := []byte{code, id, 0, 0, typeTLS, flags}
	p = append(append(p, length...), data...)
	binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
	return p
}

// parse takes a packet apart.
func parse(p []byte) (code, id, flags byte, data []byte, err error) {
	if len(p) < 4 || int(binary.BigEndian.Uint16(p[2:])) != len(p) {
		return 0, 0, 0, nil, errors.New("not an EAP packet")
	}
	code, id = p[0], p[1]
	if code == success || code == failure {
		return code, id, 0, nil, nil
	}
	if len(p) < 6 || p[4] != typeTLS {
		return 0, 0, 0, nil, errors.New("not an EAP-TLS packet")
	}
	flags, data = p[5], p[6:]
	if flags&flagLength != 0 {
		if len(data) < 4 {
			return 0, 0, 0, nil, errors.New("an EAP-TLS packet without its length")
		}
		data = data[4:] // what is announced is not needed: memory grows as bytes come
	}
	return code, id, flags, data, nil
}

// describe says what is in a packet.
func describe(p []byte) string {
	code, id, flags, data, err := parse(p)
	if err != nil {
		return err.Error()
	}
	if code == success || code == failure {
		return fmt.Sprintf("%s %d", map[byte]string{success: "Success", failure: "Failure"}[code], id)
	}
	s := fmt.Sprintf("%s %d, %d bytes", map[byte]string{request: "Request ", response: "Response"}[code], id, len(data))
	for _, f := range []struct {
		flag byte
		name string
	}{{flagStart, "start"}, {flagLength, "length of all"}, {flagMore, "more"}} {
		if flags&f.flag != 0 {
			s += ", " + f.name
		}
	}
	return s
}

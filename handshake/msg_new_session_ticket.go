package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// NewSessionTicket gives a client a ticket for a later handshake, in TLS 1.3:
// RFC 9846, Section 4.7.1.
//
//	struct {
//	    uint32 ticket_lifetime;
//	    uint32 ticket_age_add;
//	    opaque ticket_nonce<0..255>;
//	    opaque ticket<1..2^16-1>;
//	    Extension extensions<0..2^16-1>;
//	} NewSessionTicket;
//
// Slices of a parsed message alias it.
type NewSessionTicket struct {
	TicketLifetime uint32 // seconds
	TicketAgeAdd   uint32
	TicketNonce    []byte
	Ticket         []byte
	Extensions     Extensions
}

// ParseNewSessionTicket parses the body of a TLS 1.3 NewSessionTicket. Whether
// the lifetime is one that may be used is for the machine to say.
func ParseNewSessionTicket(body []byte) (NewSessionTicket, error) {
	var m NewSessionTicket
	r := wire.NewReader(body)
	m.TicketLifetime = r.Uint32()
	m.TicketAgeAdd = r.Uint32()
	m.TicketNonce = r.Vector8()
	m.Ticket = r.NonEmpty16()
	block := r.Vector16()
	if !r.Done() {
		return NewSessionTicket{}, MsgNewSessionTicket.malformed()
	}
	var err error
	if m.Extensions, err = parseExtensions(block, MsgNewSessionTicket); err != nil {
		return NewSessionTicket{}, err
	}
	return m, nil
}

// Append appends the message, header included. It panics if a field is longer
// than its vector allows.
func (m *NewSessionTicket) Append(dst []byte) []byte {
	w := newMessage(dst, MsgNewSessionTicket, 13+len(m.TicketNonce)+len(m.Ticket)+len(m.Extensions))
	w.Vector24(func() {
		w.Uint32(m.TicketLifetime)
		w.Uint32(m.TicketAgeAdd)
		w.Opaque8(m.TicketNonce)
		w.Opaque16(m.Ticket)
		w.Opaque16(m.Extensions)
	})
	return w.Result()
}

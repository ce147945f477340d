package handshake

import "github.com/tlsengine/tlsengine/internal/wire"

// NewSessionTicket12 gives a client a ticket for a later handshake, in TLS 1.2:
// RFC 5077, Section 3.3.
//
//	struct {
//	    uint32 ticket_lifetime_hint;
//	    opaque ticket<0..2^16-1>;
//	} NewSessionTicket;
//
// The ticket of a parsed message aliases it. It is empty where the server
// promised one and has none.
type NewSessionTicket12 struct {
	TicketLifetimeHint uint32 // seconds; 0 says nothing
	Ticket             []byte
}

// ParseNewSessionTicket12 parses the body of a TLS 1.2 NewSessionTicket.
func ParseNewSessionTicket12(body []byte) (NewSessionTicket12, error) {
	var m NewSessionTicket12
	r := wire.NewReader(body)
	m.TicketLifetimeHint = r.Uint32()
	m.Ticket = r.Vector16()
	if !r.Done() {
		return NewSessionTicket12{}, MsgNewSessionTicket.malformed()
	}
	return m, nil
}

// Append appends the message, header included. It panics if the ticket is
// longer than 65535 bytes.
func (m *NewSessionTicket12) Append(dst []byte) []byte {
	w := newMessage(dst, MsgNewSessionTicket, 6+len(m.Ticket))
	w.Vector24(func() {
		w.Uint32(m.TicketLifetimeHint)
		w.Opaque16(m.Ticket)
	})
	return w.Result()
}

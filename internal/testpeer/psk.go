package testpeer

import (
	"time"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// PSK is what a ticket stands for: RFC 9846, Section 4.7.1.
type PSK struct {
	Identity     []byte
	Age          uint32 // obfuscated_ticket_age, as it will be offered
	Secret       []byte
	Suite        *cipher.Suite
	MaxEarlyData uint32
}

// Older is the PSK when the client has held it for so much longer.
func (k *PSK) Older(by time.Duration) *PSK {
	older := *k
	older.Age += uint32(by / time.Millisecond)
	return &older
}

// newTicket notes a NewSessionTicket that was said or heard.
func (p *Peer) newTicket(msg []byte) {
	m, err := handshake.ParseNewSessionTicket(msg[4:])
	if err != nil || p.suite == nil || p.resumption.Len() == 0 {
		return
	}
	secret := keyschedule.ResumptionPSK(p.hash(), p.resumption, m.TicketNonce)
	psk := &PSK{
		Identity: append([]byte(nil), m.Ticket...), Age: m.TicketAgeAdd,
		Secret: append([]byte(nil), secret.Bytes()...), Suite: p.suite,
	}
	if data, ok := m.Extensions.Get(handshake.ExtEarlyData); ok {
		psk.MaxEarlyData, _ = handshake.ParseEarlyDataNST(data)
	}
	p.Tickets = append(p.Tickets, psk)
}

package handshake

import (
	"encoding/binary"
	"slices"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// sayTickets sends the Config's number of tickets.
//
// RFC 9846, Section 4.7.1.
func (s *server) sayTickets() error {
	n := s.cfg.Tickets
	if n == 0 {
		n = DefaultTickets
	}
	if s.cfg.TicketKeys == nil || !s.modes || s.carrier == QUIC {
		n = 0
	}
	for range n {
		if err := s.sayTicket(TicketOptions{}); err != nil {
			return err
		}
	}
	return nil
}

// TicketOptions say what is in one ticket.
type TicketOptions struct {
	// Application is the application's own data, sealed into the ticket: it
	// comes back with a [ResumeRequest]. At most MaxTicketData bytes.
	Application []byte

	// NoEarlyData makes a ticket without 0-RTT, whatever the Config allows.
	NoEarlyData bool
}

// sayTicket seals what this connection agreed on into a ticket, with the
// application's own data in it.
func (s *server) sayTicket(opts TicketOptions) error {
	now := s.cfg.now()
	var ageAdd [4]byte
	if err := s.draw(ageAdd[:]); err != nil {
		return err
	}
	nonce := binary.BigEndian.AppendUint32(nil, s.after.tickets)
	s.after.tickets++
	psk := keyschedule.ResumptionPSK(s.facts.Suite.Hash, s.after.resumption, nonce)
	s.tellExpand(&s.after.resumption, "resumption", nonce, &psk)
	session := s.session(psk.Bytes())
	session.context, session.application = s.cfg.TicketContext, opts.Application
	session.created, session.ageAdd = now.UnixMilli(), binary.BigEndian.Uint32(ageAdd[:])
	session.lifetime, session.maxEarlyData = TicketLifetime, s.earlyDataSize(opts)
	ticket, err := s.cfg.TicketKeys.Seal(now, s.cfg.rand(), session.append(nil))
	if err != nil {
		return err
	}
	if len(ticket) > 0xffff {
		return nil // a chain too long for a ticket: no resumption
	}
	m := NewSessionTicket{
		TicketLifetime: session.lifetime, TicketAgeAdd: session.ageAdd,
		TicketNonce: nonce, Ticket: ticket, Extensions: Extensions{},
	}
	if session.maxEarlyData > 0 {
		m.Extensions = AppendEarlyDataNST(m.Extensions, session.maxEarlyData)
	}
	s.emitRewritten(MsgNewSessionTicket, m.Append(nil))
	return nil
}

// earlyDataSize is what a ticket says of early data.
//
// "Servers MUST NOT send the early_data extension with a
// max_early_data_size field set to any value other than 0xffffffff."
// RFC 9001, Section 4.6.1.
func (s *server) earlyDataSize(opts TicketOptions) uint32 {
	switch {
	case opts.NoEarlyData || s.cfg.MaxEarlyData == 0:
		return 0
	case s.carrier == QUIC:
		return quicEarlyData
	}
	return s.cfg.MaxEarlyData
}

func (c *common) emitRewritten(t MessageType, msg []byte) {
	if c.cfg.Rewrite != nil {
		msg = c.cfg.Rewrite(t, msg)
	}
	c.tellSent(Application, msg)
	c.emit(Application, msg)
}

// session is what both sides keep of the connection.
func (c *common) session(secret []byte) *session {
	return &session{
		version: c.facts.Version, suite: c.facts.Suite.ID, authenticated: c.after.authenticated,
		scheme: c.facts.PeerScheme, ems: c.facts.EMS, secret: secret, alpn: c.facts.ALPN,
		serverName: c.facts.ServerName, chain: c.peer.chain, carrier: c.carrier, staple: c.peer.staple,
	}
}

// onNewSessionTicket: CONNECTED. The client keeps nothing; the application
// gets the session.
//
// RFC 9846, Section 4.7.1.
func (c *client) onNewSessionTicket(in *input) (State, error) {
	m, err := ParseNewSessionTicket(in.body())
	if err != nil {
		return 0, err
	}
	if err := m.Extensions.Legal(InNST); err != nil {
		return 0, err
	}
	early, err := c.ticketEarlyData(m.Extensions)
	if err != nil {
		return 0, err
	}
	// "The value of zero indicates that the ticket should be discarded
	// immediately." RFC 9846, Section 4.7.1.
	if m.TicketLifetime == 0 || len(m.Ticket) > MaxTicket {
		return Connected, nil
	}
	psk := keyschedule.ResumptionPSK(c.facts.Suite.Hash, c.after.resumption, m.TicketNonce)
	c.tellExpand(&c.after.resumption, "resumption", m.TicketNonce, &psk)
	s := c.session(psk.Bytes())
	s.serverName, s.ticket = c.cfg.ServerName, m.Ticket
	s.created, s.lifetime = c.cfg.now().UnixMilli(), min(m.TicketLifetime, TicketLifetime)
	s.ageAdd, s.maxEarlyData = m.TicketAgeAdd, early
	c.signalData(OutSession, s.append(nil))
	return Connected, nil
}

func (c *client) ticketEarlyData(list Extensions) (uint32, error) {
	data, ok := list.Get(ExtEarlyData)
	if !ok {
		return 0, nil
	}
	n, err := ParseEarlyDataNST(data)
	if err != nil {
		return 0, err
	}
	if c.carrier == QUIC && n != quicEarlyData {
		return 0, alert.TicketEarlyDataUnderQUIC.Errorf("server's max_early_data_size is not 0xffffffff under QUIC")
	}
	return n, nil
}

func (c *client) onKeyUpdate(in *input) (State, error) { return c.common.onKeyUpdate(in) }
func (s *server) onKeyUpdate(in *input) (State, error) { return s.common.onKeyUpdate(in) }

// onKeyUpdate: CONNECTED. The carrier has the secrets, and changes them.
//
// RFC 9846, Section 4.7.3.
func (c *common) onKeyUpdate(in *input) (State, error) {
	m, err := ParseKeyUpdate(in.body())
	if err != nil {
		return 0, err
	}
	// "Endpoints MUST NOT send a TLS KeyUpdate message." RFC 9001, Section 6.
	if c.carrier == QUIC {
		return 0, alert.UnexpectedMessageType.Errorf("received KeyUpdate under QUIC")
	}
	c.signal(OutUpdateRecvKeys)
	if m.RequestUpdate == UpdateRequested {
		c.signal(OutUpdateSendKeys)
	}
	return Connected, nil
}

// SendTicket sends one more ticket, of a server with TicketKeys, once the
// handshake is complete, in TLS 1.3. ErrNoTicket says that this side makes
// none, or that the client takes none.
func (m *Machine) SendTicket(opts TicketOptions) error {
	switch {
	case m.err != nil:
		return m.err
	case m.server == nil || m.cfg.TicketKeys == nil || len(opts.Application) > MaxTicketData || m.state == Connected12:
		return ErrNoTicket
	case m.state != Connected:
		return ErrNotDone
	case !m.server.modes:
		return ErrNoTicket
	}
	opts.Application = slices.Clone(opts.Application)
	return m.fail(m.server.sayTicket(opts))
}

// Export derives keying material of the given length in bytes: RFC 9846,
// Section 7.5, and RFC 5705. The context may be nil, which in TLS 1.2 is
// another than an empty one.
func (m *Machine) Export(label string, context []byte, length int) ([]byte, error) {
	if m.after.tls12 != nil && m.err == nil {
		return m.export12(label, context, length)
	}
	if m.after.exporter.Len() == 0 || m.err != nil {
		return nil, ErrNotDone
	}
	return keyschedule.Export(m.facts.Suite.Hash, m.after.exporter, label, context, length)
}

// ExportEarly is Export with the early exporter's secret, once early data is
// offered or accepted. What it gives can be replayed like early data.
func (m *Machine) ExportEarly(label string, context []byte, length int) ([]byte, error) {
	if m.after.earlyExporter.Len() == 0 || m.err != nil {
		return nil, ErrNotDone
	}
	return keyschedule.Export(m.facts.Suite.Hash, m.after.earlyExporter, label, context, length)
}

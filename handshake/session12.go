package handshake

import (
	"time"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// SessionLifetime12 is how long a session of TLS 1.2 is kept for that has no
// ticket, or one that does not say how long, in seconds.
//
// "An upper limit of 24 hours is suggested for session ID lifetimes". RFC 5246,
// Appendix F.1.4.
const SessionLifetime12 = 24 * 3600

// resumable12 reads the session that a ticket or a session id stands for, and
// returns it if it may be resumed under this Config by this client, else nil:
// the handshake then is a full one.
//
// "A server that implements this extension MUST NOT accept the request to
// resume the session if the server_name extension contains a different name.
// Instead, it proceeds with a full handshake to establish a new session."
// RFC 6066, Section 3.
func (s *server) resumable12(a *TicketAnswer) (*session, error) {
	session := s.recall(a, VersionTLS12)
	if session == nil || !s.cfg.resumes12(session) || !s.hello.hello.CipherSuites.Has(session.suite) {
		return nil, nil
	}
	// "If the original session did not use the "extended_master_secret"
	// extension but the new ClientHello contains the extension, then the server
	// MUST NOT perform the abbreviated handshake." RFC 7627, Section 5.3.
	if !session.ems && s.facts.EMS {
		return nil, nil
	}
	// "If the original session used the "extended_master_secret" extension but
	// the new ClientHello does not contain it, the server MUST abort the
	// abbreviated handshake." RFC 7627, Section 5.3.
	if session.ems && !s.facts.EMS {
		return nil, alert.ExtendedMainSecretMismatch.Errorf("client resumes a session without its extended_master_secret")
	}
	return session, nil
}

// resumes12 reports whether the Config lets a session of TLS 1.2 be resumed.
//
// "The client SHOULD NOT offer an abbreviated handshake to resume a session that
// does not use an extended master secret." "If neither the original session nor
// the new ClientHello uses the extension, the server SHOULD abort the
// handshake." RFC 7627, Section 5.3.
func (cfg *Config) resumes12(s *session) bool {
	if cfg.Tickets < 0 && len(s.ticket) > 0 {
		return false
	}
	suite := cfg.suite(s.suite)
	return suite != nil && !suite.TLS13() && len(s.secret) == keyschedule.MainSecretSize && cfg.keepsSessions12(s.ems)
}

// keepsSessions12 reports whether sessions are worth keeping, given whether
// they have the extended main secret.
func (cfg *Config) keepsSessions12(ems bool) bool {
	return ems || cfg.ResumeWithoutEMS && !cfg.RequireEMS
}

// givesTickets12 reports whether a new ticket is promised to the client.
func (s *server) givesTickets12() bool {
	return s.hello.hello.Extensions.Has(ExtSessionTicket) && s.cfg.TicketKeys != nil && s.cfg.Tickets >= 0 &&
		s.cfg.keepsSessions12(s.facts.EMS)
}

// newSessionID draws the name of a session that is to be kept here; it is
// empty if none is.
//
// "If a server is planning on issuing a session ticket to a client that does not
// present one, it SHOULD include an empty Session ID in the ServerHello."
// RFC 5077, Section 3.4.
func (s *server) newSessionID() ([]byte, error) {
	if s.t12.promised || s.cfg.SessionCache == nil || !s.cfg.keepsSessions12(s.facts.EMS) {
		return nil, nil
	}
	s.t12.sessionID = make([]byte, maxSessionID)
	return s.t12.sessionID, s.draw(s.t12.sessionID)
}

// newSession12 is what both sides keep of the connection.
func (c *common) newSession12(lifetime uint32) *session {
	s := c.session(c.t12.main.Bytes())
	s.group, s.created, s.lifetime = c.facts.Group, c.cfg.now().UnixMilli(), lifetime
	return s
}

// sayTicket12 seals the session into a ticket.
//
// "If the server determines that it does not want to include a ticket after it
// has included the SessionTicket extension in the ServerHello, then it sends a
// zero-length ticket in the NewSessionTicket handshake message." RFC 5077,
// Section 3.3.
func (s *server) sayTicket12() error {
	session := s.newSession12(TicketLifetime)
	session.context = s.cfg.TicketContext
	if old := s.t12.session; old != nil {
		session.application = old.application
	}
	m := NewSessionTicket12{TicketLifetimeHint: TicketLifetime}
	ticket, err := s.cfg.TicketKeys.Seal(s.cfg.now(), s.cfg.rand(), session.append(nil))
	if err != nil {
		return err
	}
	if len(ticket) <= 0xffff { // else the client's chain is too long for one
		m.Ticket = ticket
	}
	s.say(Initial, MsgNewSessionTicket, m.Append(s.out.room()))
	return nil
}

// storeSession12 gives the session to the cache, under the id that the
// ServerHello gave it.
func (s *server) storeSession12() {
	if s.t12.sessionID == nil {
		return
	}
	session := s.newSession12(SessionLifetime12)
	session.context = s.cfg.TicketContext
	s.after.sessionID = s.t12.sessionID
	s.cfg.SessionCache.Put(s.after.sessionID, session.append(nil), SessionLifetime12*time.Second)
}

// Forget tells the machine that the connection failed: a session that is kept
// here is not to be resumed.
//
// "any connection terminated with a fatal alert MUST NOT be resumed." RFC 5246,
// Section 7.2.2. RFC 9846, Section 6 exempts tickets.
func (m *Machine) Forget() {
	if m.after.sessionID != nil {
		m.cfg.SessionCache.Delete(m.after.sessionID)
		m.after.sessionID = nil
	}
}

// keepSession12 gives the application what can be resumed: by the new ticket,
// or by the session id.
//
// "If the client receives a session ticket from the server, then it discards any
// Session ID that was sent in the ServerHello." RFC 5077, Section 3.4.
func (c *client) keepSession12() {
	t := c.t12
	if !c.cfg.keepsSessions12(c.facts.EMS) || len(t.ticket) == 0 && len(t.sessionID) == 0 || len(t.ticket) > MaxTicket {
		return
	}
	s := c.newSession12(SessionLifetime12)
	s.serverName = c.cfg.ServerName
	if len(t.ticket) > 0 {
		s.ticket = t.ticket
		// "A value of zero is reserved to indicate that the lifetime of the ticket
		// is unspecified." RFC 5077, Section 3.3.
		if t.lifetime > 0 {
			s.lifetime = min(t.lifetime, TicketLifetime)
		}
	} else {
		s.sessionID = t.sessionID
	}
	if t.session != nil {
		s.application = t.session.application
	}
	c.signalData(OutSession, s.append(nil))
}

package handshake

import "time"

// judgeEarlyData is the whole of RFC 9846, Section 4.3.10: the first identity,
// the same suite and protocol, no HelloRetryRequest, a ticket that allows it,
// an age that fits. Whether it is a replay is asked last of all.
func (s *server) judgeEarlyData() EarlyDataStatus {
	session := s.psk.session
	s.facts.TicketAgeSkew = s.ageSkew()
	switch {
	case s.cfg.MaxEarlyData == 0:
		return EarlyDataDisabled
	case s.facts.Retried:
		return EarlyDataRetried
	// The client was told that it may send more than is taken now. It does not
	// know better, so it is not refused in the middle of it.
	case session.maxEarlyData == 0, s.carrier == Records && session.maxEarlyData > s.cfg.MaxEarlyData:
		return EarlyDataUnsupported
	case !s.hello.early || s.psk.index != 0:
		return EarlyDataDeclined
	case session.alpn != s.facts.ALPN:
		return EarlyDataALPNMismatch
	case session.suite != s.facts.Suite.ID:
		return EarlyDataCipherMismatch
	// "If any of these checks fail, the server MUST NOT respond with the
	// extension" RFC 9846, Section 4.3.10, of the age within a window.
	case s.facts.TicketAgeSkew.Abs() > MaxTicketAgeSkew*time.Second:
		return EarlyDataTicketAge
	}
	return EarlyDataAccepted
}

// confirmEarlyData takes early data that could be taken, if the application
// wants to and it was not seen before.
func (s *server) confirmEarlyData(a ResumeAnswer) EarlyDataStatus {
	switch {
	case a != ResumeEarly:
		return EarlyDataDeclined
	case !s.psk.vouched || !s.unseen():
		return EarlyDataReplay
	}
	return EarlyDataAccepted
}

// unseen asks the Config's AntiReplay about this ClientHello, now that the
// client has proved that it has the PSK. Without one the application was
// asked, or there would be no early data.
//
// RFC 9846, Section 8.2.
func (s *server) unseen() bool {
	if s.cfg.AntiReplay == nil || s.cfg.asks(AskTicket) {
		return s.cfg.asks(AskTicket | AskResume)
	}
	now := s.cfg.now()
	return s.cfg.AntiReplay.Fresh(s.psk.binder(), now, now.Add(2*MaxTicketAgeSkew*time.Second))
}

// ageSkew is how much older the client believes its ticket to be than this
// side does.
//
// RFC 9846, Section 4.3.11.1.
func (s *server) ageSkew() time.Duration {
	claimed := s.psk.identity().ObfuscatedTicketAge - s.psk.session.ageAdd
	return time.Duration(claimed)*time.Millisecond - s.psk.session.age(s.cfg.now())
}

// earlyTraffic derives the secrets of accepted early data, with the
// transcript at the ClientHello.
func (s *server) earlyTraffic() {
	if s.facts.EarlyAccepted() {
		th := s.transcript.sum()
		s.keys.earlyTraffic = s.keys.early.ClientTraffic(th)
		s.after.earlyExporter = s.keys.early.Exporter(th)
		s.tellEarlyTraffic(th, &s.keys.earlyTraffic)
		s.logSecret("CLIENT_EARLY_TRAFFIC_SECRET", &s.keys.earlyTraffic)
		s.logSecret("EARLY_EXPORTER_SECRET", &s.after.earlyExporter)
	}
}

// receiveEarlyData is K_recv of RFC 9846, Appendix A.2, with early data. QUIC
// needs the handshake's keys at once: "server implementations need to be able
// to read packets at the Handshake encryption level at the same time as the
// 0-RTT encryption level." RFC 9001, Section 4.1.4.
func (s *server) receiveEarlyData() {
	s.recvKeys(EarlyData, s.keys.earlyTraffic)
	if s.carrier == QUIC {
		s.recvKeys(Handshake, s.keys.client)
	}
}

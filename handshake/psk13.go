package handshake

import (
	"crypto/hmac"
	"iter"
	"slices"

	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/keyschedule"
)

// onTicket: AWAIT_TICKET to the next identity, to our flight under a PSK, or
// past all of them to AWAIT_CREDENTIAL.
//
// RFC 9846, Section 4.3.11.
func (s *server) onTicket(in *input) (State, error) {
	if in.answer.err != nil {
		return 0, refused(in.answer.err)
	}
	session := s.resumable(in.answer.ticket)
	if session == nil {
		s.psk.index++
		if s.psk.index >= min(s.psk.offered.Identities.Len(), MaxPSKIdentities) {
			return s.withoutPSK()
		}
		return AwaitTicket, nil
	}
	if err := s.checkBinder(session); err != nil {
		return 0, err
	}
	if err := s.chooseALPN(); err != nil {
		return 0, err
	}
	s.psk.session, s.psk.vouched = session, in.answer.ticket.Early
	s.psk.early = s.judgeEarlyData()
	return AwaitResume, nil
}

// onResume: AWAIT_RESUME to our flight under the PSK, or past it to
// AWAIT_CREDENTIAL.
//
// RFC 9846, Section 4.3.11.
func (s *server) onResume(in *input) (State, error) {
	if in.answer.err != nil {
		return 0, refused(in.answer.err)
	}
	if in.answer.resume == ResumeNo {
		return s.withoutPSK()
	}
	session := s.psk.session
	s.transcript.add(s.hello.raw)
	s.facts.Resumed = true
	s.facts.PeerScheme, s.after.authenticated = session.scheme, session.authenticated
	s.peer = peer{chain: session.chain, proved: session.chain != nil}
	s.facts.EarlyData = s.psk.early
	if s.psk.early == EarlyDataAccepted {
		s.facts.EarlyData = s.confirmEarlyData(in.answer.resume)
	}
	if s.asksResumed() {
		return AwaitVerdict, nil
	}
	return s.resumed()
}

// resumable reads the session that a ticket stands for, and returns it if it
// may be resumed under this Config by this client, else nil: the handshake
// then goes on without.
func (s *server) resumable(a *TicketAnswer) *session {
	session := s.recall(a, VersionTLS13)
	if session == nil {
		return nil
	}
	suite := s.cfg.suite(session.suite)
	if suite == nil || suite.Hash != s.facts.Suite.Hash {
		return nil
	}
	return session
}

// recall reads the session of an answer, and returns it if it is of this
// version, and this client and Config go with it, else nil.
func (s *server) recall(a *TicketAnswer, v Version) *session {
	if a == nil || a.Session == nil {
		return nil
	}
	session, err := parseSession(slices.Clone(a.Session))
	if err != nil || session.version != v || session.carrier != s.carrier || !session.fresh(s.cfg.now()) {
		return nil
	}
	if !slices.Equal(session.context, s.cfg.TicketContext) || session.serverName != s.facts.ServerName {
		return nil
	}
	if !s.clientStillTrusted(session) {
		return nil
	}
	return session
}

// clientStillTrusted holds a session to what the Config wants of a client
// today: a certificate, if it is required, whose chain verifies under these
// Roots and now.
func (s *server) clientStillTrusted(session *session) bool {
	if session.chain == nil {
		return s.cfg.ClientAuth != RequireClientCert
	}
	if s.cfg.ClientAuth == NoClientCert {
		return false
	}
	if s.cfg.Roots == nil || s.cfg.asks(AskVerdict) {
		return true
	}
	return s.cfg.trusts(session, clientUsage)
}

// asksResumed reports whether the application is asked about the chain of the
// session that is resumed. It is, where it gives the verdicts: those were given
// under some Config that shares the TicketKeys, and what it wants may be
// another thing now.
func (s *server) asksResumed() bool {
	return s.peer.chain != nil && (s.cfg.Roots == nil || s.cfg.asks(AskVerdict|AskVerdictResumed))
}

// checkBinder proves that the client has the PSK.
//
// "Prior to accepting PSK key establishment, the server MUST validate the
// corresponding binder value … If this value is not present or does not
// validate, the server MUST abort the handshake." RFC 9846, Section 4.3.11.
func (s *server) checkBinder(session *session) error {
	hash := s.facts.Suite.Hash
	s.keys.early = keyschedule.NewEarly(hash, session.secret)
	s.tellBinder(session.secret)
	want := keyschedule.VerifyData(hash, s.keys.early.BinderKey(), s.psk.truncated)
	if !hmac.Equal(want.Bytes(), s.psk.binder()) {
		return alert.BadBinder.Errorf("client's binder of PSK %d is wrong", s.psk.index)
	}
	return nil
}

// identity is the one that is asked about.
func (p *psk) identity() PSKIdentity { return nth(p.offered.Identities.All(), p.index) }

// binder is that of the identity. There are as many, or it would not have
// parsed.
func (p *psk) binder() []byte { return nth(p.offered.Binders.All(), p.index) }

// nth is what comes behind n others.
func nth[T any](list iter.Seq[T], n int) (v T) {
	for v = range list {
		if n == 0 {
			break
		}
		n--
	}
	return v
}

// resumed goes on with our flight under the PSK.
func (s *server) resumed() (State, error) {
	if s.carrier == QUIC {
		return AwaitParameters, nil
	}
	return s.sayPSKFlight()
}

func (s *server) resumeRequest() *ResumeRequest {
	return &ResumeRequest{
		Session:     s.psk.session.append(nil),
		Application: slices.Clone(s.psk.session.application),
		ReplayID:    slices.Clone(s.psk.binder()),
		EarlyData:   s.psk.early,
	}
}

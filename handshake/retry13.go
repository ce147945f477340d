package handshake

import (
	"bytes"
	"crypto/hmac"

	"github.com/tlsengine/tlsengine/internal/alert"
)

// sayHelloRetryRequest: to WAIT_CH2.
//
// RFC 9846, Section 4.2.4.
func (s *server) sayHelloRetryRequest() (State, error) {
	h := s.hello
	s.transcript.add(h.raw)
	s.tellRetry(s.transcript.retry(s.facts.Suite.Hash))
	s.facts.Retried = true
	if s.cfg.MaxEarlyData > 0 {
		s.facts.EarlyData = EarlyDataRetried
	}
	m := s.newServerHello()
	m.Random = HelloRetryRequestRandom
	m.Extensions = AppendSupportedVersionsSH(m.Extensions, VersionTLS13)
	m.Extensions = AppendKeyShareHRR(m.Extensions, h.group.ID)
	if s.cfg.RetryCookie != nil {
		m.Extensions = AppendCookie(m.Extensions, s.cfg.RetryCookie)
	}
	s.say(Initial, MsgServerHello, m.Append(s.out.room()))
	if s.compatible() {
		s.signal(OutChangeCipherSpec)
	}
	if h.early {
		s.signal(OutSkipEarlyData)
	}
	return WaitCH2, nil
}

// onSecondClientHello: WAIT_CH2 back to where begin13 would have gone on.
//
// RFC 9846, Section 4.2.2.
func (s *server) onSecondClientHello(in *input) (State, error) {
	first, wanted := s.hello, s.hello.group
	second, err := readClientHello(in.raw)
	if err != nil {
		return 0, err
	}
	if err := s.checkUnchanged(&first.hello, &second.hello); err != nil {
		return 0, err
	}
	s.hello = second
	if err := s.checkHello13(); err != nil {
		return 0, err
	}
	// "Removing the "early_data" extension if one was present. Early data is
	// not permitted after a HelloRetryRequest." RFC 9846, Section 4.2.2.
	if second.early {
		return 0, alert.EarlyDataOnRetry.Errorf("client sent early_data after a HelloRetryRequest")
	}
	data, _ := second.hello.Extensions.Get(ExtKeyShare)
	shares, err := ParseKeyShareCH(data)
	if err != nil {
		return 0, err
	}
	share, ok := shares.Get(wanted.ID)
	if !ok || shares.Len() != 1 {
		return 0, alert.WrongGroup.Errorf("client's second ClientHello must have one key share, of %v", wanted.ID)
	}
	second.group, second.share = wanted, KeyShareEntry{Group: wanted.ID, KeyExchange: share}
	return s.selectPSK()
}

// checkUnchanged compares the two ClientHellos in what must not change.
//
// "the client MUST send the same ClientHello without modification, except as
// follows". RFC 9846, Section 4.2.2.
func (s *server) checkUnchanged(a, b *ClientHello) error {
	same := a.LegacyVersion == b.LegacyVersion && a.Random == b.Random &&
		bytes.Equal(a.LegacySessionID, b.LegacySessionID) && bytes.Equal(a.CipherSuites, b.CipherSuites) &&
		bytes.Equal(a.LegacyCompressionMethods, b.LegacyCompressionMethods) &&
		bytes.Equal(fixed(a.Extensions), fixed(b.Extensions))
	if !same {
		return alert.ClientHelloChanged.Errorf("client's second ClientHello differs from the first in what must stay")
	}
	cookie, ok := b.Extensions.Get(ExtCookie)
	if ok != (s.cfg.RetryCookie != nil) {
		return alert.BadCookie.Errorf("client's cookie is missing or was not asked for")
	}
	if !ok {
		return nil
	}
	got, err := ParseCookie(cookie)
	if err != nil {
		return err
	}
	if !hmac.Equal(got, s.cfg.RetryCookie) {
		return alert.BadCookie.Errorf("client's cookie is not the server's")
	}
	return nil
}

// fixed is an extension block without those that a second ClientHello may
// change: key_share, early_data, cookie, pre_shared_key and padding.
func fixed(x Extensions) Extensions {
	var out Extensions
	for t, data := range x.All() {
		switch t {
		case ExtKeyShare, ExtEarlyData, ExtCookie, ExtPreSharedKey, ExtPadding:
		default:
			out = AppendExtension(out, t, data)
		}
	}
	return out
}

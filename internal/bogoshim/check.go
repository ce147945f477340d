package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"encoding/pem"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
)

// check holds the connection to what the flags expect of it.
func (c *conn) check() error {
	x, st := &c.o.expect, c.e.ConnectionState()
	if want := c.i > 0 && !x.sessionMiss; st.Resumed != want {
		return fmt.Errorf("resumed is %v, expected %v", st.Resumed, want)
	}
	for _, check := range []func(*expectations, *tls.ConnectionState) error{
		c.checkParameters, c.checkNames, c.checkPeer, c.checkEarly,
	} {
		if err := check(x, &st); err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) checkParameters(x *expectations, st *tls.ConnectionState) error {
	switch {
	case x.version != 0 && x.version != int(st.Version):
		return fmt.Errorf("version is %v", st.Version)
	case x.cipher != 0 && x.cipher != int(st.Suite.ID):
		return fmt.Errorf("suite is %v", st.Suite)
	case x.curve != 0 && x.curve != int(st.Group):
		return fmt.Errorf("group is %v", st.Group)
	case x.hrr && !st.Retried, x.noHRR && st.Retried:
		return fmt.Errorf("retried is %v", st.Retried)
	case x.ems && !st.EMS:
		return errors.New("no extended main secret")
	case x.secureRenegotiation && !st.SecureRenegotiation, x.noSecureRenegotiation && st.SecureRenegotiation:
		return fmt.Errorf("secure renegotiation is %v", st.SecureRenegotiation)
	case x.peerScheme != nil && *x.peerScheme != int(st.PeerScheme):
		return fmt.Errorf("peer signed with %v", st.PeerScheme)
	case x.selected != nil && *x.selected != c.selected-1 && !(st.Resumed):
		return fmt.Errorf("selected credential %d", c.selected-1)
	}
	return c.checkOffers(x)
}

// checkOffers checks what the peer said that it takes.
func (c *conn) checkOffers(x *expectations) error {
	if x.peerPrefs != nil {
		got := []handshake.ClientHelloInfo{{}}
		if c.hello != nil {
			got[0] = c.hello.Hello
		} else if c.wanted != nil {
			got[0].Signatures = c.wanted.Schemes
		}
		if !slices.Equal(got[0].Signatures, x.peerPrefs) {
			return fmt.Errorf("peer's signature schemes are %v", got[0].Signatures)
		}
	}
	if x.certificateTypes != nil {
		if got := handshake.List8Of(c.wanted.CertificateTypes...); !slices.Equal(x.certificateTypes, got) {
			return fmt.Errorf("certificate types are %x", []byte(got))
		}
	}
	if x.clientCAs != nil {
		want, err := parseNames(x.clientCAs)
		if err != nil {
			return err
		}
		if c.wanted == nil || !slices.EqualFunc(want, c.wanted.Authorities, slices.Equal) {
			return errors.New("client CA list differs")
		}
	}
	return nil
}

func (c *conn) checkNames(x *expectations, st *tls.ConnectionState) error {
	if c.o.server {
		if c.o.selectALPN != nil && !c.o.declineALPN && st.ALPN != *c.o.selectALPN {
			return fmt.Errorf("ALPN is %q", st.ALPN)
		}
		if x.serverName != nil && st.ServerName != *x.serverName {
			return fmt.Errorf("server name is %q", st.ServerName)
		}
		if x.advertisedALPN != nil {
			if got := wire(c.hello.Hello.ALPN); got != *x.advertisedALPN {
				return fmt.Errorf("advertised ALPN is %q", got)
			}
		}
		return nil
	}
	want := ""
	if c.o.expectALPN != nil {
		want = *c.o.expectALPN
	}
	if st.ALPN != want {
		return fmt.Errorf("ALPN is %q, expected %q", st.ALPN, want)
	}
	return nil
}

func wire(names []string) (out string) {
	for _, name := range names {
		out += string(rune(len(name))) + name
	}
	return out
}

func (c *conn) checkPeer(x *expectations, st *tls.ConnectionState) error {
	has := len(st.PeerChain) > 0
	switch {
	case x.noPeerCert && has:
		return errors.New("there is a peer certificate")
	case !x.noPeerCert && !has && (!c.o.server || c.o.requireCert):
		return errors.New("there is no peer certificate")
	case x.ocsp != nil && string(x.ocsp) != string(st.PeerStaple):
		return errors.New("OCSP response differs")
	}
	if x.peerCertFile == "" {
		return nil
	}
	data, err := os.ReadFile(x.peerCertFile)
	if err != nil {
		return err
	}
	var chain [][]byte
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		chain = append(chain, block.Bytes)
	}
	if !slices.EqualFunc(chain, st.PeerChain, slices.Equal) {
		return errors.New("peer chain differs")
	}
	return nil
}

var reasons = map[handshake.EarlyDataStatus]string{
	handshake.EarlyDataDisabled:     "disabled",
	handshake.EarlyDataAccepted:     "accept",
	handshake.EarlyDataOldVersion:   "protocol_version",
	handshake.EarlyDataDeclined:     "peer_declined",
	handshake.EarlyDataNoSession:    "no_session_offered",
	handshake.EarlyDataNotResumed:   "session_not_resumed",
	handshake.EarlyDataUnsupported:  "unsupported_for_session",
	handshake.EarlyDataRetried:      "hello_retry_request",
	handshake.EarlyDataALPNMismatch: "alpn_mismatch",
	handshake.EarlyDataTicketAge:    "ticket_age_skew",
}

func (c *conn) checkEarly(x *expectations, st *tls.ConnectionState) error {
	accepted := st.Facts.EarlyAccepted()
	switch {
	case x.acceptEarly && !accepted, x.rejectEarly && accepted:
		return fmt.Errorf("early data is %v", st.EarlyData)
	case x.noOfferEarly && (accepted || c.refused):
		return errors.New("early data was offered")
	case x.earlyReason != nil && *x.earlyReason != reasons[st.EarlyData]:
		return fmt.Errorf("early data is %v, expected %s", st.EarlyData, *x.earlyReason)
	}
	if x.ageSkew != nil && st.Resumed {
		if got := strconv.Itoa(int(st.TicketAgeSkew.Round(time.Second) / time.Second)); got != *x.ageSkew {
			return fmt.Errorf("ticket age skew is %s, expected %s", got, *x.ageSkew)
		}
	}
	return nil
}

// checkSession checks what the client was given to resume.
func (c *conn) checkSession() error {
	st := c.e.ConnectionState()
	if st.Version == tls.VersionTLS12 {
		want := !c.o.expect.noSession && (!st.Resumed || c.o.expect.ticketRenewal)
		if got := len(c.sessions) > 0; got != want && !c.o.server {
			return fmt.Errorf("got a session: %v", got)
		}
		return nil
	}
	if c.o.shutsDown {
		return nil
	}
	if got := len(c.sessions) > 0; got == c.o.expect.noSession {
		return fmt.Errorf("got a session: %v", got)
	}
	if c.o.expect.noSession {
		return nil
	}
	info, err := tls.ReadSession(c.env.session)
	if err != nil {
		return err
	}
	if (info.MaxEarlyData > 0) != c.o.expect.ticketEarly {
		return fmt.Errorf("ticket's early data is %d", info.MaxEarlyData)
	}
	return nil
}

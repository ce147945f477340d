package quictls

import (
	"crypto/tls"
	"encoding/binary"
	"errors"

	"github.com/tlsengine/tlsengine"
)

// The application's data of a session is, in both directions:
//
//	struct {
//	    uint8 early_data;
//	    opaque extra<0..2^32-1>[];    /* to the end */
//	} Extra;

// packExtra is the application's data of a session with these fields.
func packExtra(early bool, extra [][]byte) []byte {
	out := []byte{0}
	if early {
		out[0] = 1
	}
	for _, b := range extra {
		out = binary.BigEndian.AppendUint32(out, uint32(len(b)))
		out = append(out, b...)
	}
	return out
}

// unpackExtra reads what packExtra made. Anything else has no fields.
func unpackExtra(b []byte) (early bool, extra [][]byte) {
	if len(b) == 0 {
		return false, nil
	}
	early, b = b[0] == 1, b[1:]
	for len(b) >= 4 {
		n := uint64(binary.BigEndian.Uint32(b))
		if b = b[4:]; uint64(len(b)) < n {
			return false, nil
		}
		extra, b = append(extra, b[:n:n]), b[n:]
	}
	return early, extra
}

// newSession gives a new session to QUIC, or stores it.
func (c *Conn) newSession(session []byte) tls.QUICEvent {
	if c.config.TLSConfig.ClientSessionCache == nil {
		return tls.QUICEvent{}
	}
	info, err := tlsengine.ReadSession(session)
	if err != nil {
		return tls.QUICEvent{}
	}
	state := &tls.SessionState{EarlyData: info.MaxEarlyData > 0}
	if c.offered == nil {
		c.offered = map[*tls.SessionState][]byte{}
	}
	c.offered[state] = session
	if !c.config.EnableSessionEvents {
		_ = c.StoreSession(state)
		return tls.QUICEvent{}
	}
	return tls.QUICEvent{Kind: tls.QUICStoreSession, SessionState: state}
}

// StoreSession puts a session of a QUICStoreSession event, with what QUIC
// added to it, into the tls.Config's ClientSessionCache.
func (c *Conn) StoreSession(session *tls.SessionState) error {
	b := c.offered[session]
	delete(c.offered, session)
	switch cache := c.config.TLSConfig.ClientSessionCache; {
	case !c.client:
		return errors.New("tls: StoreSessionTicket called on the server")
	case b == nil:
		return errors.New("tls: StoreSession of a session that was not given out")
	case cache == nil || c.config.TLSConfig.ServerName == "":
		return nil
	default:
		entry, err := tls.NewResumptionState(c.keep(b, session), session)
		if err == nil {
			cache.Put(c.config.TLSConfig.ServerName, entry)
		}
		return err
	}
}

// keep is a session with the fields of the SessionState in it.
func (c *Conn) keep(b []byte, session *tls.SessionState) []byte {
	out, err := tlsengine.AttachToSession(b, packExtra(session.EarlyData, session.Extra))
	if err != nil {
		return b
	}
	return out
}

// lookUp finds a session to resume, and reports whether QUIC is asked about it
// first.
func (c *Conn) lookUp() (asks bool) {
	cfg := c.config.TLSConfig
	if cfg.ClientSessionCache == nil || cfg.SessionTicketsDisabled || cfg.ServerName == "" {
		return false
	}
	entry, ok := cfg.ClientSessionCache.Get(cfg.ServerName)
	if !ok || entry == nil {
		return false
	}
	session, _, err := entry.ResumptionState()
	if err != nil {
		return false
	}
	info, err := tlsengine.ReadSession(session)
	if err != nil {
		return false // a session of crypto/tls
	}
	c.resume = session
	if !c.config.EnableSessionEvents {
		return false
	}
	early, extra := unpackExtra(info.Application)
	state := &tls.SessionState{Extra: extra, EarlyData: early && info.MaxEarlyData > 0}
	c.events = append(c.events, tls.QUICEvent{Kind: tls.QUICResumeSession, SessionState: state})
	return true
}

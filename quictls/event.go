package quictls

import (
	"crypto/tls"

	"github.com/tlsengine/tlsengine"
)

// NextEvent returns the next event, QUICNoEvent if there is none.
func (c *Conn) NextEvent() tls.QUICEvent {
	_ = c.proceed()
	ev := c.next()
	if ev.Kind == tls.QUICNoEvent && c.err != nil && !c.told.failed && c.stage != closed {
		c.told.failed = true
		ev = tls.QUICEvent{Kind: tls.QUICErrorEvent, Err: c.err}
	}
	if ev.Kind == tls.QUICResumeSession {
		c.asked = ev.SessionState
	}
	return ev
}

func (c *Conn) next() tls.QUICEvent {
	for {
		if len(c.events) > 0 {
			ev := c.events[0]
			c.events = c.events[1:]
			return ev
		}
		if c.engine == nil {
			return tls.QUICEvent{}
		}
		if ev, ok := c.engine.Next(); !ok {
			return c.question()
		} else if out := c.event(ev); out.Kind != tls.QUICNoEvent {
			return out
		}
	}
}

var kinds = map[tlsengine.QUICEventKind]tls.QUICEventKind{
	tlsengine.QUICCrypto:         tls.QUICWriteData,
	tlsengine.QUICReadSecret:     tls.QUICSetReadSecret,
	tlsengine.QUICWriteSecret:    tls.QUICSetWriteSecret,
	tlsengine.QUICPeerParameters: tls.QUICTransportParameters,
	tlsengine.QUICEarlyRejected:  tls.QUICRejectedEarlyData,
	tlsengine.QUICHandshakeDone:  tls.QUICHandshakeDone,
}

// event is the engine's in crypto/tls's form, or none.
func (c *Conn) event(ev tlsengine.QUICEvent) tls.QUICEvent {
	if ev.Kind == tlsengine.QUICNewSession {
		return c.newSession(ev.Data)
	}
	out := tls.QUICEvent{Kind: kinds[ev.Kind], Level: tls.QUICEncryptionLevel(ev.Level), Data: ev.Data}
	if ev.Suite != nil {
		out.Suite = uint16(ev.Suite.ID)
	}
	return out
}

// question is what a server's engine asks, where it is for QUIC to say.
func (c *Conn) question() tls.QUICEvent {
	switch req := c.engine.Pending().(type) {
	case *tlsengine.ParametersRequest:
		c.require()
		if len(c.events) > 0 {
			ev := c.events[0]
			c.events = nil
			return ev
		}
	case *tlsengine.ResumeRequest:
		early, extra := unpackExtra(req.Application)
		session := &tls.SessionState{Extra: extra, EarlyData: early}
		return tls.QUICEvent{Kind: tls.QUICResumeSession, SessionState: session}
	}
	return tls.QUICEvent{}
}

// proceed takes what QUIC did to the session that it was shown as its answer.
func (c *Conn) proceed() error {
	if c.err != nil || c.asked == nil {
		return c.err
	}
	session := c.asked
	c.asked = nil
	if c.client {
		c.stage = wantsParameters
		c.resume = c.keep(c.resume, session)
		return c.begin()
	}
	decision := tlsengine.ResumeOnly
	if session.EarlyData {
		decision = tlsengine.ResumeEarly
	}
	if err := c.engine.Resume(decision, nil); err != nil {
		return c.fail(err)
	}
	return c.answer()
}

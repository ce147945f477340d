package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
)

// talk does what the flags want done with a complete handshake.
func (c *connect) talk(p *probe, l *link, rep *report.Connect) error {
	if c.export.label != "" {
		if err := c.exportInto(l, rep); err != nil {
			return err
		}
	}
	if c.keyUpdate {
		if err := c.updateKeys(l, rep); err != nil {
			return err
		}
		defer func() {
			if l.tls.Updated {
				rep.KeyUpdate = "both"
			}
		}()
	}
	switch {
	case c.interactive:
		l.update(rep)
		p.say("%s", rep.Text(p.style()))
		return c.interact(p, l)
	case c.request != nil:
		return c.reply(p, l, rep)
	case len(c.earlyData) > 0 && l.tls.Early == report.EarlyAccepted:
		return c.reply(p, l, rep)
	}
	return nil
}

// exportInto adds the exported keying material.
func (c *connect) exportInto(l *link, rep *report.Connect) error {
	value, err := l.tls.Export(c.export.label, c.export.context, c.export.length)
	if err != nil {
		return fault.UsageError("value", "--exporter: %v", err)
	}
	rep.Exporter = report.ExporterOf(c.export.label, value)
	return nil
}

// updateKeys changes our keys and asks for the peer's, which a peer owes only
// before it next sends.
func (c *connect) updateKeys(l *link, rep *report.Connect) error {
	rep.KeyUpdate = "own"
	wait := c.request == nil && !c.interactive
	err := l.tls.UpdateKeys(l.ctx, wait)
	if errors.Is(err, tlsengine.ErrKeyUpdate) {
		rep.KeyUpdate = "none"
		return fault.New(fault.CheckFailed, "key_update.version", "data", "no key update: TLS 1.2 cannot change its keys")
	}
	return err
}

// reply sends what there is to send, and collects what the peer says.
func (c *connect) reply(p *probe, l *link, rep *report.Connect) error {
	reply := bytes.NewBuffer([]byte{}) // no reply is an empty one
	wait := p.waiting(c.target.Input + "  waiting for the reply")
	more, err := l.tls.Exchange(l.ctx, c.request, reply, c.maxReply)
	rep.Reply = &report.Reply{Length: reply.Len(), Truncated: more, End: l.tls.End(), Bytes: reply.Bytes()}
	wait.over()
	if rep.Reply.End == "cut" && !more {
		p.say("tlsprobe: warning: the peer ended the connection without close_notify: the reply may be cut off")
	}
	return err
}

// lastWords is how long the end of a connection without a deadline may take.
const lastWords = 5 * time.Second

// interact joins stdin and stdout to the connection until either side ends.
// Meanwhile there is no deadline.
func (c *connect) interact(p *probe, l *link) error {
	l.tls.Until(p.ctx)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		io.Copy(l.tls.Writer(), p.stdin) //nolint:errcheck // the other direction says what is wrong
	}()
	err := l.tls.Pour(p.ctx, answerWriter{p}, finished)
	l.quit()
	l.ctx, l.quit = context.WithTimeout(p.ctx, lastWords)
	l.tls.Until(l.ctx)
	return err
}

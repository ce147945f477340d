package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
)

// connectSchema is the name of the report.
const connectSchema = "tlsprobe.connect/1"

// connect makes the connections that the flags ask for, and the report.
func (c *connect) connect(p *probe) error {
	c.defaults()
	if c.why {
		c.share = c.dial.Timeout / firstShare
	}
	first, err := c.open(p, c.session, c.firstEarly())
	if first == nil {
		return c.conclude(p, nil, err)
	}
	defer first.close()
	rep := c.report(p, first)
	if err == nil && !c.resume {
		err = c.talk(p, first, rep)
	}
	err = errors.Join(err, first.finish())
	first.update(rep)
	if err == nil && c.resume {
		err = c.second(p, first, rep)
	}
	if err == nil {
		err = c.keep(first)
	}
	if err != nil && first.tls.State().Version == 0 && !interrupted(err) {
		rep = nil // nothing was learned
	}
	if saving := c.saveTraces(first); err == nil && saving != nil {
		err = saving
	} else if saving != nil {
		p.talk("tlsprobe: " + saving.Error())
	}
	return c.conclude(p, rep, err)
}

// defaults are those that depend on the target.
func (c *connect) defaults() {
	if c.target.StartTLS != "" {
		return
	}
	if c.offer.ALPN == nil && c.get != "" {
		c.offer.ALPN = []string{"http/1.1"}
	} else if c.offer.ALPN == nil && c.target.Port == 443 {
		c.offer.ALPN = []string{"h2", "http/1.1"}
	}
}

// firstEarly is the early data of the first connection.
func (c *connect) firstEarly() []byte {
	if c.resume {
		return nil
	}
	return c.earlyData
}

// report is what is known after the handshake.
func (c *connect) report(p *probe, l *link) *report.Connect {
	rep := &report.Connect{
		Schema: connectSchema, Tool: report.ThisTool(), Target: report.TargetOf(c.target, l.conn.Address, l.sni), Complete: true,
	}
	rep.SetVerdict(l.tls.Verdict, l.enforced, c.trust.Time(p.now()))
	l.update(rep)
	return rep
}

// second connects again, with the session of the first.
func (c *connect) second(p *probe, first *link, rep *report.Connect) error {
	sessions := first.tls.Sessions
	if len(sessions) == 0 {
		return fault.New(fault.CheckFailed, "resume.no_ticket", "handshake", "not resumed: the server sent no ticket")
	}
	l, err := c.open(p, sessions[len(sessions)-1], c.earlyData)
	if l == nil {
		return err
	}
	defer l.close()
	c.others = append(c.others, l)
	if err == nil {
		err = c.talk(p, l, rep)
	}
	err = errors.Join(err, l.finish())
	rep.Second = &report.Second{Timing: l.timing(), Result: l.result(), Bytes: l.bytes()}
	first.tls.Sessions = append(sessions, l.tls.Sessions...)
	if err == nil && !rep.Second.Result.Resumed {
		err = fault.New(fault.CheckFailed, "resume.refused", "handshake", "not resumed: the server did not take its ticket")
	}
	return err
}

// keep stores what the flags want stored.
func (c *connect) keep(l *link) error {
	if c.certsOut != "" {
		if err := saveCerts(c.certsOut, l.tls.Verdict); err != nil {
			return err
		}
	}
	if c.sessionOut == "" {
		return nil
	}
	if len(l.tls.Sessions) == 0 {
		return fault.New(fault.CheckFailed, "resume.no_ticket", "data", "no session to keep: the server sent no ticket")
	}
	return writeSession(c.sessionOut, l.tls.Sessions[len(l.tls.Sessions)-1])
}

// saveTraces writes the trace of all connections, whatever became of them.
func (c *connect) saveTraces(first *link) error {
	if !c.traced {
		return nil
	}
	t := report.TraceOf()
	for id, l := range append([]*link{first}, c.others...) {
		conn := l.trace.Connection()
		conn.ID = id
		conn.Target, _ = json.Marshal(report.TargetOf(c.target, l.conn.Address, l.sni)) //nolint:errcheck // plain data
		conn.Result, _ = json.Marshal(l.result())                                       //nolint:errcheck // plain data
		t.Connections = append(t.Connections, conn)
	}
	return saveTrace(c.saveTrace, t)
}

// saveCerts writes each certificate and the chain of them.
func saveCerts(dir string, v *pki.Verdict) error {
	if v == nil {
		return nil
	}
	var all []byte
	for i, cert := range v.Chain {
		one := []byte(report.PEM(cert))
		all = append(all, one...)
		if err := writeFile(filepath.Join(dir, fmt.Sprintf("%d.pem", i)), one, 0o644); err != nil {
			return err
		}
	}
	return writeFile(filepath.Join(dir, "chain.pem"), all, 0o644)
}

// conclude prints the report, with what went wrong. Without a report there is
// nothing to print but the error.
func (c *connect) conclude(p *probe, rep *report.Connect, err error) error {
	if err == nil {
		err = p.logFault()
	}
	if err == nil {
		return c.print(p, rep)
	}
	f := fault.Of(err)
	if f.Target == "" {
		f.Target = c.target.Input
	}
	rep = c.investigate(p, rep, f)
	if rep == nil {
		return f
	}
	rep.Fail(f)
	if printing := c.print(p, rep); printing != nil {
		return printing
	}
	f.Reported = true
	return f
}

// interrupted reports whether the user ended it.
func interrupted(err error) bool {
	var f *fault.Fault
	return errors.As(err, &f) && f.Exit == fault.Interrupted
}

// investigate does what --why asks for, where a handshake failed.
func (c *connect) investigate(p *probe, rep *report.Connect, f *fault.Fault) *report.Connect {
	failed := f.Exit == fault.TLSFailed && f.Stage == "handshake" || f.Alert != nil
	if !failed || f.Code == "tls.not_tls" {
		return rep
	}
	if !c.why {
		if f.Hint == "" {
			f.Hint = "run again with --why to find the cause (up to 8 more connections)"
		}
		return rep
	}
	if rep == nil {
		rep = &report.Connect{Schema: connectSchema, Tool: report.ThisTool(), Target: report.TargetOf(c.target, "", "")}
		rep.SetVerdict(nil, !c.noVerify, p.now())
		rep.Result = report.Of(tlsengine.ConnectionState{})
	}
	why := c.findOut(p, rep)
	rep.Why = &why
	if p.ctx.Err() != nil {
		f.Exit = fault.Interrupted
	}
	return rep
}

// print writes the report where it belongs.
func (c *connect) print(p *probe, rep *report.Connect) error {
	switch {
	case p.json:
		return p.answerJSON(rep)
	case c.interactive:
		return nil // it was said before the talk began
	case p.quiet && rep.Reply != nil:
		return p.answer(rep.Reply.Bytes)
	}
	answer := rep.Text(p.style())
	if c.certs {
		answer += "\n"
		for _, cert := range rep.Certificates {
			answer += cert.PEM
		}
	}
	if rep.Reply == nil {
		return p.answerText(answer)
	}
	return p.answerReply(answer+"\n", rep.Reply.Bytes)
}

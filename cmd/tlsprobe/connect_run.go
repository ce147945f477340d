package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/client"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/dial"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/ladder"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/tap"
	"github.com/tlsengine/tlsengine/trace"
)

// connectSchema is the name of the report.
const connectSchema = "tlsprobe.connect/1"

// link is one connection to the target: the transport, TLS over it, and what
// is known of both.
type link struct {
	conn      *dial.Conn
	tls       *client.Conn
	start     time.Time
	sni       string
	enforced  bool
	quit      context.CancelFunc
	ctx       context.Context
	finishTap func()
	trace     *trace.Tap // nil unless it is wanted
}

// open connects and makes the handshake. The link is not nil when the target
// was reached; the error may be a handshake's.
func (f *peerFlags) open(p *probe, session, early []byte) (*link, error) {
	l := &link{start: time.Now(), enforced: !f.noVerify, finishTap: func() {}}
	l.ctx, l.quit = context.WithTimeout(p.ctx, f.dial.Timeout)
	opts, err := f.options(p, l, session, early)
	if err != nil {
		l.quit()
		return nil, err
	}
	if l.conn, err = f.dial.Dial(l.ctx, f.target); err != nil {
		l.quit()
		return nil, err
	}
	if l.tls, err = client.New(l.ctx, l.conn, opts); err != nil {
		l.close()
		return nil, err
	}
	return l, l.tls.Handshake(l.ctx)
}

func (l *link) close() {
	l.finishTap()
	l.conn.Close() //nolint:errcheck // it is over
	l.quit()
}

// options are the flags for the client.
func (f *peerFlags) options(p *probe, l *link, session, early []byte) (client.Options, error) {
	now := f.seed.Clock(p.now)
	opts := client.Options{Enforce: !f.noVerify, Early: early}
	cfg := &opts.Config
	f.offer.Apply(cfg)
	cfg.Rand, cfg.Time, cfg.Session, cfg.Credentials = f.seed.Reader("client"), now, session, f.credentials
	cfg.RequestStatus = true
	if early != nil {
		cfg.MaxEarlyData = maxEarly
	}
	var verify string
	l.sni, verify = f.serverName()
	cfg.ServerName, cfg.SNI, cfg.NoSNI = verify, l.sni, l.sni == ""
	opts.Check = &pki.Check{Trust: &f.trust, Name: verify, Usage: x509.ExtKeyUsageServerAuth, Now: f.trust.Time(p.now()), Pins: f.pins}
	log, err := p.keyLog(f.keylog)
	if err != nil {
		return opts, err
	}
	cfg.KeyLog = log
	if f.traced {
		l.trace = trace.NewTap("client", p.now)
		opts.Trace = l.trace
	}
	if p.verbose > 0 {
		opts.Tap = p.tap()
		if info, err := tlsengine.ReadSession(session); err == nil {
			opts.Tap.EarlySuite = cipher.Lookup(info.Suite)
		}
		l.finishTap = opts.Tap.Finish
	}
	return opts, nil
}

// tap tells stderr what goes over the wire.
func (p *probe) tap() *tap.Tap {
	reader := &ladder.Reader{}
	style := p.style()
	style.Color = false
	p.talk(ladder.Head(style))
	return tap.New(func(it tap.Item) {
		if it.Kind == tap.Record && p.verbose > 1 {
			p.talk("  │ " + ladder.Records(it))
		}
		if line, ok := reader.Line(it); ok {
			p.talk(line.Draw(style))
		}
	})
}

// connect makes the connections that the flags ask for, and the report.
func (c *connect) connect(p *probe) error {
	c.defaults()
	first, err := c.open(p, c.session, c.firstEarly())
	if first == nil {
		return c.conclude(p, nil, err)
	}
	defer first.close()
	defer c.saveTraces(p, first)
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
	if err != nil && first.tls.State().Version == 0 {
		rep = nil // nothing was learned
	}
	return c.conclude(p, rep, err)
}

// defaults are those that depend on the target.
func (c *connect) defaults() {
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
		Schema: connectSchema, Tool: report.ThisTool(), Target: report.TargetOf(c.target, l.conn.Address, l.sni),
	}
	rep.SetVerdict(l.tls.Verdict, l.enforced, c.trust.Time(p.now()))
	l.update(rep)
	return rep
}

// update brings the report up to date with what came later.
func (l *link) update(rep *report.Connect) {
	rep.Timing, rep.Bytes, rep.Result = l.timing(), l.bytes(), l.result()
}

func (l *link) timing() report.Timing {
	return report.Timing{
		DNS: l.conn.DNS.Microseconds(), Connect: l.conn.Connect.Microseconds(), Handshake: l.tls.Took.Microseconds(),
		Total: time.Since(l.start).Microseconds(), RoundTrips: l.tls.Trips,
	}
}

func (l *link) bytes() report.Bytes {
	n := l.tls.Count()
	return report.Bytes{In: n.In, Out: n.Out}
}

// result is what was negotiated, and what came after it.
func (l *link) result() report.Result {
	res := report.Of(l.tls.State())
	res.EarlyData = l.tls.Early
	for _, s := range l.tls.Sessions {
		if t, ok := report.TicketOf(s); ok {
			res.Session.Tickets = append(res.Session.Tickets, t)
		}
	}
	if req := l.tls.Request; req != nil {
		res.ClientAuth.Requested, res.ClientAuth.Sent = true, l.tls.Sent
		for _, name := range req.Authorities {
			res.ClientAuth.Authorities = append(res.ClientAuth.Authorities, pki.DN(name))
		}
	}
	return res
}

// finish ends the connection properly.
func (l *link) finish() error {
	if l.tls.Failure() != nil || !l.tls.Done() {
		return nil // said already
	}
	return l.tls.Finish(l.ctx)
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
func (c *connect) saveTraces(p *probe, first *link) {
	if !c.traced {
		return
	}
	t := report.TraceOf()
	for id, l := range append([]*link{first}, c.others...) {
		conn := l.trace.Connection()
		conn.ID = id
		conn.Target, _ = json.Marshal(report.TargetOf(c.target, l.conn.Address, l.sni)) //nolint:errcheck // plain data
		conn.Result, _ = json.Marshal(l.result())                                       //nolint:errcheck // plain data
		t.Connections = append(t.Connections, conn)
	}
	if err := saveTrace(c.saveTrace, t); err != nil {
		p.say("tlsprobe: %v", err)
	}
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

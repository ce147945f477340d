package main

import (
	"context"
	"crypto/x509"
	"net/netip"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/client"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/dial"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/ladder"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/trace/hook"
)

// link is one connection to the target: the transport, TLS over it, and what
// is known of both.
type link struct {
	conn     *dial.Conn
	tls      *client.Conn
	start    time.Time
	sni      string
	enforced bool
	quit     context.CancelFunc
	ctx      context.Context
	trace    *trace.Recorder // nil unless it is wanted
	earlyWhy string          // why early data that was wanted was not sent
}

// open connects and makes the handshake. The link is not nil when the target
// was reached; the error may be a handshake's.
func (f *peerFlags) open(p *probe, session, early []byte) (*link, error) {
	l := &link{start: time.Now(), enforced: !f.noVerify}
	if f.deadline.IsZero() {
		f.deadline = l.start.Add(f.dial.Timeout)
	}
	end := f.deadline
	if share := l.start.Add(f.share); f.share > 0 && share.Before(end) {
		end = share
	}
	l.ctx, l.quit = context.WithDeadline(p.ctx, end)
	opts, err := f.options(p, l, session, early)
	if err != nil {
		l.quit()
		return nil, err
	}
	wait := p.waiting(f.target.Input + "  connecting")
	defer wait.over()
	if l.conn, err = f.dial.Dial(l.ctx, f.target); err != nil {
		l.quit()
		return nil, err
	}
	if err := f.testsOnly(l.conn.Address); err != nil {
		l.conn.Close() //nolint:errcheck // nothing was said
		l.quit()
		return nil, err
	}
	wait.now(f.target.Input + "  waiting for the server's TLS")
	if l.tls, err = client.New(l.ctx, l.conn, opts); err != nil {
		l.close()
		return nil, err
	}
	return l, l.tls.Handshake(l.ctx)
}

// testsOnly refuses --seed where --resolve leads to another machine.
func (f *peerFlags) testsOnly(address string) error {
	addr, err := netip.ParseAddr(address)
	if f.seed == nil || f.target.Unix != "" || err == nil && addr.IsLoopback() {
		return nil
	}
	return fault.UsageError("conflict", "--seed is for tests on this machine, and %s is not it", f.target.Input)
}

func (l *link) close() {
	l.conn.Close() //nolint:errcheck // it is over
	l.quit()
}

// options are the flags for the client.
func (f *peerFlags) options(p *probe, l *link, session, early []byte) (client.Options, error) {
	now := f.seed.Clock(p.now)
	opts := client.Options{Enforce: !f.noVerify, Early: early, Linger: f.linger}
	cfg := &opts.Config
	f.offer.Apply(cfg)
	cfg.Rand, cfg.Time, cfg.Session, cfg.Credentials = f.seed.Reader("client"), now, session, f.credentials
	cfg.RequestStatus = true
	var verify string
	l.sni, verify = f.serverName()
	cfg.ServerName, cfg.SNI, cfg.NoSNI = verify, l.sni, l.sni == ""
	opts.Check = &pki.Check{Trust: &f.trust, Name: verify, Usage: x509.ExtKeyUsageServerAuth, Now: f.trust.Time(p.now()), Pins: f.pins, TLSA: f.tlsa}
	l.earlyData(f, &opts)
	log, err := p.keyLog(f.keylog)
	if err != nil {
		return opts, err
	}
	cfg.KeyLog = log
	var watchers []hook.Tracer
	if f.traced {
		l.trace = trace.NewRecorder("client", p.now)
		watchers = append(watchers, l.trace)
	}
	if p.verbose > 0 {
		watchers = append(watchers, p.watch())
	}
	cfg.Tracer = hook.Several(watchers...)
	return opts, nil
}

// earlyData offers early data, if the ticket allows it and the certificate that
// came with it is good: what is sent before the handshake goes to whoever has
// the ticket's key.
func (l *link) earlyData(f *peerFlags, opts *client.Options) {
	if opts.Early == nil {
		return
	}
	info, err := tlsengine.ReadSession(opts.Config.Session)
	switch {
	case err != nil || info.MaxEarlyData == 0:
		l.earlyWhy = "not sent: the ticket allows none"
	case opts.Check.Judge(info.PeerChain).Refusal(opts.Enforce) != nil:
		l.earlyWhy = "not sent: the certificate of the session is not good"
	default:
		opts.Config.MaxEarlyData = maxEarly
		return
	}
	opts.Early = nil
}

// watch tells stderr what goes over the wire.
func (p *probe) watch() *ladder.Watch {
	reader := &ladder.Reader{}
	style := p.style()
	style.Color = false
	p.talk(ladder.Head(style))
	return ladder.NewWatch(true, func(it ladder.Item) {
		if it.Kind == ladder.Record && p.verbose > 1 {
			p.talk("  │ " + ladder.Records(it))
		}
		if line, ok := reader.Line(it); ok {
			p.talk(line.Draw(style))
		}
	})
}

// update brings the report up to date with what came later.
func (l *link) update(rep *report.Connect) {
	rep.Timing, rep.Bytes, rep.Result = l.timing(), l.bytes(), l.result()
}

func (l *link) timing() report.Timing {
	return report.Timing{
		DNS: l.conn.DNS.Microseconds(), Connect: l.conn.Connect.Microseconds(), StartTLS: l.conn.StartTLS.Microseconds(), Handshake: l.tls.Took.Microseconds(),
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
	if res.EarlyData = l.tls.Early; l.earlyWhy != "" {
		res.EarlyWhy = l.earlyWhy
	}
	for _, s := range l.tls.Sessions {
		res.Session.Add(s)
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

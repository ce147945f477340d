package main

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/ladder"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/group"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/trace/hook"
)

const (
	demoName  = "server.example.test"
	demoPing  = "hello from the client"
	demoPong  = "hello from the server"
	demoEarly = "early hello, may be a replay"
	demoALPN  = "h2"
	demoLabel = "EXPORTER-tlsprobe-demo"
	demoLife  = 90 * 24 * time.Hour
)

// stage is the two Configs between which the demo plays.
type stage struct {
	client, server tlsengine.Config
	keyUpdate      bool
	timer          func() time.Time
}

// stage makes an authority, certificates and Configs.
func (d *demo) stage(now func() time.Time) (*stage, error) {
	clock := d.seed.Clock(now)
	ca, err := pki.NewAuthority(d.seed.Reader("authority"), "tlsprobe demo CA", clock(), demoLife)
	if err != nil {
		return nil, err
	}
	cred, err := ca.Issue(x509.ExtKeyUsageServerAuth, demoLife, demoName)
	if err != nil {
		return nil, err
	}
	st := &stage{keyUpdate: d.keyUpdate, timer: now}
	st.server = tlsengine.Config{
		Rand: d.seed.Reader("server"), Time: clock, Credentials: []*tlsengine.Credential{cred}, TicketKeys: tlsengine.NewTicketKeys(),
		MaxEarlyData: handshake.DefaultMaxEarlyData, AntiReplay: tlsengine.NewReplayMemory(16),
	}
	st.client = tlsengine.Config{Rand: d.seed.Reader("client"), Time: clock, Roots: ca.Pool(), ServerName: demoName}
	if d.offer.ALPN == nil {
		d.offer.ALPN = []string{demoALPN}
	}
	d.offer.Apply(&st.client)
	d.offer.Apply(&st.server)
	if d.forceHRR {
		st.client.KeyShares = []group.ID{}
	}
	if d.clientCert {
		mine, err := ca.Issue(x509.ExtKeyUsageClientAuth, demoLife, "client.example.test")
		if err != nil {
			return nil, err
		}
		st.client.Credentials = []*tlsengine.Credential{mine}
		st.server.ClientAuth, st.server.Roots = tlsengine.RequireClientCert, ca.Pool()
	}
	return st, nil
}

// dialogue is one connection between the two.
type dialogue struct {
	client, server *tlsengine.Engine
	trace          *trace.Recorder
	conn           *demoConnection
	sessions       [][]byte
	got            [2][]byte // data that arrived, by direction
	early          string
}

// connect plays one connection, resuming the session if there is one, and
// returns a session for the next.
func (st *stage) connect(session []byte) (*demoConnection, []byte, error) {
	d := &dialogue{conn: &demoConnection{}, early: report.EarlyNotOffered}
	reader := &ladder.Reader{}
	watch := ladder.NewWatch(true, func(it ladder.Item) {
		if l, ok := reader.Line(it); ok {
			d.conn.lines = append(d.conn.lines, l)
		}
	})
	d.trace = trace.NewRecorder("client", st.client.Time)
	cfg := st.client
	cfg.Tracer, cfg.Session = hook.Several(d.trace, watch), session
	info, err := tlsengine.ReadSession(session)
	early := err == nil && info.MaxEarlyData > 0
	if early {
		cfg.MaxEarlyData = handshake.DefaultMaxEarlyData
	}
	if d.client, err = tlsengine.NewClient(&cfg); err != nil {
		return nil, nil, err
	}
	if d.server, err = tlsengine.NewServer(&st.server); err != nil {
		return nil, nil, err
	}
	if err := d.play(st, early); err != nil {
		return nil, nil, err
	}
	if err := d.conclude(); err != nil {
		return nil, nil, err
	}
	if len(d.sessions) == 0 {
		return d.conn, nil, nil
	}
	return d.conn, d.sessions[0], nil
}

// play is the script.
func (d *dialogue) play(st *stage, early bool) error {
	start := st.timer()
	out := d.client.Flush(nil)
	if early {
		var err error
		if out, err = d.client.SendEarly(out, []byte(demoEarly)); err != nil {
			return err
		}
	}
	if err := d.carry(ladder.ToServer, out); err != nil {
		return err
	}
	if err := d.settle(); err != nil {
		return err
	}
	d.conn.Took = st.timer().Sub(start).Microseconds()
	if err := d.say(ladder.ToServer, demoPing); err != nil {
		return err
	}
	if st.keyUpdate && d.client.ConnectionState().Version == tlsengine.VersionTLS13 {
		out, err := d.client.UpdateKeys(nil, handshake.UpdateRequested)
		if err != nil {
			return err
		}
		if err := d.carry(ladder.ToServer, out); err != nil {
			return err
		}
	}
	if err := d.say(ladder.ToClient, demoPong); err != nil {
		return err
	}
	if err := d.carry(ladder.ToServer, d.client.Close(nil)); err != nil {
		return err
	}
	return d.carry(ladder.ToClient, d.server.Close(nil))
}

func (d *dialogue) side(dir ladder.Dir) (from, to *tlsengine.Engine) {
	if dir == ladder.ToServer {
		return d.client, d.server
	}
	return d.server, d.client
}

// say sends data one way.
func (d *dialogue) say(dir ladder.Dir, line string) error {
	from, _ := d.side(dir)
	out, err := from.Send(nil, []byte(line))
	if err != nil {
		return err
	}
	return d.carry(dir, out)
}

// settle carries bytes to and fro until both sides are quiet.
func (d *dialogue) settle() error {
	for d.client.Owes() || d.server.Owes() {
		if err := d.carry(ladder.ToClient, d.server.Flush(nil)); err != nil {
			return err
		}
		if err := d.carry(ladder.ToServer, d.client.Flush(nil)); err != nil {
			return err
		}
	}
	return nil
}

// carry gives bytes to the side that they are for.
func (d *dialogue) carry(dir ladder.Dir, b []byte) error {
	if dir == ladder.ToServer {
		d.conn.Bytes.ToServer += len(b)
	} else {
		d.conn.Bytes.ToClient += len(b)
	}
	_, to := d.side(dir)
	for ev, err := range to.Feed(b) {
		if err != nil {
			return err
		}
		switch ev.Kind {
		case tlsengine.EventData, tlsengine.EventEarlyData:
			d.got[dir] = append(d.got[dir], ev.Data...)
		case tlsengine.EventNewSession:
			d.sessions = append(d.sessions, ev.Data)
		case tlsengine.EventEarlyDataAccepted:
			d.early = report.EarlyAccepted
		case tlsengine.EventEarlyDataRejected:
			d.early = report.EarlyRejected
		}
	}
	return nil
}

// conclude collects what both sides have at the end.
func (d *dialogue) conclude() error {
	state := d.client.ConnectionState()
	c := d.conn
	c.Result = report.Of(state)
	c.Result.EarlyData = d.early
	for _, s := range d.sessions {
		c.Result.Session.Add(s)
	}
	c.Result.ClientAuth.Requested = state.OwnScheme != 0
	c.Result.ClientAuth.Sent = state.OwnScheme != 0
	c.traced = d.trace.Connection()
	c.traced.Result, _ = json.Marshal(c.Result) //nolint:errcheck // plain data
	c.Messages = ladder.Messages(c.lines)
	for _, der := range state.PeerChain {
		if cert, err := x509.ParseCertificate(der); err == nil && !state.Resumed {
			c.chain = append(c.chain, text.Clean(cert.Subject.String()))
		}
	}
	return d.compare()
}

// compare checks that both sides ended with the same secrets, and that the
// data arrived.
func (d *dialogue) compare() error {
	mine, err := d.client.Export(demoLabel, nil, 16)
	if err != nil {
		return err
	}
	theirs, err := d.server.Export(demoLabel, nil, 16)
	if err != nil {
		return err
	}
	if !bytes.Equal(mine, theirs) || !bytes.Contains(d.got[ladder.ToServer], []byte(demoPing)) || !bytes.Contains(d.got[ladder.ToClient], []byte(demoPong)) {
		return errors.New("what one side sent is not what the other received")
	}
	d.conn.Exporter = hex.EncodeToString(mine)
	return nil
}

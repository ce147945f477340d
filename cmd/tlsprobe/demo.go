package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/ladder"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/offer"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/seed"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/trace"
)

const demoHelp = `
A client and a server talk in this process, over byte slices: no network, no
files, nothing to set up. What is shown is read off the bytes between them.

  tlsprobe demo                    a handshake of TLS 1.3
  tlsprobe demo --resume           and a second one, with a ticket and early data
  tlsprobe demo --client-cert      both sides prove themselves
  tlsprobe demo --force-hrr        the server asks for another key share
  tlsprobe demo --max-version 1.2  the same in TLS 1.2
  tlsprobe demo --seed 01          the same bytes every time
  tlsprobe demo -o demo.html       a page with every byte explained
`

// demo is the command that needs nothing.
type demo struct {
	offer      offer.Offer
	seed       seed.Seed
	resume     bool
	clientCert bool
	forceHRR   bool
	keyUpdate  bool
	format     string
	saveTrace  string
}

func (d *demo) flags(s *flags.Set) {
	s.Switch(&d.resume, "resume", "connect a second time, with a ticket and early data")
	s.Switch(&d.clientCert, "client-cert", "the server wants a client certificate, and gets one")
	s.Switch(&d.forceHRR, "force-hrr", "the client guesses no key share, so that the server must ask")
	s.Switch(&d.keyUpdate, "key-update", "change the keys after the first data (TLS 1.3)")
	s.Choice(&d.format, "format", []string{"text", "json", "html"}, "form of the answer (text; -o NAME.html implies html)")
	s.File(&d.saveTrace, "save-trace", "write every byte, and the secrets, to FILE, for tlsprobe show")
	d.offer.Flags(s)
	addSeed(s, &d.seed)
}

// addSeed adds --seed.
func addSeed(s *flags.Set, to *seed.Seed) {
	s.Add(&flags.Flag{Name: "seed", Arg: "HEX", Help: "testing only: all randomness from this seed, and a fixed clock",
		Set: func(v string) (err error) {
			*to, err = seed.Parse(v)
			return err
		}})
}

// demoReport is what the demo has to say.
type demoReport struct {
	Schema      string           `json:"schema"`
	Tool        report.Tool      `json:"tool"`
	Exit        int              `json:"exit"`
	Connections []demoConnection `json:"connections"`
}

type demoConnection struct {
	Result   report.Result    `json:"result"`
	Messages []report.Message `json:"messages"`
	Bytes    demoBytes        `json:"bytes"`
	Exporter string           `json:"exporter"` // the same on both sides
	Took     int64            `json:"handshake_us"`

	lines  []ladder.Line
	chain  []string
	traced *trace.Connection
}

type demoBytes struct {
	ToServer int `json:"to_server"`
	ToClient int `json:"to_client"`
}

func (d *demo) run(p *probe, args []string) error {
	if len(args) > 0 {
		return fault.UsageError("argument", "demo takes no argument, got %q", args[0]).WithHint("to make a connection: `tlsprobe connect %s`", args[0])
	}
	v := view{format: d.format}
	if err := v.agrees(p); err != nil {
		return err
	}
	if err := d.offer.Resolve(); err != nil {
		return err
	}
	stage, err := d.stage(p.now)
	if err != nil {
		return err
	}
	rep := demoReport{Schema: "tlsprobe.demo/1", Tool: report.ThisTool(), Connections: []demoConnection{}}
	var session []byte
	tr := report.TraceOf()
	for id := range d.connections() {
		conn, next, err := stage.connect(session)
		if err != nil {
			return fault.New(fault.TLSFailed, "tls.illegal", "handshake", "the two sides could not agree: %v", err)
		}
		rep.Connections = append(rep.Connections, *conn)
		session = next
		conn.traced.ID = id
		tr.Connections = append(tr.Connections, conn.traced)
	}
	if d.saveTrace != "" {
		if err := saveTrace(d.saveTrace, tr); err != nil {
			return err
		}
	}
	switch v.form(p) {
	case "json":
		return p.answerJSON(rep)
	case "html":
		return v.write(p, tr)
	}
	return p.answerText(d.text(&rep, p.style()))
}

func (d *demo) connections() int {
	if d.resume {
		return 2
	}
	return 1
}

// text is the report for people.
func (d *demo) text(rep *demoReport, s text.Style) string {
	var b strings.Builder
	b.WriteString("A client and a server in one process, over byte slices. No network.\n\n")
	for i := range rep.Connections {
		if i > 0 {
			b.WriteString("\nThe second connection resumes the session of the first.\n\n")
		}
		rep.Connections[i].text(&b, s, d.seed == nil)
	}
	return b.String()
}

func (c *demoConnection) text(b *strings.Builder, s text.Style, timed bool) {
	b.WriteString(ladder.Head(s))
	for i := range c.lines {
		b.WriteString(c.lines[i].Draw(s))
	}
	b.WriteString("  " + s.Dim(ladder.Legend) + "\n\n")
	var rows report.Rows
	rows.Facts(&c.Result)
	if len(c.chain) > 0 {
		rows.Add("certificate", "valid: "+strings.Join(c.chain, ", issued by "), "", "")
	}
	rows.Add("exporter", "both sides have "+c.Exporter, "", "")
	rows.Add("bytes", fmt.Sprintf("client %s, server %s", text.Count(c.Bytes.ToServer), text.Count(c.Bytes.ToClient)), "", "")
	if timed {
		rows.Add("computed in", text.Took(time.Duration(c.Took)*time.Microsecond), "", "both sides, to the end of the handshake")
	}
	b.WriteString(rows.String())
}

package main

import (
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/trace"
)

const showHelp = `
A handshake with every byte explained: of a connection that is made now, as
connect makes it, or of files: traces (JSON), captures (pcap, pcapng; with
--keylog), or the bytes of the two directions (--c2s, --s2c).

  tlsprobe show example.com
  tlsprobe show example.com -o page.html
  tlsprobe show localhost:8443 --no-verify --message ServerHello --hex full
  tlsprobe show capture.pcapng --keylog keys.log
  tlsprobe show --c2s client.bin --s2c server.bin --keylog keys.log

The page and the trace contain the secrets of the connection, unless --redact.
`

// view is the flags that say how a trace is shown; demo has them too.
type view struct {
	format   string
	layers   []string
	message  string
	hex      string
	explain  bool
	terse    bool
	commands bool
	appData  int64
	redact   bool
}

func (v *view) flags(s *flags.Set) {
	v.appData = 256
	s.Choice(&v.format, "format", []string{"text", "json", "html"}, "form of the answer (text; -o NAME.html implies html)")
	s.List(&v.layers, "layer", "LIST", "of records,messages,fields,keys,bytes (all)")
	s.String(&v.message, "message", "NAME|N", "only this message")
	s.Choice(&v.hex, "hex", []string{"short", "full", "none"}, "how much of the bytes (short on a terminal, else full)")
	s.Switch(&v.explain, "explain", "a sentence under each field (pages have them)")
	s.Switch(&v.terse, "no-explain", "a page without them")
	s.Switch(&v.commands, "commands", "lines for bash, with openssl and xxd, that compute each value (pages have them)")
	s.Size(&v.appData, "app-data", 0, 1<<20, "bytes of application data to show (256)")
	s.Switch(&v.redact, "redact", "no secrets, no application data")
}

// show is the command of that name.
type show struct {
	peerFlags
	view
	resume   bool
	stream   int
	c2s, s2c string
	private  string
	save     string
}

func (s *show) flags(set *flags.Set) {
	s.stream = -1
	s.view.flags(set)
	set.Switch(&s.resume, "resume", "a second connection, resumed, in the same trace")
	set.Int(&s.stream, "stream", 0, 1<<20, "captures: only the connection of this number, from 0")
	set.File(&s.c2s, "c2s", "the bytes that the client sent")
	set.File(&s.s2c, "s2c", "the bytes that the server sent")
	set.File(&s.private, "private-file", "captures: ephemeral private keys, a line GROUP:HEX each; of one comes the key schedule from its start")
	set.File(&s.save, "save-trace", "write the trace to FILE too")
	s.peerFlags.flags(set, 15*time.Second)
}

func (s *show) run(p *probe, args []string) error {
	if err := s.view.check(p); err != nil {
		return err
	}
	if len(args) > 0 && !isFile(args[0]) && fileLike(args[0]) {
		return fault.InputError("file", "%s: no such file", args[0])
	}
	fromFiles := s.c2s != "" || s.s2c != "" || len(args) > 0 && isFile(args[0])
	if !fromFiles && s.private != "" {
		return fault.UsageError("conflict", "--private-file is for captures; of a connection that is made now the keys are known")
	}
	if fromFiles {
		t, err := s.files(args)
		if err != nil {
			return err
		}
		return s.conclude(p, t, nil)
	}
	s.offer.Foreign, s.traced = true, true
	if err := s.prepare(p, "show", args); err != nil {
		return err
	}
	if err := s.target.MustBeBare(); err != nil {
		return err
	}
	t, err := s.live(p)
	if t == nil {
		return err
	}
	return s.conclude(p, t, err)
}

// live makes the connections and returns their trace.
func (s *show) live(p *probe) (*trace.Trace, error) {
	t := report.TraceOf()
	var session []byte
	for n := 0; n == 0 || n == 1 && s.resume; n++ {
		l, err := s.open(p, session, nil)
		if l == nil {
			if n == 0 {
				return nil, err
			}
			return t, err
		}
		if err == nil {
			err = l.finish()
		}
		t.Connections = append(t.Connections, s.connection(l, n))
		if interrupted(err) {
			t.Connections[n].Notes = append(t.Connections[n].Notes, "incomplete: "+err.Error())
		}
		l.close()
		if err != nil {
			return t, err
		}
		if len(l.tls.Sessions) > 0 {
			session = l.tls.Sessions[len(l.tls.Sessions)-1]
		} else if s.resume && n == 0 {
			return t, fault.New(fault.CheckFailed, "resume.no_ticket", "handshake", "not resumed: the server sent no ticket")
		}
	}
	return t, nil
}

// connection is the trace of one connection, with what was agreed.
func (s *show) connection(l *link, id int) *trace.Connection {
	c := l.trace.Connection()
	c.ID = id
	c.Target, _ = json.Marshal(report.TargetOf(s.target, l.conn.Address, l.sni)) //nolint:errcheck // plain data
	c.Result, _ = json.Marshal(l.result())                                       //nolint:errcheck // plain data
	return c
}

// conclude writes the trace, and says what went wrong.
func (s *show) conclude(p *probe, t *trace.Trace, err error) error {
	if s.redact {
		t.Redact()
	}
	if s.save != "" {
		if err := saveTrace(s.save, t); err != nil {
			return err
		}
	}
	if writing := s.view.write(p, t); writing != nil {
		return writing
	}
	if err == nil {
		return nil
	}
	f := fault.Of(err)
	if f.Target == "" && s.target != nil {
		f.Target = s.target.Input
	}
	f.Reported = true
	return f
}

// saveTrace writes a trace for its owner's eyes: it holds secrets.
func saveTrace(name string, t *trace.Trace) error {
	b, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		return err
	}
	return writeFile(name, append(b, '\n'), 0o600)
}

// write writes a trace in the form that the flags say.
func (v *view) write(p *probe, t *trace.Trace) error {
	switch v.form(p) {
	case "json":
		return p.answerJSON(t)
	case "html":
		var b strings.Builder
		if err := v.hasMessage(t); err != nil {
			return err
		}
		if err := trace.HTML(&b, t, trace.PageOptions{Message: v.message, AppData: v.most(), Terse: v.terse}); err != nil {
			return err
		}
		return p.answer([]byte(b.String()))
	}
	o, err := v.options(p)
	if err != nil {
		return err
	}
	if err := v.hasMessage(t); err != nil {
		return err
	}
	var b strings.Builder
	if err := trace.Text(&b, t, o); err != nil {
		return err
	}
	return p.answer([]byte(b.String()))
}

func (v *view) form(p *probe) string {
	switch {
	case p.json:
		return "json"
	case v.format != "":
		return v.format
	case strings.HasSuffix(p.output, ".html"):
		return "html"
	}
	return "text"
}

var layers = map[string]trace.Layer{
	"records": trace.Records, "messages": trace.Messages, "fields": trace.Fields, "keys": trace.Keys, "bytes": trace.Bytes,
}

func (v *view) options(p *probe) (o trace.TextOptions, err error) {
	style := p.style()
	o = trace.TextOptions{Message: v.message, Explain: v.explain, Commands: v.commands, AppData: v.most(), ASCII: style.ASCII, Color: style.Color}
	for _, name := range v.layers {
		if layers[name] == 0 {
			return o, fault.UsageError("value", "--layer %s: want records, messages, fields, keys or bytes", name)
		}
		o.Layers |= layers[name]
	}
	switch {
	case v.hex == "none":
		o.Hex = trace.NoHex
	case v.hex == "full", v.hex == "" && !p.onTerminal():
		o.Hex = trace.FullHex
	}
	return o, nil
}

// agrees holds --format to --json.
func (v *view) agrees(p *probe) error {
	if p.json && v.format != "" && v.format != "json" {
		return fault.UsageError("conflict", "--json and --format %s disagree", v.format)
	}
	return nil
}

// check refuses flags that contradict each other, or the form of the answer.
func (v *view) check(p *probe) error {
	if err := v.agrees(p); err != nil {
		return err
	}
	if v.explain && v.terse {
		return fault.UsageError("conflict", "--explain and --no-explain")
	}
	form := v.form(p)
	for _, f := range []struct {
		name  string
		given bool
		forms string
	}{
		{"layer", v.layers != nil, "text"}, {"hex", v.hex != "", "text"}, {"no-explain", v.terse, "html text"}, {"message", v.message != "", "text html"},
	} {
		if f.given && !strings.Contains(f.forms, form) {
			return fault.UsageError("conflict", "--%s is for %s, and the answer is %s", f.name, strings.Fields(f.forms)[0], form)
		}
	}
	_, err := v.options(p)
	return err
}

// most is how much application data is shown; none is not the default.
func (v *view) most() int {
	if v.appData == 0 {
		return -1
	}
	return int(v.appData)
}

// fileLike reports whether a name is rather that of a file than of a host.
func fileLike(name string) bool {
	switch filepath.Ext(name) {
	case ".pcap", ".pcapng", ".cap", ".json", ".bin", ".log":
		return true
	}
	return strings.HasPrefix(name, "./") || strings.HasPrefix(name, "/")
}

// hasMessage refuses a --message that is not there.
func (v *view) hasMessage(t *trace.Trace) error {
	if v.message == "" {
		return nil
	}
	for _, c := range t.Connections {
		for i := range c.Messages {
			if strings.EqualFold(c.Messages[i].Name, v.message) || strconv.Itoa(c.Messages[i].ID) == v.message {
				return nil
			}
		}
	}
	return fault.UsageError("value", "--message %s: there is no such message", v.message).WithHint("the messages are %s", strings.Join(messageNames(t), ", "))
}

func messageNames(t *trace.Trace) (names []string) {
	for _, c := range t.Connections {
		for i := range c.Messages {
			names = append(names, c.Messages[i].Name)
		}
	}
	return names
}

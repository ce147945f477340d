package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/compare"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
)

const diffHelp = `
What changed between two JSON documents of the same kind: added (+), removed (-)
or changed (~), by path. What changes every time (times, counts, addresses) is
left out. One of the two may be - for stdin. The exit code is 1 if something
changed.

  tlsprobe connect example.com --json > old.json
  tlsprobe connect example.com --json | tlsprobe diff old.json -
`

// maxReport is how long a document may be, in bytes.
const maxReport = 64 << 20

// majorVersion is that of all documents so far.
const majorVersion = "1"

// diff is the command of that name.
type diff struct{}

func (*diff) flags(*flags.Set) {}

// diffReport is its answer.
type diffReport struct {
	Schema  string           `json:"schema"`
	Tool    report.Tool      `json:"tool"`
	Of      string           `json:"of"`
	Exit    int              `json:"exit"`
	Changes []compare.Change `json:"changes"`
}

func (*diff) run(p *probe, args []string) error {
	if len(args) != 2 || args[0] == "-" && args[1] == "-" {
		return fault.UsageError("argument", "diff needs two files, of which one may be -")
	}
	old, oldKind, err := p.document(args[0])
	if err != nil {
		return err
	}
	fresh, kind, err := p.document(args[1])
	if err != nil {
		return err
	}
	if kind != oldKind {
		return fault.InputError("schema", "%s is %s, and %s is %s", args[0], text.Clean(oldKind), args[1], text.Clean(kind)).
			WithHint("two documents of the same kind can be compared")
	}
	rep := diffReport{Schema: "tlsprobe.diff/1", Tool: report.ThisTool(), Of: kind, Changes: compare.Documents(kind, old, fresh)}
	if len(rep.Changes) > 0 {
		rep.Exit = fault.CheckFailed
	}
	if p.json {
		err = p.answerJSON(rep)
	} else {
		err = p.answerText(rep.text(p.style()))
	}
	if err != nil || rep.Exit == 0 {
		return err
	}
	f := fault.New(fault.CheckFailed, "diff.changed", "data", "%s", text.Plural(len(rep.Changes), "change"))
	f.Reported = true
	return f
}

// document reads a JSON document of this program's.
func (p *probe) document(name string) (doc any, kind string, err error) {
	var b []byte
	if name == "-" {
		b, err = p.readStdin(maxReport)
	} else {
		b, err = pki.ReadFile(name, maxReport)
	}
	if err != nil {
		return nil, "", err
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, "", fault.InputError("json", "%s is not JSON: byte %d: %v", name, syntax.Offset, err)
		}
		return nil, "", fault.InputError("json", "%s is not JSON: %v", name, err)
	}
	o, _ := doc.(map[string]any)
	kind, _ = o["schema"].(string)
	if !strings.HasPrefix(kind, "tlsprobe.") {
		return nil, "", fault.InputError("schema", "%s is no document of tlsprobe: its \"schema\" is missing", name)
	}
	if _, major, _ := strings.Cut(kind, "/"); major != majorVersion {
		return nil, "", fault.InputError("schema", "%s is %s, and documents are understood up to /%s", name, text.Clean(kind), majorVersion).
			WithHint("a newer tlsprobe may have made it")
	}
	return doc, kind, nil
}

func (r *diffReport) text(s text.Style) string {
	var b strings.Builder
	for _, c := range r.Changes {
		switch c.Op {
		case "+":
			fmt.Fprintf(&b, "%s %s  %s\n", s.Good("+"), text.Clean(c.Path), shortValue(c.New))
		case "-":
			fmt.Fprintf(&b, "%s %s  %s\n", s.Bad("-"), text.Clean(c.Path), shortValue(c.Old))
		default:
			fmt.Fprintf(&b, "%s %s  %s → %s\n", s.Warn("~"), text.Clean(c.Path), shortValue(c.Old), shortValue(c.New))
		}
	}
	return b.String()
}

// shortValue is a value in a few letters: the name of a code point, text as it
// is, the rest as JSON.
func shortValue(v any) string {
	const most = 100
	if o, ok := v.(map[string]any); ok {
		if name, ok := o["name"].(string); ok && o["hex"] != nil {
			return text.Clean(name)
		}
	}
	if s, ok := v.(string); ok {
		return text.Bytes([]byte(s), most)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return text.Bytes(b, most)
}

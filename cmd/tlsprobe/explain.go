package main

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/internal/registry"
	"github.com/tlsengine/tlsengine/trace"
)

const explainHelp = `
An offline dictionary of TLS: names and numbers of cipher suites, groups,
signature schemes, extensions, alerts, messages and what else has a registry.
OpenSSL's and GnuTLS's names are found too. A number alone is looked up in
every registry; with a kind before it, in one.

  tlsprobe explain 0x1301
  tlsprobe explain ECDHE-RSA-AES128-GCM-SHA256
  tlsprobe explain X25519MLKEM768
  tlsprobe explain alert 40
  tlsprobe explain ext 51
  tlsprobe explain hex 160301…      records or messages, byte by byte; - is stdin

`

// maxHex is how much hex is explained, in letters.
const maxHex = 2 << 20

// explain is the command of that name.
type explain struct {
	full bool
}

func (e *explain) flags(s *flags.Set) {
	s.Switch(&e.full, "full", "hex: show every byte, however many")
}

func (e *explain) run(p *probe, args []string) error {
	switch {
	case len(args) == 0:
		return fault.UsageError("argument", "explain needs a name or a number").WithHint("as in `tlsprobe explain 0x1301`, `tlsprobe explain alert 40`")
	case args[0] == "hex":
		return e.hex(p, args[1:])
	case len(args) == 1:
		return e.word(p, registry.Tables(), args[0])
	}
	t := registry.TableOf(kindOf(args[0]))
	if t == nil {
		return fault.UsageError("argument", "unknown kind %q", args[0]).WithHint("the kinds are %s, hex", strings.Join(kinds(), ", "))
	}
	return e.word(p, []*registry.Table{t}, strings.Join(args[1:], " "))
}

// kindOf is the key of a registry by other names of it.
func kindOf(word string) string {
	switch word = strings.ToLower(word); word {
	case "extension":
		return "ext"
	case "cipher", "ciphersuite":
		return "suite"
	case "curve":
		return "group"
	case "scheme":
		return "sigalg"
	case "msg", "handshake":
		return "message"
	case "record":
		return "content"
	}
	return word
}

func kinds() (keys []string) {
	for _, t := range registry.Tables() {
		keys = append(keys, t.Key)
	}
	return keys
}

// word explains a name or a number.
func (e *explain) word(p *probe, tables []*registry.Table, word string) error {
	rep := report.Explain{Schema: "tlsprobe.explain/1", Tool: report.ThisTool(), Word: word, Entries: []report.Entry{}}
	for _, t := range tables {
		if entry, ok := t.Find(word); ok && (entry.Name != "" || len(tables) == 1) {
			rep.Entries = append(rep.Entries, report.EntryOf(t, entry))
		}
	}
	if len(rep.Entries) == 0 {
		return fault.UsageError("argument", "nothing is called %q", word).WithHint("the nearest are %s", strings.Join(nearest(tables, word), ", "))
	}
	if p.json {
		return p.answerJSON(rep)
	}
	return p.answerText(rep.Text(p.style()))
}

// nearest are the three names most like the word, of all tables.
func nearest(tables []*registry.Table, word string) []string {
	var names []string
	for _, t := range tables {
		for _, entry := range t.Nearest(word, 3) {
			names = append(names, entry.Name)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return flags.Distance(strings.ToLower(word), strings.ToLower(a)) - flags.Distance(strings.ToLower(word), strings.ToLower(b))
	})
	return slices.Compact(names)[:min(3, len(names))]
}

// hex dissects bytes.
func (e *explain) hex(p *probe, args []string) error {
	in := strings.Join(args, "")
	if in == "-" {
		b, err := p.readStdin(maxHex)
		if err != nil {
			return err
		}
		in = string(b)
	}
	if in == "" {
		return fault.UsageError("argument", "explain hex needs bytes").WithHint("in hex, or - for stdin")
	}
	b, err := parseHex(in)
	if err != nil {
		return err
	}
	tree := dissect.Any(b)
	if p.json {
		return p.answerJSON(report.Dissect{Schema: "tlsprobe.dissect/1", Tool: report.ThisTool(), Length: len(b), Field: tree})
	}
	form := trace.ShortHex
	if e.full {
		form = trace.FullHex
	}
	var out strings.Builder
	style := p.style()
	trace.TextTree(&out, &tree, b, trace.TextOptions{Hex: form, Color: style.Color, ASCII: style.ASCII, Explain: p.verbose > 0}) //nolint:errcheck // a Builder takes all
	return p.answerText(out.String())
}

// parseHex reads hex as people paste it: blanks, colons, commas, 0x, and lines
// are allowed.
func parseHex(s string) ([]byte, error) {
	if len(s) > maxHex {
		return nil, fault.InputError("hex", "more than %d letters of hex", maxHex)
	}
	s = strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "", ":", "", ",", "", "0x", "", "0X", "", `\x`, "").Replace(s)
	b, err := hex.DecodeString(s)
	if err != nil {
		if at := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); at >= 0 {
			r, _ := utf8.DecodeRuneInString(s[at:])
			return nil, fault.InputError("hex", "not hex: %q, behind %s", r, text.Plural(at, "letter"))
		}
		return nil, fault.InputError("hex", "not hex: half a byte is left at the end of %s", text.Plural(len(s), "letter"))
	}
	return b, nil
}

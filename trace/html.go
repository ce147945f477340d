package trace

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine/dissect"
)

//go:embed page
var pageFiles embed.FS

// HTML writes a trace as one page that needs nothing else: no request goes out
// from it, and it can be read without JavaScript. All that peers chose is
// escaped.
func HTML(w io.Writer, t *Trace) error {
	view, err := newPage(t)
	if err != nil {
		return err
	}
	tmpl, err := template.ParseFS(pageFiles, "page/page.html")
	if err != nil {
		return err
	}
	return tmpl.Execute(w, view)
}

// The page is a tree of these, which page.html walks.
type (
	page struct {
		Title, Policy string
		Style         template.CSS
		Script        template.JS
		Secrets       bool
		Connections   []connectionView
		Words         []wordView
		Data          any
	}
	connectionView struct {
		ID, Heading string
		Summary     [][2]string
		Notes       []string
		Ladder      ladderView
		Cards       []card
	}
	ladderView struct {
		Height int
		Arrows []arrow
	}
	arrow struct {
		Card, Label, Class, Head string
		From, To, Y, TextY       int
	}
	card struct {
		ID, Class, Mark, Title, Sub, Text string
		Blocks                            []block
		Rows                              []secretView
	}
	block struct {
		ID, Title, Text, Class, Transcript string
		Spans                              []spanView
		Fields                             []fieldView
	}
	spanView  struct{ Field, Hex string }
	fieldView struct {
		ID, Label, Value, Reason, Meaning, Ref, Word, Fold string
		Fields                                             []fieldView
	}
	secretView struct {
		ID, Label, Out, Command string
		How                     []linkView
	}
	linkView struct{ Text, Href string }
	wordView struct {
		Kind, Label, Meaning, Ref string
	}
)

// A composer makes the page.
type composer struct {
	c      *Connection
	prefix string // of ids, where there are several connections
	words  map[dissect.Kind]bool
}

func newPage(t *Trace) (*page, error) {
	style, err := pageFiles.ReadFile("page/page.css")
	if err != nil {
		return nil, err
	}
	script, err := pageFiles.ReadFile("page/page.js")
	if err != nil {
		return nil, err
	}
	p := &page{Title: "TLS, byte by byte", Style: template.CSS(style), Script: template.JS(script), Secrets: t.Secrets, //nolint:gosec // our own files
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'", integrity(style), integrity(script))}
	words := map[dissect.Kind]bool{}
	var results []json.RawMessage
	for i, c := range t.Connections {
		m := &composer{c: c, words: words}
		if len(t.Connections) > 1 {
			m.prefix = "c" + strconv.Itoa(i) + "-"
		}
		v := m.connection()
		p.Connections = append(p.Connections, v)
		results = append(results, c.Result)
		if s := Summarize(c); i == 0 && s != nil && s.SNI != "" {
			p.Title += ": " + escape(s.SNI)
		}
	}
	for kind := range words {
		info := kind.Info()
		p.Words = append(p.Words, wordView{string(kind), info.Label, info.Meaning, info.Ref})
	}
	slices.SortFunc(p.Words, func(a, b wordView) int { return strings.Compare(a.Label+a.Kind, b.Label+b.Kind) })
	p.Data = map[string]any{"schema": t.Schema, "secrets": t.Secrets, "results": results}
	return p, nil
}

// integrity is the hash of a style or script for the content security policy.
func integrity(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (m *composer) connection() connectionView {
	v := connectionView{ID: m.prefix + "connection"}
	if m.prefix != "" {
		v.Heading = fmt.Sprintf("Connection %d", m.c.ID)
	}
	v.Summary = m.summary()
	for _, n := range m.c.Notes {
		v.Notes = append(v.Notes, escape(n))
	}
	var keys []string
	block := 0
	flush := func() {
		if len(keys) > 0 {
			block++
			v.Cards = append(v.Cards, m.keysCard(block, keys))
			keys = nil
		}
	}
	for i, e := range m.c.Events {
		switch e.Kind {
		case "keys":
			keys = append(keys, refString(e.Ref))
			continue
		case "key_exchange":
			if n, err := strconv.Atoi(string(e.Ref)); err == nil && n >= 0 && n < len(m.c.KeyExchanges) {
				flush()
				v.Cards = append(v.Cards, m.exchangeCard(&m.c.KeyExchanges[n]))
			}
			continue
		}
		flush()
		p := printer{c: m.c}
		switch e.Kind {
		case "record":
			if n, err := strconv.Atoi(string(e.Ref)); err == nil && n >= 1 && n <= len(m.c.Records) {
				v.Cards = append(v.Cards, m.recordCard(&m.c.Records[n-1], p.followers(i)))
			}
		case "message":
			if msg := p.message(e); msg != nil && len(msg.At) > 0 && !p.fromRecords(msg) {
				v.Cards = append(v.Cards, m.messageCard(msg))
			}
		}
	}
	flush()
	v.Ladder = ladder(v.Cards)
	return v
}

func (m *composer) summary() [][2]string {
	s := Summarize(m.c)
	if s == nil {
		return nil
	}
	rows := [][2]string{{"version", s.Version.String()}, {"cipher suite", s.Suite.String()}, {"key exchange", s.Group.String()}, {"signature", s.Signature.String()},
		{"server name", escape(s.SNI)}, {"protocol", escape(s.ALPN)}, {"alert", escape(s.Alert)}}
	if s.HRR {
		rows = append(rows, [2]string{"hello", "asked to retry"})
	}
	if s.Resumed {
		rows = append(rows, [2]string{"session", "resumed"})
	}
	rows = append(rows, [2]string{"records", fmt.Sprint(len(m.c.Records))}, [2]string{"messages", fmt.Sprint(len(m.c.Messages))})
	return slices.DeleteFunc(rows, func(r [2]string) bool { return r[1] == "" })
}

// ladder draws the cards of records and messages between two lines.
func ladder(cards []card) ladderView {
	const left, right, step = 110, 530, 30
	v := ladderView{Height: 34}
	for _, c := range cards {
		if c.Class == "keys" {
			continue
		}
		y := v.Height + 18
		a := arrow{Card: c.ID, Label: c.Title, Class: c.Class, From: left, To: right, Y: y, TextY: y - 5, Head: fmt.Sprintf("M%d %d l-9 -4 v8 z", right, y)}
		if c.Class == S2C {
			a.From, a.To, a.Head = right, left, fmt.Sprintf("M%d %d l9 -4 v8 z", left, y)
		}
		if len(a.Label) > 60 {
			a.Label = strings.ToValidUTF8(a.Label[:57], "") + "…"
		}
		v.Arrows = append(v.Arrows, a)
		v.Height += step
	}
	v.Height += 14
	return v
}

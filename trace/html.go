package trace

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/tlsengine/tlsengine/dissect"
)

//go:embed page
var pageFiles embed.FS

// PageOptions says what of a trace is on a page. The zero PageOptions is all,
// but for long application data.
type PageOptions struct {
	Message string // only records with this message, by name or number; "" for all
	AppData int    // bytes of application data of one record; 0 is 256, less is none
	Terse   bool   // explanations are there, but not seen at first
	Nav     []Link // to pages beside this one; a page in a file has none
}

// Link is a link to a page.
type Link struct{ Text, Href string }

// HTML writes a trace as one page that needs nothing else: no request goes out
// from it, and it can be read without JavaScript. All that peers chose is
// escaped.
func HTML(w io.Writer, t *Trace, o PageOptions) error {
	view, err := newPage(t, o)
	if err != nil {
		return err
	}
	var page pageWriter
	if err := page.page(view); err != nil {
		return err
	}
	_, err = io.WriteString(w, page.String())
	return err
}

// The page is a tree of these, which html_write.go walks.
type (
	page struct {
		Title, Policy string
		Style, Script []byte
		Secrets       bool // they were not taken out
		Bare          bool // there are none
		Terse         bool
		Nav           []Link
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
		ID     string
		Height int
		Steps  []step
	}
	step struct {
		Card, Label, Class, Head, When, Size string
		From, To, Y, TextY, Lock             int // Lock is where the lock is, or 0
	}
	card struct {
		ID, Class, Mark, Title, Sub, Meaning string
		When, Size                           string
		Locked                               bool
		Blocks                               []block
		Rows                                 []secretView
	}
	block struct {
		ID, Title, Note, Class        string
		Words                         *wordView // what the message is for
		How                           []linkView
		Command                       string // behind How
		Transcript, Hash, HashCommand string
		Text                          string // application data
		Offsets                       string // of the lines of bytes
		Spans                         []spanView
		Fields                        []fieldView
	}
	spanView  struct{ Field, Hex, After string } // After is a blank or the end of the line
	fieldView struct {
		ID, Off, Hex, Size, Label, Value, Reason, Meaning, Ref, Word, Fold string
		Fields                                                             []fieldView
	}
	secretView struct {
		ID, Label, Out, Meaning, Command string
		How                              []linkView
	}
	linkView struct{ Text, Href string }
	wordView struct {
		Kind, Label, Meaning, Ref string
	}
)

// A composer makes the page.
type composer struct {
	c       *Connection
	o       PageOptions
	secrets bool   // they were not taken out
	prefix  string // of ids, where there are several connections
	words   map[dissect.Kind]bool
	made    map[int]bool // key exchanges whose own keys were shown
}

func newPage(t *Trace, o PageOptions) (*page, error) {
	o.AppData = dataShown(o.AppData)
	style, err := pageFiles.ReadFile("page/page.css")
	if err != nil {
		return nil, err
	}
	script, err := pageFiles.ReadFile("page/page.js")
	if err != nil {
		return nil, err
	}
	p := &page{Title: "TLS, byte by byte", Style: style, Script: script, Secrets: t.Secrets, Terse: o.Terse, Nav: slices.Clone(o.Nav),
		Policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'", integrity(style), integrity(script))}
	p.Bare = !slices.ContainsFunc(t.Connections, func(c *Connection) bool { return len(c.Secrets)+len(c.KeyExchanges) > 0 })
	words := map[dissect.Kind]bool{}
	var results []json.RawMessage
	for i, c := range t.Connections {
		m := &composer{c: c, o: o, secrets: t.Secrets, words: words, made: map[int]bool{}}
		if len(t.Connections) > 1 {
			m.prefix = "c" + strconv.Itoa(i) + "-"
		}
		v := m.connection()
		p.Connections = append(p.Connections, v)
		if m.prefix != "" {
			p.Nav = append(p.Nav, Link{v.Heading, "#" + v.ID})
		}
		results = append(results, c.Result)
		if s := Summarize(c); i == 0 && s != nil && s.SNI != "" {
			p.Title += ": " + escape(s.SNI)
		}
	}
	for kind, used := range words {
		if !used {
			continue
		}
		info := kind.Info()
		p.Words = append(p.Words, wordView{string(kind), info.Label, info.Meaning, info.Ref})
	}
	slices.SortFunc(p.Words, func(a, b wordView) int {
		return cmp.Or(strings.Compare(a.Label, b.Label), strings.Compare(a.Kind, b.Kind))
	})
	for i := 1; i < len(p.Words); i++ {
		if w := &p.Words[i]; w.Label == kindLabel(p.Words[i-1].Kind) {
			w.Label += " (" + w.Kind + ")" // two words that are spelled the same
		}
	}
	p.Data = map[string]any{"schema": t.Schema, "secrets": t.Secrets, "results": results}
	return p, nil
}

func kindLabel(kind string) string { return dissect.Kind(kind).Info().Label }

// integrity is the hash of a style or script for the content security policy.
func integrity(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func (m *composer) connection() connectionView {
	v := connectionView{ID: m.prefix + "connection", Heading: "The connection"}
	if m.prefix != "" {
		v.Heading = fmt.Sprintf("Connection %d", m.c.ID)
		if s := Summarize(m.c); s != nil && s.Resumed {
			v.Heading += ", resumed"
		}
	}
	v.Summary = m.summary()
	for _, n := range m.c.Notes {
		v.Notes = append(v.Notes, escape(n))
	}
	v.Cards = m.cards()
	v.Ladder = ladder(m.prefix+"ladder", v.Cards)
	return v
}

// cards are the events of a connection, secrets that came together in one.
func (m *composer) cards() (cards []card) {
	var keys []string
	block := 0
	flush := func() {
		if len(keys) > 0 && m.o.Message == "" {
			block++
			cards = append(cards, m.keysCard(block, keys))
		}
		keys = nil
	}
	for i, e := range m.c.Events {
		n, err := strconv.Atoi(string(e.Ref))
		switch {
		case e.Kind == "keys":
			keys = append(keys, refString(e.Ref))
			continue
		case e.Kind == "key_exchange" && err == nil && n >= 0 && n < len(m.c.KeyExchanges) && m.o.Message == "":
			flush()
			cards = append(cards, m.exchangeCards(&m.c.KeyExchanges[n])...)
			continue
		}
		flush()
		p := printer{c: m.c}
		switch {
		case e.Kind == "record" && err == nil && n >= 1 && n <= len(m.c.Records):
			if messages := p.followers(i); m.wanted(messages...) {
				cards = append(append(cards, m.pairCards(messages...)...), m.recordCard(&m.c.Records[n-1], messages))
			}
		case e.Kind == "message":
			if msg := p.message(e); msg != nil && len(msg.At) > 0 && !p.fromRecords(msg) && m.wanted(msg) {
				cards = append(append(cards, m.pairCards(msg)...), m.messageCard(msg))
			}
		}
	}
	flush()
	return cards
}

// wanted reports whether one of the messages is asked for.
func (m *composer) wanted(messages ...*Message) bool {
	return m.o.Message == "" || slices.ContainsFunc(messages, func(msg *Message) bool { return msg.is(m.o.Message) })
}

func (m *composer) summary() [][2]string {
	s := Summarize(m.c)
	if s == nil {
		return nil
	}
	group := s.Group.String()
	if strings.Contains(group, "MLKEM") {
		group += " (hybrid, post-quantum)"
	}
	rows := [][2]string{{"version", s.Version.String()}, {"cipher suite", s.Suite.String()}, {"key exchange", group}, {"signature", s.Signature.String()},
		{"server name", escape(s.SNI)}, {"protocol", escape(s.ALPN)}, {"alert", escape(s.Alert)}}
	if s.HRR {
		rows = append(rows, [2]string{"hello", "asked to retry"})
	}
	if s.Resumed {
		rows = append(rows, [2]string{"session", "resumed"})
	}
	rows = append(rows, [2]string{"on the wire", m.traffic()}, [2]string{"records", fmt.Sprintf("%d, with %s", len(m.c.Records), plural(len(m.c.Messages), "message"))}, [2]string{"encrypted", m.opened()})
	return slices.DeleteFunc(rows, func(r [2]string) bool { return r[1] == "" })
}

// traffic is how much was said.
func (m *composer) traffic() string {
	sent := map[string]int{}
	for i := range m.c.Records {
		sent[m.c.Records[i].Dir] += m.c.Records[i].At.Len
	}
	return fmt.Sprintf("client %s, server %s", byteCount(sent[C2S]), byteCount(sent[S2C]))
}

// opened is how many protected records can be read.
func (m *composer) opened() string {
	protected, opened := 0, 0
	for i := range m.c.Records {
		if r := &m.c.Records[i]; r.Protected {
			protected++
			if r.Inner != nil {
				opened++
			}
		}
	}
	switch {
	case protected == 0:
		return ""
	case opened == protected:
		return plural(protected, "record") + ", all of them decrypted here"
	case opened == 0:
		return plural(protected, "record") + ", none of them decrypted here: there is no key"
	}
	return fmt.Sprintf("%s, %d of them decrypted here", plural(protected, "record"), opened)
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// ladder draws the cards between two lines: an arrow for a record, a dotted
// line for keys.
func ladder(id string, cards []card) ladderView {
	const left, right, row = 100, 620, 28
	v := ladderView{ID: id, Height: 34}
	for _, c := range cards {
		y := v.Height + 18
		s := step{Card: c.ID, Label: c.Title, Class: c.Class, From: left, To: right, Y: y, TextY: y - 5, When: c.When, Size: c.Size}
		switch {
		case c.Class == C2S:
			s.Head = fmt.Sprintf("M%d %dl-9-4v8z", right, y)
		case c.Class == S2C:
			s.From, s.To, s.Head = right, left, fmt.Sprintf("M%d %dl9-4v8z", left, y)
		}
		if c.Locked {
			s.Lock = map[string]int{C2S: left + 10, S2C: right - 20}[c.Class]
		}
		if r := []rune(s.Label); len(r) > 62 {
			s.Label = string(r[:61]) + "…"
		}
		v.Steps = append(v.Steps, s)
		v.Height += row
	}
	v.Height += 14
	return v
}

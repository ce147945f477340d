package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/internal/registry"
)

// Rows is a table of facts: label, value, code point, note.
type Rows struct {
	rows [][4]string
}

// Add puts a row in.
func (r *Rows) Add(label, value, code, note string) {
	r.rows = append(r.rows, [4]string{label, value, code, note})
}

// Code puts a row for a code point in, if there is one.
func (r *Rows) Code(label string, c *registry.Code, note string) {
	if c == nil {
		return
	}
	if c.Name == nil {
		r.Add(label, "unassigned", c.Hex, note)
		return
	}
	r.Add(label, *c.Name, c.Hex, note)
}

// narrow is how wide the values' column is at least.
const narrow = 31

// String is the table. Values that have nothing behind them may be longer than
// their column.
func (r *Rows) String() string {
	width := narrow
	for _, row := range r.rows {
		if row[2] != "" {
			width = max(width, utf8.RuneCountInString(row[1]))
		}
	}
	var b strings.Builder
	for _, row := range r.rows {
		line := fmt.Sprintf("  %-12s  %-*s  %-7s  %s", row[0], width, row[1], row[2], row[3])
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// Facts are the rows about what was negotiated.
func (r *Rows) Facts(res *Result) {
	version := ""
	if res.Version != nil && res.Version.ID == 0x0303 && !res.EMS {
		version = "without extended master secret"
	}
	r.Code("version", res.Version, version)
	r.Code("cipher suite", res.Suite, "")
	if res.Group != nil {
		r.Code("key exchange", res.Group, Quantum(res.Group))
	}
	if res.HRR {
		r.Add("", "after a HelloRetryRequest", "", "")
	}
	if !res.Resumed {
		r.Code("signature", res.Signature, "")
	}
	if res.ALPN != nil {
		r.Add("ALPN", text.Clean(*res.ALPN), "", "")
	}
	if res.Resumed || res.Session.Tickets != nil {
		r.Add("resumption", res.resumption(), "", "")
	}
	switch {
	case res.EarlyData != EarlyNotOffered:
		r.Add("early data", res.EarlyData, "", res.EarlyWhy)
	case strings.HasPrefix(res.EarlyWhy, "not sent"):
		r.Add("early data", res.EarlyWhy, "", "")
	}
	if res.ClientAuth.Requested {
		r.Add("client auth", res.clientAuth(), "", "")
	}
	if res.OCSP != nil {
		r.Add("OCSP staple", res.OCSP.Text(), "", "")
	}
}

func (res *Result) resumption() string {
	var words []string
	if res.Resumed {
		words = append(words, "resumed")
	}
	tickets := res.Session.Tickets
	if tickets == nil {
		return strings.Join(words, ", ") // a server's view
	}
	if res.Session.ID != nil {
		words = append(words, "session id")
	}
	if len(tickets) == 0 {
		return strings.Join(append(words, "no tickets"), ", ")
	}
	words = append(words, text.Plural(len(tickets), "ticket"), text.Span(time.Duration(tickets[0].Lifetime)*time.Second))
	if tickets[0].MaxEarlyData > 0 {
		words = append(words, "early data up to "+text.Count(tickets[0].MaxEarlyData)+" B")
	} else {
		words = append(words, "no early data")
	}
	return strings.Join(words, ", ")
}

func (res *Result) clientAuth() string {
	sent := "requested, none sent"
	if res.ClientAuth.Sent {
		sent = "requested, certificate sent"
	}
	if n := len(res.ClientAuth.Authorities); n > 0 {
		sent += fmt.Sprintf(" (server names %d authorities)", n)
	}
	return sent
}

// Package markup writes HTML. What stands in the source is written as it is,
// everything else is escaped: which of the two it is, its type says.
//
// It is here in place of html/template, which finds methods by their names, so
// that the linker must keep all methods there are: nearly two megabytes of a
// program.
package markup

import (
	"html"
	"strings"
)

// Literal is HTML. A constant in the source becomes one by itself; a string
// that came from elsewhere does not.
type Literal string

// Writer is a page that is being written.
type Writer struct {
	out strings.Builder
}

// Lit writes HTML.
func (w *Writer) Lit(s Literal) *Writer {
	w.out.WriteString(string(s))
	return w
}

// Text writes text, escaped for elements and for attributes in double quotes.
func (w *Writer) Text(s string) *Writer {
	w.out.WriteString(html.EscapeString(s))
	return w
}

// Wrap writes text between HTML, or nothing if there is no text.
func (w *Writer) Wrap(before Literal, s string, after Literal) *Writer {
	if s == "" {
		return w
	}
	return w.Lit(before).Text(s).Lit(after)
}

// File writes a file of the program's own: a style, a script, or JSON in which
// <, > and & are escaped.
func (w *Writer) File(b []byte) *Writer {
	w.out.Write(b)
	return w
}

// String is the page.
func (w *Writer) String() string { return w.out.String() }

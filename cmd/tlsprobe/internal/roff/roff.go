// Package roff writes manual pages in the language of man(7).
package roff

import (
	"fmt"
	"strings"
)

// Page is a manual page that is being written.
type Page struct {
	out   strings.Builder
	fresh bool // nothing stands in the section yet
}

// New starts a page of section 1, commands.
func New(name, date, source, summary string) *Page {
	p := &Page{}
	fmt.Fprintf(&p.out, ".TH %s 1 %q %q \"User Commands\"\n", Escape(strings.ToUpper(name)), date, source)
	p.Section("NAME")
	p.out.WriteString(Escape(name) + " \\- " + Escape(summary) + "\n")
	return p
}

// String is the page.
func (p *Page) String() string { return p.out.String() }

// Section starts a section.
func (p *Page) Section(title string) {
	p.Raw(".SH " + Escape(title))
	p.fresh = true
}

// paragraph starts one, where it is not the first of a section.
func (p *Page) paragraph() {
	if !p.fresh {
		p.Raw(".PP")
	}
	p.fresh = false
}

// Synopsis writes how a command is called.
func (p *Page) Synopsis(command string, rest ...string) {
	p.Section("SYNOPSIS")
	line := Bold(Escape(command))
	for _, r := range rest {
		if r != "" {
			line += " " + Escape(r)
		}
	}
	p.out.WriteString(line + "\n")
}

// Text writes paragraphs: lines with a blank line between them. Indented lines
// are left as they are, and what stands in backticks is bold.
func (p *Page) Text(text string) {
	literal, between := false, true
	for line := range strings.Lines(strings.Trim(text, "\n") + "\n") {
		line = strings.TrimRight(line, "\n")
		indented := strings.HasPrefix(line, " ")
		switch {
		case indented && !literal:
			p.paragraph()
			p.Raw(".RS 4\n.nf")
			literal = true
		case !indented && literal:
			p.out.WriteString(".fi\n.RE\n")
			literal, between = false, true
		}
		switch {
		case literal:
			p.out.WriteString(guard(Escape(strings.TrimPrefix(line, "  "))) + "\n")
		case line == "":
			between = true
		default:
			if between {
				p.paragraph()
				between = false
			}
			p.out.WriteString(guard(marked(line)) + "\n")
		}
	}
	if literal {
		p.out.WriteString(".fi\n.RE\n")
	}
}

// Item writes a term with its explanation.
func (p *Page) Item(term, text string) {
	p.out.WriteString(".TP\n" + guard(term) + "\n" + guard(marked(text)) + "\n")
}

// Raw writes lines of roff.
func (p *Page) Raw(lines string) { p.out.WriteString(lines + "\n") }

// Bold marks text that is escaped already.
func Bold(s string) string { return `\fB` + s + `\fR` }

// Italic marks text that is escaped already.
func Italic(s string) string { return `\fI` + s + `\fR` }

// marked is a line with bold for backticks.
func marked(line string) string {
	var out strings.Builder
	for i, part := range strings.Split(line, "`") {
		if i%2 == 1 {
			part = Bold(Escape(part))
		} else {
			part = Escape(part)
		}
		out.WriteString(part)
	}
	return out.String()
}

// Escape makes text safe for roff: nothing in it is a command, dashes are
// those that can be typed, and all is ASCII.
func Escape(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '\\':
			out.WriteString(`\e`)
		case r == '-':
			out.WriteString(`\-`)
		case r == '~':
			out.WriteString(`\(ti`)
		case r == '^':
			out.WriteString(`\(ha`)
		case r == '\'':
			out.WriteString(`\(aq`)
		case r == '`':
			out.WriteString(`\(ga`)
		case r > 0x7e:
			fmt.Fprintf(&out, `\[u%04X]`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// guard keeps the first letter of a line from being that of a request.
func guard(line string) string {
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + line
	}
	return line
}

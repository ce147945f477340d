package vectors

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// A File is one parsed vector file.
type File struct {
	// Name is what the caller of Parse called the file.
	Name string
	// Title is the first comment line, without its "# ".
	Title string
	// Fields is the header: everything above the first section.
	Fields Fields
	// Sections are in the order of the file.
	Sections []Section
}

// A Section is the part of a file below one "-- title --" line.
type Section struct {
	Title  string
	Line   int // of the title, from 1
	Fields Fields
}

// Fields are the fields of a header or a section, in the order of the file.
type Fields []Field

// A Field is one value of a header or a section.
type Field struct {
	Name string // empty for a value that stands alone in its section
	Text string // lines joined; hex values have no spaces between the lines
	Line int    // where the field begins, from 1
}

// Bytes decodes the field as hex. Spaces between octets are allowed.
func (f *Field) Bytes() ([]byte, error) {
	b, err := hex.DecodeString(strings.ReplaceAll(f.Text, " ", ""))
	if err != nil {
		return nil, fmt.Errorf("line %d: %q is not hex: %w", f.Line, f.Name, err)
	}
	return b, nil
}

// Get returns the first field of that name, or nil.
func (fs Fields) Get(name string) *Field {
	for i := range fs {
		if fs[i].Name == name {
			return &fs[i]
		}
	}
	return nil
}

// Text returns the text of the first field of that name, or "".
func (fs Fields) Text(name string) string {
	if f := fs.Get(name); f != nil {
		return f.Text
	}
	return ""
}

// Parse reads a vector file. name is used in errors only.
func Parse(name string, text []byte) (*File, error) {
	p := parser{file: &File{Name: name}}
	p.fields = &p.file.Fields
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		if err := p.line(n, strings.TrimRight(line, " \t\r\n")); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", name, n, err)
		}
	}
	return p.file, nil
}

// A parser knows where the next line belongs.
type parser struct {
	file   *File
	fields *Fields // of the header or of the last section
}

func (p *parser) line(n int, s string) error {
	switch {
	case s == "":
		return nil
	case strings.HasPrefix(s, "#"):
		if p.file.Title == "" {
			p.file.Title = strings.TrimSpace(s[1:])
		}
		return nil
	case strings.HasPrefix(s, "-- "):
		return p.section(n, s)
	case s[0] == ' ' || s[0] == '\t':
		return p.more(strings.TrimSpace(s))
	}
	if name, value, ok := strings.Cut(s, ":"); ok {
		return p.field(Field{Name: strings.TrimSpace(name), Text: strings.TrimSpace(value), Line: n})
	}
	if fs := *p.fields; len(fs) == 1 && fs[0].Name == "" {
		return p.more(s)
	}
	return p.field(Field{Text: s, Line: n})
}

func (p *parser) section(n int, s string) error {
	title, ok := strings.CutSuffix(s[len("-- "):], " --")
	if !ok || title == "" {
		return fmt.Errorf("section title %q does not have the form \"-- title --\"", s)
	}
	p.file.Sections = append(p.file.Sections, Section{Title: title, Line: n})
	p.fields = &p.file.Sections[len(p.file.Sections)-1].Fields
	return nil
}

func (p *parser) field(f Field) error {
	if f.Name == "" && (len(p.file.Sections) == 0 || len(*p.fields) != 0) {
		return fmt.Errorf("%q has no name", f.Text)
	}
	if p.fields.Get(f.Name) != nil {
		return fmt.Errorf("field %q appears twice", f.Name)
	}
	*p.fields = append(*p.fields, f)
	return nil
}

// more appends a continuation line to the last field.
func (p *parser) more(s string) error {
	fs := *p.fields
	if len(fs) == 0 {
		return fmt.Errorf("nothing to continue")
	}
	fs[len(fs)-1].Text += s
	return nil
}

// Append writes the file in the form Parse reads, long hex values 32 octets
// to a line.
func (f *File) Append(dst []byte) []byte {
	dst = fmt.Appendf(dst, "# %s\n", f.Title)
	dst = f.Fields.append(dst)
	for i := range f.Sections {
		dst = fmt.Appendf(dst, "-- %s --\n", f.Sections[i].Title)
		dst = f.Sections[i].Fields.append(dst)
	}
	return dst
}

func (fs Fields) append(dst []byte) []byte {
	for i := range fs {
		dst = fs[i].append(dst)
	}
	return dst
}

func (f *Field) append(dst []byte) []byte {
	const width = 64
	indent := ""
	if f.Name != "" {
		dst = append(dst, f.Name+":"...)
		indent = "  "
	}
	if _, err := hex.DecodeString(f.Text); err != nil || len(f.Text) <= width {
		if f.Name != "" && f.Text != "" {
			dst = append(dst, ' ')
		}
		return append(append(dst, f.Text...), '\n')
	}
	if f.Name != "" {
		dst = append(dst, '\n')
	}
	for s := f.Text; s != ""; {
		n := min(width, len(s))
		dst = append(append(append(dst, indent...), s[:n]...), '\n')
		s = s[n:]
	}
	return dst
}

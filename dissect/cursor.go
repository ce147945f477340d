package dissect

import (
	"fmt"
	"strconv"

	"github.com/tlsengine/tlsengine/internal/registry"
)

// A dissection is one input on its way to a tree.
type dissection struct {
	b      []byte
	ctx    Context
	fields int // made so far
}

// A cursor makes the fields of one run of bytes, front to back. A read that
// goes past the end makes the rest one unparsed leaf; after that the cursor is
// at its end and every read gives zero. So a parser reads in the order of the
// RFC's struct and never checks, and whatever it does the bytes are covered.
type cursor struct {
	*dissection
	pos, end int
	prefix   string // of the IDs of the fields made here: "extensions."
	made     []Field
	reason   string // why it stopped early
}

// root runs parse over all of b.
func root(kind Kind, b []byte, ctx Context, parse func(*cursor)) Field {
	c := &cursor{dissection: &dissection{b: b, ctx: ctx}, end: len(b)}
	parse(c)
	return c.field("", kind, 0)
}

// field closes the cursor: what is left is one leaf.
func (c *cursor) field(id string, kind Kind, start int) Field {
	if c.reason == "" && c.left() > 0 {
		c.fail(plural(c.left(), "byte") + " left over")
	}
	f := Field{ID: id, Kind: kind, Off: start, Len: c.end - start, Fields: c.made}
	if n := len(c.made); c.reason != "" && (n == 0 || c.made[n-1].Kind != Unparsed) {
		f.Reason = c.reason
	}
	return f
}

// left is how many bytes have not been read.
func (c *cursor) left() int { return c.end - c.pos }

// rest is the bytes that have not been read.
func (c *cursor) rest() []byte { return c.b[c.pos:c.end] }

// peek is the next n bytes as a number, or 0 if there are fewer.
func (c *cursor) peek(n int) uint64 {
	if c.left() < n {
		return 0
	}
	return number(c.b[c.pos : c.pos+n])
}

// fail makes everything left one unparsed leaf.
func (c *cursor) fail(reason string) {
	if c.reason != "" {
		return
	}
	c.reason = reason
	if n := c.left(); n > 0 {
		c.made = append(c.made, Field{ID: c.prefix + "unparsed", Kind: Unparsed, Off: c.pos, Len: n, Reason: reason})
	}
	c.pos = c.end
}

// take is the bytes of the next field, or nil if there are fewer than n or no
// room for a field.
func (c *cursor) take(id string, n int) []byte {
	switch {
	case c.reason != "":
		return nil
	case n > c.left():
		c.fail(fmt.Sprintf("%s wants %s, %d here", id, plural(n, "byte"), c.left()))
		return nil
	case c.fields >= MaxFields:
		c.fail("too many fields")
		return nil
	}
	c.fields++
	c.pos += n
	return c.b[c.pos-n : c.pos]
}

// leaf makes a field of n bytes; none if n is 0.
func (c *cursor) leaf(id string, kind Kind, n int, value func([]byte) Value) []byte {
	if n == 0 {
		return nil
	}
	b := c.take(id, n)
	if b == nil {
		return nil
	}
	f := Field{ID: c.prefix + id, Kind: kind, Off: c.pos - n, Len: n}
	if value != nil {
		f.Value = value(b)
	}
	c.made = append(c.made, f)
	return b
}

// last is the field made last.
func (c *cursor) last() *Field { return &c.made[len(c.made)-1] }

// uint makes a number of width bytes.
func (c *cursor) uint(id string, kind Kind, width int) uint64 {
	return number(c.leaf(id, kind, width, func(b []byte) Value { return Value{Form: Number, Num: number(b)} }))
}

// code makes a code point.
func (c *cursor) code(id string, kind Kind, t *registry.Table) uint64 {
	return number(c.leaf(id, kind, t.Width, func(b []byte) Value { return code(t, number(b)) }))
}

// bytes makes a field of n bytes that say nothing shorter.
func (c *cursor) bytes(id string, kind Kind, n int) []byte { return c.leaf(id, kind, n, nil) }

// text makes a field of n bytes of text.
func (c *cursor) text(id string, kind Kind, n int) []byte {
	return c.leaf(id, kind, n, func(b []byte) Value { return Value{Form: Text, Text: string(b)} })
}

// group makes a field of n bytes out of those that parse makes.
func (c *cursor) group(id string, kind Kind, n int, parse func(*cursor)) {
	if c.reason == "" && n == 0 {
		return
	}
	start := c.pos
	if c.take(id, n) == nil {
		return
	}
	in := &cursor{dissection: c.dissection, pos: start, end: c.pos, prefix: c.prefix + id + "."}
	parse(in)
	c.made = append(c.made, in.field(c.prefix+id, kind, start))
}

// length makes the length field of a vector: of the kind's own length kind. It
// reports false if so many bytes do not follow.
func (c *cursor) length(id string, kind Kind, width int) (n int, ok bool) {
	n = int(c.uint(id, kind+lengthSuffix, width))
	if c.reason == "" && n > c.left() {
		c.fail(fmt.Sprintf("length is %d, %s follow", n, plural(c.left(), "byte")))
	}
	return n, c.reason == ""
}

// opaque makes two fields of a vector of bytes: its length and its bytes.
func (c *cursor) opaque(id string, kind Kind, width int) []byte {
	return c.vectorOf(id, width, kind, func(n int) []byte { return c.bytes(id, kind, n) })
}

// string makes two fields of a vector of text: its length and its text.
func (c *cursor) string(id string, kind Kind, width int) []byte {
	return c.vectorOf(id, width, kind, func(n int) []byte { return c.text(id, kind, n) })
}

// inside makes two fields of a vector that holds a structure: its length and
// the group of what parse makes.
func (c *cursor) inside(id string, kind Kind, width int, parse func(*cursor)) {
	c.vectorOf(id, width, kind, func(n int) []byte { c.group(id, kind, n, parse); return nil })
}

func (c *cursor) vectorOf(id string, width int, kind Kind, content func(n int) []byte) []byte {
	if n, ok := c.length(id+"_length", kind, width); ok {
		return content(n)
	}
	return nil
}

// list makes one field of a vector of things: its length, then one thing after
// the other, each by one call of item, as long as there are bytes. The IDs of
// the things are their numbers.
func (c *cursor) list(id string, kind Kind, width int, item func(c *cursor, id string)) {
	c.span(id, kind, width, func(in *cursor) {
		for i := 0; in.left() > 0; i++ {
			item(in, strconv.Itoa(i))
		}
	})
}

// extent is how many bytes a structure takes whose vector has a length field of
// width bytes at off and tail bytes behind it; all that are left if it is cut off.
func (c *cursor) extent(off, width, tail int) int {
	if c.left() < off+width {
		return c.left()
	}
	n := int(number(c.b[c.pos+off : c.pos+off+width]))
	return min(off+width+n+tail, c.left())
}

// span makes one field of a vector: its length and what parse makes of its
// content.
func (c *cursor) span(id string, kind Kind, width int, parse func(*cursor)) {
	n := int(c.peek(width))
	if c.left() < width || n > c.left()-width {
		n = c.left() - width // the group takes all there is, and says what is missing
	}
	if n < 0 {
		c.take(id, width)
		return
	}
	c.group(id, kind, width+n, func(in *cursor) {
		if _, ok := in.length("length", kind, width); ok {
			parse(in)
		}
	})
}

// number reads up to 8 bytes as a number.
func number(b []byte) uint64 {
	var n uint64
	for _, v := range b {
		n = n<<8 | uint64(v)
	}
	return n
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

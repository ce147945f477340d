package dissect

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Tags of DER elements (X.690, Section 8).
const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagBitString   = 0x03
	tagOctetString = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagEnumerated  = 0x0a
	tagUTF8        = 0x0c
	tagPrintable   = 0x13
	tagT61         = 0x14
	tagIA5         = 0x16
	tagUTCTime     = 0x17
	tagTime        = 0x18
	tagBMP         = 0x1e
	tagSequence    = 0x30
	tagSet         = 0x31
	constructed    = 0x20
	classMask      = 0xc0
	contextClass   = 0x80
)

// tagKinds are the kinds of elements that have no place in a known type.
var tagKinds = map[byte]Kind{
	tagBoolean: "der.boolean", tagInteger: "der.integer", tagBitString: "der.bit_string", tagOctetString: "der.octet_string",
	tagNull: "der.null", tagOID: "der.oid", tagEnumerated: "der.enumerated", tagUTF8: "der.string", tagPrintable: "der.string",
	0x12: "der.string", tagT61: "der.string", tagIA5: "der.string", 0x1a: "der.string", tagBMP: "der.string",
	tagUTCTime: "der.time", tagTime: "der.time", tagSequence: "der.sequence", tagSet: "der.set",
}

// derAll makes the one element that should fill the cursor.
func derAll(c *cursor, t *derType) {
	if c.left() == 0 {
		return
	}
	if header, _, why := derHeader(c.rest()); t.shape != nil && why == "" {
		t = t.shape(c.rest()[header:], c.b[c.pos])
	}
	c.element(item(0, t), t, 0)
}

// item is the ID of the i-th element: its name if it has one.
func item(i int, t *derType) string {
	if t != nil && t.id != "" {
		return t.id
	}
	return strconv.Itoa(i)
}

// element makes one DER element: a header of tag and length, then the content.
func (c *cursor) element(id string, t *derType, depth int) {
	header, content, why := derHeader(c.rest())
	if why != "" {
		c.fail(why)
		return
	}
	tag := c.b[c.pos]
	c.group(id, elementKind(tag, t), header+content, func(c *cursor) {
		c.leaf("header", "der.header", header, func([]byte) Value {
			return Value{Form: Text, Text: tagName(tag) + ", " + plural(content, "byte")}
		})
		c.content(tag, t, depth+1)
	})
	if t != nil && t.holds {
		c.lift()
	}
}

// elementKind is the kind of an element: that of its place, else of its tag.
func elementKind(tag byte, t *derType) Kind {
	if t != nil && t.kind != "" {
		return t.kind
	}
	if kind, ok := tagKinds[tag]; ok {
		return kind
	}
	return "der.tagged"
}

// content makes the fields of an element's content.
func (c *cursor) content(tag byte, t *derType, depth int) {
	n := c.left()
	switch {
	case n == 0:
	case tag&constructed != 0 && depth >= MaxDepth:
		c.fail(fmt.Sprintf("more than %d elements within each other", MaxDepth))
	case tag&constructed != 0:
		c.elements(t, depth)
	case t != nil && t.wraps && tag == tagBitString && n > 1 && c.rest()[0] == 0 && t.within.fits(c.rest()[1]) && isDER(c.rest()[1:], depth):
		c.uint("unused_bits", "der.unused_bits", 1)
		c.element(item(0, t.within), t.within, depth)
	case t != nil && t.wraps && tag == tagOctetString && isDER(c.rest(), depth):
		c.element(item(0, t.within), t.within, depth)
	case tag == tagBitString:
		unused := c.uint("unused_bits", "der.unused_bits", 1)
		c.leaf("value", "der.value", c.left(), func(b []byte) Value { return bitNames(t, b, unused) })
	default:
		c.leaf("value", derValueKind(tag), n, func(b []byte) Value {
			if t != nil && t.kind == "x509.general_name" && tag == contextClass|7 {
				return address(b)
			}
			return derValue(tag, b)
		})
	}
}

// elements makes the elements within a constructed one, each by its place in
// the type.
func (c *cursor) elements(t *derType, depth int) {
	next := 0
	for i := 0; c.left() > 0; i++ {
		var child *derType
		if t != nil {
			child, next = t.child(c.b[c.pos], next)
		}
		if child == &typeExtensionValue {
			child = extensionValue(c.made)
		}
		c.element(item(i, child), child, depth)
	}
}

// bitNames are the names of the bits that are set, where the type has names.
func bitNames(t *derType, b []byte, unused uint64) Value {
	if t == nil || t.bits == nil {
		return Value{}
	}
	var set []string
	for i, name := range t.bits {
		if i/8 < len(b) && b[i/8]&(0x80>>(i%8)) != 0 && uint64(i) < uint64(8*len(b))-min(unused, 7) {
			set = append(set, name)
		}
	}
	return Value{Form: Text, Text: strings.Join(set, ", ")}
}

// isDER reports whether b is exactly one element, by its header.
func isDER(b []byte, depth int) bool {
	header, content, why := derHeader(b)
	return depth < MaxDepth && why == "" && header+content == len(b)
}

// derHeader is how long the header and the content of the element in front
// are, or why there is none.
func derHeader(b []byte) (header, content int, why string) {
	switch {
	case len(b) < 2:
		return 0, 0, "a DER element wants 2 bytes, " + plural(len(b), "byte") + " here"
	case b[0]&0x1f == 0x1f:
		return 0, 0, "a DER tag of more than one byte"
	case b[1] < 0x80:
		header, content = 2, int(b[1])
	case b[1] == 0x80:
		return 0, 0, "a DER length that is indefinite"
	case b[1] > 0x84 || len(b) < 2+int(b[1]&0x7f):
		return 0, 0, "a DER length that is too long"
	default:
		header = 2 + int(b[1]&0x7f)
		content = int(number(b[2:header]))
	}
	if content > len(b)-header {
		return 0, 0, fmt.Sprintf("a DER length of %d, %s follow", content, plural(len(b)-header, "byte"))
	}
	return header, content, ""
}

// lift gives the element made last the value of its one leaf, so that a name
// or an algorithm can be read without opening it.
func (c *cursor) lift() {
	if c.reason != "" || len(c.made) == 0 {
		return
	}
	f := c.last()
	for leaf := range f.Leaves() {
		if leaf.Kind != "der.header" && leaf.Value.Form == Text {
			f.Value = leaf.Value
			return
		}
	}
}

func tagName(tag byte) string {
	if kind, ok := tagKinds[tag]; ok {
		return kind.Info().Label
	}
	if tag&classMask == contextClass {
		return fmt.Sprintf("[%d]", tag&0x1f)
	}
	return fmt.Sprintf("tag 0x%02x", tag)
}

// derValueKind is the kind of the content of a primitive element.
func derValueKind(tag byte) Kind {
	switch tag {
	case tagOID:
		return "der.value.oid"
	case tagUTCTime, tagTime:
		return "der.value.time"
	}
	return "der.value"
}

// derValue is what the content of a primitive element says.
func derValue(tag byte, b []byte) Value {
	switch tag {
	case tagBoolean:
		if len(b) == 1 {
			return Value{Form: Text, Text: strconv.FormatBool(b[0] != 0)}
		}
	case tagInteger, tagEnumerated:
		if len(b) <= 8 && b[0] < 0x80 {
			return Value{Form: Number, Num: number(b)}
		}
	case tagOID:
		return oidValue(b)
	case tagUTCTime:
		return derTime("060102150405Z", b)
	case tagTime:
		return derTime("20060102150405Z", b)
	case tagBMP:
		return Value{Form: Text, Text: bmp(b)}
	case tagUTF8, 0x12, tagPrintable, tagT61, tagIA5, 0x1a:
		return Value{Form: Text, Text: string(b)}
	}
	if tag&classMask == contextClass && printable(b) {
		return Value{Form: Text, Text: string(b)} // a name in subjectAltName
	}
	return Value{}
}

// address is an iPAddress: RFC 5280, Section 4.2.1.6.
func address(b []byte) Value {
	ip, ok := netip.AddrFromSlice(b)
	if !ok {
		return Value{}
	}
	return Value{Form: Text, Text: ip.String()}
}

// derTime reads a time; what is no time is text.
func derTime(layout string, b []byte) Value {
	t, err := time.Parse(layout, string(b))
	if err != nil {
		return Value{Form: Text, Text: string(b)}
	}
	// "Where YY is greater than or equal to 50, the year SHALL be interpreted
	// as 19YY" RFC 5280, Section 4.1.2.5.1. Go's border is 69.
	if len(layout) == len("060102150405Z") && t.Year() >= 2050 {
		t = t.AddDate(-100, 0, 0)
	}
	return Value{Form: Text, Text: t.Format(time.RFC3339)}
}

// milliseconds reads the time of an SCT.
func milliseconds(b []byte) Value {
	n := number(b)
	if n > 253402300799999 { // the year 9999
		return Value{Form: Number, Num: n}
	}
	return Value{Form: Text, Text: time.UnixMilli(int64(n)).UTC().Format("2006-01-02T15:04:05.000Z")}
}

// bmp reads UTF-16.
func bmp(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}

func printable(b []byte) bool {
	return strings.IndexFunc(string(b), func(r rune) bool { return r < 0x20 || r > 0x7e }) < 0
}

// oidValue reads an object identifier, and names it if it is known.
func oidValue(b []byte) Value {
	if len(b) > 64 {
		return Value{}
	}
	var s strings.Builder
	var arc uint64
	first := true
	for i, v := range b {
		if arc >= 1<<56 {
			return Value{}
		}
		arc = arc<<7 | uint64(v&0x7f)
		if v >= 0x80 {
			if i == len(b)-1 {
				return Value{}
			}
			continue
		}
		if first {
			root := min(arc/40, 2)
			fmt.Fprintf(&s, "%d.%d", root, arc-40*root)
			first = false
		} else {
			fmt.Fprintf(&s, ".%d", arc)
		}
		arc = 0
	}
	oid := s.String()
	if name, ok := oidNames[oid]; ok {
		oid = name + " (" + oid + ")"
	}
	return Value{Form: Text, Text: oid}
}

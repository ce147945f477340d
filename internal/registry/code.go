package registry

import "strings"

// Code is a code point in JSON. Name is null when nobody named it.
type Code struct {
	ID   uint32  `json:"id"`
	Hex  string  `json:"hex"`
	Name *string `json:"name"`
}

// String is the name, or the number in hex; of no code it is nothing.
func (c *Code) String() string {
	switch {
	case c == nil:
		return ""
	case c.Name == nil:
		return c.Hex
	}
	return *c.Name
}

// CodeOf is a code point of a registry.
func CodeOf[T ~uint8 | ~uint16](t *Table, id T) *Code {
	c := &Code{ID: uint32(id), Hex: t.Hex(uint32(id))}
	if name := t.Name(uint32(id)); name != "" {
		c.Name = &name
	}
	return c
}

// CodesOf are the codes of a list.
func CodesOf[T ~uint8 | ~uint16](t *Table, ids []T) []*Code {
	out := make([]*Code, 0, len(ids))
	for _, id := range ids {
		out = append(out, CodeOf(t, id))
	}
	return out
}

// Words are the names of codes, with blanks between them.
func Words(codes []*Code) string {
	words := make([]string, 0, len(codes))
	for _, c := range codes {
		words = append(words, c.String())
	}
	return strings.Join(words, " ")
}

package verify

import (
	"strconv"

	"github.com/tlsengine/tlsengine/vectors"
)

// A caseCheck runs a case that is one section of a file.
type caseCheck struct {
	check
	fields vectors.Fields
	slow   bool            // run what takes minutes
	keys   *keyCache       // of the file
	used   map[string]bool // fields that were read
}

// get returns the field of that name, or nil.
func (c *caseCheck) get(name string) *vectors.Field {
	c.used[name] = true
	return c.fields.Get(name)
}

// allUsed fails a case with a field that was not read: a value that nothing
// checks is a mistake in the file.
func (c *caseCheck) allUsed() {
	for i := range c.fields {
		if name := c.fields[i].Name; !c.used[name] {
			c.line = c.fields[i].Line
			c.fail(name, "no check of this kind uses this field")
		}
	}
}

// bytes returns the field of that name, or records that it is missing or not
// hex, and returns nil.
func (c *caseCheck) bytes(name string) []byte {
	f := c.get(name)
	if f == nil {
		c.fail(name, "missing")
		return nil
	}
	b, err := f.Bytes()
	if err != nil {
		c.fail(name, "%v", err)
	}
	return b
}

// optional returns the field of that name, or nil.
func (c *caseCheck) optional(name string) []byte {
	if c.get(name) == nil {
		return nil
	}
	return c.bytes(name)
}

// text returns the field of that name as it stands.
func (c *caseCheck) text(name string) string {
	if c.get(name) == nil {
		c.fail(name, "missing")
	}
	return c.fields.Text(name)
}

// number returns a decimal field, at most limit.
func (c *caseCheck) number(name string, limit int) int {
	n, err := strconv.Atoi(c.text(name))
	if err != nil || n < 0 || n > limit {
		c.fail(name, "%q is not a number up to %d", c.fields.Text(name), limit)
		return 0
	}
	return n
}

// value compares a field, which must be there, with what was computed.
func (c *caseCheck) value(name string, computed []byte) {
	if stated := c.bytes(name); c.failure == nil {
		c.equal(name, c.fields.Get(name).Line, stated, computed)
	}
}

// valueIf compares a field if it is there.
func (c *caseCheck) valueIf(name string, computed []byte) {
	if c.get(name) != nil {
		c.value(name, computed)
	}
}

// err records that something which must work has not.
func (c *caseCheck) err(value string, err error) bool {
	if err != nil {
		c.fail(value, "%v", err)
	}
	return c.failure != nil
}

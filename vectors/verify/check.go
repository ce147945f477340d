package verify

import (
	"bytes"
	"fmt"
	"strings"
)

// A Failure is the first difference between a case and what this module
// computes from it.
type Failure struct {
	// Step is the part of the case, as "server derive c hs traffic"; it is
	// empty where a case is one step.
	Step string
	// Value is the name of the value that differs.
	Value string
	// Line is where the value begins in the case's file, 0 if unknown.
	Line int
	// Offset is the first byte that differs, counted from 0. It is the length
	// of the shorter of Stated and Computed if one is the beginning of the
	// other.
	Offset int
	// Stated is the case's value, Computed this module's. Both are nil if
	// Reason is set.
	Stated, Computed []byte
	// Reason says why there is no value to compare.
	Reason string
}

// Error names the step, the value and the first byte that differs.
func (f *Failure) Error() string {
	if where := f.Where(); where != "" {
		return where + ": " + f.what()
	}
	return f.what()
}

// Where is the line, the step and the value: "line 10: okm". It is empty where
// none of them is known.
func (f *Failure) Where() string {
	var where []string
	if f.Line != 0 {
		where = append(where, fmt.Sprintf("line %d", f.Line))
	}
	if f.Step != "" && f.Value != "" {
		where = append(where, f.Step+", "+f.Value)
	} else if f.Step+f.Value != "" {
		where = append(where, f.Step+f.Value)
	}
	return strings.Join(where, ": ")
}

func (f *Failure) what() string {
	switch {
	case f.Reason != "":
		return f.Reason
	case len(f.Stated) != len(f.Computed):
		return fmt.Sprintf("%d bytes stated, %d computed; first difference at byte %d", len(f.Stated), len(f.Computed), f.Offset)
	}
	return fmt.Sprintf("byte %d of %d: %02x stated, %02x computed", f.Offset, len(f.Stated), f.Stated[f.Offset], f.Computed[f.Offset])
}

// A check runs one case. It remembers the first failure and counts what it
// compared.
type check struct {
	step     string
	line     int // of the step
	compared int
	failure  *Failure
	skip     string // why the case cannot be run here
}

// equal compares a stated value with the computed one.
func (c *check) equal(value string, line int, stated, computed []byte) {
	c.compared++
	if c.failure != nil || bytes.Equal(stated, computed) {
		return
	}
	c.failure = &Failure{
		Step: c.step, Value: value, Line: line, Offset: firstDifference(stated, computed),
		Stated: bytes.Clone(stated), Computed: bytes.Clone(computed),
	}
}

// fail records that a value could not be computed or must not be.
func (c *check) fail(value, format string, args ...any) {
	if c.failure == nil {
		c.failure = &Failure{Step: c.step, Value: value, Line: c.line, Reason: fmt.Sprintf(format, args...)}
	}
}

func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

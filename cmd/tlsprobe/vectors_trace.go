package main

import (
	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

// traceCase is the case that a connection is. What was seen of it from outside
// has no hashes and keys of its own to compare with, but what is on the wire.
func traceCase(file, name string, c *trace.Connection, watched bool) verify.Case {
	rep := trace.Check(c)
	if watched {
		rep.Passed = rep.Proven
	}
	return reportCase(file, name, rep)
}

func reportCase(file, name string, rep trace.Report) verify.Case {
	c := verify.Case{File: file, Name: name, Outcome: verify.Passed, Compared: rep.Passed}
	switch {
	case len(rep.Mismatches) > 0:
		m := rep.Mismatches[0]
		c.Outcome = verify.Failed
		c.Failure = &verify.Failure{Value: m.What, Stated: m.Want, Computed: m.Got, Offset: differs(m.Want, m.Got), Reason: m.Why}
	case rep.Passed == 0:
		c.Outcome, c.Reason = verify.Skipped, "nothing in it can be computed again: the secrets are not there"
	}
	return c
}

// differs is the first byte that does.
func differs(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

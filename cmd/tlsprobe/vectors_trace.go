package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

// captureMagic is how captures begin: pcap in both orders and with both kinds
// of time, pcapng.
var captureMagic = [][]byte{
	{0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0xc3, 0xd4}, {0x4d, 0x3c, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d}, {0x0a, 0x0d, 0x0d, 0x0a},
}

// looksLikeTrace reports whether a file is a trace in JSON or a capture, by its
// beginning.
func looksLikeTrace(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // it was only read
	head, err := io.ReadAll(io.LimitReader(f, 256))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(captureMagic, func(magic []byte) bool { return bytes.HasPrefix(head, magic) }) ||
		bytes.Contains(head, []byte(`"`+trace.Schema+`"`))
}

// runTrace computes again what a trace holds: a case for each connection.
func (v *testVectors) runTrace(name string, o verify.Options) (verify.Result, error) {
	r := verify.Result{Source: verify.Source{Name: name, Title: "trace"}}
	options, err := (&show{peerFlags: peerFlags{keylog: v.keylog}}).keys()
	if err != nil {
		return r, err
	}
	t, _, err := readTrace(name, options)
	if err != nil {
		return r, err
	}
	for i, c := range t.Connections {
		title := fmt.Sprintf("connection %d", i)
		if o.Match == nil || o.Match(name, title) {
			r.Cases = append(r.Cases, traceCase(name, title, trace.Check(c)))
		}
	}
	return r, nil
}

func traceCase(file, name string, rep trace.Report) verify.Case {
	c := verify.Case{File: file, Name: name, Outcome: verify.Passed, Compared: rep.Passed}
	switch {
	case len(rep.Mismatches) > 0:
		m := rep.Mismatches[0]
		c.Outcome = verify.Failed
		c.Failure = &verify.Failure{Value: m.What, Stated: m.Want, Computed: m.Got, Offset: differs(m.Want, m.Got), Reason: m.Why}
	case rep.Passed == 0:
		c.Outcome, c.Reason = verify.Skipped, "nothing in it can be computed again; a capture needs its key log"
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

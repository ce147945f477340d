package main

import (
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

// vectorsText has a line for each case that failed, for each reason for which
// cases or files were skipped, and with all for each of them; the sums are its
// end.
func vectorsText(results []vectorsResult, rep *vectorsReport, all bool) string {
	var b strings.Builder
	unknown := map[string]int{} // why files of no known form were skipped
	for i := range results {
		if r := &results[i]; r.Fault == nil && r.Missing != "" {
			unknown[r.Missing]++
		}
	}
	for i := range results {
		r := &results[i]
		if r.Fault != nil {
			continue // it is said on stderr
		}
		if n := unknown[r.Missing]; r.Missing != "" && n > 0 {
			if all {
				n = 1
			} else {
				unknown[r.Missing] = 0
			}
			fmt.Fprintf(&b, "SKIP %s%s: %s\n", text.Clean(r.Source.Name), andOthers(n-1), text.Clean(r.Missing))
		}
		said := map[string]bool{}
		for i := range r.Cases {
			switch c := &r.Cases[i]; {
			case c.Outcome == verify.Failed:
				failText(&b, c)
			case c.Outcome == verify.Skipped && all:
				fmt.Fprintf(&b, "SKIP %s: %s\n", caseName(c), text.Clean(c.Reason))
			case c.Outcome == verify.Skipped && !said[c.Reason]:
				said[c.Reason] = true
				skipText(&b, r, c)
			case all && c.Outcome == verify.Passed:
				fmt.Fprintf(&b, "PASS %s (%s)\n", caseName(c), text.Plural(c.Compared, "value"))
			}
		}
	}
	if !rep.Complete {
		b.WriteString("INCOMPLETE: interrupted\n")
	}
	b.WriteString(rep.sums())
	return b.String()
}

func caseName(c *verify.Case) string { return text.Clean(c.File) + ": " + text.Clean(c.Name) }

// skipText is the one line for all cases of a source that were skipped for one
// reason: the first of them, and how many others there are.
func skipText(b *strings.Builder, r *vectorsResult, first *verify.Case) {
	others := 0
	for i := range r.Cases {
		if c := &r.Cases[i]; c.Outcome == verify.Skipped && c.Reason == first.Reason && c != first {
			others++
		}
	}
	fmt.Fprintf(b, "SKIP %s%s: %s\n", caseName(first), andOthers(others), text.Clean(first.Reason))
}

func andOthers(n int) string {
	if n == 0 {
		return ""
	}
	return ", and " + text.Plural(n, "other")
}

// failText says what was expected, what came, and where they part.
func failText(b *strings.Builder, c *verify.Case) {
	f := c.Failure
	fmt.Fprintf(b, "FAIL %s\n", caseName(c))
	if f.Reason != "" {
		fmt.Fprintf(b, "     %s\n", text.Clean(f.Error()))
		return
	}
	where := f.Where()
	if where != "" {
		where += ": "
	}
	fmt.Fprintf(b, "     %sthe first byte that differs is %d, of %d\n", text.Clean(where), f.Offset, len(f.Stated))
	fmt.Fprintf(b, "     expected  %s\n", excerpt(f.Stated, f.Offset))
	fmt.Fprintf(b, "     got       %s\n", excerpt(f.Computed, f.Offset))
}

// maxExcerpt is how many bytes of a value are shown whole.
const maxExcerpt = 64

// excerpt is a value in hex, or if it is long what is around a byte of it.
func excerpt(b []byte, at int) string {
	if len(b) <= maxExcerpt {
		if len(b) == 0 {
			return "nothing"
		}
		return fmt.Sprintf("%x", b)
	}
	from := max(min(at-maxExcerpt/4, len(b)-maxExcerpt), 0)
	to := min(from+maxExcerpt, len(b))
	var before, after string
	if from > 0 {
		before = fmt.Sprintf("(%d bytes) ... ", from)
	}
	if to < len(b) {
		after = fmt.Sprintf(" ... (%s)", text.Plural(len(b)-to, "byte"))
	}
	return fmt.Sprintf("%s%x%s", before, b[from:to], after)
}

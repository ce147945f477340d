package main

import (
	"fmt"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

// vectorsReport is the answer in JSON.
type vectorsReport struct {
	Schema   string          `json:"schema"`
	Tool     report.Tool     `json:"tool"`
	Exit     int             `json:"exit"`
	Complete bool            `json:"complete"` // false when the user ended it
	Passed   int             `json:"passed"`
	Failed   int             `json:"failed"`
	Skipped  int             `json:"skipped"`
	Sources  []vectorsSource `json:"sources"`
}

type vectorsSource struct {
	Name    string              `json:"name"`
	Title   string              `json:"title"`
	Module  string              `json:"module,omitempty"`
	Missing string              `json:"missing,omitempty"` // why nothing of it was run
	Passed  int                 `json:"passed"`
	Failed  int                 `json:"failed"`
	Skipped int                 `json:"skipped"`
	Skips   []vectorsSkipReason `json:"skips"`
	Cases   []vectorsCase       `json:"cases"` // those that failed; with -v all
}

type vectorsSkipReason struct {
	Reason string `json:"reason"`
	Cases  int    `json:"cases"`
}

type vectorsCase struct {
	File     string          `json:"file"`
	Name     string          `json:"name"`
	Line     int             `json:"line"`
	Outcome  string          `json:"outcome"`
	Compared int             `json:"compared"`
	Reason   string          `json:"reason,omitempty"`
	Failure  *vectorsFailure `json:"failure,omitempty"`
}

type vectorsFailure struct {
	Message  string `json:"message"`
	Step     string `json:"step"`
	Value    string `json:"value"`
	Line     int    `json:"line"`
	Offset   int    `json:"offset"`
	Stated   string `json:"stated"`
	Computed string `json:"computed"`
}

func newVectorsReport(results []verify.Result, all bool) *vectorsReport {
	rep := &vectorsReport{Schema: "tlsprobe.vectors/1", Tool: report.ThisTool(), Sources: []vectorsSource{}}
	for i := range results {
		r := &results[i]
		s := vectorsSource{
			Name: r.Source.Name, Title: r.Source.Title, Module: r.Source.Module, Missing: r.Missing,
			Passed: r.Count(verify.Passed), Failed: r.Count(verify.Failed), Skipped: r.Count(verify.Skipped),
			Skips: []vectorsSkipReason{}, Cases: []vectorsCase{},
		}
		rep.Passed, rep.Failed, rep.Skipped = rep.Passed+s.Passed, rep.Failed+s.Failed, rep.Skipped+s.Skipped
		for _, skip := range r.Skips() {
			s.Skips = append(s.Skips, vectorsSkipReason{skip.Reason, skip.Cases})
		}
		for i := range r.Cases {
			if c := &r.Cases[i]; all || c.Outcome == verify.Failed {
				s.Cases = append(s.Cases, newVectorsCase(c))
			}
		}
		rep.Sources = append(rep.Sources, s)
	}
	return rep
}

func newVectorsCase(c *verify.Case) vectorsCase {
	v := vectorsCase{File: c.File, Name: c.Name, Line: c.Line, Outcome: c.Outcome.String(), Compared: c.Compared, Reason: c.Reason}
	if f := c.Failure; f != nil {
		v.Failure = &vectorsFailure{
			Message: f.Error(), Step: f.Step, Value: f.Value, Line: f.Line, Offset: f.Offset,
			Stated: fmt.Sprintf("%x", f.Stated), Computed: fmt.Sprintf("%x", f.Computed),
		}
	}
	return v
}

// fault is why the exit code is not 0.
func (r *vectorsReport) fault() *fault.Fault {
	switch {
	case r.Failed == 1:
		return fault.New(fault.CheckFailed, "vectors.failed", "verify", "1 vector failed")
	case r.Failed > 0:
		return fault.New(fault.CheckFailed, "vectors.failed", "verify", "%d vectors failed", r.Failed)
	case r.Passed == 0:
		return fault.InputError("vectors", "no vector was run")
	}
	return nil
}

// vectorsText has a line for each source, below it those of its cases that
// have something to say, and the sums at its end.
func vectorsText(results []verify.Result, rep *vectorsReport, all bool) string {
	var b strings.Builder
	for i := range results {
		r := &results[i]
		if r.Missing != "" {
			fmt.Fprintf(&b, "%s: skipped: %s\n", r.Source.Name, r.Missing)
			continue
		}
		if len(r.Cases) == 0 {
			continue // --run chose none
		}
		fmt.Fprintln(&b, r)
		for i := range r.Cases {
			if c := &r.Cases[i]; all || c.Outcome == verify.Failed {
				vectorText(&b, c)
			}
		}
	}
	if !rep.Complete {
		b.WriteString("INCOMPLETE: interrupted\n")
	}
	fmt.Fprintf(&b, "%d passed, %d failed, %d skipped\n", rep.Passed, rep.Failed, rep.Skipped)
	return b.String()
}

func vectorText(b *strings.Builder, c *verify.Case) {
	switch c.Outcome {
	case verify.Failed:
		fmt.Fprintf(b, "  FAIL %s: %s\n       %v\n", c.File, c.Name, c.Failure)
		if f := c.Failure; f.Reason == "" {
			fmt.Fprintf(b, "       stated    %x\n       computed  %x\n", f.Stated, f.Computed)
		}
	case verify.Skipped:
		fmt.Fprintf(b, "  SKIP %s: %s (%s)\n", c.File, c.Name, c.Reason)
	default:
		fmt.Fprintf(b, "  PASS %s: %s (%d values)\n", c.File, c.Name, c.Compared)
	}
}

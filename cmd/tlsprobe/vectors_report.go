package main

import (
	"fmt"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/report"
	"github.com/tlsengine/tlsengine/trace"
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
	Format  string              `json:"format,omitempty"` // of a file
	Module  string              `json:"module,omitempty"`
	Missing string              `json:"missing,omitempty"` // why nothing of it was run: it counts as one that was skipped
	Error   *report.ErrorObject `json:"error,omitempty"`   // why a file could not be read
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
	Message  string       `json:"message"`
	Step     string       `json:"step"`
	Value    string       `json:"value"`
	Line     int          `json:"line"`
	Offset   *int         `json:"offset"`   // first byte that differs; null if there are no values to compare
	Expected trace.Octets `json:"expected"` // as the case has it
	Got      trace.Octets `json:"got"`      // as it was computed
}

func newVectorsReport(results []vectorsResult, all bool) *vectorsReport {
	rep := &vectorsReport{Schema: "tlsprobe.vectors/1", Tool: report.ThisTool(), Complete: true, Sources: []vectorsSource{}}
	for i := range results {
		s := newVectorsSource(&results[i], all)
		rep.Passed, rep.Failed, rep.Skipped = rep.Passed+s.Passed, rep.Failed+s.Failed, rep.Skipped+s.Skipped
		rep.Sources = append(rep.Sources, s)
	}
	return rep
}

func newVectorsSource(r *vectorsResult, all bool) vectorsSource {
	s := vectorsSource{
		Name: r.Source.Name, Title: r.Source.Title, Format: r.Format, Module: r.Source.Module,
		Passed: r.Count(verify.Passed), Failed: r.Count(verify.Failed), Skipped: r.Count(verify.Skipped),
		Skips: []vectorsSkipReason{}, Cases: []vectorsCase{},
	}
	switch {
	case r.Fault != nil:
		why := report.ObjectOf(r.Fault)
		s.Error = &why
	case r.Missing != "":
		s.Missing, s.Skipped = r.Missing, 1
	}
	for _, skip := range r.Skips() {
		s.Skips = append(s.Skips, vectorsSkipReason{skip.Reason, skip.Cases})
	}
	for i := range r.Cases {
		if c := &r.Cases[i]; all || c.Outcome == verify.Failed {
			s.Cases = append(s.Cases, newVectorsCase(c))
		}
	}
	return s
}

func newVectorsCase(c *verify.Case) vectorsCase {
	v := vectorsCase{File: c.File, Name: c.Name, Line: c.Line, Outcome: c.Outcome.String(), Compared: c.Compared, Reason: c.Reason}
	if f := c.Failure; f != nil {
		v.Failure = &vectorsFailure{Message: f.Error(), Step: f.Step, Value: f.Value, Line: f.Line}
		if f.Reason == "" {
			v.Failure.Offset, v.Failure.Expected, v.Failure.Got = &f.Offset, octets(f.Stated), octets(f.Computed)
		}
	}
	return v
}

// octets are bytes that are there, even if there are none.
func octets(b []byte) trace.Octets { return append(trace.Octets{}, b...) }

// fault is why the exit code is not 0: files that cannot be used come first.
func (r *vectorsReport) fault(results []vectorsResult) *fault.Fault {
	for i := range results {
		if results[i].Fault != nil {
			return results[i].Fault
		}
	}
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

// sums is the last line of the text.
func (r *vectorsReport) sums() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped\n", r.Passed, r.Failed, r.Skipped)
}

package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/vectors"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

// runFiles has a result for each file. What is wrong with one is in its result,
// and the others run all the same; what is wrong with the key log is an error.
func (v *testVectors) runFiles(p *probe, names []string) ([]vectorsResult, error) {
	s := &show{peerFlags: peerFlags{keylog: v.keylog}, c2s: v.c2s, s2c: v.s2c}
	capture, err := s.keys()
	if err != nil {
		return nil, err
	}
	logs := keyLogs{"": capture.KeyLog}
	var files []*vectorFile
	for _, name := range names {
		files = append(files, listVectors(name)...)
	}
	for _, f := range files {
		if p.ctx.Err() == nil {
			v.look(f, logs)
		}
	}
	pairACVP(files)
	o, opens, given := v.options(p), false, capture.KeyLog
	var results []vectorsResult
	if v.c2s != "" {
		t, err := s.directions(capture)
		if err != nil {
			return nil, err
		}
		r := vectorsResult{Format: formCapture}
		r.Source = verify.Source{Name: v.c2s, Title: v.c2s + " and " + v.s2c}
		opens = r.connections(t, given, o)
		results = append(results, r)
	}
	for _, f := range files {
		if f.done || f.form == formKeyLog && f.why == "" && f.fault == nil || p.ctx.Err() != nil {
			continue
		}
		r := vectorsResult{Format: f.form, Fault: f.fault}
		r.Source = verify.Source{Name: f.name, Title: f.name}
		if r.Missing = f.why; f.fault == nil && f.why == "" {
			capture.KeyLog = logs.of(f.name)
			opens = f.run(&r, capture, given, o) || opens
		}
		results = append(results, r)
	}
	if !opens && v.keylog != "" {
		return nil, fault.InputError("keylog", "%s has no secret of any connection in the captures", v.keylog)
	}
	return results, nil
}

// keyLogs are the key logs of a run by the folder that they were found in; that
// of --keylog is under "".
type keyLogs map[string]trace.KeyLog

func (l keyLogs) add(name string, keys trace.KeyLog) {
	folder := filepath.Dir(name)
	l[folder] = both(l[folder], keys)
}

// of is all of them, but what is beside a capture counts before what is
// elsewhere, and what was given before that: who makes examples likes to use
// one random twice.
func (l keyLogs) of(name string) (all trace.KeyLog) {
	for _, folder := range slices.Sorted(maps.Keys(l)) {
		all = both(all, l[folder])
	}
	return both(both(all, l[filepath.Dir(name)]), l[""])
}

// both are two key logs, the second of which counts where they differ.
func both(a, b trace.KeyLog) trace.KeyLog {
	all := trace.KeyLog{}
	for _, log := range []trace.KeyLog{a, b} {
		for random, secrets := range log {
			if all[random] == nil {
				all[random] = map[string][]byte{}
			}
			maps.Copy(all[random], secrets)
		}
	}
	return all
}

// run runs the cases of a file, and reports whether the key log that was given
// has secrets of a connection in it.
func (f *vectorFile) run(r *vectorsResult, capture trace.CaptureOptions, given trace.KeyLog, o verify.Options) (opens bool) {
	b, err := f.read()
	if err != nil {
		r.Fault = fault.Of(err)
		return false
	}
	var cases *vectors.File
	switch f.form {
	case formTrace:
		t, err := trace.Load(b)
		if err != nil {
			r.Fault = fault.InputError("trace", "%s: %v", f.name, err)
			return false
		}
		r.connections(t, nil, o)
		return false
	case formCapture:
		t, err := trace.Capture(b, capture)
		if err != nil {
			if r.Missing = err.Error(); f.named || !errors.Is(err, trace.ErrNoTLS) {
				r.Fault = fault.InputError("capture", "%s: %v", f.name, err)
			}
			return false
		}
		return r.connections(t, given, o)
	case formText:
		cases, err = vectors.Parse(f.name, b)
	case formWycheproof:
		cases, err = verify.Load(f.name, b)
	case formACVP:
		cases, err = verify.LoadACVP(f.name, b, f.results)
	}
	if err != nil {
		r.Fault = fault.InputError("vectors", "%s: %s", f.name, trimName(err, f.name)).WithHint("it was read as %s", f.form)
		return false
	}
	if cases.Title != "" {
		r.Source.Title = cases.Title
	}
	r.Cases = verify.RunFile(cases, o)
	return false
}

// connections has a case for each connection of a trace, and reports whether
// the key log has secrets of one.
func (r *vectorsResult) connections(t *trace.Trace, log trace.KeyLog, o verify.Options) (opens bool) {
	for i, c := range t.Connections {
		opens = opens || log.Has(c)
		if title := fmt.Sprintf("connection %d", i); o.Match(r.Source.Name, title) {
			r.Cases = append(r.Cases, traceCase(r.Source.Name, title, c, r.Format == formCapture))
		}
	}
	return opens
}

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/dial"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/vectors"
	"github.com/tlsengine/tlsengine/vectors/modcache"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

const vectorsHelp = `
Recomputes the vectors in this program, or those of files and directories, and
says where the first difference is. Two large sources are Go modules of their
own: they run when they are in the module cache, and the line that says that
they are not has the command that gets them.

  tlsprobe vectors                        all sources
  tlsprobe vectors --suite rfc8448 -v     one source, each case
  tlsprobe vectors --run 'Bleichenbacher|HelloRetry'
  tlsprobe vectors --file mine.txt        a case of your own, or JSON of Wycheproof
  tlsprobe vectors trace.json             all that a trace holds, or a capture with --keylog

-v has a line for each case. The exit code is 1 if a case fails, and 2 if a file
cannot be read or no case was run.
`

// maxVectors is how long a file with vectors may be, in bytes.
const maxVectors = 64 << 20

// testVectors is the command vectors.
type testVectors struct {
	suites []string
	files  []string
	match  *regexp.Regexp
	slow   bool
	keylog string
	stop   func() bool
}

func (v *testVectors) flags(s *flags.Set) {
	s.Add(&flags.Flag{Name: "suite", Arg: "NAME", Choices: suiteNames(), Help: "only this source; may be repeated: " + strings.Join(suiteNames(), ", "),
		Set: func(name string) error {
			if !slices.Contains(suiteNames(), name) {
				return noSuite(name)
			}
			v.suites = append(v.suites, name)
			return nil
		}})
	s.Strings(&v.files, "file", "FILE", "cases of your own, in place of the sources; may be repeated").Files = true
	s.Add(&flags.Flag{Name: "run", Arg: "REGEXP", Help: "only cases whose \"file: name\" it matches",
		Set: func(expr string) (err error) {
			if v.match, err = regexp.Compile(expr); err != nil {
				return fault.UsageError("value", "%v", err)
			}
			return nil
		}})
	s.Switch(&v.slow, "slow", "also the cases that take minutes")
	s.File(&v.keylog, "keylog", "the secrets of a capture")
}

func suiteNames() (names []string) {
	for _, s := range verify.Sources() {
		names = append(names, s.Name)
	}
	return names
}

func noSuite(name string) error {
	f := fault.UsageError("value", "no source of vectors has this name")
	if near := flags.Nearest(name, suiteNames()); near != "" {
		return f.WithHint("did you mean %s?", near)
	}
	return f.WithHint("the sources are %s", strings.Join(suiteNames(), ", "))
}

func (v *testVectors) run(p *probe, args []string) error {
	files := append(slices.Clone(v.files), args...)
	if len(files) > 0 && len(v.suites) > 0 {
		return fault.UsageError("conflict", "--suite chooses among the sources in this program, not in a file")
	}
	v.stop = func() bool { return p.ctx.Err() != nil }
	results, err := v.results(files)
	if err != nil {
		return err
	}
	rep := newVectorsReport(results, p.verbose > 0)
	bad := rep.fault()
	if rep.Complete = !v.stop(); !rep.Complete {
		bad = dial.Interrupted("verify")
	}
	if bad != nil {
		rep.Exit, bad.Reported = bad.Exit, true
	}
	if p.json {
		err = p.answerJSON(rep)
	} else {
		err = p.answerText(vectorsText(results, rep, p.verbose > 0))
	}
	if err == nil && bad != nil {
		return bad
	}
	return err
}

func (v *testVectors) options() verify.Options {
	o := verify.Options{Sources: v.suites, Slow: v.slow, Stop: v.stop}
	if v.match != nil {
		o.Match = func(file, name string) bool { return v.match.MatchString(file + ": " + name) }
	}
	return o
}

// results runs the files, or the sources if there are none.
func (v *testVectors) results(names []string) ([]verify.Result, error) {
	o := v.options()
	if len(names) > 0 {
		return v.runFiles(names, o)
	}
	missing := map[string]string{}
	o.Data = map[string]fs.FS{}
	for _, s := range verify.Sources() {
		if s.Module == "" {
			continue
		}
		files, err := modcache.Find(s.Module)
		if err != nil {
			missing[s.Name] = err.Error()
			continue
		}
		o.Data[s.Name] = files
	}
	results, err := verify.Run(o)
	for i := range results {
		if why, ok := missing[results[i].Source.Name]; ok {
			results[i].Missing = why
		}
	}
	return results, err
}

// runFiles has a result for each file.
func (v *testVectors) runFiles(names []string, o verify.Options) ([]verify.Result, error) {
	var results []verify.Result
	for _, name := range names {
		list, err := vectorFiles(name)
		if err != nil {
			return nil, err
		}
		for _, name := range list {
			r, err := v.runFile(name, o)
			if err != nil {
				return nil, err
			}
			results = append(results, r)
		}
	}
	return results, nil
}

func (v *testVectors) runFile(name string, o verify.Options) (verify.Result, error) {
	if looksLikeTrace(name) {
		return v.runTrace(name, o)
	}
	f, err := loadVectors(name)
	if err != nil {
		return verify.Result{}, err
	}
	return verify.Result{Source: verify.Source{Name: name, Title: f.Title}, Cases: verify.RunFile(f, o)}, nil
}

// vectorFiles are the files in a directory and below it that may have vectors,
// or the one file.
func vectorFiles(name string) (list []string, err error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return []string{name}, nil // what is wrong is said by who reads it
	}
	err = filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".txt" || ext == ".json") {
			list = append(list, path)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, fault.InputError("file", "%s: %v", name, plain(err))
	case list == nil:
		return nil, fault.InputError("file", "%s has no .txt and no .json files", name)
	}
	return list, nil
}

func loadVectors(name string) (*vectors.File, error) {
	b, err := pki.ReadFile(name, maxVectors)
	if err != nil {
		return nil, err
	}
	f, err := verify.Load(name, b)
	if err != nil {
		return nil, fault.InputError("vectors", "%s", strings.TrimPrefix(err.Error(), name+": ")).For(name).
			WithHint("the form is a text file of test vectors, or JSON of Wycheproof")
	}
	return f, nil
}

package main

import (
	"io/fs"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/dial"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/flags"
	"github.com/tlsengine/tlsengine/vectors/modcache"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

const vectorsHelp = `
Recomputes test vectors and compares: key exchanges, every step of the key
schedule, transcript hashes, records both ways, Finished, binders, signatures.
Without arguments those that are in this program; two large sources are Go
modules of their own, and run when they are in the module cache.

  tlsprobe vectors                          all sources
  tlsprobe vectors --run ^rfc8448/ -v       one source, each case
  tlsprobe vectors --run 'Bleichenbacher|HelloRetry'
  tlsprobe vectors trace.json               what connect --save-trace wrote
  tlsprobe vectors capture.pcapng --keylog keys.log
  tlsprobe vectors --c2s client.bin --s2c server.bin --keylog keys.log
  tlsprobe vectors prompt.json              ACVP, with expectedResults.json beside it
  tlsprobe vectors mine.txt DIR             cases of your own, and all below DIR

The form of a file is found out, unless --format names it:
  rfc8448      the text form of this project, in which the traces of RFC 8448,
               its own handshakes and all other sources are
  trace        a trace in JSON (connect --save-trace, show --format json)
  wycheproof   JSON of Wycheproof
  acvp         JSON of NIST's ACVP: a prompt with its expected results, which are
               named too or lie beside it, or an internal projection
  pcap         a capture (pcap, pcapng), as far as there are secrets for it
A key log among the files opens the captures among them, as --keylog does.

There is a line for each case that failed, and for what was skipped and why; with
-v for each. In a directory a file of no known form is skipped, and so are links
to directories and what is no regular file. The exit code is 1 if a case fails,
and 2 if a file that was named has no known form, a file cannot be read or is
broken (the others run all the same), or no case was run.
`

// Forms of files, as --format has them.
const (
	formAuto       = "auto"
	formText       = "rfc8448"
	formTrace      = "trace"
	formWycheproof = "wycheproof"
	formACVP       = "acvp"
	formCapture    = "pcap"
)

// testVectors is the command vectors.
type testVectors struct {
	format   string
	match    *regexp.Regexp
	slow     bool
	keylog   string
	c2s, s2c string
}

func (v *testVectors) flags(s *flags.Set) {
	v.format = formAuto
	s.Choice(&v.format, "format", []string{formAuto, formText, formTrace, formWycheproof, formACVP, formCapture}, "form of the files (auto)")
	s.Add(&flags.Flag{Name: "run", Arg: "REGEXP", Help: "only cases whose \"file: name\" it matches",
		Set: func(expr string) (err error) {
			v.match, err = expression(expr)
			return err
		}})
	s.Switch(&v.slow, "slow", "also the cases that take minutes")
	s.File(&v.keylog, "keylog", "the secrets of captures")
	s.File(&v.c2s, "c2s", "the bytes that a client sent")
	s.File(&v.s2c, "s2c", "the bytes that its server sent")
}

// maxExpression bounds a regular expression of which the place of an error is
// looked for.
const maxExpression = 1 << 10

// expression compiles a regular expression, and says where it is wrong: behind
// the longest beginning of it that is right.
func expression(expr string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(expr)
	if err == nil {
		return re, nil
	}
	why := err.Error()
	if bad, ok := err.(*syntax.Error); ok { //nolint:errorlint // as regexp returns it
		why = bad.Code.String()
	}
	if len(expr) > maxExpression {
		return nil, fault.UsageError("value", "%s", why)
	}
	at := len(expr)
	for at > 0 {
		at--
		if _, err := regexp.Compile(expr[:at]); err == nil {
			break
		}
	}
	return nil, fault.UsageError("value", "byte %d: %s", at, why)
}

func (v *testVectors) run(p *probe, args []string) error {
	if (v.c2s == "") != (v.s2c == "") {
		return fault.UsageError("conflict", "--c2s and --s2c belong together")
	}
	waiting := p.waiting("vectors")
	results, err := v.results(p, args)
	waiting.over()
	if err != nil {
		return err
	}
	rep := newVectorsReport(results, p.verbose > 0)
	bad := rep.fault(results)
	if p.ctx.Err() != nil {
		rep.Complete, bad = false, dial.Interrupted("verify")
	}
	if bad != nil {
		rep.Exit, bad.Reported = bad.Exit, true
	}
	if p.json {
		err = p.answerJSON(rep)
	} else {
		err = p.answerText(vectorsText(results, rep, p.verbose > 0))
	}
	if err != nil || bad == nil {
		return err
	}
	for _, r := range results {
		if r.Fault != nil && r.Fault != bad {
			p.talk("tlsprobe: " + oneLine(r.Fault.Message))
		}
	}
	return bad
}

// options are those of a run, which ends early when the user ends it.
func (v *testVectors) options(p *probe) verify.Options {
	return verify.Options{Slow: v.slow, Stop: func() bool { return p.ctx.Err() != nil }, Match: func(file, name string) bool {
		return v.match == nil || v.match.MatchString(file+": "+name)
	}}
}

// results runs the files, or the sources if there are none.
func (v *testVectors) results(p *probe, names []string) ([]vectorsResult, error) {
	if len(names) > 0 || v.c2s != "" {
		return v.runFiles(p, names)
	}
	if v.format != formAuto || v.keylog != "" {
		return nil, fault.UsageError("conflict", "--format and --keylog are for files, and there is none")
	}
	o := v.options(p)
	if o.Sources = v.sources(); len(o.Sources) == 0 {
		return nil, nil
	}
	missing := map[string]string{}
	o.Data = map[string]fs.FS{}
	for _, s := range verify.Sources() {
		if s.Module == "" || !slices.Contains(o.Sources, s.Name) {
			continue
		}
		files, err := modcache.Find(s.Module)
		if err != nil {
			missing[s.Name] = err.Error()
			continue
		}
		o.Data[s.Name] = files
	}
	all, err := verify.Run(o)
	results := make([]vectorsResult, len(all))
	for i, r := range all {
		if why, ok := missing[r.Source.Name]; ok {
			r.Missing = why
		}
		results[i] = vectorsResult{Result: r}
	}
	return results, err
}

// sources are the names of the sources that may have a case that --run wants:
// the names of their files begin with theirs.
func (v *testVectors) sources() (names []string) {
	begins := ""
	if v.match != nil {
		begins = anchored(v.match.String())
	}
	for _, s := range verify.Sources() {
		if folder := s.Name + "/"; strings.HasPrefix(folder, begins) || strings.HasPrefix(begins, folder) {
			names = append(names, s.Name)
		}
	}
	return names
}

// anchored is what every string begins with that an expression like "^text"
// matches; "" of other expressions.
func anchored(expr string) string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return ""
	}
	parts := re.Simplify().Sub
	if re.Op != syntax.OpConcat || len(parts) < 2 || parts[0].Op != syntax.OpBeginText || parts[1].Op != syntax.OpLiteral || parts[1].Flags&syntax.FoldCase != 0 {
		return ""
	}
	return string(parts[1].Rune)
}

// trimName takes the name of a file off an error, which begins with it.
func trimName(err error, name string) string { return strings.TrimPrefix(err.Error(), name+": ") }

package verify

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/vectors"
)

// An Outcome is what came of a case.
type Outcome uint8

// The outcomes.
const (
	Passed Outcome = iota
	Failed
	Skipped
)

// String gives "passed", "failed" or "skipped".
func (o Outcome) String() string {
	switch o {
	case Passed:
		return "passed"
	case Failed:
		return "failed"
	}
	return "skipped"
}

// A Case is one test vector, run.
type Case struct {
	File    string // where the case is; of a source it begins with the source's name and a slash
	Name    string // within the file
	Line    int    // within the file, 0 if unknown
	Outcome Outcome
	// Compared counts the values that were compared with computed ones.
	Compared int
	// Failure is the first difference of a case that failed.
	Failure *Failure
	// Reason says why a case was skipped.
	Reason string
}

// A Result is what came of all the cases of a source.
type Result struct {
	Source Source
	Cases  []Case
	// Missing says why nothing was run: the source is not embedded, and
	// Options.Data has no files for it.
	Missing string
}

// Count returns how many cases had that outcome.
func (r *Result) Count(o Outcome) int {
	n := 0
	for i := range r.Cases {
		if r.Cases[i].Outcome == o {
			n++
		}
	}
	return n
}

// A SkipReason says how many cases were skipped for one reason.
type SkipReason struct {
	Reason string
	Cases  int
}

// Skips returns why cases were skipped, in the order of their first cases.
func (r *Result) Skips() []SkipReason {
	var skips []SkipReason
	for i := range r.Cases {
		if r.Cases[i].Outcome != Skipped {
			continue
		}
		n := slices.IndexFunc(skips, func(s SkipReason) bool { return s.Reason == r.Cases[i].Reason })
		if n < 0 {
			n = len(skips)
			skips = append(skips, SkipReason{Reason: r.Cases[i].Reason})
		}
		skips[n].Cases++
	}
	return skips
}

// String is one line: "rfc5869: 3 passed, 0 failed, 4 skipped (4: why)".
func (r *Result) String() string {
	if r.Missing != "" {
		return r.Source.Name + ": not run (" + r.Missing + ")"
	}
	s := fmt.Sprintf("%s: %d passed, %d failed, %d skipped", r.Source.Name, r.Count(Passed), r.Count(Failed), r.Count(Skipped))
	var skips []string
	for _, skip := range r.Skips() {
		skips = append(skips, fmt.Sprintf("%d: %s", skip.Cases, skip.Reason))
	}
	if skips != nil {
		s += " (" + strings.Join(skips, "; ") + ")"
	}
	return s
}

// Options say what Run runs, and what it runs it on.
type Options struct {
	// Sources are the names of the sources to run; empty for all.
	Sources []string

	// Slow is for the cases that take minutes, too.
	Slow bool

	// Match chooses cases by their file and name; nil is for all.
	Match func(file, name string) bool

	// Stop, once it is true, ends the run: what is not done a moment later is
	// skipped, and a case that takes minutes is left to itself. Several
	// goroutines ask it; nil is never.
	Stop func() bool

	// Data has the files of the sources that are not embedded, by the name of
	// the source: the top folder of its Go module. Where there is none the
	// source is not run, and its Result says so.
	Data map[string]fs.FS
}

// Run runs the cases of the chosen sources, in the order of Sources. The error
// is for a name that no source has, never for a case that fails.
func Run(o Options) ([]Result, error) {
	for _, name := range o.Sources {
		if !slices.ContainsFunc(sources, func(s Source) bool { return s.Name == name }) {
			return nil, fmt.Errorf("no source of vectors is called %q", name)
		}
	}
	var all []*running
	p := newPool(o.Stop)
	for _, s := range sources {
		if len(o.Sources) == 0 || slices.Contains(o.Sources, s.Name) {
			all = append(all, s.begin(p, o))
		}
	}
	p.wait()
	results := make([]Result, len(all))
	for i, r := range all {
		results[i] = r.Result
		results[i].Cases = slices.Concat(r.files...)
	}
	return results, nil
}

// running is a Result whose cases are being run, file by file.
type running struct {
	Result
	files [][]Case
}

// begin reads the files of a source, and lets the pool have the cases.
func (s Source) begin(p *pool, o Options) *running {
	r := &running{Result: Result{Source: s}}
	load, data := s.load, o.Data[s.Name]
	if load == nil {
		load, data = embedded, vectors.Files()
	} else if data == nil {
		r.Missing = "the data of module " + s.Module + " is not there"
		return r
	}
	for f, err := range load(s.Name, data) {
		if p.stop() {
			break
		}
		if err != nil {
			r.files = append(r.files, []Case{{File: s.Name, Outcome: Failed, Failure: &Failure{Reason: err.Error()}}})
			continue
		}
		r.files = append(r.files, p.begin(f, o))
	}
	return r
}

// RunFile runs the cases of one parsed file: a trace and a recorded handshake
// are one case, in other files each section is one. Of the options only Slow and Match count.
func RunFile(f *vectors.File, o Options) []Case {
	p := newPool(o.Stop)
	cases := p.begin(f, o)
	p.wait()
	return cases
}

func (o *Options) wants(f *vectors.File, name string) bool {
	return o.Match == nil || o.Match(f.Name, name)
}

// wholeFiles are the kinds of file that are one case.
var wholeFiles = map[string]func(*vectors.File) Case{
	"handshake": dialogueCase,
	"trace":     traceCase,
}

func dialogueCase(f *vectors.File) Case {
	return runDialogue(f).result(f.Name, f.Title, 1)
}

func traceCase(f *vectors.File) Case {
	t, err := vectors.NewTrace(f)
	if err != nil {
		return Case{File: f.Name, Name: f.Title, Outcome: Failed, Failure: &Failure{Reason: err.Error()}}
	}
	return runTrace(t).result(f.Name, f.Title, 1)
}

// checks are the kinds of case that a file or a section can name in its field
// "check".
var checks = map[string]func(*caseCheck){
	"aead":                           checkAEAD,
	"chacha20":                       checkChaCha20,
	"hkdf":                           checkHKDF,
	"hpke":                           checkHPKE,
	"hybrid key exchange":            checkHybrid,
	"iterated scalar multiplication": checkIterated,
	"key exchange":                   checkExchange,
	"poly1305":                       checkPoly1305,
	"poly1305 key":                   checkPoly1305Key,
	"quic initial":                   checkQUICInitial,
	"quic keys":                      checkQUICKeys,
	"quic retry":                     checkQUICRetry,
	"quic short":                     checkQUICShort,
	"scalar multiplication":          checkScalar,
	"tls 1.2 key derivation":         checkTLS12,

	"acvp ACVP-AES-GCM":       acvpAESGCM,
	"acvp ML-KEM encapDecap":  acvpKEM,
	"acvp ML-KEM keyGen":      acvpKEMKeyGen,
	"acvp TLS-v1.2 KDF":       acvpTLS12,
	"acvp TLS-v1.3 KDF":       acvpTLS13,
	"acvp kdf-components tls": acvpKDFComponents,

	"wycheproof AeadTest":                      wycheproofAEAD,
	"wycheproof EcdhEcpointTest":               wycheproofECDH,
	"wycheproof EcdsaVerify":                   wycheproofECDSA,
	"wycheproof EddsaVerify":                   wycheproofEdDSA,
	"wycheproof HkdfTest":                      wycheproofHKDF,
	"wycheproof MLKEMEncapsTest":               wycheproofEncapsulate,
	"wycheproof MLKEMKeyGen":                   wycheproofKEMKeyGen,
	"wycheproof MLKEMTest":                     wycheproofKEM,
	"wycheproof MacTest":                       wycheproofMAC,
	"wycheproof MlDsaSign":                     wycheproofMLDSASign,
	"wycheproof MlDsaVerify":                   wycheproofMLDSA,
	"wycheproof RsassaPkcs1Verify":             wycheproofPKCS1,
	"wycheproof RsassaPssVerify":               wycheproofPSS,
	"wycheproof RsassaPssWithParametersVerify": wycheproofPSS,
	"wycheproof XdhComp":                       wycheproofXDH,
}

func sectionCase(f *vectors.File, s *vectors.Section, o Options, keys *keyCache) Case {
	kind := s.Fields.Text("check")
	if kind == "" {
		kind = f.Fields.Text("check")
	}
	c := &caseCheck{
		check: check{line: s.Line}, fields: s.Fields, slow: o.Slow, keys: keys,
		used: map[string]bool{"check": true, "comment": true},
	}
	run := checks[kind]
	switch {
	case run == nil && foreign(kind):
		c.skip = kind + ": nothing in this module that it tests"
	case run == nil:
		c.fail("check", "%q is not a kind of case", kind)
	default:
		run(c)
		if c.skip == "" && !foreign(kind) {
			c.allUsed()
		}
	}
	return c.result(f.Name, s.Title, s.Line)
}

// foreign reports whether the kind comes from another project's form, which has
// fields that nothing here needs.
func foreign(kind string) bool {
	return strings.HasPrefix(kind, "wycheproof ") || strings.HasPrefix(kind, "acvp ")
}

// result makes a Case of a check that has run.
func (c *check) result(file, name string, line int) Case {
	r := Case{File: file, Name: name, Line: line, Compared: c.compared}
	switch {
	case c.failure != nil:
		r.Outcome, r.Failure = Failed, c.failure
	case c.skip != "":
		r.Outcome, r.Reason = Skipped, c.skip
	case c.compared == 0:
		// A case that compares nothing proves nothing.
		r.Outcome, r.Failure = Failed, &Failure{Line: line, Reason: "nothing was compared"}
	}
	return r
}

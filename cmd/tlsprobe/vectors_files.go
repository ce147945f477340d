package main

import (
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/pki"
	"github.com/tlsengine/tlsengine/trace"
	"github.com/tlsengine/tlsengine/vectors/verify"
)

// maxVectors is how long a file of vectors may be, in bytes, that is taken apart
// in memory first. Captures and traces may be longer.
const maxVectors = 64 << 20

// vectorsResult is what came of a source or of a file.
type vectorsResult struct {
	verify.Result
	Format string       // of a file
	Fault  *fault.Fault // why a file could not be read
}

// vectorFile is a file that may have vectors.
type vectorFile struct {
	name  string
	named bool // on the command line, not in a directory
	form  string
	why   string       // it has no vectors
	fault *fault.Fault // it could not be read
	data  []byte       // nil if it is to be read again

	acvp    verify.ACVPPart
	sets    string // of ACVP
	results []byte // the expected results of an ACVP prompt
	done    bool   // it belongs to another file
}

// listVectors finds the files of a name: itself, or all below a directory. A link to
// a directory is not followed below another, so that there is no loop.
func listVectors(name string) (list []*vectorFile) {
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		return []*vectorFile{{name: name, named: true}} // what is wrong is said by who reads it
	}
	add := func(f *vectorFile) { list = append(list, f) }
	err = fs.WalkDir(os.DirFS(name), ".", func(path string, d fs.DirEntry, err error) error {
		path = filepath.Join(name, path)
		switch {
		case err != nil:
			add(&vectorFile{name: path, fault: fault.InputError("file", "%s: %v", path, plain(err))})
			return nil
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			info, err := os.Stat(path)
			if err != nil {
				add(&vectorFile{name: path, fault: fault.InputError("file", "%s: %v", path, plain(err))})
				return nil
			}
			if info.IsDir() {
				add(&vectorFile{name: path, why: "a link to a directory"})
				return nil
			}
			if !info.Mode().IsRegular() {
				add(&vectorFile{name: path, why: "no regular file"})
				return nil
			}
		case !d.Type().IsRegular():
			add(&vectorFile{name: path, why: "no regular file"})
			return nil
		}
		add(&vectorFile{name: path})
		return nil
	})
	if err != nil {
		add(&vectorFile{name: name, fault: fault.InputError("file", "%s: %v", name, plain(err))})
	}
	if list == nil {
		add(&vectorFile{name: name, why: "an empty directory"})
	}
	return list
}

// look reads a file, and finds out its form. Key logs go to log.
func (v *testVectors) look(f *vectorFile, log keyLogs) {
	if f.fault != nil || f.why != "" {
		return
	}
	b, err := pki.ReadFile(f.name, maxCapture)
	if err != nil {
		f.fault = fault.Of(err)
		return
	}
	if f.form, f.why = recognise(b); f.form == formKeyLog {
		keys, err := trace.ParseKeyLog(b)
		if err != nil {
			f.fault = fault.InputError("keylog", "%s: %v", f.name, err)
			return
		}
		log.add(f.name, keys)
	}
	switch {
	case v.format != formAuto && f.named:
		f.form, f.why = v.format, ""
	case v.format != formAuto && f.form != v.format:
		f.why = "not of the form " + v.format
	case f.why != "" && f.named:
		f.fault = fault.InputError("vectors", "%s: no known form: %s", f.name, f.why).WithHint("`tlsprobe help vectors` has the forms")
	}
	if f.fault != nil || f.why != "" {
		return
	}
	if (f.form == formText || f.form == formWycheproof || f.form == formACVP) && len(b) > maxVectors {
		f.fault = fault.InputError("file", "%s is longer than %d bytes", f.name, maxVectors)
		return
	}
	if f.form == formACVP {
		f.acvp, f.sets = verify.ACVPPartOf(b)
	}
	if info, err := os.Stat(f.name); f.form == formACVP || err != nil || !info.Mode().IsRegular() {
		f.data = b // a pipe gives its bytes once
	}
}

// read is the bytes of a file that was looked at.
func (f *vectorFile) read() ([]byte, error) {
	if f.data != nil {
		return f.data, nil
	}
	return pki.ReadFile(f.name, maxCapture)
}

package verify

import (
	"bytes"

	"github.com/tlsengine/tlsengine/vectors"
)

// Load parses a file of cases: in the form of package vectors, or a JSON file
// of Wycheproof. A file of ACVP's is for [LoadACVP]. name is used in errors and in cases.
func Load(name string, data []byte) (*vectors.File, error) {
	if start := bytes.TrimLeft(data, " \t\r\n\ufeff"); len(start) > 0 && start[0] == '{' {
		return parseWycheproof(name, start)
	}
	return vectors.Parse(name, data)
}

// LoadACVP parses a prompt and the expected results of NIST's ACVP. expected is
// nil for a file that has both, as an internal projection is.
func LoadACVP(name string, prompt, expected []byte) (*vectors.File, error) {
	return parseACVP(name, prompt, expected)
}

// An ACVPPart is what a file of ACVP's has.
type ACVPPart uint8

// The parts.
const (
	ACVPNothing ACVPPart = iota // no vector set that can be read
	ACVPPrompt                  // the questions
	ACVPResults                 // the answers, without the questions
	ACVPBoth                    // an internal projection
)

// ACVPPartOf says which part of ACVP's data a file is, and which vector sets
// are in it: the prompt and the results of a session have the same.
func ACVPPartOf(data []byte) (part ACVPPart, sets string) {
	all, err := acvpSets(data)
	if err != nil {
		return ACVPNothing, ""
	}
	for _, set := range all {
		sets += text(set, "algorithm") + " " + text(set, "vsId") + ";"
		for _, g := range objects(set, "testGroups") {
			for _, t := range objects(g, "tests") {
				switch {
				case part != ACVPNothing:
				case g["testType"] == nil:
					part = ACVPResults
				case answered(set, t):
					part = ACVPBoth
				default:
					part = ACVPPrompt
				}
			}
		}
	}
	return part, sets
}

// answered reports whether a test of a prompt has its answer with it.
func answered(set, test object) bool {
	for _, name := range []string{"masterSecret", "clientEarlyTrafficSecret", "k", "testPassed", "dkm"} {
		if test[name] != nil {
			return true
		}
	}
	return text(set, "mode") == "keyGen" && test["ek"] != nil || test["pt"] != nil && test["ct"] != nil
}

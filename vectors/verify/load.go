package verify

import (
	"bytes"

	"github.com/tlsengine/tlsengine/vectors"
)

// Load parses a file of cases: in the form of package vectors, or a JSON file
// of Wycheproof. name is used in errors and in cases.
func Load(name string, data []byte) (*vectors.File, error) {
	if start := bytes.TrimLeft(data, " \t\r\n\ufeff"); len(start) > 0 && start[0] == '{' {
		return parseWycheproof(name, start)
	}
	return vectors.Parse(name, data)
}

// LoadACVP parses a prompt and the expected results of NIST's ACVP.
func LoadACVP(name string, prompt, expected []byte) (*vectors.File, error) {
	return parseACVP(name, prompt, expected)
}

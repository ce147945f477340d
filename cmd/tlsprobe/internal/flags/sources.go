package flags

import (
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// EnvName is the environment variable that stands for a flag.
func EnvName(flag string) string {
	return "TLSPROBE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Environment sets the flags that were not given from the environment. The
// error is the first; the other flags are set whatever it is.
func (s *Set) Environment(getenv func(string) string) (first error) {
	for _, f := range s.Flags {
		value := getenv(EnvName(f.Name))
		if f.From != "" || value == "" {
			continue
		}
		f.From = "environment"
		if err := f.Set(value); err != nil && first == nil {
			first = valueError(EnvName(f.Name), value, err)
		}
	}
	return first
}

// A Line is a flag in a config file.
type Line struct {
	Number      int
	Name, Value string
}

// ParseFile reads a config file: lines "flag = value", "#" starts a comment.
func ParseFile(name, content string) ([]Line, error) {
	var lines []Line
	n := 0
	for line := range strings.Lines(content) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		flag, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fault.InputError("config", "%s: line %d: want \"flag = value\"", name, n)
		}
		lines = append(lines, Line{Number: n, Name: strings.TrimLeft(strings.TrimSpace(flag), "-"), Value: strings.TrimSpace(value)})
	}
	return lines, nil
}

// Apply sets the flags that were not given from the lines of a config file. Lines
// for flags of other commands are passed over. The error is the first, as above.
func (s *Set) Apply(name string, lines []Line) (first error) {
	for _, line := range lines {
		f := s.Lookup(line.Name)
		if f == nil || f.From != "" && f.From != "file" {
			continue
		}
		f.From = "file"
		if err := f.Set(line.Value); err != nil && first == nil {
			first = valueError(name+": "+line.Name, line.Value, err)
		}
	}
	return first
}

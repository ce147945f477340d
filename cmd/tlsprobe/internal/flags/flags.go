// Package flags reads command lines: long flags (--name value, --name=value)
// and one-letter ones (-o file, -vv), in any order with the arguments. "--"
// ends flags. A flag that was not given may come from the environment or from
// a file. The same table makes the help and the completion.
package flags

import (
	"slices"
	"strings"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// Flag is one flag of a command.
type Flag struct {
	Name    string   // long, without dashes
	Short   string   // one letter, or ""
	Arg     string   // what stands for its value in the help; "" for a switch
	Help    string   // one line
	Choices []string // values that completion offers; may be nil
	Files   bool     // completion offers files
	From    string   // where its value came from: "flag", "environment", "file" or "" for the default
	Set     func(string) error
}

// Set is the flags of a command, in the order of its help.
type Set struct {
	Flags []*Flag
}

// Add puts a flag in.
func (s *Set) Add(f *Flag) *Flag {
	s.Flags = append(s.Flags, f)
	return f
}

// Lookup finds a flag by its long name, or nil.
func (s *Set) Lookup(name string) *Flag {
	return s.find(func(f *Flag) bool { return f.Name == name })
}

// Given reports whether the flag's value is not the default.
func (s *Set) Given(name string) bool {
	f := s.Lookup(name)
	return f != nil && f.From != ""
}

func (s *Set) find(is func(*Flag) bool) *Flag {
	if i := slices.IndexFunc(s.Flags, is); i >= 0 {
		return s.Flags[i]
	}
	return nil
}

// Parse takes the flags out of args and returns the arguments that are left.
func (s *Set) Parse(args []string) (rest []string, err error) {
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "--":
			return append(rest, args...), nil
		case strings.HasPrefix(arg, "--"):
			args, err = s.long(arg[2:], args)
		case strings.HasPrefix(arg, "-") && arg != "-":
			args, err = s.short(arg[1:], args)
		default:
			rest = append(rest, arg)
		}
		if err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// long takes --name, --name=value or --name value.
func (s *Set) long(word string, args []string) ([]string, error) {
	name, value, joined := strings.Cut(word, "=")
	f := s.Lookup(name)
	switch {
	case f == nil:
		return nil, s.unknown("--" + name)
	case f.Arg == "" && joined:
		return nil, fault.UsageError("flag", "--%s takes no value", name)
	case f.Arg == "":
		return args, s.give(f, "true")
	case !joined:
		if value, args = next(args); value == "" && args == nil {
			return nil, fault.UsageError("flag", "--%s needs a value: --%s %s", name, name, f.Arg)
		}
		if strings.HasPrefix(value, "--") && s.Lookup(value[2:]) != nil {
			return nil, fault.UsageError("flag", "--%s needs a value: --%s %s", name, name, f.Arg)
		}
	}
	return args, s.give(f, value)
}

// next takes one word; args is nil, and not just empty, when there was none.
func next(args []string) (string, []string) {
	if len(args) == 0 {
		return "", nil
	}
	return args[0], args[1:]
}

// short takes -x, -xyz of switches, -o value, -ovalue or -o=value.
func (s *Set) short(letters string, args []string) ([]string, error) {
	for i, letter := range letters {
		f := s.find(func(f *Flag) bool { return f.Short == string(letter) })
		if f == nil {
			return nil, s.unknown("-" + letters)
		}
		if f.Arg == "" {
			if err := s.give(f, "true"); err != nil {
				return nil, err
			}
			continue
		}
		value := strings.TrimPrefix(letters[i+len(string(letter)):], "=")
		if value == "" {
			if value, args = next(args); args == nil {
				return nil, fault.UsageError("flag", "-%s needs a value: -%s %s", f.Short, f.Short, f.Arg)
			}
		}
		return args, s.give(f, value)
	}
	return args, nil
}

// give sets a flag from the command line.
func (s *Set) give(f *Flag, value string) error {
	f.From = "flag"
	if err := f.Set(value); err != nil {
		return valueError("--"+f.Name, value, err)
	}
	return nil
}

// valueError says which flag a value is wrong for. Faults keep their hint.
func valueError(name, value string, err error) error {
	inner := fault.Of(err)
	f := fault.UsageError("value", "%s %s: %s", name, quote(value), inner.Message)
	f.Hint = inner.Hint
	return f
}

func quote(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\n\"'") {
		return "'" + s + "'"
	}
	return s
}

// absent are flags that people may look for, and what the engine would need.
var absent = map[string]string{
	"ech":              "Encrypted Client Hello",
	"rpk":              "raw public keys",
	"dc":               "delegated credentials",
	"cert-compression": "compressed certificates",
	"psk-file":         "external PSKs",
	"psk-import":       "external PSKs",
	"psk-ke":           "PSKs without a key exchange",
}

// Absent is what the engine would need for a flag that people may look for, ""
// for any other.
func Absent(name string) string { return absent[name] }

// unknown is the error for a flag that does not exist, with the nearest one.
func (s *Set) unknown(flag string) error {
	if what := Absent(strings.TrimLeft(flag, "-")); what != "" {
		return fault.UsageError("absent", "%s: this version has no %s", flag, what)
	}
	f := fault.UsageError("flag", "unknown flag %s", flag)
	if near := Nearest(strings.TrimLeft(flag, "-"), s.Names()); near != "" {
		return f.WithHint("did you mean --%s?", near)
	}
	return f.WithHint("--help lists the flags")
}

// Names are the long names of all flags.
func (s *Set) Names() []string {
	names := make([]string, 0, len(s.Flags))
	for _, f := range s.Flags {
		names = append(names, f.Name)
	}
	return names
}

package flags

import (
	"strconv"
	"strings"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// Switch adds a flag without a value.
func (s *Set) Switch(to *bool, name, help string) *Flag {
	return s.Add(&Flag{Name: name, Help: help, Set: func(v string) (err error) {
		*to, err = strconv.ParseBool(v)
		if err != nil {
			return fault.UsageError("value", "want true or false")
		}
		return nil
	}})
}

// Count adds a switch that counts how often it is given.
func (s *Set) Count(to *int, name, help string) *Flag {
	return s.Add(&Flag{Name: name, Help: help, Set: func(v string) error {
		if n, err := strconv.Atoi(v); err == nil {
			*to = n
			return nil
		}
		*to++
		return nil
	}})
}

// String adds a flag with any value.
func (s *Set) String(to *string, name, arg, help string) *Flag {
	return s.Add(&Flag{Name: name, Arg: arg, Help: help, Set: func(v string) error {
		*to = v
		return nil
	}})
}

// File adds a flag whose value is the name of a file.
func (s *Set) File(to *string, name, help string) *Flag {
	return s.Add(&Flag{Name: name, Arg: "FILE", Help: help, Files: true, Set: func(v string) error {
		if v == "" {
			return fault.UsageError("value", "want the name of a file")
		}
		*to = v
		return nil
	}})
}

// Strings adds a flag that may be given several times.
func (s *Set) Strings(to *[]string, name, arg, help string) *Flag {
	return s.Add(&Flag{Name: name, Arg: arg, Help: help, Set: func(v string) error {
		*to = append(*to, v)
		return nil
	}})
}

// List adds a flag with a comma-separated value.
func (s *Set) List(to *[]string, name, arg, help string) *Flag {
	return s.Add(&Flag{Name: name, Arg: arg, Help: help, Set: func(v string) error {
		*to = []string{}
		for item := range strings.SplitSeq(v, ",") {
			if item = strings.TrimSpace(item); item != "" {
				*to = append(*to, item)
			}
		}
		return nil
	}})
}

// Choice adds a flag with one of a few values.
func (s *Set) Choice(to *string, name string, choices []string, help string) *Flag {
	return s.Add(&Flag{Name: name, Arg: strings.Join(choices, "|"), Help: help, Choices: choices, Set: func(v string) error {
		for _, c := range choices {
			if v == c {
				*to = v
				return nil
			}
		}
		return fault.UsageError("value", "want %s", oneOf(choices))
	}})
}

// Int adds a flag with a number from low to high.
func (s *Set) Int(to *int, name string, low, high int, help string) *Flag {
	return s.Add(&Flag{Name: name, Arg: "N", Help: help, Set: func(v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < low || n > high {
			return fault.UsageError("value", "want a number from %d to %d", low, high)
		}
		*to = n
		return nil
	}})
}

// Size adds a flag with a number of bytes from low to high: 4096, 64k, 1MiB.
func (s *Set) Size(to *int64, name string, low, high int64, help string) *Flag {
	return s.Add(&Flag{Name: name, Arg: "SIZE", Help: help, Set: func(v string) error {
		n, ok := parseSize(v)
		if !ok || n < low || n > high {
			return fault.UsageError("value", "want a size from %d to %d bytes, as in 4096, 64KiB or 1MiB", low, high)
		}
		*to = n
		return nil
	}})
}

var units = []struct {
	suffix string
	bytes  int64
}{{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"kb", 1000}, {"mb", 1000 * 1000}, {"k", 1 << 10}, {"m", 1 << 20}, {"b", 1}}

func parseSize(v string) (int64, bool) {
	v = strings.ToLower(strings.TrimSpace(v))
	unit := int64(1)
	for _, u := range units {
		if rest, ok := strings.CutSuffix(v, u.suffix); ok {
			v, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return n * unit, err == nil && n >= 0 && n <= 1<<40
}

// Duration adds a flag with a time from low to high. A bare number is seconds.
func (s *Set) Duration(to *time.Duration, name string, low, high time.Duration, help string) *Flag {
	return s.Add(&Flag{Name: name, Arg: "TIME", Help: help, Set: func(v string) error {
		d, err := time.ParseDuration(v)
		if err != nil {
			d, err = time.ParseDuration(v + "s")
		}
		if err != nil || d < low || d > high {
			return fault.UsageError("value", "want a time from %v to %v, as in 500ms, 15s or 2m", low, high)
		}
		*to = d
		return nil
	}})
}

func oneOf(choices []string) string {
	if len(choices) < 2 {
		return strings.Join(choices, "")
	}
	return strings.Join(choices[:len(choices)-1], ", ") + " or " + choices[len(choices)-1]
}

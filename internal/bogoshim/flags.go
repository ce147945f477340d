package main

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// scope is which connections a flag is for.
type scope int

const (
	all scope = iota
	initial
	resume
	retry
)

// setting is a flag with its value and the connections it is for.
type setting struct {
	scope scope
	apply func(*options) error
}

var prefixes = []struct {
	text  string
	scope scope
}{{"-on-initial-", initial}, {"-on-resume-", resume}, {"-on-retry-", retry}}

// parse reads the command line.
func parse(args []string) ([]setting, error) {
	var out []setting
	for i := 0; i < len(args); i++ {
		name, s, skip := strip(args[i])
		if flag, ok := switches[name]; ok {
			if !skip {
				out = append(out, setting{s, flag})
			}
			continue
		}
		flag, ok := values[name]
		if !ok || i+1 == len(args) {
			return nil, fmt.Errorf("%w: flag %s", errUnimplemented, args[i])
		}
		i++
		value := args[i]
		if !skip {
			out = append(out, setting{s, func(o *options) error { return flag(o, value) }})
		}
	}
	return out, nil
}

// strip takes the prefixes off a flag.
func strip(arg string) (name string, s scope, skip bool) {
	for {
		switch {
		case strings.HasPrefix(arg, "-on-shim-"):
			arg = "-" + arg[len("-on-shim-"):]
			continue
		case strings.HasPrefix(arg, "-on-handshaker-"):
			arg, skip = "-"+arg[len("-on-handshaker-"):], true
			continue
		}
		for _, p := range prefixes {
			if strings.HasPrefix(arg, p.text) {
				arg, s = "-"+arg[len(p.text):], p.scope
			}
		}
		return arg, s, skip
	}
}

// build gives the options of one connection.
func build(settings []setting, s scope) (*options, error) {
	o := newOptions()
	for _, set := range settings {
		if set.scope == all || set.scope == s {
			if err := set.apply(o); err != nil {
				return nil, err
			}
		}
	}
	return o, o.finish()
}

func set(f func(*options)) func(*options) error {
	return func(o *options) error { f(o); return nil }
}

func number[T ~int | ~uint16 | ~uint8 | ~uint64](f func(*options) *T) func(*options, string) error {
	return func(o *options, v string) error {
		n, err := strconv.ParseUint(v, 10, 64)
		*f(o) = T(n)
		return err
	}
}

// list appends a number each time the flag comes.
func list[T ~uint16 | ~uint8](f func(*options) *[]T) func(*options, string) error {
	return func(o *options, v string) error {
		n, err := strconv.ParseUint(v, 10, 16)
		*f(o) = append(*f(o), T(n))
		return err
	}
}

func text(f func(*options) *string) func(*options, string) error {
	return func(o *options, v string) error { *f(o) = v; return nil }
}

// wanted is text that is an expectation even when it is empty.
func wanted(f func(*options) **string) func(*options, string) error {
	return func(o *options, v string) error { *f(o) = &v; return nil }
}

func base64Text(f func(*options) *[]byte) func(*options, string) error {
	return func(o *options, v string) error {
		b, err := base64.StdEncoding.DecodeString(v)
		*f(o) = b
		return err
	}
}

func ignored(*options) error { return nil }

// optional is a number whose absence says something.
func optional(f func(*options) **int) func(*options, string) error {
	return func(o *options, v string) error {
		n, err := strconv.Atoi(v)
		*f(o) = &n
		return err
	}
}

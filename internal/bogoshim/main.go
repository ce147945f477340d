// Bogoshim puts the engine in front of BoringSSL's test runner, which starts
// it once per test, as ssl/test/PORTING.md there describes. It drives the
// public API only. What the engine does not have makes it exit with 89,
// never a hollow pass; what fails is said as BoringSSL says it, by the table
// in errors.go.
//
// The runner is not part of this project. RESULTS.md says how it is used and
// what came of it.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
)

// Exit codes that the runner knows.
const (
	exitFailure       = 1
	exitUnimplemented = 89
)

// errUnimplemented says that the engine lacks something a test needs.
var errUnimplemented = errors.New("unimplemented")

func main() {
	if slices.Contains(os.Args[1:], "-is-handshaker-supported") {
		fmt.Println("No")
		return
	}
	settings, err := parse(os.Args[1:])
	if err == nil {
		err = runAll(settings)
	}
	switch {
	case err == nil:
	case errors.Is(err, errUnimplemented):
		fmt.Println(err)
		os.Exit(exitUnimplemented)
	default:
		fmt.Fprintln(os.Stderr, describe(err))
		os.Exit(exitFailure)
	}
}

// runAll makes the connections of the test, one after the other.
func runAll(settings []setting) error {
	env := newEnvironment()
	first, err := build(settings, initial)
	if err != nil {
		return err
	}
	for i := range first.resumeCount + 1 {
		s := initial
		if i > 0 {
			s = resume
		}
		o, err := build(settings, s)
		if err != nil {
			return err
		}
		again, err := build(settings, retry)
		if err != nil {
			return err
		}
		if err := connect(env, o, again, i); err != nil {
			return err
		}
		env.advance(o.resumptionDelay)
	}
	return nil
}

package main

import (
	"regexp"
	"strconv"
	"time"
)

// outcome is what a run of a target came to.
type outcome struct {
	executions  int
	interesting int // inputs that went a new way
	verdict     verdict
	input       string // file of the input that failed, relative to the package
}

type verdict int

const (
	passed verdict = iota
	failed
	stalled // no input was finished for stallTime
	cutOff  // Go's fuzzer took the end of the time for a failure
)

// stallTime is how long an execution may take. Go's fuzzer does not notice an
// input without end: it waits until its time is over, and is content.
const stallTime = 5 * time.Second

var (
	progress = regexp.MustCompile(`(?m)^fuzz: elapsed: (\w+), execs: (\d+) \(\d+/sec\)(?:, new interesting: (\d+))?`)
	written  = regexp.MustCompile(`(?m)^ *Failing input written to (\S+)`)

	// The context of the time that is over is done before its child is, and the
	// fuzzer compares the two: https://go.dev/issue/75804, mended in Go 1.27.
	// That and nothing else is the failure's text then.
	raced = regexp.MustCompile(`(?m)^--- FAIL: Fuzz\w+ \([0-9.]+s\)\n {4}context deadline exceeded\nFAIL\n?(?:exit status \d+\n?)?\z`)
)

// judge reads the output of a test program that fuzzed one target and ended
// well or not.
func judge(output string, ended bool) outcome {
	var o outcome
	var moved, last time.Duration // when executions were last more, and the last line
	for _, m := range progress.FindAllStringSubmatch(output, -1) {
		last, _ = time.ParseDuration(m[1])
		n, _ := strconv.Atoi(m[2])
		if n > o.executions {
			o.executions, moved = n, last
		}
		o.interesting, _ = strconv.Atoi(m[3])
	}
	if m := written.FindStringSubmatch(output); m != nil {
		o.input = m[1]
	}
	switch {
	case o.input != "", !ended && !raced.MatchString(output):
		o.verdict = failed
	case last-moved > stallTime:
		o.verdict = stalled
	case !ended:
		o.verdict = cutOff
	case o.executions == 0:
		o.verdict = failed
	}
	return o
}

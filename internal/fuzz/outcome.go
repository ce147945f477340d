package main

import (
	"regexp"
	"strconv"
	"time"
)

// outcome is what a run of a target came to.
type outcome struct {
	executions  int // of the seeds too
	seeds       int
	interesting int // inputs that went a new way
	verdict     verdict
	input       string // file of the input that failed, relative to the package
}

type verdict int

const (
	passed verdict = iota
	failed
	stalled // no input was finished for stallTime
)

// stallTime is how long an execution may take. Go's fuzzer does not notice an
// input without end: it waits until its time is over, and is content.
const stallTime = 5 * time.Second

// started is what the fuzzer says when the seeds are done.
const started = "completed, now fuzzing with"

var (
	baseline = regexp.MustCompile(`(?m)^fuzz: elapsed: \w+, [a-z ]+: \d+/(\d+) ` + started)
	progress = regexp.MustCompile(`(?m)^fuzz: elapsed: (\w+), execs: (\d+) \(\d+/sec\)(?:, new interesting: (\d+))?`)
	written  = regexp.MustCompile(`(?m)^ *Failing input written to (\S+)`)
)

// judge reads the output of a test program that fuzzed one target and ended
// well or not.
func judge(output string, ended bool) outcome {
	var o outcome
	var moved, last time.Duration // when executions were last more, and the last line
	for _, m := range progress.FindAllStringSubmatch(output, -1) {
		last, _ = time.ParseDuration(m[1])
		if n, _ := strconv.Atoi(m[2]); n > o.executions {
			o.executions, moved = n, last
		}
		o.interesting, _ = strconv.Atoi(m[3])
	}
	if m := baseline.FindStringSubmatch(output); m != nil {
		o.seeds, _ = strconv.Atoi(m[1])
	}
	if m := written.FindStringSubmatch(output); m != nil {
		o.input = m[1]
	}
	switch {
	case !ended || o.input != "" || o.executions == 0:
		o.verdict = failed
	case last-moved > stallTime:
		o.verdict = stalled
	}
	return o
}

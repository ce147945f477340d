package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"time"
)

type options struct {
	time     time.Duration
	atOnce   int
	corpus   string // where what is interesting is kept; "" keeps nothing
	run      *regexp.Regexp
	packages []string
}

// tries is how often a target is run that Go's fuzzer cut off.
const tries = 3

// job is a target to fuzz with the test program of its package.
type job struct {
	pack
	target, program, corpus string
}

var errFailed = errors.New("a target failed")

// fuzz builds everything, fuzzes everything, and sums it up.
func (o options) fuzz(w io.Writer) error {
	began := time.Now()
	dir, err := os.MkdirTemp("", "fuzz")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	packs, err := list(o.packages, o.run)
	if err != nil {
		return err
	}
	if o.corpus, err = absolute(o.corpus); err != nil {
		return err
	}
	var jobs []job
	for i, p := range packs {
		program := filepath.Join(dir, fmt.Sprintf("%d.test", i))
		if err := p.build(program); err != nil {
			return err
		}
		corpus := filepath.Join(cmp.Or(o.corpus, dir), filepath.FromSlash(p.path))
		for _, t := range p.targets {
			jobs = append(jobs, job{p, t, program, corpus})
		}
	}
	fmt.Fprintf(w, "%d targets of %d packages, built in %v\n", len(jobs), len(packs), time.Since(began).Round(time.Second))

	executions, failures := o.all(jobs, w)
	fmt.Fprintf(w, "%d targets, %d executions, %d failures, in %v\n", len(jobs), executions, failures, time.Since(began).Round(time.Second))
	if failures > 0 {
		return errFailed
	}
	return nil
}

// absolute is what a path is for programs that run elsewhere.
func absolute(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	return filepath.Abs(path)
}

// all fuzzes the jobs, some at once.
func (o options) all(jobs []job, w io.Writer) (executions, failures int) {
	var (
		wait  sync.WaitGroup
		mutex sync.Mutex
		queue = make(chan job)
	)
	for range o.atOnce {
		wait.Go(func() {
			for j := range queue {
				result, text := o.one(j)
				mutex.Lock()
				fmt.Fprint(w, text)
				executions += result.executions
				if result.verdict != passed {
					failures++
				}
				mutex.Unlock()
			}
		})
	}
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	wait.Wait()
	return executions, failures
}

// one fuzzes a target, again if Go's fuzzer cut it off, and returns what came
// of it, in words too.
func (o options) one(j job) (outcome, string) {
	var text string
	sum := 0
	for try := 1; ; try++ {
		output, err := o.execute(j)
		result := judge(output, err == nil)
		sum += result.executions
		result.executions = sum
		text += fmt.Sprintf("%-26s %-34s %9d executions, %d new ways\n", j.target, j.short(), sum, result.interesting)
		switch result.verdict {
		case passed:
			return result, text
		case cutOff:
			text += fmt.Sprintf("%s: context deadline exceeded, and no input that fails: Go's fuzzer took the end of its time for a failure (https://go.dev/issue/75804)\n", j.target)
			if try < tries {
				continue
			}
		case stalled:
			text += fmt.Sprintf("%s: no execution ended for more than %v\n", j.target, stallTime)
		}
		text += output
		if err != nil {
			text += err.Error() + "\n"
		}
		if input, err := os.ReadFile(filepath.Join(j.dir, result.input)); result.input != "" && err == nil {
			text += fmt.Sprintf("%s:\n%s\n", result.input, input)
		}
		return result, text
	}
}

// execute runs the test program on the target.
func (o options) execute(j job) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), o.time+2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, j.program, "-test.run=^$", "-test.fuzz=^"+j.target+"$", "-test.fuzztime="+o.time.String(),
		"-test.fuzzminimizetime=1s", "-test.parallel=1", "-test.fuzzcachedir="+j.corpus)
	c.Dir = j.dir
	c.WaitDelay = 5 * time.Second
	output, err := c.CombinedOutput()
	return string(output), err
}

package main

import (
	"bytes"
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

// seedTime is how long the seeds of a target may take.
const seedTime = 2 * time.Minute

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

// one fuzzes a target, and returns what came of it, in words too.
func (o options) one(j job) (outcome, string) {
	output, err := o.execute(j)
	result := judge(output, err == nil)
	text := fmt.Sprintf("%-24s %-32s %4d seeds, %9d executions, %d new ways\n", j.target, j.short(), result.seeds, result.executions, result.interesting)
	if result.verdict == passed {
		return result, text
	}
	text += output
	if result.verdict == stalled {
		text += fmt.Sprintf("%s: no execution ended for more than %v\n", j.target, stallTime)
	}
	if err != nil {
		text += err.Error() + "\n"
	}
	if input, err := os.ReadFile(filepath.Join(j.dir, result.input)); result.input != "" && err == nil {
		text += fmt.Sprintf("%s:\n%s\n", result.input, input)
	}
	return result, text
}

// execute runs the test program on the target, and interrupts it when it has
// fuzzed long enough. With -test.fuzztime the seeds would count, some of which
// take longer than all of it, and now and then the end of the time would be
// taken for a failure: https://go.dev/issue/75804. Inputs are not made smaller,
// which is what a worker would do with most of its ten seconds.
func (o options) execute(j job) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), o.time+seedTime)
	defer cancel()
	c := exec.CommandContext(ctx, j.program, "-test.run=^$", "-test.fuzz=^"+j.target+"$",
		"-test.fuzzminimizetime=0x", "-test.parallel=1", "-test.fuzzcachedir="+j.corpus)
	c.Dir = j.dir
	c.WaitDelay = 5 * time.Second
	w := &watcher{}
	w.begun = func() {
		time.AfterFunc(o.time, func() { _ = c.Process.Signal(os.Interrupt) })
	}
	c.Stdout, c.Stderr = w, w
	err := c.Run()
	return w.text.String(), err
}

// watcher keeps what a fuzzer says, and notices when it has begun.
type watcher struct {
	text  bytes.Buffer
	begun func()
	seen  bool
}

func (w *watcher) Write(p []byte) (int, error) {
	w.text.Write(p)
	if !w.seen && bytes.Contains(w.text.Bytes(), []byte(started)) {
		w.seen = true
		w.begun()
	}
	return len(p), nil
}

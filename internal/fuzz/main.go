// Command fuzz runs every fuzz target of the module for a while, two at once,
// and says how many executions each had.
//
//	go run ./internal/fuzz [-time 10s] [-run regexp] [-at-once 2] [-corpus dir] [packages]
//
// A package's tests are built once, instrumented. A target has one worker.
// Every run begins with the seeds that are committed, so that ten seconds are
// not spent on reading what earlier runs found; who fuzzes longer keeps it in
// a directory. An input that fails is left in the package's testdata/fuzz,
// printed, and makes the command fail.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"time"
)

func main() {
	var o options
	flag.DurationVar(&o.time, "time", 10*time.Second, "how long to fuzz each target")
	flag.IntVar(&o.atOnce, "at-once", 2, "how many targets to fuzz at once")
	flag.StringVar(&o.corpus, "corpus", "", "where to keep inputs that go new ways; without it they are forgotten")
	run := flag.String("run", "", "fuzz only targets that match")
	flag.Parse()
	o.packages = flag.Args()
	if len(o.packages) == 0 {
		o.packages = []string{"./..."}
	}
	var err error
	if o.run, err = regexp.Compile(*run); err == nil {
		err = o.fuzz(os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

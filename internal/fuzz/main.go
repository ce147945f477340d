// Command fuzz runs every fuzz target of the module for a while, two at once,
// and says how many executions each had.
//
//	go run ./internal/fuzz [-time 10s] [-run regexp] [-at-once 2] [packages]
//
// A package's tests are built once, instrumented. A target has one worker, so
// that what one finds does not depend on what else runs. What is found
// interesting stays in Go's build cache; an input that fails is left in the
// package's testdata/fuzz, printed, and makes the command fail.
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

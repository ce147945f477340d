// Command cover reads coverage profiles and the list of assertions, and fails
// when there is a statement that is neither covered nor an assertion, or an
// assertion that is covered or gone.
//
//	go run ./internal/cover [-list assertions.txt] coverage.out...
//
// It is run from the root of the module, after the tests of the packages that
// the profiles are of.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	list := flag.String("list", "internal/cover/assertions.txt", "what need not be covered")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	r, err := report(".", flag.Args(), *list)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	fmt.Print(r)
	if !r.whole() {
		os.Exit(1)
	}
}

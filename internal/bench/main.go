// Bench measures the engine beside crypto/tls and beside the primitives, in
// one process, in turns, so that the ratios hold on a noisy machine.
//
//	go run ./internal/bench [-rounds N] [-run REGEXP] [-shortest] [-parked N]
//
// It prints a line per figure,
//
//	bench NAME ours=… peer=… limit=… ratio=… goal=… ok|short
//
// then all of them as a table, and exits with 1 if a figure falls short of its
// goal. PERFORMANCE.md says what each figure is.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"
)

var (
	rounds   = flag.Int("rounds", 9, "turns of each measurement; the median counts")
	shortest = flag.Bool("shortest", false, "the shortest turn of each counts, for a busy machine")
)

func main() {
	run := flag.String("run", "", "only figures whose name matches")
	flag.Parse()
	match := regexp.MustCompile(*run)
	fmt.Printf("# %s %s/%s, %d processors, %d rounds\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), *rounds)
	start, short, all := time.Now(), 0, []result(nil)
	for _, f := range figures() {
		if !match.MatchString(f.name) {
			continue
		}
		for _, r := range f.results() {
			fmt.Println(r)
			if all = append(all, r); !r.ok {
				short++
			}
		}
	}
	fmt.Printf("\n%s\n# %d results in %v, %d short\n", table(all), len(all), time.Since(start).Round(time.Second), short)
	if short > 0 {
		os.Exit(1)
	}
}

// figure is something to measure; it may give several results.
type figure struct {
	name    string
	measure func() []result
}

// results measures. What cannot be measured falls short.
func (f figure) results() (out []result) {
	defer func() {
		if err := recover(); err != nil {
			fmt.Printf("# %s: %v\n", f.name, err)
			out = []result{{name: f.name, goal: "-"}}
		}
	}()
	return f.measure()
}

func figures() []figure {
	var all []figure
	all = append(all, bulkFigures()...)
	all = append(all, handshakeFigures()...)
	all = append(all, memoryFigures()...)
	all = append(all, parkedFigures()...)
	all = append(all, otherFigures()...)
	all = append(all, quicFigures()...)
	return all
}

// result is one line of the report.
type result struct {
	name              string
	ours, peer, limit string
	ratio             float64
	goal              string
	ok                bool
}

// String is the line, for people and for programs.
func (r result) String() string {
	verdict := "short"
	if r.ok {
		verdict = "ok"
	}
	return fmt.Sprintf("bench %-28s ours=%-10s peer=%-10s limit=%-10s ratio=%-6.3f goal=%-8s %s",
		r.name, orNone(r.ours), orNone(r.peer), orNone(r.limit), r.ratio, r.goal, verdict)
}

// table is the same for people, in Markdown.
func table(all []result) string {
	var b strings.Builder
	b.WriteString("| figure | ours | crypto/tls | limit | ratio | goal | |\n|---|---|---|---|---|---|---|\n")
	for _, r := range all {
		verdict := "short"
		if r.ok {
			verdict = "ok"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %.4g | %s | %s |\n", r.name, r.ours, r.peer, r.limit, r.ratio, r.goal, verdict)
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// atMost and atLeast judge a ratio.
func (r result) atMost(goal float64) result {
	r.goal, r.ok = fmt.Sprintf("<=%g", goal), r.ratio <= goal
	return r
}

// toldOnly is for a ratio that has no goal.
func (r result) toldOnly() result {
	r.goal, r.ok = "-", true
	return r
}

func (r result) atLeast(goal float64) result {
	r.goal, r.ok = fmt.Sprintf(">=%g", goal), r.ratio >= goal
	return r
}

// told is a figure without a goal.
func (r result) told() result {
	r.goal, r.ok = "-", true
	return r
}

package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// turn is how long one measurement lasts.
const turn = 60 * time.Millisecond

// work does something n times.
type work func(n int)

// timed is what came of measuring works in turns: medians in nanoseconds.
type timed struct {
	ns     []float64
	rounds [][]float64 // by round, to take ratios within
}

// inTurns measures the works one after the other, round by round.
func inTurns(works ...work) timed {
	counts := make([]int, len(works))
	for i, w := range works {
		counts[i] = calibrate(w)
	}
	t := timed{ns: make([]float64, len(works))}
	for range *rounds {
		round := make([]float64, len(works))
		for i, w := range works {
			runtime.GC()
			start := time.Now()
			w(counts[i])
			round[i] = float64(time.Since(start).Nanoseconds()) / float64(counts[i])
		}
		t.rounds = append(t.rounds, round)
	}
	for i := range works {
		t.ns[i] = t.median(func(r []float64) float64 { return r[i] })
	}
	return t
}

// calibrate finds how often the work fits into a turn.
func calibrate(w work) int {
	w(1)
	for n := 1; ; n *= 4 {
		start := time.Now()
		w(n)
		if d := time.Since(start); d > turn/8 {
			return max(1, int(float64(n)*float64(turn)/float64(d)))
		}
	}
}

func (t timed) median(f func([]float64) float64) float64 {
	var all []float64
	for _, r := range t.rounds {
		all = append(all, f(r))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// ratio is work a over work b: the median of the rounds' own ratios.
func (t timed) ratio(a, b int) float64 {
	return t.median(func(r []float64) float64 { return r[a] / r[b] })
}

func nanos(ns float64) string {
	switch {
	case ns < 10_000:
		return fmt.Sprintf("%.0fns", ns)
	case ns < 10_000_000:
		return fmt.Sprintf("%.1fus", ns/1000)
	}
	return fmt.Sprintf("%.1fms", ns/1e6)
}

// allocated gives allocations and bytes per run of f.
func allocated(f func()) (allocs, bytes float64) {
	const n = 50
	f()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		f()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / n, float64(after.TotalAlloc-before.TotalAlloc) / n
}

// live is the heap that is in use, after collection.
func live() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// work does something n times.
type work func(n int)

// pace is how works are measured in turns: how long a turn lasts, and how many
// rounds there are for each that -rounds asks for. What makes garbage needs
// turns long enough for its collection to be paid for in them; what makes none
// is best measured in short ones, of which a neighbour on the machine spoils
// some and not all.
type pace struct {
	turn   time.Duration
	rounds int
}

var (
	steady = pace{60 * time.Millisecond, 1} // handshakes
	brisk  = pace{2 * time.Millisecond, 20} // records
)

// timed is what came of measuring works in turns: medians in nanoseconds.
type timed struct {
	ns     []float64
	rounds [][]float64 // by round, to take ratios within
}

// inTurns measures the works one after the other, round by round.
func inTurns(p pace, works ...work) timed {
	if *shortest {
		p = brisk
	}
	counts := make([]int, len(works))
	for i, w := range works {
		counts[i] = calibrate(p.turn, w)
	}
	var t timed
	for range *rounds * p.rounds {
		runtime.GC()
		round := make([]float64, len(works))
		for i, w := range works {
			start := time.Now()
			w(counts[i])
			round[i] = float64(time.Since(start).Nanoseconds()) / float64(counts[i])
		}
		t.rounds = append(t.rounds, round)
	}
	t.sum(len(works))
	return t
}

// sum fills in ns, of so many works.
func (t *timed) sum(works int) {
	for i := range works {
		t.ns = append(t.ns, t.typical(func(r []float64) float64 { return r[i] }))
	}
}

// calibrate finds how often the work fits into a turn, by the best of a few
// tries.
func calibrate(turn time.Duration, w work) int {
	w(1)
	for n := 1; ; n *= 2 {
		best := time.Hour
		for range 3 {
			start := time.Now()
			w(n)
			best = min(best, time.Since(start))
		}
		if best > turn/8 {
			return max(1, int(float64(n)*float64(turn)/float64(best)))
		}
	}
}

// typical is the median over the rounds, or with -shortest the smallest.
func (t timed) typical(f func(round []float64) float64) float64 {
	var all []float64
	for _, r := range t.rounds {
		all = append(all, f(r))
	}
	if *shortest {
		return slices.Min(all)
	}
	return median(all)
}

// ratio is work a over work b: the median of the rounds' own ratios.
func (t timed) ratio(a, b int) float64 {
	if *shortest {
		return t.ns[a] / t.ns[b]
	}
	return t.typical(func(r []float64) float64 { return r[a] / r[b] })
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

// allocated gives allocations and bytes per run of f, in whole numbers as
// testing.AllocsPerRun does: what a division leaves over is the runtime's own.
func allocated(f func()) (allocs, bytes uint64) {
	const n = 100
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs) / n, (after.TotalAlloc - before.TotalAlloc) / n
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

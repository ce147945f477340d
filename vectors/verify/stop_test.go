package verify

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/vectors"
)

func TestARunThatIsStoppedSaysWhatIsLeft(t *testing.T) {
	var asked atomic.Int32
	start := time.Now()
	results, err := Run(Options{Slow: true, Stop: func() bool { return asked.Add(1) > 20 }})
	require.NoError(t, err)
	require.Less(t, time.Since(start), 5*time.Second)
	passed, left := 0, 0
	for i := range results {
		passed += results[i].Count(Passed)
		for _, skip := range results[i].Skips() {
			if skip.Reason == "the run was ended before" {
				left += skip.Cases
			}
		}
	}
	require.LessOrEqual(t, passed, 20)
	require.Positive(t, left)
}

// A case that takes minutes is not waited for, nor heard of later.
func TestACaseThatGoesOnIsLeftToItself(t *testing.T) {
	var stop atomic.Bool
	release := make(chan bool)
	p := newPool(stop.Load)
	cases, done := make([]Case, 3), make(chan bool)
	p.run(&cases[2], "file", "quick", func() Case { return Case{} })
	p.queue(func() { close(done) })
	<-done
	begun := make(chan bool)
	p.run(&cases[0], "file", "slow", func() Case { close(begun); <-release; return Case{Outcome: Failed} })
	<-begun
	stop.Store(true)
	p.run(&cases[1], "file", "late", func() Case { return Case{Outcome: Failed} })
	p.wait()
	close(release)
	p.all.Wait()
	require.Equal(t, Skipped, cases[0].Outcome)
	require.Equal(t, Skipped, cases[1].Outcome)
	require.Equal(t, Passed, cases[2].Outcome)
	require.Empty(t, RunFile(&vectors.File{}, Options{}), "without Stop nothing is stopped")
}

package verify

import (
	"runtime"
	"sync"
	"time"

	"github.com/tlsengine/tlsengine/vectors"
)

// A pool runs cases on all processors, while the files with the next ones are
// still being read.
type pool struct {
	work chan func()
	all  sync.WaitGroup
	stop func() bool

	mu   sync.Mutex
	over bool // what comes from now on comes too late
}

// moment is how long a case may go on after the run was stopped.
const moment = 500 * time.Millisecond

func newPool(stop func() bool) *pool {
	if stop == nil {
		stop = func() bool { return false }
	}
	p := &pool{work: make(chan func(), 64), stop: stop}
	for range runtime.GOMAXPROCS(0) {
		p.all.Go(func() {
			for do := range p.work {
				do()
			}
		})
	}
	return p
}

// wait returns when all that was begun is done, or a moment after the run was
// stopped. The pool is of no use then.
func (p *pool) wait() {
	close(p.work)
	done := make(chan struct{})
	go func() { p.all.Wait(); close(done) }()
	tick := time.NewTicker(moment / 10)
	defer tick.Stop()
	for left := 10; left > 0; {
		select {
		case <-done:
			return
		case <-tick.C:
			if p.stop() {
				left--
			}
		}
	}
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
}

// run has the pool run a case.
func (p *pool) run(c *Case, file, name string, do func() Case) {
	*c = Case{File: file, Name: name, Outcome: Skipped, Reason: "the run was ended before"}
	p.queue(func() {
		if p.stop() {
			return
		}
		got := do()
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.over {
			*c = got
		}
	})
}

// queue waits for room, but not when the run was stopped and nobody makes any.
func (p *pool) queue(do func()) {
	select {
	case p.work <- do:
		return
	default:
	}
	for !p.stop() {
		select {
		case p.work <- do:
			return
		case <-time.After(moment / 10):
		}
	}
}

// begin begins the cases of a file, and returns where they will be after wait.
func (p *pool) begin(f *vectors.File, o Options) []Case {
	if run := wholeFiles[f.Fields.Text("check")]; run != nil {
		if !o.wants(f, f.Title) {
			return nil
		}
		cases := make([]Case, 1)
		p.run(&cases[0], f.Name, f.Title, func() Case { return run(f) })
		return cases
	}
	var chosen []*vectors.Section
	for i := range f.Sections {
		if s := &f.Sections[i]; o.wants(f, s.Title) {
			chosen = append(chosen, s)
		}
	}
	cases, keys := make([]Case, len(chosen)), &keyCache{}
	for i, s := range chosen {
		p.run(&cases[i], f.Name, s.Title, func() Case { return sectionCase(f, s, o, keys) })
	}
	return cases
}

// A keyCache has the keys of a file that were parsed: many of its cases are
// about one key.
type keyCache struct {
	keys sync.Map // by kind and text
}

// parsedKey is a key, or why there is none.
type parsedKey struct {
	key any
	err error
}

// get returns what parse makes of the text, which it is asked once.
func get[K any](c *keyCache, kind, text string, parse func() (K, error)) (K, error) {
	name := kind + " " + text
	known, ok := c.keys.Load(name)
	if !ok {
		key, err := parse()
		known, _ = c.keys.LoadOrStore(name, parsedKey{key, err})
	}
	p := known.(parsedKey)
	key, _ := p.key.(K)
	return key, p.err
}

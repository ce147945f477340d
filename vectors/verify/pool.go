package verify

import (
	"runtime"
	"sync"

	"github.com/tlsengine/tlsengine/vectors"
)

// A pool runs cases on all processors, while the files with the next ones are
// still being read.
type pool struct {
	work chan func()
	all  sync.WaitGroup
}

func newPool() *pool {
	p := &pool{work: make(chan func(), 64)}
	for range runtime.GOMAXPROCS(0) {
		p.all.Go(func() {
			for do := range p.work {
				do()
			}
		})
	}
	return p
}

// wait returns when all that was begun is done. The pool is of no use then.
func (p *pool) wait() {
	close(p.work)
	p.all.Wait()
}

// begin begins the cases of a file, and returns where they will be after wait.
func (p *pool) begin(f *vectors.File, o Options) []Case {
	if run := wholeFiles[f.Fields.Text("check")]; run != nil {
		if !o.wants(f, f.Title) {
			return nil
		}
		cases := make([]Case, 1)
		p.work <- func() { cases[0] = run(f) }
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
		p.work <- func() { cases[i] = sectionCase(f, s, o, keys) }
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

package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/text"
)

// patience is how long nothing is said of what goes on.
const patience = 300 * time.Millisecond

// progress is the one line on a terminal that says what is waited for. It is
// written over, and gone when the waiting is over.
type progress struct {
	mu    sync.Mutex
	p     *probe
	timer *time.Timer
	what  string
	shown bool
}

// waiting begins to show what is waited for, if it takes long and somebody
// looks. Nil is nobody; its methods do nothing.
func (p *probe) waiting(what string) *progress {
	if !p.tty || p.quiet || p.verbose > 0 {
		return nil
	}
	g := &progress{p: p, what: text.Clean(what)}
	g.timer = time.AfterFunc(patience, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.shown = g.what != ""
		g.draw()
	})
	return g
}

// draw writes the line. The lock is held.
func (g *progress) draw() {
	if g.shown {
		line := g.what + " …"
		if g.p.asciiOnly() {
			line = text.ASCII(line)
		}
		fmt.Fprintf(g.p.stderr, "\r%s\x1b[K", line) //nolint:errcheck // there is nobody left to tell
	}
}

// now is waiting for something else.
func (g *progress) now(what string) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.what = text.Clean(what)
	g.draw()
}

// over takes the line away.
func (g *progress) over() {
	if g == nil {
		return
	}
	g.timer.Stop()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.what = ""; g.shown {
		g.shown = false
		fmt.Fprint(g.p.stderr, "\r\x1b[K") //nolint:errcheck // as above
	}
}

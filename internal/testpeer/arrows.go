package testpeer

import (
	"fmt"
	"sync"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/handshake"
)

// arrows are those of the two diagrams that were taken in this process, as
// DIAGRAMS.md writes them.
var arrows = struct {
	sync.Mutex
	taken map[string]bool
}{taken: make(map[string]bool)}

// Traced is a copy of a Config that notes which arrows are taken.
func Traced(cfg *tlsengine.Config) *tlsengine.Config {
	traced := *cfg
	traced.Trace = func(s handshake.Step) {
		role := serverSide
		if s.Client {
			role = clientSide
		}
		arrows.Lock()
		defer arrows.Unlock()
		arrows.taken[fmt.Sprintf("%v: %v --> %v: %s", role, s.From, s.To, s.Input)] = true
	}
	return &traced
}

// Arrows are the arrows taken so far, each as "client: FROM --> TO: input".
func Arrows() map[string]bool {
	arrows.Lock()
	defer arrows.Unlock()
	all := make(map[string]bool, len(arrows.taken))
	for a := range arrows.taken {
		all[a] = true
	}
	return all
}

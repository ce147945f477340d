package interop

import (
	"flag"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/dissect"
	"github.com/tlsengine/tlsengine/trace"
)

// dissected is what package dissect made of connections with other
// implementations: every byte of them must be in a field, nothing may be left
// unparsed, and all that can be computed again must come out the same.
var dissected struct {
	sync.Mutex
	of     map[string]int // connections begun, by peer and direction
	stacks map[string]bool
	whole  int // connections looked at
	leaves int
}

const (
	eachPeer   = 6         // connections of each peer in each direction
	eachStream = 128 << 10 // bytes of one direction
	wantCorpus = 50        // connections of a whole run
	wantStacks = 5         // peers of a whole run: we are the sixth
)

// watched is a connection of which a copy is kept.
type watched struct {
	net.Conn
	tap      *trace.Tap
	in, out  int
	received sync.Mutex
	sent     sync.Mutex
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.received.Lock()
	defer w.received.Unlock()
	w.tap.Received(b[:room(&w.in, n)])
	return n, err
}

func (w *watched) Write(b []byte) (int, error) {
	w.sent.Lock()
	defer w.sent.Unlock()
	w.tap.Sent(b[:room(&w.out, len(b))])
	return w.Conn.Write(b)
}

// room is how many of n bytes are still taken.
func room(taken *int, n int) int {
	n = min(n, eachStream-*taken)
	*taken += n
	return n
}

// watch keeps a copy of the first connections of each peer, and has it
// dissected when the test is over.
func watch(t testing.TB, conn net.Conn, role string, cfg *tlsengine.Config) (net.Conn, *tlsengine.Config) {
	_, name, _ := strings.Cut(t.Name(), "/")
	name, _, _ = strings.Cut(name, "/")
	kind, _, _ := strings.Cut(t.Name(), "/")
	dissected.Lock()
	if dissected.of == nil {
		dissected.of, dissected.stacks = map[string]int{}, map[string]bool{}
	}
	key := kind + name + role
	dissected.of[key]++
	dissected.stacks[name] = true
	enough := dissected.of[key] > eachPeer
	dissected.Unlock()
	if enough {
		return conn, cfg
	}
	tap := trace.NewTap(role, time.Now)
	logged := *cfg
	logged.KeyLog = func(label string, random, secret []byte) {
		tap.KeyLog(label, random, secret)
		if cfg.KeyLog != nil {
			cfg.KeyLog(label, random, secret)
		}
	}
	t.Cleanup(func() { explain(t, tap.Connection()) })
	return &watched{Conn: conn, tap: tap}, &logged
}

// explain holds a connection to what the dissector promises.
func explain(t testing.TB, c *trace.Connection) {
	require.NoError(t, c.Validate(), "fields do not cover their bytes")
	require.Empty(t, trace.Check(c).Mismatches)
	leaves := 0
	look := func(what string, fields []dissect.Field) {
		root := dissect.Field{Fields: fields}
		for leaf := range root.Leaves() {
			leaves++
			require.NotEqual(t, dissect.Unparsed, leaf.Kind, "%s: %s: %s", what, leaf.ID, leaf.Reason)
		}
	}
	for i := range c.Messages {
		if m := &c.Messages[i]; !m.Incomplete {
			look(m.Name, m.Fields)
		}
	}
	last := map[string]int{} // of each direction: it may be cut
	for i := range c.Records {
		last[c.Records[i].Dir] = i
	}
	for i := range c.Records {
		if i != last[c.Records[i].Dir] {
			look(fmt.Sprintf("record %d", c.Records[i].ID), c.Records[i].Fields)
		}
	}
	dissected.Lock()
	defer dissected.Unlock()
	dissected.whole++
	dissected.leaves += leaves
}

// corpus says what was dissected. A whole run must have been enough.
func corpus(code int) int {
	d := &dissected
	if d.whole == 0 {
		return code
	}
	fmt.Printf("dissected %d connections with %s: %d leaves cover all their bytes\n", d.whole, strings.Join(slices.Sorted(maps.Keys(d.stacks)), ", "), d.leaves)
	if os.Getenv("CI") == "true" && flag.Lookup("test.run").Value.String() == "" && (d.whole < wantCorpus || len(d.stacks) < wantStacks) {
		fmt.Printf("want %d connections with %d peers\n", wantCorpus, wantStacks)
		return 1
	}
	return code
}

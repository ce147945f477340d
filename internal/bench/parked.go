package main

import (
	"flag"
	"fmt"
	"runtime"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/group"
)

var parkedPairs = flag.Int("parked", 100_000, "connections that are made and parked")

func parkedFigures() []figure {
	id := ecdsaIdentity()
	return []figure{
		{"parked", func() []result { return parked(id) }},
		{"snapshot", func() []result { return snapshots(id) }},
	}
}

const parkedGoal = 512

func plainConfigs(id *identity) (client, server *tls.Config) {
	groups := []*group.Group{group.Lookup(group.X25519)}
	return &tls.Config{Roots: id.roots, ServerName: serverName, Groups: groups},
		&tls.Config{Credentials: []*tls.Credential{id.ours}, Groups: groups}
}

// parked is the live heap of each side of connections that were really made,
// and then parked: the clients' with the one chain that they all have.
func parked(id *identity) []result {
	ccfg, scfg := plainConfigs(id)
	b := newScratch()
	clients, servers := make([]*tls.Engine, *parkedPairs), make([]*tls.Engine, *parkedPairs)
	before, start := live(), time.Now()
	for i := range clients {
		c, s, _ := b.handshake(ccfg, scfg)
		eat(s, must(c.Send(b.c2s[:0], []byte("question"))))
		eat(c, must(s.Send(b.s2c[:0], []byte("answer"))))
		c.Park()
		s.Park()
		clients[i], servers[i] = c, s
	}
	fmt.Printf("# %d connections made and parked in %v\n", *parkedPairs, time.Since(start).Round(time.Millisecond))
	all := live()
	clear(clients)
	left := live()
	runtime.KeepAlive(servers)
	side := func(name string, heap float64) result {
		heap /= float64(*parkedPairs)
		return result{name: name, ours: fmt.Sprintf("%.0fB", heap), ratio: heap}.atMost(parkedGoal)
	}
	return []result{side("parked-client", all-left), side("parked-server", left-before)}
}

// snapshots are how large a snapshot is, and how long it takes to write one
// and to make an engine of it.
func snapshots(id *identity) (out []result) {
	ccfg, scfg := plainConfigs(id)
	size := func(name string, data []byte, rest int) result {
		n := float64(len(data) - rest)
		return result{name: name, ours: fmt.Sprintf("%.0fB", n), ratio: n}
	}
	b := newScratch()

	c, s := must(tls.NewClient(ccfg)), must(tls.NewServer(scfg))
	eat(s, c.Flush(nil))
	out = append(out,
		size("snapshot-client-waits", must(c.Freeze(nil)), 0).told(),
		size("snapshot-server-flight", must(s.Freeze(nil)), 0).told())

	c, s, _ = b.handshake(ccfg, scfg)
	chain := len(id.leaf.Raw)
	client, server := must(c.Freeze(nil)), must(s.Freeze(nil))
	out = append(out,
		size("snapshot-client", client, chain).atMost(parkedGoal),
		size("snapshot-client-with-chain", client, 0).told(),
		size("snapshot-server", server, 0).atMost(parkedGoal))

	s = must(tls.Thaw(scfg, server))
	buf := make([]byte, 0, 4096)
	t := inTurns(brisk,
		func(n int) {
			for range n {
				s = must(tls.Thaw(scfg, must(s.Freeze(buf[:0]))))
			}
		},
		func(n int) {
			for range n {
				must(tls.Thaw(scfg, server)) // none of these ever sends
			}
		},
		func(n int) {
			for range n {
				s.Park()
				s.Config() // wakes it
			}
		})
	both, thaw, park := t.ns[0], t.ns[1], t.ns[2]
	for _, r := range []struct {
		name string
		ns   float64
	}{{"snapshot-freeze", both - thaw}, {"snapshot-thaw", thaw}, {"snapshot-park-and-wake", park}} {
		out = append(out, result{name: r.name, ours: nanos(r.ns), ratio: r.ns}.told())
	}
	return out
}

package main

import (
	"runtime"
	"sync"
	"time"

	tls "github.com/tlsengine/tlsengine"
	"github.com/tlsengine/tlsengine/cipher"
)

func otherFigures() []figure {
	id := ecdsaIdentity()
	return []figure{
		{"duplex", func() []result { return duplex(id) }},
		{"cut-bytes", func() []result { return cut(id) }},
		{"first-byte", func() []result { return firstByte(id) }},
		{"binary-size", binarySize},
	}
}

// duplex is how much faster two goroutines are, one sending and one receiving
// on one engine, than one doing both. The limit is the AEAD alone on two
// goroutines, which says what the machine can give. Turns are short, so that a
// neighbour on it spoils some and not all.
func duplex(id *identity) []result {
	b := newScratch()
	c, s, _ := b.handshake(&tls.Config{Roots: id.roots, ServerName: serverName}, &tls.Config{Credentials: []*tls.Credential{id.ours}})
	plain := make([]byte, 16384)
	out := make([]byte, 0, 20<<10)
	sealed := make([][]byte, 200)
	for i := range sealed {
		sealed[i] = make([]byte, 0, 20<<10)
	}
	send := func() {
		for range sealed {
			must(c.Send(out, plain))
		}
	}
	arrive := func() {
		for i := range sealed {
			sealed[i] = must(s.Send(sealed[i][:0], plain))
		}
	}
	receive := func() {
		for _, r := range sealed {
			eat(c, r)
		}
	}
	raw := rawBulk(cipher.TLS_AES_128_GCM_SHA256, plain)
	raw2 := rawBulk(cipher.TLS_AES_128_GCM_SHA256, plain)
	half := len(sealed) / 2 // raw does both, a record is sealed or opened
	turns := []struct{ before, do func() }{
		{arrive, func() { send(); receive() }},
		{arrive, func() { atOnce(send, receive) }},
		{func() {}, func() { atOnce(func() { raw(half) }, func() { raw2(half) }) }},
	}
	var t timed
	for range *rounds * brisk.rounds {
		var round []float64
		for _, turn := range turns {
			turn.before()
			runtime.GC()
			start := time.Now()
			turn.do()
			round = append(round, float64(time.Since(start).Nanoseconds())/float64(len(sealed)))
		}
		t.rounds = append(t.rounds, round)
	}
	t.sum(len(turns))
	r := result{name: "duplex", ours: nanos(t.ns[1]), limit: nanos(t.ns[2]), ratio: t.ratio(0, 1)}
	return []result{r.atLeast(1.8)}
}

func atOnce(f, g func()) {
	var wg sync.WaitGroup
	wg.Go(f)
	wg.Go(g)
	wg.Wait()
}

// cut is a handshake a byte at a time against one in whole flights.
func cut(id *identity) []result {
	scfg := &tls.Config{Credentials: []*tls.Credential{id.ours}}
	ccfg := &tls.Config{Roots: id.roots, ServerName: serverName}
	b := newScratch()
	whole := func(n int) {
		for range n {
			b.handshake(ccfg, scfg)
		}
	}
	bytes := func(n int) {
		for range n {
			c, s := must(tls.NewClient(ccfg)), must(tls.NewServer(scfg))
			for {
				out := c.Flush(b.c2s[:0])
				eatBytes(s, out)
				back := s.Flush(b.s2c[:0])
				if len(out)+len(back) == 0 {
					break
				}
				eatBytes(c, back)
			}
			if !c.ConnectionState().HandshakeDone {
				panic("not done")
			}
		}
	}
	t := inTurns(steady, bytes, whole)
	return []result{result{name: "cut-bytes", ours: nanos(t.ns[0]), limit: nanos(t.ns[1]), ratio: t.ratio(0, 1)}.atMost(2)}
}

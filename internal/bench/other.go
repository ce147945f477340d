package main

import (
	"sync"
	"time"

	tls "github.com/tlsengine/tlsengine"
)

func otherFigures() []figure {
	id := ecdsaIdentity()
	return []figure{
		{"duplex", func() []result { return duplex(id) }},
		{"cut-bytes", func() []result { return cut(id) }},
		{"first-byte", func() []result { return firstByte(id) }},
	}
}

// duplex is how much faster two goroutines are, one sending and one receiving
// on one engine, than one doing both.
func duplex(id *identity) []result {
	b := newScratch()
	c, s, _ := b.handshake(&tls.Config{Roots: id.roots, ServerName: serverName}, &tls.Config{Credentials: []*tls.Credential{id.ours}})
	const records = 2000
	plain := make([]byte, 16384)
	var sealed [][]byte
	send := func() {
		buf := make([]byte, 0, 20<<10)
		for range records {
			must(c.Send(buf, plain))
		}
	}
	receive := func() {
		for _, r := range sealed {
			eat(c, r)
		}
	}
	var ratios []float64
	var alone, both time.Duration
	for range *rounds {
		sealed = seal(s, plain, records)
		start := time.Now()
		send()
		receive()
		alone = time.Since(start)
		sealed = seal(s, plain, records)
		start = time.Now()
		var wg sync.WaitGroup
		wg.Go(send)
		wg.Go(receive)
		wg.Wait()
		both = time.Since(start)
		ratios = append(ratios, float64(alone)/float64(both))
	}
	r := result{name: "duplex", ours: nanos(float64(both)), limit: nanos(float64(alone) / 2), ratio: median(ratios)}
	return []result{r.atLeast(1.8)}
}

func seal(e *tls.Engine, plain []byte, n int) (out [][]byte) {
	for range n {
		out = append(out, must(e.Send(nil, plain)))
	}
	return out
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

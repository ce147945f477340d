package main

import (
	stdtls "crypto/tls"
	"fmt"
	"io"
	"runtime"

	tls "github.com/tlsengine/tlsengine"
)

func memoryFigures() []figure {
	id := ecdsaIdentity()
	return []figure{
		{"idle-heap", func() []result { return idle("idle-heap", id, 0) }},
		{"idle-heap-after-16k", func() []result { return idle("idle-heap-after-16k", id, 16384) }},
	}
}

const idlePairs = 2000

// idle is the live heap of one side of a connection that says nothing.
func idle(name string, id *identity, traffic int) []result {
	before := live()
	ours := oursIdle(id, traffic)
	mid := live()
	peers := peersIdle(id, traffic)
	after := live()
	runtime.KeepAlive(ours)
	runtime.KeepAlive(peers)
	a, b := (mid-before)/(2*idlePairs), (after-mid)/(2*idlePairs)
	r := result{name: name, ours: fmt.Sprintf("%.0fB", a), peer: fmt.Sprintf("%.0fB", b), ratio: a}
	return []result{r.atMost(2560)}
}

func oursIdle(id *identity, traffic int) any {
	scfg := &tls.Config{Credentials: []*tls.Credential{id.ours}}
	ccfg := &tls.Config{Roots: id.roots, ServerName: serverName}
	b := newScratch()
	plain := make([]byte, traffic)
	kept := make([]*tls.Engine, 0, 2*idlePairs)
	for range idlePairs {
		c, s, _ := b.handshake(ccfg, scfg)
		if traffic > 0 {
			eat(s, must(c.Send(b.c2s[:0], plain)))
			eat(c, must(s.Send(b.s2c[:0], plain)))
		}
		kept = append(kept, c, s)
	}
	return kept
}

func peersIdle(id *identity, traffic int) any {
	scfg := &stdtls.Config{Certificates: []stdtls.Certificate{id.peer}, SessionTicketsDisabled: true}
	ccfg := &stdtls.Config{RootCAs: id.roots, ServerName: serverName}
	plain := make([]byte, traffic)
	kept := make([]*stdtls.Conn, 0, 2*idlePairs)
	for range idlePairs {
		c, s := peerHandshake(ccfg, scfg)
		if traffic > 0 {
			exchange(c, s, plain)
			exchange(s, c, plain)
		}
		for _, e := range []*stdtls.Conn{c, s} { // the pipe's own memory is not theirs
			e.NetConn().(*conn).in.buf.Reset()
			*e.NetConn().(*conn).in = half{}
		}
		kept = append(kept, c, s)
	}
	return kept
}

func exchange(from, to *stdtls.Conn, plain []byte) {
	if _, err := from.Write(plain); err != nil {
		panic(err)
	}
	if _, err := io.ReadFull(to, make([]byte, len(plain))); err != nil {
		panic(err)
	}
}

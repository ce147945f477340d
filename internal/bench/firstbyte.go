package main

import (
	stdtls "crypto/tls"
	"errors"
	"fmt"

	tls "github.com/tlsengine/tlsengine"
)

var errEnough = errors.New("that is enough")

// firstConn takes the ClientHello and gives nothing.
type firstConn struct{ conn }

func (*firstConn) Write([]byte) (int, error) { return 0, errEnough }

// firstByte is the way from nothing to the ClientHello.
func firstByte(id *identity) []result {
	ccfg := &tls.Config{Roots: id.roots, ServerName: serverName}
	b := newScratch()
	ours := func(n int) {
		for range n {
			must(tls.NewClient(ccfg)).Flush(b.c2s[:0])
		}
	}
	pcfg := &stdtls.Config{RootCAs: id.roots, ServerName: serverName}
	peer := func(n int) {
		for range n {
			if err := stdtls.Client(&firstConn{}, pcfg).Handshake(); !errors.Is(err, errEnough) {
				panic(err)
			}
		}
	}
	t := inTurns(steady, ours, peer)
	a, _ := allocated(func() { ours(1) })
	p, _ := allocated(func() { peer(1) })
	r := result{name: "first-byte", ours: nanos(t.ns[0]), peer: nanos(t.ns[1]), ratio: t.ratio(1, 0)}
	s := result{name: "first-byte-allocs", ours: fmt.Sprint(a), peer: fmt.Sprint(p), ratio: float64(p) / float64(a)}
	return []result{r.atLeast(1), s.atLeast(1)}
}

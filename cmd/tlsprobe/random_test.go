package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// babble is a server that says a few records at random, and then closes, half
// closes, or waits.
type babble struct {
	pieces [][]byte
	end    int
}

func newBabble(r *rand.Rand) *babble {
	bytes := func(n int) []byte {
		b := make([]byte, r.IntN(n))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	record := func(typ byte, body []byte) []byte {
		return append([]byte{typ, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
	}
	piece := func() []byte {
		switch r.IntN(9) {
		case 0: // an alert
			return record(21, []byte{byte(1 + r.IntN(2)), []byte{0, 10, 20, 40, 70, 90, 100, 112, 120}[r.IntN(9)]})
		case 1:
			return record(21, []byte{1, 0}) // close_notify
		case 2:
			return record(20, []byte{1})
		case 3:
			return record(22, nil)
		case 4: // a ServerHello of TLS 1.2
			body := append(append([]byte{3, 3}, make([]byte, 32)...), 0, 0xc0, 0x2b, 0)
			return record(22, append([]byte{2, 0, 0, byte(len(body))}, body...))
		case 5: // some message
			types := []byte{0, 1, 2, 4, 8, 11, 12, 13, 14, 15, 20, 22, 24}
			return record(22, append([]byte{types[r.IntN(len(types))], 0, 0, byte(r.IntN(60))}, bytes(60)...))
		case 6:
			return record(23, bytes(40))
		case 7:
			return bytes(20)
		}
		return record(byte(18+r.IntN(8)), bytes(10))
	}
	b := &babble{end: r.IntN(3)}
	for range 1 + r.IntN(5) {
		b.pieces = append(b.pieces, piece())
	}
	return b
}

func (b *babble) serve(c net.Conn) {
	c.Read(make([]byte, 4096)) //nolint:errcheck // whatever it is
	for _, p := range b.pieces {
		c.Write(p) //nolint:errcheck // the client says
	}
	switch b.end {
	case 1:
		c.(*net.TCPConn).CloseWrite() //nolint:errcheck // as above
		io.Copy(io.Discard, c)        //nolint:errcheck // until the client leaves
	case 2:
		io.Copy(io.Discard, c) //nolint:errcheck // as above
	}
}

// TestNoPeerIsWaitedForLongerThanTheTimeout, nor keeps anybody busy, whatever
// it says: every command ends, and as one that reached no TLS.
func TestNoPeerIsWaitedForLongerThanTheTimeout(t *testing.T) {
	t.Parallel()
	fx := newFixtures(t)
	commands := []string{
		"connect --timeout 300ms", "connect --timeout 300ms --max-version 1.2", "cert --timeout 300ms", "show --timeout 300ms", "connect --timeout 3s --why", // of which a third is for the first connection
	}
	var all sync.WaitGroup
	room := make(chan bool, 16)
	for seed := range uint64(150) {
		b := newBabble(rand.New(rand.NewPCG(seed, 1)))
		address, line := fx.raw(b.serve), commands[seed%uint64(len(commands))]
		room <- true
		all.Go(func() {
			defer func() { <-room }()
			var stdout, stderr lockedBuffer
			p := fx.probe(strings.NewReader(""), &stdout, &stderr)
			p.getenv = func(string) string { return "" }
			exit := make(chan int, 1)
			go func() { exit <- p.main(append(words(line), address, "--json")) }()
			about := fmt.Sprintf("seed %d: %s: %x, then %d", seed, line, b.pieces, b.end)
			select {
			case got := <-exit:
				if got != fault.TLSFailed && got != fault.NotReached { // where the machine is too busy to connect
					t.Errorf("%s: exit code %d: %s", about, got, stderr.String())
				}
			case <-time.After(10 * time.Second):
				t.Errorf("%s: it does not end", about)
			}
		})
	}
	all.Wait()
	require.False(t, t.Failed())
}

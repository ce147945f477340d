package damage

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/internal/race"
)

// all says that every case is to be played, not a sample.
var all = os.Getenv("TLSENGINE_DAMAGE") != ""

// Of how many cases one is played: in a sample, and of large flavours.
const (
	sampled = 41
	rare    = 7
)

// Every flight of every flavour, damaged in every way: the same as if nothing
// had happened, or a refusal with a fitting alert that the peer is told; never
// two sides that are content with different views.
func TestDamage(t *testing.T) {
	skipUnderRace(t)
	total, played := 0, 0
	for number, f := range flavours() {
		t.Run(f.name, func(t *testing.T) {
			script := f.script()
			hops, honest := f.record()
			require.NoError(t, honest.err[0])
			require.NoError(t, honest.err[1])
			for _, h := range hops {
				h.blows(&f, func(b blow) {
					total++
					if !f.plays(total + number) {
						return
					}
					played++
					c := &strike{&f, h, b, honest}
					if err := c.play(script); err != nil {
						t.Errorf("%v: %v", c, err)
					}
				})
			}
			coalesce(t, &f, hops)
		})
	}
	t.Logf("%d of %d cases", played, total)
}

// plays reports whether the case of that number is played.
func (f *flavour) plays(number int) bool {
	if f.large {
		return all && number%rare == 0
	}
	return all || number%sampled == 0
}

// skipUnderRace leaves out what has no concurrency and takes long.
func skipUnderRace(t *testing.T) {
	if race.Enabled {
		t.Skip("nothing here happens at the same time as anything else")
	}
}

// coalesce gives each two flights of one side that follow each other to the
// other in one.
func coalesce(t *testing.T, f *flavour, hops []*hop) {
	for i := range len(hops) - 1 {
		h, next := hops[i], hops[i+1]
		if h.from != next.from {
			continue
		}
		both := &strike{flavour: f, hop: &hop{from: h.from, sender: next.sender, receiver: h.receiver, after: next.after, at: next.at},
			blow: blow{kind: coalesced, parts: [][]byte{append(h.wire[:len(h.wire):len(h.wire)], next.wire...)}}}
		if err := both.play(nil); err != nil {
			t.Errorf("%v: %v", both, err)
		}
	}
}

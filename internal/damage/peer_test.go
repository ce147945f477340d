package damage

import (
	"bytes"
	"testing"
)

// A peer that says one bit of one message otherwise, under the right keys and
// with the right signatures and MACs: refused, or both sides agree that it was
// said. What can only be forged by a peer who means it is tested here.
func TestPeersThatSayItOtherwise(t *testing.T) {
	skipUnderRace(t)
	total, played := 0, 0
	for number, f := range flavours() {
		var before *past
		if f.resumed {
			before = f.past()
		}
		_, honest := f.record()
		for side := range uint8(2) {
			var said [][]byte
			f.rewriting(before, side, func(_ int, msg []byte) []byte {
				said = append(said, bytes.Clone(msg))
				return msg
			}).finish()
			for n, msg := range said {
				for at := range msg {
					total++
					if !f.plays(total + number) {
						continue
					}
					played++
					p := f.rewriting(before, side, func(i int, other []byte) []byte {
						if i == n && at < len(other) {
							other = bytes.Clone(other)
							other[at] ^= 1 << (at % 8)
						}
						return other
					})
					check(t, p, honest)
					if err := p.ends[1-side].err; internal(err) {
						t.Errorf("%s: byte %d of message %d of the %s: %v", f.name, at, n, sides[side], err)
					}
				}
			}
		}
	}
	t.Logf("%d of %d cases", played, total)
}

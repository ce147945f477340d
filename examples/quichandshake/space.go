package main

import "slices"

// space is a packet number space: RFC 9000, Section 12.3.
type space struct {
	next    int64   // to send
	numbers []int64 // received, in order
	ack     bool    // an acknowledgment is due
}

// span is a run of packet numbers.
type span struct{ lo, hi int64 }

// add notes a packet, and reports whether it is new.
func (s *space) add(number int64) bool {
	i, known := slices.BinarySearch(s.numbers, number)
	if !known {
		s.numbers = slices.Insert(s.numbers, i, number)
	}
	return !known
}

// largest is the largest number so far, -1 for none.
func (s *space) largest() int64 {
	if len(s.numbers) == 0 {
		return -1
	}
	return s.numbers[len(s.numbers)-1]
}

// ranges are the runs of what was received, at most 32 of them.
func (s *space) ranges() (out []span) {
	for _, n := range s.numbers {
		if k := len(out); k > 0 && out[k-1].hi == n-1 {
			out[k-1].hi = n
		} else {
			out = append(out, span{n, n})
		}
	}
	return out[max(0, len(out)-32):]
}

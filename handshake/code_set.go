package handshake

// codeSet is a set of two-byte code points. The first 24 cost nothing but
// comparing; for more there is a bit set, so that filling it is linear work
// whatever a peer sends.
type codeSet struct {
	n    int
	few  [24]uint16
	many *[1 << 16 / 64]uint64
}

// add puts v in, and reports whether it was not there.
func (s *codeSet) add(v uint16) bool {
	if s.many != nil {
		return s.set(v)
	}
	for _, u := range s.few[:s.n] {
		if u == v {
			return false
		}
	}
	if s.n < len(s.few) {
		s.few[s.n] = v
		s.n++
		return true
	}
	s.many = new([1 << 16 / 64]uint64)
	for _, u := range s.few {
		s.set(u)
	}
	return s.set(v)
}

func (s *codeSet) set(v uint16) bool {
	word, bit := &s.many[v/64], uint64(1)<<(v%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}

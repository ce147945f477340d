package main

import "errors"

// errBuffer is CRYPTO_BUFFER_EXCEEDED of RFC 9000, Section 7.5.
var errBuffer = errors.New("more bytes ahead than are kept")

// inflow puts the frames of a CRYPTO or STREAM stream in order.
type inflow struct {
	offset uint64            // of the next byte
	ahead  map[uint64][]byte // what came too early, by its offset
	held   int
	end    uint64 // the final size, with fin
	fin    bool
}

// add takes a frame and returns what is new in order, of which it keeps
// nothing. It keeps most bytes ahead at most.
func (f *inflow) add(offset uint64, data []byte, most int) ([]byte, error) {
	if offset > f.offset {
		if f.held+len(data) > most || f.held+len(data) > 0 && len(f.ahead) > 1000 {
			return nil, errBuffer
		}
		if f.ahead == nil {
			f.ahead = map[uint64][]byte{}
		}
		if old := f.ahead[offset]; len(data) > len(old) {
			f.held += len(data) - len(old)
			f.ahead[offset] = append([]byte{}, data...)
		}
		return nil, nil
	}
	var out []byte
	for {
		if skip := f.offset - offset; skip < uint64(len(data)) {
			out = append(out, data[skip:]...)
			f.offset += uint64(len(data)) - skip
		}
		found := false
		for offset, data = range f.ahead {
			if offset <= f.offset {
				delete(f.ahead, offset)
				f.held -= len(data)
				found = true
				break
			}
		}
		if !found {
			return out, nil
		}
	}
}

// done reports whether all of a stream has come.
func (f *inflow) done() bool { return f.fin && f.offset == f.end }

// outflow is what is still to be sent of a CRYPTO or STREAM stream.
type outflow struct {
	offset  uint64
	pending []byte
	fin     bool // the end is still to be said
}

func (f *outflow) empty() bool { return len(f.pending) == 0 && !f.fin }

// next takes at most n bytes.
func (f *outflow) next(n int) (offset uint64, data []byte, fin bool) {
	offset, data = f.offset, f.pending[:min(n, len(f.pending))]
	f.pending = f.pending[len(data):]
	f.offset += uint64(len(data))
	fin = f.fin && len(f.pending) == 0
	f.fin = f.fin && !fin
	return offset, data, fin
}

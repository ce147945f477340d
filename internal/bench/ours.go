package main

import (
	tls "github.com/tlsengine/tlsengine"
)

// scratch is the pair of buffers that engines talk through.
type scratch struct{ c2s, s2c []byte }

func newScratch() *scratch { return &scratch{make([]byte, 0, 40<<10), make([]byte, 0, 40<<10)} }

// handshake runs two engines against each other until they have nothing to
// say.
func (b *scratch) handshake(ccfg, scfg *tls.Config) (c, s *tls.Engine, session []byte) {
	c, s = must(tls.NewClient(ccfg)), must(tls.NewServer(scfg))
	return c, s, b.settle(c, s)
}

func (b *scratch) settle(c, s *tls.Engine) (session []byte) {
	for {
		out := c.Flush(b.c2s[:0])
		eat(s, out)
		back := s.Flush(b.s2c[:0])
		if len(out) == 0 && len(back) == 0 {
			return session
		}
		if got := eat(c, back); got != nil {
			session = got
		}
	}
}

// eat receives all of in and returns the newest session.
func eat(e *tls.Engine, in []byte) (session []byte) {
	for {
		n, ev, err := e.Receive(in)
		if err != nil {
			panic(err)
		}
		in = in[n:]
		if ev.Kind == tls.EventNewSession {
			session = ev.Data
		}
		if ev.Stops() {
			return session
		}
	}
}

// eatBytes is eat with the input a byte at a time.
func eatBytes(e *tls.Engine, in []byte) {
	start := 0
	for end := 1; end <= len(in); {
		n, ev, err := e.Receive(in[start:end])
		if err != nil {
			panic(err)
		}
		start += n
		if ev.Stops() {
			end++
		}
	}
}

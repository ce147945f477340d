package main

import (
	"io"

	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/dial"
	"github.com/tlsengine/tlsengine/cmd/tlsprobe/internal/fault"
)

// readStdin reads stdin to its end, of at most so many bytes, unless the user
// ends the program first: a read that waits for a terminal cannot be stopped,
// only left behind.
func (p *probe) readStdin(most int64) ([]byte, error) {
	type outcome struct {
		b   []byte
		err error
	}
	read := make(chan outcome, 1)
	go func() {
		b, err := io.ReadAll(io.LimitReader(p.stdin, most+1))
		read <- outcome{b, err}
	}()
	select {
	case <-p.ctx.Done():
		f := dial.Interrupted("input")
		f.Message = "interrupted while reading stdin"
		return nil, f
	case got := <-read:
		switch {
		case got.err != nil:
			return nil, fault.InputError("file", "stdin: %v", got.err)
		case int64(len(got.b)) > most:
			return nil, fault.InputError("file", "stdin is longer than %d bytes", most)
		}
		return got.b, nil
	}
}

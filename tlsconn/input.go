package tlsconn

import (
	"io"
	"sync"
)

const (
	headerLen = 5
	maxRecord = headerLen + 16384 + 2048
	maxWrite  = 16384
)

// buffer is memory for a record and what comes with it.
type buffer []byte

var pool = sync.Pool{New: func() any { b := make(buffer, maxRecord+maxRecord/4); return &b }}

func takeBuffer() buffer { return *pool.Get().(*buffer) }

func (b buffer) give() { b = b[:cap(b)]; pool.Put(&b) }

// input is what was received and not eaten. While it is empty it holds no
// buffer: the header of the next record goes into head.
type input struct {
	head  [headerLen]byte
	n     int    // bytes in head, while there is no buffer
	buf   buffer // from the pool, or nil
	start int    // what is not eaten of buf
	end   int
}

func (in *input) bytes() []byte {
	if in.buf == nil {
		return in.head[:in.n]
	}
	return in.buf[in.start:in.end]
}

// eaten takes n bytes off the front. The buffer stays: data points into it.
func (in *input) eaten(n int) {
	if in.buf != nil {
		in.start += n
		return
	}
	in.n = copy(in.head[:], in.head[n:in.n]) // a record that is a header only
}

// idle gives an empty buffer back, once no data points into it.
func (in *input) idle() {
	if in.buf != nil && in.start == in.end {
		in.release()
	}
}

func (in *input) release() {
	if in.buf != nil {
		in.buf.give()
	}
	*in = input{}
}

// fill reads at least one byte more; need are missing to a header or a record.
func (in *input) fill(r io.Reader, need int) error {
	in.idle()
	if in.buf == nil && in.n < headerLen {
		n, err := r.Read(in.head[in.n:])
		in.n += n
		if n > 0 {
			return nil
		}
		return err
	}
	in.grow(need)
	n, err := r.Read(in.buf[in.end:])
	in.end += n
	if n > 0 {
		return nil
	}
	return err
}

// grow makes room for need more bytes, and moves into a buffer what stood in
// head.
func (in *input) grow(need int) {
	if in.buf == nil {
		in.buf = takeBuffer()
		in.end = copy(in.buf, in.head[:in.n])
		in.start, in.n = 0, 0
	}
	if in.end+need > len(in.buf) {
		in.end = copy(in.buf, in.buf[in.start:in.end])
		in.start = 0
	}
}

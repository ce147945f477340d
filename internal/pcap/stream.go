package pcap

import (
	"net/netip"
	"slices"
	"time"
)

// Capture is what a file holds.
type Capture struct {
	Streams   []*Stream // in order of their first segment
	Truncated int       // where the file is cut off, or -1
	KeyLog    []byte    // key logs that are in the file, one behind the other
}

// Stream is one TCP connection.
type Stream struct {
	ID             int
	Client, Server netip.AddrPort // the client is who sent the SYN, or the first data
	Started        time.Time
	FromClient     Half
	FromServer     Half
	segments       int // seen so far
}

// Half is the bytes of one direction.
type Half struct {
	Data    []byte
	Gap     bool // bytes are missing behind Data
	Full    bool // there were more than MaxStream
	arrived []arrival
	next    uint32 // sequence number behind Data
	known   bool   // next is
	early   []early
}

// arrival says that the bytes up to end came with the n-th segment.
type arrival struct {
	end, n int
	at     time.Time
}

// maxEarly is how many segments wait for one in front of them.
const maxEarly = 4096

// early is a segment that came before one in front of it.
type early struct {
	seq  uint32
	data []byte
	n    int
	at   time.Time
}

// Parse reads a capture. Parts of it alias b.
func Parse(b []byte) (*Capture, error) {
	c := &Capture{}
	open := map[[2]netip.AddrPort]*Stream{}
	cut, err := packets(b, func(p packet) {
		if s, ok := tcp(p); ok {
			c.add(open, s, p.at)
		}
	}, func(log []byte) {
		c.KeyLog = append(append(c.KeyLog, log...), '\n')
	})
	if err != nil {
		return nil, err
	}
	c.Truncated = cut
	c.Streams = slices.DeleteFunc(c.Streams, func(s *Stream) bool { return len(s.FromClient.Data)+len(s.FromServer.Data) == 0 })
	for i, s := range c.Streams {
		s.ID = i
		s.FromClient.close()
		s.FromServer.close()
	}
	return c, nil
}

// add gives a segment to its stream.
func (c *Capture) add(open map[[2]netip.AddrPort]*Stream, s segment, at time.Time) {
	key, back := [2]netip.AddrPort{s.src, s.dst}, [2]netip.AddrPort{s.dst, s.src}
	stream := open[key]
	first := s.syn && !s.ack
	if stream != nil && first && len(stream.FromClient.Data) > 0 {
		stream = nil // the ports are used again
	}
	if stream == nil {
		if s.rst || len(s.data) == 0 && !s.syn {
			return
		}
		stream = &Stream{Client: s.src, Server: s.dst, Started: at}
		if s.syn && s.ack {
			stream.Client, stream.Server = s.dst, s.src
		}
		c.Streams = append(c.Streams, stream)
		open[key], open[back] = stream, stream
	}
	half := &stream.FromClient
	if s.src != stream.Client {
		half = &stream.FromServer
	}
	stream.segments++
	if s.syn {
		half.next, half.known = s.seq+1, true
		s.seq++
	}
	if len(s.data) > 0 {
		half.add(early{s.seq, s.data, stream.segments, at})
	}
}

// add puts a segment in its place. Bytes that were there before stay.
func (h *Half) add(e early) {
	if !h.known {
		h.next, h.known = e.seq, true
	}
	if ahead := int32(e.seq - h.next); ahead > 0 {
		if len(h.early) == maxEarly {
			h.Gap = true
			return
		}
		h.early = append(h.early, e)
		return
	}
	h.take(e)
	for found := true; found; {
		found = false
		for i, e := range h.early {
			if int32(e.seq-h.next) <= 0 {
				h.early = slices.Delete(h.early, i, i+1)
				h.take(e)
				found = true
				break
			}
		}
	}
}

// take appends what is new in a segment that starts at next or before.
func (h *Half) take(e early) {
	old := h.next - e.seq
	if uint64(old) >= uint64(len(e.data)) || h.Full {
		return
	}
	data := e.data[old:]
	if len(h.Data)+len(data) > MaxStream {
		h.Full = true
		return
	}
	h.Data = append(h.Data, data...)
	h.next += uint32(len(data))
	h.arrived = append(h.arrived, arrival{len(h.Data), e.n, e.at})
}

func (h *Half) close() {
	h.Gap = h.Gap || len(h.early) > 0
	h.early = nil
}

// Arrived says with which segment of the stream, counted from 1, and when the
// byte in front of off came.
func (h *Half) Arrived(off int) (segment int, at time.Time) {
	i, _ := slices.BinarySearchFunc(h.arrived, off, func(a arrival, off int) int { return a.end - off })
	if i >= len(h.arrived) {
		return 0, time.Time{}
	}
	return h.arrived[i].n, h.arrived[i].at
}

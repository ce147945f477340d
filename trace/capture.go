package trace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/tlsengine/tlsengine/internal/pcap"
)

// CaptureOptions is what helps to read a capture.
type CaptureOptions struct {
	KeyLog KeyLog

	// Private are ephemeral private keys of either side, for captures of which
	// they are known: with one of them the whole key schedule is shown, and no
	// key log is needed.
	Private []PrivateKey
}

// ErrNoTLS says that a capture is sound, but has no TLS connection in it that
// can be read here: over TCP, from its ClientHello on.
var ErrNoTLS = errors.New("no TLS")

// Capture reads a .pcap or .pcapng file and returns a trace of the TLS
// connections in it, in order of their first segment. TCP streams without TLS
// are left out; without any left the error says so. A key log that is in the
// file is used besides that of the options.
func Capture(file []byte, o CaptureOptions) (*Trace, error) {
	packets, err := pcap.Parse(file)
	if err != nil {
		return nil, err
	}
	if len(packets.KeyLog) > 0 {
		own, err := ParseKeyLog(packets.KeyLog)
		if err != nil {
			return nil, fmt.Errorf("the capture's own key log: %w", err)
		}
		o.KeyLog = own.and(o.KeyLog)
	}
	t := &Trace{Schema: Schema, Secrets: true, Connections: []*Connection{}}
	for _, stream := range packets.Streams {
		c := fromStream(stream, o)
		if c == nil {
			continue
		}
		c.ID = len(t.Connections)
		if packets.Truncated >= 0 {
			c.Notes = append(c.Notes, fmt.Sprintf("the capture is cut off at byte %d", packets.Truncated))
		}
		t.Connections = append(t.Connections, c)
	}
	if len(t.Connections) == 0 {
		return nil, fmt.Errorf("%w in %s", ErrNoTLS, plural(len(packets.Streams), "TCP stream"))
	}
	return t, nil
}

// Streams makes a trace of the bytes of the two directions of one connection,
// each from its first record on.
func Streams(client, server []byte, o CaptureOptions) *Trace {
	v := newViewer(o)
	v.run(split(client, C2S, nil), split(server, S2C, nil))
	return &Trace{Schema: Schema, Secrets: true, Connections: []*Connection{v.b.finish()}}
}

// fromStream makes a connection of a TCP stream, nil if there is no TLS in it.
func fromStream(s *pcap.Stream, o CaptureOptions) *Connection {
	client, server := &s.FromClient, &s.FromServer
	if at := tlsStart(client.Data, 1); at < 0 && tlsStart(server.Data, 1) >= 0 {
		client, server = server, client // the capture starts in the middle: the hello tells
		s.Client, s.Server = s.Server, s.Client
	}
	from, reply := tlsStart(client.Data, 1), tlsStart(server.Data, 2)
	if from < 0 {
		return nil
	}
	if reply < 0 {
		reply = tlsAlert(server.Data)
	}
	v := newViewer(o)
	c := v.b.c
	_, start := client.Arrived(from + 5)
	started := At(start)
	c.Started = &started
	c.Target = target(s.Client, s.Server)
	if from > 0 {
		v.b.buffer(KindPreamble, C2S, nil, client.Data[:from])
	}
	if reply > 0 {
		v.b.buffer(KindPreamble, S2C, nil, server.Data[:reply])
	}
	if reply < 0 {
		reply = len(server.Data)
		v.b.note("the server sent no TLS")
	}
	for _, h := range []*pcap.Half{client, server} {
		if h.Gap {
			v.b.note("segments are missing in the capture")
		}
		if h.Full {
			v.b.note("the trace ends after %d bytes of one direction", pcap.MaxStream)
		}
	}
	arrived := func(h *pcap.Half, base int) func(int) (int, int64) {
		return func(off int) (int, int64) {
			n, at := h.Arrived(base + off)
			return n, at.Sub(start).Microseconds()
		}
	}
	v.run(split(client.Data[from:], C2S, arrived(client, from)), split(server.Data[reply:], S2C, arrived(server, reply)))
	return v.b.finish()
}

// target is what stands for the target of a connection that was only watched.
func target(client, server netip.AddrPort) []byte {
	return fmt.Appendf(nil, `{"client":%q,"address":%q,"port":%d}`, client, server.Addr(), server.Port())
}

// maxPreamble is how far into a stream TLS may start, behind a STARTTLS.
const maxPreamble = 16 << 10

// tlsStart is where the first record is that holds a handshake message of that
// type, or -1.
func tlsStart(b []byte, msg byte) int {
	for i := 0; i+6 <= len(b) && i < maxPreamble; i++ {
		if b[i] == typeHandshake && b[i+1] == 3 && b[i+2] <= 4 && b[i+5] == msg && binary.BigEndian.Uint16(b[i+3:]) >= 4 {
			return i
		}
	}
	return -1
}

// tlsAlert is 0 if a stream starts with an alert record, else -1.
func tlsAlert(b []byte) int {
	if len(b) >= 7 && b[0] == typeAlert && b[1] == 3 && binary.BigEndian.Uint16(b[3:]) == 2 {
		return 0
	}
	return -1
}

// wireRecord is a record that was cut out of a stream.
type wireRecord struct {
	dir     string
	bytes   []byte
	partial bool // the stream ends, or is no TLS any more
	order   int  // of the segment that made it whole
	at      int64
}

// split cuts a stream into records. What is no record is one last, partial
// one. arrived may be nil.
func split(b []byte, dir string, arrived func(off int) (int, int64)) []wireRecord {
	var records []wireRecord
	for off := 0; off < len(b); {
		rest := b[off:]
		r := wireRecord{dir: dir, bytes: rest, partial: true}
		if len(rest) >= 5 && rest[0] >= typeCCS && rest[0] <= 24 && rest[1] == 3 {
			if n := 5 + int(binary.BigEndian.Uint16(rest[3:])); n <= len(rest) {
				r.bytes, r.partial = rest[:n:n], false
			}
		}
		off += len(r.bytes)
		if arrived != nil {
			r.order, r.at = arrived(off)
		}
		records = append(records, r)
	}
	return records
}

package pcap

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// segmentBytes is a TCP segment from port 40000 to 443, or back.
func segmentBytes(back bool, seq uint32, flags byte, data string) []byte {
	tcp := make([]byte, 20)
	binary.BigEndian.PutUint16(tcp, 40000)
	binary.BigEndian.PutUint16(tcp[2:], 443)
	if back {
		binary.BigEndian.PutUint16(tcp, 443)
		binary.BigEndian.PutUint16(tcp[2:], 40000)
	}
	binary.BigEndian.PutUint32(tcp[4:], seq)
	tcp[12], tcp[13] = 5<<4, flags
	return append(tcp, data...)
}

func ip4(back bool, segment []byte) []byte {
	ip := make([]byte, 20)
	ip[0], ip[9] = 0x45, 6
	binary.BigEndian.PutUint16(ip[2:], uint16(20+len(segment)))
	a, b := byte(1), byte(2)
	if back {
		a, b = b, a
	}
	copy(ip[12:], []byte{192, 0, 2, a, 192, 0, 2, b})
	return append(ip, segment...)
}

func ip6(back bool, next byte, payload []byte) []byte {
	ip := make([]byte, 40)
	ip[0], ip[6] = 0x60, next
	binary.BigEndian.PutUint16(ip[4:], uint16(len(payload)))
	ip[23], ip[39] = 1, 2
	if back {
		ip[23], ip[39] = 2, 1
	}
	return append(ip, payload...)
}

// file is a .pcap file.
func file(order binary.AppendByteOrder, magic, link uint32, packets ...[]byte) []byte {
	f := order.AppendUint32(nil, magic)
	f = append(f, make([]byte, 16)...)
	f = order.AppendUint32(f, link)
	for i, p := range packets {
		f = order.AppendUint32(f, 1000)
		f = order.AppendUint32(f, uint32(i))
		f = order.AppendUint32(f, uint32(len(p)))
		f = order.AppendUint32(f, uint32(len(p)))
		f = append(f, p...)
	}
	return f
}

// talk is three segments with a link header in front of each.
func talk(wrap func(back bool, segment []byte) []byte) [][]byte {
	return [][]byte{
		wrap(false, segmentBytes(false, 99, 2, "")),
		wrap(true, segmentBytes(true, 499, 0x12, "")),
		wrap(false, segmentBytes(false, 100, 0x18, "hello ")),
		wrap(true, segmentBytes(true, 500, 0x18, "yes?")),
		wrap(false, segmentBytes(false, 106, 0x18, "world")),
	}
}

func parse(t *testing.T, b []byte) *Stream {
	t.Helper()
	c, err := Parse(b)
	require.NoError(t, err)
	require.Len(t, c.Streams, 1)
	require.Equal(t, -1, c.Truncated)
	return c.Streams[0]
}

func TestLinkTypesAndFileFormats(t *testing.T) {
	with := func(header string) func(bool, []byte) []byte {
		return func(back bool, s []byte) []byte { return append([]byte(header), ip4(back, s)...) }
	}
	six := func(back bool, s []byte) []byte {
		return append([]byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x86\xdd"), ip6(back, 0, append([]byte{6, 0, 0, 0, 0, 0, 0, 0}, s...))...)
	}
	ether := with("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00")
	for name, f := range map[string][]byte{
		"Ethernet":                file(binary.LittleEndian, 0xa1b2c3d4, linkEthernet, talk(ether)...),
		"big endian, nanoseconds": file(binary.BigEndian, 0xa1b23c4d, linkEthernet, talk(ether)...),
		"VLAN":                    file(binary.LittleEndian, 0xa1b2c3d4, linkEthernet, talk(with("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x81\x00\x00\x07\x08\x00"))...),
		"IPv6 with an option":     file(binary.LittleEndian, 0xa1b2c3d4, linkEthernet, talk(six)...),
		"loopback":                file(binary.LittleEndian, 0xa1b2c3d4, linkNull, talk(with("\x02\x00\x00\x00"))...),
		"raw":                     file(binary.LittleEndian, 0xa1b2c3d4, linkRaw, talk(with(""))...),
		"cooked":                  file(binary.LittleEndian, 0xa1b2c3d4, linkCooked, talk(with(string(make([]byte, 16))))...),
		"cooked, second version":  file(binary.LittleEndian, 0xa1b2c3d4, linkCooked2, talk(with(string(make([]byte, 20))))...),
		"pcapng":                  nextFile(binary.LittleEndian, talk(ether)),
		"pcapng, big endian":      nextFile(binary.BigEndian, talk(ether)),
	} {
		t.Run(name, func(t *testing.T) {
			s := parse(t, f)
			require.Equal(t, "hello world", string(s.FromClient.Data))
			require.Equal(t, "yes?", string(s.FromServer.Data))
			require.EqualValues(t, 443, s.Server.Port())
			require.False(t, s.FromClient.Gap)
			n, at := s.FromClient.Arrived(6)
			require.Equal(t, 3, n)
			require.EqualValues(t, 1000, at.Unix())
			n, _ = s.FromClient.Arrived(7)
			require.Equal(t, 5, n)
		})
	}
}

// nextFile is a .pcapng file: a section, an interface with nanoseconds, a
// block that is to be skipped, and packets.
func nextFile(order binary.AppendByteOrder, packets [][]byte) []byte {
	block := func(typ uint32, body []byte) []byte {
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		b := order.AppendUint32(nil, typ)
		b = order.AppendUint32(b, uint32(12+len(body)))
		b = append(b, body...)
		return order.AppendUint32(b, uint32(12+len(body)))
	}
	f := block(0x0a0d0d0a, append(order.AppendUint32(nil, 0x1a2b3c4d), make([]byte, 12)...))
	description := order.AppendUint16(nil, linkEthernet)
	description = append(description, 0, 0, 0, 0, 0, 0)
	description = order.AppendUint16(description, 9) // if_tsresol
	description = order.AppendUint16(description, 1)
	description = append(description, 9, 0, 0, 0)
	f = append(f, block(1, description)...)
	f = append(f, block(5, []byte("statistics"))...)
	for i, p := range packets {
		ticks := uint64(1000)*1e9 + uint64(i)
		body := order.AppendUint32(nil, 0)
		body = order.AppendUint32(body, uint32(ticks>>32))
		body = order.AppendUint32(body, uint32(ticks))
		body = order.AppendUint32(body, uint32(len(p)))
		body = order.AppendUint32(body, uint32(len(p)))
		f = append(f, block(6, append(body, p...))...)
	}
	return f
}

func TestKeyLogsInTheFile(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		f := nextFile(order, nil)
		for _, log := range []string{"CLIENT_RANDOM 01 02\n", "# more"} {
			body := order.AppendUint32(nil, keyLogType)
			body = append(order.AppendUint32(body, uint32(len(log))), log...)
			for len(body)%4 != 0 {
				body = append(body, 0)
			}
			f = order.AppendUint32(f, 10)
			f = order.AppendUint32(f, uint32(12+len(body)))
			f = order.AppendUint32(append(f, body...), uint32(12+len(body)))
		}
		c, err := Parse(f)
		require.NoError(t, err)
		require.Equal(t, "CLIENT_RANDOM 01 02\n\n# more\n", string(c.KeyLog))
		short, err := Parse(bytes.Replace(f, []byte("KSLT"), []byte("KSLU"), 2)) // other secrets than those of TLS
		require.NoError(t, err)
		if order == binary.AppendByteOrder(binary.LittleEndian) {
			require.Empty(t, short.KeyLog)
		}
	}
}

func TestReassembly(t *testing.T) {
	raw := func(segments ...[]byte) []byte {
		var packets [][]byte
		for _, s := range segments {
			back := binary.BigEndian.Uint16(s) == 443
			packets = append(packets, ip4(back, s))
		}
		return file(binary.LittleEndian, 0xa1b2c3d4, linkRaw, packets...)
	}
	near := uint32(0xfffffffd) // the sequence numbers wrap
	s := parse(t, raw(
		segmentBytes(false, near, 2, ""),
		segmentBytes(false, 1, 0x18, "def"),           // early
		segmentBytes(false, near+1, 0x18, "ab"),       // in its place
		segmentBytes(false, near+1, 0x18, "ab"),       // again
		segmentBytes(false, near+2, 0x18, "Xc"),       // overlaps: what came first stays
		segmentBytes(true, 7, 0x18, "z"),              // without a SYN
		segmentBytes(false, 100, 0x18, "never there"), // behind a gap
	))
	require.Equal(t, "abcdef", string(s.FromClient.Data))
	require.True(t, s.FromClient.Gap)
	require.Equal(t, "z", string(s.FromServer.Data))

	c, err := Parse(raw(
		segmentBytes(false, 0, 2, ""), segmentBytes(false, 1, 0x18, "one"),
		segmentBytes(false, 900, 2, ""), segmentBytes(false, 901, 0x18, "two"),
	))
	require.NoError(t, err)
	require.Len(t, c.Streams, 2, "ports that are used again are another stream")

	c, err = Parse(raw(segmentBytes(true, 1, 0x12, ""), segmentBytes(true, 2, 0x18, "banner")))
	require.NoError(t, err)
	require.Equal(t, netip.MustParseAddrPort("192.0.2.2:443"), c.Streams[0].Server, "who answers a SYN is the server")
}

func TestOutOfOrderBytesComeInPlace(t *testing.T) {
	want := "the quick brown fox jumps over the lazy dog"
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 0, 3, 2}, {0, 2, 2, 1, 3, 0}} {
		packets := [][]byte{ip4(false, segmentBytes(false, 999, 2, ""))}
		for _, i := range order {
			end := min(len(want), 12*(i+1))
			packets = append(packets, ip4(false, segmentBytes(false, uint32(1000+12*i), 0x18, want[12*i:end])))
		}
		s := parse(t, file(binary.LittleEndian, 0xa1b2c3d4, linkRaw, packets...))
		require.Equal(t, want, string(s.FromClient.Data))
		require.False(t, s.FromClient.Gap)
	}
}

func TestCutOffAnywhere(t *testing.T) {
	ether := func(back bool, s []byte) []byte {
		return append([]byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00"), ip4(back, s)...)
	}
	for _, whole := range [][]byte{file(binary.LittleEndian, 0xa1b2c3d4, linkEthernet, talk(ether)...), nextFile(binary.LittleEndian, talk(ether))} {
		for n := range len(whole) {
			c, err := Parse(whole[:n])
			if err != nil {
				continue
			}
			for _, s := range c.Streams {
				require.Contains(t, "hello world", string(s.FromClient.Data))
			}
		}
		c, err := Parse(whole[:len(whole)-1])
		require.NoError(t, err)
		require.Positive(t, c.Truncated)
	}
}

func TestEarlySegmentsAreBounded(t *testing.T) {
	var h Half
	h.next, h.known = 0, true
	for i := range uint32(2 * maxEarly) {
		h.add(early{seq: 10 + 2*i, data: []byte{1}, at: time.Time{}})
	}
	require.Len(t, h.early, maxEarly)
	h.close()
	require.True(t, h.Gap)
}

func TestStreamsAreBounded(t *testing.T) {
	var h Half
	big := make([]byte, 1<<20)
	for i := range uint32(20) {
		h.add(early{seq: i << 20, data: big})
	}
	require.Len(t, h.Data, MaxStream)
	require.True(t, h.Full)
}

// FuzzParse gives any bytes as a file.
func FuzzParse(f *testing.F) {
	ether := func(back bool, s []byte) []byte {
		return append([]byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x08\x00"), ip4(back, s)...)
	}
	f.Add(file(binary.LittleEndian, 0xa1b2c3d4, linkEthernet, talk(ether)...))
	f.Add(nextFile(binary.LittleEndian, talk(ether)))
	f.Add(file(binary.BigEndian, 0xa1b2c3d4, linkRaw, ip6(false, 0, []byte{6, 255, 0})))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := Parse(b)
		if err != nil {
			return
		}
		total := 0
		for i, s := range c.Streams {
			require.Equal(t, i, s.ID)
			total += len(s.FromClient.Data) + len(s.FromServer.Data)
		}
		require.LessOrEqual(t, total, len(b))
	})
}

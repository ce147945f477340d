package differential

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tlsengine/tlsengine/handshake"
)

// edit is one change to what the peer says. Its numbers are drawn before
// anything is said, and are taken modulo what there is.
type edit struct {
	what  int // index in changes
	index int // of the message, or of the record
	a, b  uint32
}

// change is a kind of edit. A change of a message gets it with its header; what
// it returns has the length that its header should have, unless it is raw. A
// change of records gets all that are sent at once, and the one that is meant.
type change struct {
	name    string
	message func(t handshake.MessageType, msg []byte, e *edit) []byte
	records func(list [][]byte, i int, e *edit) [][]byte
	raw     bool
}

func newEdit(r *rand.Rand) edit {
	e := edit{what: r.IntN(len(changes)), a: r.Uint32(), b: r.Uint32()}
	// The first messages most often.
	e.index = min(r.IntN(7), r.IntN(7))
	return e
}

func (e edit) String() string {
	kind := "message"
	if changes[e.what].records != nil {
		kind = "record"
	}
	return fmt.Sprintf("%s %d: %s (%d, %d)", kind, e.index, changes[e.what].name, e.a, e.b)
}

const headerLen = 4

var changes = []change{
	{name: "flip a bit", message: flipBit}, {name: "flip a bit", message: flipBit}, {name: "flip a bit", message: flipBit},
	{name: "change a byte", message: func(_ handshake.MessageType, m []byte, e *edit) []byte {
		if len(m) > headerLen {
			m[headerLen+int(e.a)%(len(m)-headerLen)] ^= byte(e.b) | 1
		}
		return m
	}},
	{name: "truncate", message: func(_ handshake.MessageType, m []byte, e *edit) []byte {
		return m[:headerLen+int(e.a)%max(1, len(m)-headerLen)]
	}},
	{name: "extend", message: func(_ handshake.MessageType, m []byte, e *edit) []byte {
		return append(m, bytes.Repeat([]byte{byte(e.a)}, 1+int(e.b%4))...)
	}},
	{name: "remove bytes", message: func(_ handshake.MessageType, m []byte, e *edit) []byte {
		from := headerLen + int(e.a)%max(1, len(m)-headerLen)
		return slices.Delete(m, from, min(len(m), from+1+int(e.b%4)))
	}},
	{name: "wrong length", raw: true, message: func(_ handshake.MessageType, m []byte, e *edit) []byte {
		m[3] += byte(e.a%5) - 2
		return m
	}},
	{name: "drop", raw: true, message: func(handshake.MessageType, []byte, *edit) []byte { return nil }},
	{name: "double", raw: true, message: func(_ handshake.MessageType, m []byte, _ *edit) []byte { return append(m, m...) }},
	{name: "another type", raw: true, message: func(_ handshake.MessageType, m []byte, e *edit) []byte {
		m[0] = messageTypes[int(e.a)%len(messageTypes)]
		return m
	}},
	{name: "a message before", raw: true, message: func(_ handshake.MessageType, m []byte, e *edit) []byte {
		return append([]byte{messageTypes[int(e.a)%len(messageTypes)], 0, 0, 0}, m...)
	}},
	{name: "a message after", raw: true, message: func(_ handshake.MessageType, m []byte, e *edit) []byte {
		return append(m, messageTypes[int(e.a)%len(messageTypes)], 0, 0, 0)
	}},
	{name: "drop an extension", message: extensions(func(list []extension, e *edit) []extension {
		i := int(e.a) % len(list)
		return slices.Delete(list, i, i+1)
	})},
	{name: "double an extension", message: extensions(func(list []extension, e *edit) []extension {
		return slices.Insert(list, int(e.b)%(len(list)+1), list[int(e.a)%len(list)])
	})},
	{name: "swap two extensions", message: extensions(func(list []extension, e *edit) []extension {
		i, j := int(e.a)%len(list), int(e.b)%len(list)
		list[i], list[j] = list[j], list[i]
		return list
	})},
	{name: "another type of extension", message: extensions(func(list []extension, e *edit) []extension {
		list[int(e.a)%len(list)].typ = extensionTypes[int(e.b)%len(extensionTypes)]
		return list
	})},
	{name: "another extension", message: extensions(func(list []extension, e *edit) []extension {
		x := extension{typ: extensionTypes[int(e.a)%len(extensionTypes)]}
		x.body = bodies[int(e.b>>8)%len(bodies)]
		return slices.Insert(list, int(e.b)%(len(list)+1), x)
	})},
	{name: "empty an extension", message: extensionBody(func(b []byte, _ *edit) []byte { return nil })},
	{name: "cut an extension", message: extensionBody(func(b []byte, e *edit) []byte { return b[:max(0, len(b)-1-int(e.b%4))] })},
	{name: "lengthen an extension", message: extensionBody(func(b []byte, e *edit) []byte { return append(bytes.Clone(b), byte(e.b)) })},
	{name: "change an extension", message: extensionBody(changeIn)}, {name: "change an extension", message: extensionBody(changeIn)},
	{name: "change an extension", message: extensionBody(changeIn)},
	{name: "fill an extension", message: extensionBody(func(b []byte, e *edit) []byte { return bodies[int(e.b)%len(bodies)] })},
	{name: "change the hello", message: changeHello}, {name: "change the hello", message: changeHello},

	{name: "flip a bit", records: func(list [][]byte, i int, e *edit) [][]byte {
		list[i][int(e.a>>3)%len(list[i])] ^= 1 << (e.a & 7)
		return list
	}},
	{name: "truncate", records: func(list [][]byte, i int, e *edit) [][]byte {
		body := list[i][5:]
		return put(list, i, record(list[i][0], list[i][2], body[:int(e.a)%max(1, len(body))]))
	}},
	{name: "extend", records: func(list [][]byte, i int, e *edit) [][]byte {
		return put(list, i, record(list[i][0], list[i][2], append(bytes.Clone(list[i][5:]), byte(e.a))))
	}},
	{name: "drop", records: func(list [][]byte, i int, _ *edit) [][]byte { return slices.Delete(list, i, i+1) }},
	{name: "double", records: func(list [][]byte, i int, _ *edit) [][]byte { return slices.Insert(list, i, bytes.Clone(list[i])) }},
	{name: "swap with the next", records: func(list [][]byte, i int, _ *edit) [][]byte {
		j := min(i+1, len(list)-1)
		list[i], list[j] = list[j], list[i]
		return list
	}},
	{name: "cut in two", records: func(list [][]byte, i int, e *edit) [][]byte {
		body := list[i][5:]
		n := int(e.a) % max(1, len(body))
		return slices.Insert(put(list, i, record(list[i][0], list[i][2], body[:n])), i+1, record(list[i][0], list[i][2], body[n:]))
	}},
	{name: "another type", records: func(list [][]byte, i int, e *edit) [][]byte {
		list[i][0] = []byte{0, 19, 20, 21, 22, 23, 24, 255}[e.a%8]
		return list
	}},
	{name: "another version", records: func(list [][]byte, i int, e *edit) [][]byte {
		binary.BigEndian.PutUint16(list[i][1:], []uint16{0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0200, 0xfefd, 0}[e.a%8])
		return list
	}},
	{name: "another length", records: func(list [][]byte, i int, e *edit) [][]byte {
		binary.BigEndian.PutUint16(list[i][3:], []uint16{0, 1, 1 << 14, 1<<14 + 1, 1<<14 + 256, 1<<14 + 257, 1<<14 + 2048, 1<<14 + 2049, 1<<16 - 1}[e.a%9])
		return list
	}},
	{name: "a record before", records: func(list [][]byte, i int, e *edit) [][]byte {
		return slices.Insert(list, i, strangers(list[i][2])[int(e.a)%len(strangers(0))])
	}},
	{name: "many records before", records: func(list [][]byte, i int, e *edit) [][]byte {
		r := strangers(list[i][2])[int(e.a)%len(strangers(0))]
		for range 1 + e.b%40 {
			list = slices.Insert(list, i, r)
		}
		return list
	}},
}

func flipBit(_ handshake.MessageType, m []byte, e *edit) []byte {
	if len(m) > headerLen {
		m[headerLen+int(e.a>>3)%(len(m)-headerLen)] ^= 1 << (e.a & 7)
	}
	return m
}

func changeIn(b []byte, e *edit) []byte {
	if b = bytes.Clone(b); len(b) > 0 {
		b[int(e.b>>8)%len(b)] ^= byte(e.b) | 1
	}
	return b
}

// messageTypes are known ones and two that nobody knows.
var messageTypes = []byte{0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 22, 24, 25, 254, 99}

// extensionTypes are known ones and some that nobody knows.
var extensionTypes = []uint16{
	0, 1, 5, 10, 11, 13, 16, 18, 21, 22, 23, 27, 28, 35, 41, 42, 43, 44, 45, 47, 48, 49, 50, 51, 57, 0xff01, 0xfe0d, 0x0a0a, 1234,
}

// bodies are of extensions: none, lists of some kinds, and much.
var bodies = [][]byte{
	nil, {0}, {0, 0}, {1}, {1, 0}, {3, 4}, {3, 3}, {2, 3, 4}, {2, 3, 3}, {0, 2, 0, 29}, {0, 29}, {0, 3, 2, 'h', '2'}, {0, 1, 0}, {0, 2, 4, 3},
	{0, 29, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 0, 0}, make([]byte, 300),
}

// strangers are records that may be anywhere, or must not.
func strangers(minor byte) [][]byte {
	return [][]byte{
		record(20, minor, []byte{1}), record(20, minor, []byte{2}), record(20, minor, []byte{1, 1}), record(20, minor, nil),
		record(21, minor, []byte{1, 90}), record(21, minor, []byte{1, 0}), record(21, minor, []byte{2, 40}), record(21, minor, []byte{1, 112}),
		record(21, minor, []byte{1}), record(21, minor, nil), record(21, minor, []byte{1, 90, 1, 90}),
		record(22, minor, nil), record(22, minor, []byte{0, 0, 0, 0}), record(22, minor, []byte{20}), record(22, minor, []byte{24, 0, 0, 1, 0}),
		record(23, minor, nil), record(23, minor, []byte("data")), record(23, minor, make([]byte, 40)), record(99, minor, []byte{1}),
	}
}

func record(typ, minor byte, body []byte) []byte {
	return append([]byte{typ, 3, minor, byte(len(body) >> 8), byte(len(body))}, body...)
}

func put(list [][]byte, i int, r []byte) [][]byte {
	list[i] = r
	return list
}

// changeHello changes a field of a hello that is not an extension.
func changeHello(t handshake.MessageType, m []byte, e *edit) []byte {
	if t != handshake.MsgClientHello && t != handshake.MsgServerHello {
		return flipBit(t, m, e)
	}
	body := m[headerLen:]
	session, after, compression := 34, 0, 0
	if len(body) > session {
		after = session + 1 + int(body[session])
		compression = after + 2
	}
	if t == handshake.MsgClientHello && len(body) > after+2 {
		compression = after + 2 + int(binary.BigEndian.Uint16(body[after:])) + 1
	}
	if after == 0 || len(body) < compression+1 || len(body) < after+4 {
		return flipBit(t, m, e) // another edit has left little of it
	}
	switch e.a % 8 {
	case 0: // legacy_version
		binary.BigEndian.PutUint16(body, []uint16{0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x0305, 0x7f00, 0}[e.b%8])
	case 1: // random
		copy(body[2+24:], []string{handshake.DowngradeTLS12, handshake.DowngradeTLS11}[e.b%2])
	case 2: // a session id of another length
		id := bytes.Repeat([]byte{7}, []int{0, 1, 8, 31, 32, 33, 64}[e.b%7])
		return slices.Concat(m[:headerLen+session], []byte{byte(len(id))}, id, body[after:])
	case 3: // cipher suites
		at := after
		if t == handshake.MsgClientHello {
			at += 2
		}
		binary.BigEndian.PutUint16(body[at:], suites[int(e.b)%len(suites)])
	case 4: // compression
		body[compression] = byte(e.b % 3)
	case 5: // no extensions at all
		if start, _, ok := block(t, m); ok {
			return m[:start]
		}
	case 6: // an empty block
		if start, _, ok := block(t, m); ok {
			return append(m[:start], 0, 0)
		}
	case 7: // more cipher suites
		if t == handshake.MsgClientHello {
			n := int(binary.BigEndian.Uint16(body[after:]))
			m = slices.Insert(m, headerLen+after+2, byte(suites[int(e.b)%len(suites)]>>8), byte(suites[int(e.b)%len(suites)]))
			binary.BigEndian.PutUint16(m[headerLen+after:], uint16(n+2))
		}
	}
	return m
}

// suites are those of both versions, and some that must not be.
var suites = []uint16{0x1301, 0x1302, 0x1303, 0x1304, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca8, 0xcca9, 0xc013, 0x009c, 0x000a, 0x5600, 0x00ff, 0x0a0a, 0x0000, 0xffff}

package pcap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Limits, in bytes.
const (
	MaxFile   = 256 << 20
	MaxStream = 16 << 20 // one direction of one stream
)

// Errors of Parse.
var (
	ErrFormat = errors.New("not a .pcap or .pcapng file")
	ErrSize   = fmt.Errorf("a capture of more than %d MiB", MaxFile>>20)
)

// packet is one packet of a capture.
type packet struct {
	link uint32
	at   time.Time
	data []byte
}

// packets calls each for each packet of the file, and keys for each key log in
// it, and reports whether the file is cut off, and where.
func packets(b []byte, each func(packet), keys func([]byte)) (cut int, err error) {
	if len(b) > MaxFile {
		return 0, ErrSize
	}
	if len(b) < 4 {
		return 0, ErrFormat
	}
	switch binary.LittleEndian.Uint32(b) {
	case 0xa1b2c3d4:
		return classic(b, binary.LittleEndian, 1000, each)
	case 0xa1b23c4d:
		return classic(b, binary.LittleEndian, 1, each)
	case 0xd4c3b2a1:
		return classic(b, binary.BigEndian, 1000, each)
	case 0x4d3cb2a1:
		return classic(b, binary.BigEndian, 1, each)
	case 0x0a0d0d0a:
		return next(b, each, keys)
	}
	return 0, ErrFormat
}

// whole is what packets returns for a file that is not cut off.
const whole = -1

// classic reads .pcap: a header of 24 bytes, then packets with 16 bytes each.
func classic(b []byte, order binary.ByteOrder, nanos int64, each func(packet)) (cut int, err error) {
	if len(b) < 24 {
		return 0, ErrFormat
	}
	link := order.Uint32(b[20:]) & 0xffff
	for off := 24; off < len(b); {
		if len(b)-off < 16 {
			return off, nil
		}
		size := int64(order.Uint32(b[off+8:]))
		if size > int64(len(b)-off-16) {
			return off, nil
		}
		at := time.Unix(int64(order.Uint32(b[off:])), int64(order.Uint32(b[off+4:]))*nanos)
		each(packet{link, at, b[off+16 : off+16+int(size)]})
		off += 16 + int(size)
	}
	return whole, nil
}

// An iface is what an interface description block says.
type iface struct {
	link uint32
	unit uint64 // ticks a second
}

// next reads .pcapng: blocks of type, length, body, length.
func next(b []byte, each func(packet), keys func([]byte)) (cut int, err error) {
	var order binary.ByteOrder = binary.LittleEndian
	var ifaces []iface
	for off := 0; off < len(b); {
		if len(b)-off < 12 {
			return off, nil
		}
		typ := order.Uint32(b[off:])
		if typ == 0x0a0d0d0a { // a section: it says the byte order, and starts the interfaces anew
			switch binary.LittleEndian.Uint32(b[off+8:]) {
			case 0x1a2b3c4d:
				order = binary.LittleEndian
			case 0x4d3c2b1a:
				order = binary.BigEndian
			default:
				return off, ErrFormat
			}
			ifaces = nil
		}
		size := int64(order.Uint32(b[off+4:]))
		if size < 12 || size%4 != 0 {
			return off, nil
		}
		if size > int64(len(b)-off) {
			return off, nil
		}
		body := b[off+8 : off+int(size)-4]
		switch typ {
		case 1:
			if len(body) >= 8 {
				ifaces = append(ifaces, iface{uint32(order.Uint16(body)), resolution(body[8:], order)})
			}
		case 6:
			enhanced(body, order, ifaces, each)
		case 10:
			secrets(body, order, keys)
		case 3:
			if len(body) >= 4 && len(ifaces) > 0 {
				n := min(int64(order.Uint32(body)), int64(len(body)-4))
				each(packet{link: ifaces[0].link, data: body[4 : 4+n]})
			}
		}
		off += int(size)
	}
	return whole, nil
}

// keyLogType is the kind of secrets that is a key log of TLS.
const keyLogType = 0x544c534b

// secrets reads a decryption secrets block.
func secrets(body []byte, order binary.ByteOrder, keys func([]byte)) {
	if len(body) < 8 || order.Uint32(body) != keyLogType {
		return
	}
	size := int64(order.Uint32(body[4:]))
	keys(body[8 : 8+min(size, int64(len(body)-8))])
}

// enhanced reads an enhanced packet block.
func enhanced(body []byte, order binary.ByteOrder, ifaces []iface, each func(packet)) {
	if len(body) < 20 {
		return
	}
	id, size := order.Uint32(body), int64(order.Uint32(body[12:]))
	if int64(id) >= int64(len(ifaces)) || size > int64(len(body)-20) {
		return
	}
	ticks := uint64(order.Uint32(body[4:]))<<32 | uint64(order.Uint32(body[8:]))
	unit := ifaces[id].unit
	at := time.Unix(int64(ticks/unit), int64(float64(ticks%unit)/float64(unit)*1e9))
	each(packet{ifaces[id].link, at, body[20 : 20+size]})
}

// resolution is the option if_tsresol: microseconds if it is not there.
func resolution(options []byte, order binary.ByteOrder) uint64 {
	for len(options) >= 4 {
		code, size := order.Uint16(options), int(order.Uint16(options[2:]))
		if code == 0 || size > len(options)-4 {
			break
		}
		if code == 9 && size == 1 {
			if v := options[4]; v&0x80 != 0 {
				return 1 << min(v&0x7f, 62)
			} else {
				unit := uint64(1)
				for range min(v, 18) {
					unit *= 10
				}
				return unit
			}
		}
		options = options[min(len(options), 4+(size+3)&^3):]
	}
	return 1e6
}

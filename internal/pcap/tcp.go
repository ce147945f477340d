package pcap

import (
	"encoding/binary"
	"net/netip"
)

// A segment is one TCP segment.
type segment struct {
	src, dst netip.AddrPort
	seq      uint32
	syn, ack bool
	fin, rst bool
	data     []byte
}

// Link types (the tcpdump group's numbers).
const (
	linkNull     = 0
	linkEthernet = 1
	linkRaw12    = 12
	linkRaw14    = 14
	linkRaw      = 101
	linkLoop     = 108
	linkCooked   = 113
	linkIPv4     = 228
	linkIPv6     = 229
	linkCooked2  = 276
)

// tcp finds the TCP segment in a packet.
func tcp(p packet) (s segment, ok bool) {
	ip, ok := network(p)
	if !ok || len(ip) == 0 {
		return s, false
	}
	var src, dst netip.Addr
	switch ip[0] >> 4 {
	case 4:
		src, dst, ip, ok = ipv4(ip)
	case 6:
		src, dst, ip, ok = ipv6(ip)
	default:
		return s, false
	}
	if !ok || len(ip) < 20 {
		return s, false
	}
	header := int(ip[12]>>4) * 4
	if header < 20 || header > len(ip) {
		return s, false
	}
	flags := ip[13]
	return segment{
		src: netip.AddrPortFrom(src, binary.BigEndian.Uint16(ip)),
		dst: netip.AddrPortFrom(dst, binary.BigEndian.Uint16(ip[2:])),
		seq: binary.BigEndian.Uint32(ip[4:]),
		fin: flags&1 != 0, syn: flags&2 != 0, rst: flags&4 != 0, ack: flags&16 != 0,
		data: ip[header:],
	}, true
}

// network takes the link layer's header off.
func network(p packet) (ip []byte, ok bool) {
	b := p.data
	skip := -1
	switch p.link {
	case linkRaw, linkRaw12, linkRaw14, linkIPv4, linkIPv6:
		skip = 0
	case linkNull, linkLoop:
		skip = 4
	case linkCooked:
		skip = 16
	case linkCooked2:
		skip = 20
	case linkEthernet:
		skip = 14
		for len(b) >= skip && (binary.BigEndian.Uint16(b[skip-2:]) == 0x8100 || binary.BigEndian.Uint16(b[skip-2:]) == 0x88a8) {
			skip += 4
		}
		if len(b) < skip || binary.BigEndian.Uint16(b[skip-2:]) != 0x0800 && binary.BigEndian.Uint16(b[skip-2:]) != 0x86dd {
			return nil, false
		}
	}
	if skip < 0 || len(b) < skip {
		return nil, false
	}
	return b[skip:], true
}

func ipv4(b []byte) (src, dst netip.Addr, payload []byte, ok bool) {
	if len(b) < 20 {
		return src, dst, nil, false
	}
	header, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if total == 0 || total > len(b) { // 0: segmentation was left to the card
		total = len(b)
	}
	fragment := binary.BigEndian.Uint16(b[6:]) & 0x3fff // more fragments, and the offset
	if header < 20 || header > total || b[9] != 6 || fragment != 0 {
		return src, dst, nil, false
	}
	src, _ = netip.AddrFromSlice(b[12:16])
	dst, _ = netip.AddrFromSlice(b[16:20])
	return src, dst, b[header:total], true
}

func ipv6(b []byte) (src, dst netip.Addr, payload []byte, ok bool) {
	if len(b) < 40 {
		return src, dst, nil, false
	}
	src, _ = netip.AddrFromSlice(b[8:24])
	dst, _ = netip.AddrFromSlice(b[24:40])
	total := 40 + int(binary.BigEndian.Uint16(b[4:]))
	if total == 40 || total > len(b) {
		total = len(b)
	}
	proto, rest := b[6], b[40:total]
	for proto == 0 || proto == 43 || proto == 60 { // hop-by-hop, routing, destination options
		if len(rest) < 8 || len(rest) < 8+8*int(rest[1]) {
			return src, dst, nil, false
		}
		proto, rest = rest[0], rest[8+8*int(rest[1]):]
	}
	return src, dst, rest, proto == 6
}

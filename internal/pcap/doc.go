// Package pcap reads captures, .pcap and .pcapng, and puts the TCP streams in
// them together.
//
// It knows the link types Ethernet (with VLAN tags), loopback, raw IP and
// Linux cooked, IPv4 and IPv6. Fragmented IP packets are left out: a stream
// that misses bytes ends there, and says so ([Half.Gap]). A capture that is cut
// off gives what is there ([Capture.Truncated]). A .pcapng file may bring the key
// log that opens it ([Capture.KeyLog]), as Wireshark's editcap puts it there.
//
// What is read is bounded by [MaxFile] and [MaxStream].
package pcap

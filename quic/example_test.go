package quic_test

import (
	"fmt"

	"github.com/tlsengine/tlsengine/quic"
)

// A client seals its first packet, and a server opens it.
func Example() {
	dcid := []byte{0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08} // the client's choice
	client, _, err := quic.InitialKeys(quic.V1, dcid)
	if err != nil {
		panic(err)
	}

	// The client: a long header, whose last field is the packet number.
	const pn, largestAcked = 2, quic.NoPacket
	packet := []byte{0xc0 | byte(quic.PacketNumberLen(pn, largestAcked)-1), 0, 0, 0, 1}
	packet = append(packet, byte(len(dcid)))
	packet = append(packet, dcid...)
	packet = append(packet, 0, 0, 23) // no source connection ID, no token, 23 bytes follow
	pnOffset := len(packet)
	packet = quic.AppendPacketNumber(packet, pn, largestAcked)
	header := len(packet)
	packet = append(packet, "frames"...)

	packet = client.Seal(packet[:header], packet[:header], packet[header:], pn)
	if err := client.ProtectHeader(packet, pnOffset); err != nil {
		panic(err)
	}

	// The server: it finds the connection ID in the header, and with it the
	// same keys.
	client, _, err = quic.InitialKeys(quic.V1, packet[6:14])
	if err != nil {
		panic(err)
	}
	header, number, err := client.UnprotectHeader(packet, pnOffset, quic.NoPacket)
	if err != nil {
		panic(err)
	}
	payload, err := client.Open(packet[header:header], packet[:header], packet[header:], number)
	fmt.Printf("packet %d: %s, %v\n", number, payload, err)
	// Output: packet 2: frames, <nil>
}

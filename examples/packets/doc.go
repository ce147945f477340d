// Command packets shows TLS inside the packets of other protocols: a whole
// EAP-TLS authentication, and a handshake in the packets of SQL Server's TDS.
//
//	packets eap     # prints every packet
//	packets tds
//
// EAP (RFC 5216, RFC 9190) is a conversation of packets in lockstep, each at
// most 1,020 bytes here, so a flight of TLS is cut into fragments, and there is
// no stream to read from. Who carries TLS in it must know when a flight is
// complete, and a net.Conn cannot say so: [tlsengine.EventFlightDone] does. A
// [Carrier] is one side of that conversation: a packet in, a packet out.
//
// TDS before version 8 wants the handshake in packets of its own and the data
// after it bare. There the packets are a net.Conn ([TDS]) below tlsconn that is
// switched off when the handshake is done.
package main

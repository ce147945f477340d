// Quichandshake shows how a QUIC implementation uses the engine: a client and
// a server that speak QUIC v1 (RFC 9000, RFC 9001) over UDP, just far enough
// for a handshake, one stream with a question and its answer, a session, and a
// second handshake that resumes it with 0-RTT.
//
//	quichandshake                                 both, on a loopback address
//	quichandshake server 127.0.0.1:4433 root.pem  writes the root of its certificate
//	quichandshake client 127.0.0.1:4433 root.pem  trusts it
//
// It is not a QUIC implementation: there is no loss recovery and no congestion
// control (a lost packet is a connection that hangs until it times out), no
// flow control, Retry, key update, migration or connection ID but the first.
// The server trusts the address of its clients.
//
// What to look at is conn.go: the events of a [tlsengine.QUICConn] become
// keys of package quic and CRYPTO frames, and CRYPTO frames become
// HandleCrypto. The tests run it against quic-go and golang.org/x/net/quic, as
// either side. It is a module of its own, so that the engine's has none of
// them.
package main

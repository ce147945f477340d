// Package tlsconn is a net.Conn over the engine, for programs that have a
// socket and want it encrypted: what crypto/tls's Conn is. It is the engine's
// first user, and does nothing that another program could not do.
//
//	conn, err := tlsconn.Dial(ctx, "tcp", "example.com:443", nil)
//
// A Conn starts no goroutine and holds no buffer while it is idle: a blocked
// Read waits for the five bytes of a record's header, and takes a buffer from
// a pool when they are there. One goroutine may read while another writes.
//
// Where a program has a Config of crypto/tls already, [NewStdClient] and
// [NewStdServer] take it, callbacks included, or say which field they cannot
// take. What a Conn lacks to be used by net/http for HTTP/2 is in
// docs/embedding.md.
//
// Unlike the engine this package knows the world: without Roots it verifies by
// the system's, and it can log keys to the file that SSLKEYLOGFILE names.
package tlsconn

// Command eventloop is a TLS echo server that has no goroutine per connection:
// a fixed number of loops wait for all sockets with epoll, and a connection is
// a file descriptor and an engine. Linux only.
//
//	eventloop -listen 127.0.0.1:8443        # with a certificate of its own
//	eventloop -compare 10000                # what idle connections cost
//
// The loop is [loop.run], what happens to a connection is [conn.readable]. One
// buffer serves all the connections of a loop: the engine decrypts in it and
// keeps nothing of it but an incomplete record. What a socket does not take is
// kept until it does, and until then its connection is not read.
//
// -compare starts the server and, for comparison, one with a goroutine per
// connection over crypto/tls; connects so many clients, each of which sends and
// gets back a message and then says nothing; and prints what the server's
// process has then. The clients resume one session: what is measured does not
// depend on the handshake, and the comparison takes less time.
package main

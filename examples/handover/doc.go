// Handover is a TLS echo server that can be replaced while it runs. Start the
// same command again: the new process takes the listening socket and every
// connection from the old one, which then exits. The clients notice nothing,
// whether they are in the middle of the handshake, in the middle of a
// transfer, or saying nothing.
//
//	handover -listen :8443 -cert cert.pem -key key.pem -socket /run/echo.sock
//
// Two processes with the same -socket are one service, one after the other.
//
// # What is handed over
//
// A connection is its file descriptor and four byte strings: the engine's
// snapshot ([tlsengine.Engine.Freeze]), what was read from the socket and the
// engine has not eaten, what the engine made and the socket has not taken, and
// what the application remembers, here whether it is done. The listener is a
// file descriptor, and brings with it whoever waits to be accepted. The keys of
// tickets go too, so that a client can resume with a ticket of the old process.
//
// # The protocol
//
// The old process listens on a unix stream socket; the new one connects to it.
// Integers are in network byte order.
//
//	enum { keys(1), listener(2), connection(3), end(4), ready(5), commit(6) } Kind;
//
//	struct {
//	    Kind kind;
//	    uint32 length;               /* of what follows                       */
//	    select (Message.kind) {
//	        case keys:       opaque ticket_key[32];
//	        case listener:   Empty;          /* and a file descriptor         */
//	        case connection: Connection;     /* and a file descriptor         */
//	        case end:        uint32 connections;
//	        case ready:      uint32 connections;
//	        case commit:     Empty;
//	    };
//	} Message;
//
//	struct {
//	    opaque snapshot<0..2^32-1>;
//	    opaque unread<0..2^32-1>;    /* from the client                       */
//	    opaque unwritten<0..2^32-1>; /* to the client                         */
//	    uint8 finishing;             /* close when all is written             */
//	} Connection;
//
// A file descriptor comes as SCM_RIGHTS with the first byte of its message.
//
//	old                                           new
//	 | <------------------------------- connects   |
//	 | stops: no byte is read or written any more  |
//	 | keys, listener, connection …, end --------> | thaws all, uses nothing
//	 | <------------------------------------ ready |
//	 | forgets its copies; commit ---------------> | goes on
//	 | exits                                       |
//
// # Who owns a connection
//
// A snapshot must be used once: two engines out of one would send different
// records under the same nonces. So there is always exactly one owner. Up to
// commit that is the old process: should the new one vanish, or refuse, the
// old one thaws its own snapshots and goes on. From commit on it is the new
// one. The old process sends commit last and never looks back, not even when
// it cannot know whether commit arrived: a connection may then be lost, but is
// never used twice.
//
// Who can connect to the unix socket gets the keys of every connection, so its
// mode is 0600 from the start.
package main

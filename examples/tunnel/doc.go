// Command tunnel is TLS inside TLS inside a SOCKS5 proxy, with the outer TLS
// dropped as soon as the inner one protects everything.
//
//	tunnel -relay :9443                                        # the other end of the outer TLS
//	tunnel -socks :1080                                        # a proxy to try it with
//	echo hello | tunnel -proxy 127.0.0.1:1080 -via 127.0.0.1:9443 -to example.com:443
//
// The client asks the SOCKS5 proxy for the relay, runs an outer handshake with
// it, tells it where to connect, and runs the inner handshake with the target
// through both. Encrypting a second time what is encrypted already is of no
// use from here on, so each side of the outer connection says close_notify, and
// goes on over the same TCP connection without it: see [Layer.Drop].
//
// What makes that clean is that an engine takes no bytes that it does not eat.
// What stands behind the peer's close_notify, even if it came in the same
// packet, is handed back ([tlsengine.Engine.Unread]), so nothing has to be
// dug out of a connection's private buffers. And close_notify is authenticated:
// nobody in the middle can drop a layer.
package main

// Command signer is a TLS server without its private key, and without blocking
// on those who have it: signatures come from another process, verdicts on
// client certificates from a service that takes its time, and one goroutine
// serves all connections meanwhile.
//
//	signer -key key.pem -sign /run/signer.sock              # has the key, and nothing else
//	signer -cert cert.pem -remote /run/signer.sock -listen :8443
//
// A question of the engine's is a state in which it waits ([Engine.Pending]),
// not a callback. So [conn.ask] gives it to a goroutine, which talks to the
// signer or the verifier and posts the answer to the [Hub]: the engine is only
// ever touched there. What the peer sends meanwhile stays unread.
//
// [Engine.Pending]: https://pkg.go.dev/github.com/tlsengine/tlsengine#Engine.Pending
package main

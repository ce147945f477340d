// Package tlsengine is TLS as a state machine over byte slices. Bytes from the
// peer and the application's writes go in; bytes for the peer, decrypted data
// and events come out. There is no socket, goroutine or clock inside.
//
//	            +-----------------------------+
//	from peer → | Receive → events, data      | → application
//	            |         (mailbox)           |
//	  to peer ← | Flush, Send ← plaintext     | ← application
//	            +-----------------------------+
//
// # The loop
//
// [Engine.Receive] eats at most one record and gives at most one event.
// Whatever the engine owes the peer waits until [Engine.Flush] or
// [Engine.Send] appends it to a slice of the caller's. So a connection is:
// receive until the event says to stop, flush, write to the peer, read from
// the peer, again. [Engine.Feed] does the inner loop for callers who do not
// want to keep an incomplete record themselves.
//
// # Who owns which bytes
//
// Input belongs to the caller. Receive decrypts it in place and keeps no
// reference to it; the Data of an event points into it, and is valid until
// the caller uses the memory again. Output is appended to the caller's slice.
// An idle engine holds no buffer.
//
// # Questions
//
// What may take time is a state, not a callback: which Config, which
// credential, sign this, is this chain good, whose ticket is this. The Config
// answers what it can. Where it can't, or was told not to ([Config.Ask]),
// the engine stops with EventRequest, [Engine.Pending] says what it wants, and
// the answering method of that question lets it go on: UseConfig,
// UseCredential, Signed, Verified, Ticket.
//
// # Two halves
//
// Receive, Feed, Pending, the answering methods and TransportEOF are the
// receiving half; Send, SendEarly, Flush, Close, Abort and UpdateKeys are the
// sending half. One goroutine may use the one while another uses the other;
// Owes may be called by both. No other concurrent use is safe.
//
// # Frozen and parked
//
// All that an engine holds is data. [Engine.Freeze] writes it to bytes, at any
// moment of a handshake or after it, and [Thaw] goes on from them in another
// process. [Engine.Park] keeps a silent connection as its secrets and no more.
// [Engine.Detach] gives the keys to whoever makes the records from then on, a
// kernel say, and what is left handles all that is not data. All three belong
// to the two halves at once.
//
// # Errors
//
// An [*AlertError] says that this side refused, a [*PeerAlertError] that the
// peer did. Both end the connection: they are returned by every later call,
// and an alert that is owed is flushed once: also one that an answering method
// caused, by a refusal or because the handshake cannot go on with the answer, so
// flush after those too. Calls at the wrong time give the
// errors of this package's Err variables, and change nothing.
package tlsengine

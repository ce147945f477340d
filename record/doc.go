// Package record is the record layer of TLS 1.3 (RFC 9846, Section 5) and of
// TLS 1.2 (RFC 5246, Section 6): bytes of a stream on one side, typed contents
// on the other.
//
//	bytes in  -> Reader -> Record{Handshake, …}       -> Assembler -> messages
//	                    -> Record{ApplicationData, …} -> the application
//	bytes out <- Writer <- content of any type
//
// A [Reader] takes at most one record off the front of the caller's bytes and
// opens it where it lies: the content it returns aliases the input, and
// nothing is kept. A [Writer] appends records to a slice of the caller's. An
// [Assembler] puts handshake messages together; only what is incomplete is
// copied. None of them allocates per record.
//
// What a Reader returns does not depend on how the stream is cut: nothing
// happens before a record is there as a whole, but that a header which can
// only be refused is refused at once, without waiting for its body.
//
// The state of all three is plain data, that can be written down at any
// record boundary and taken up elsewhere. The AEAD object is a cache, built
// again from the keys when it is needed ([Reader.Park] lets it go).
//
// The package knows records and keys. It knows no handshake: when keys
// change, whether a ChangeCipherSpec or an unprotected alert is in place, and
// what an alert means, is for the caller, who finds in [Record] what it needs
// for that.
package record

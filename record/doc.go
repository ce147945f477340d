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
//
// # Choices
//
// The version in the header of an unprotected record may be any of 0x03xx:
// RFC 9846, Section 5.1, wants it ignored, and the first byte is only what
// tells TLS from something else. That of a protected record is 0x0303.
//
// Under keys of TLS 1.3 a record that calls itself handshake outside is opened
// nevertheless: if it does not open, it is bad_record_mac like any other, and
// if it does, its sender is told unexpected_message.
//
// A handshake record without content is refused also where TLS 1.2 or no keys
// are in use, as is an alert; RFC 9846 asks for it where they are protected.
//
// The Writer copies what it seals into place and seals it there, because in
// TLS 1.3 the content type must follow the content in memory. The copy costs
// 2 to 3 % of the sealing and opening of a full record.
package record

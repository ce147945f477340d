// Package trace is the record of a connection, byte by byte: the one model
// behind the text, the JSON and the page that `tlsprobe show` gives.
//
// A [Trace] comes from
//
//	Recorder       the hooks of a live engine (package trace/hook)
//	Capture        a .pcap or .pcapng file and a key log
//	Load           a trace in JSON
//
// and goes to
//
//	json.Marshal   schema tlsprobe.trace/1
//	Text           a terminal
//	HTML           one self-contained page
//	Check          the list of everything that can be recomputed from it, done
//
// # The model
//
// Bytes live only in [Buffer]s: each direction of the wire, each decrypted
// record, each message that was never sent as it is. Everything else points at
// (buffer, offset, length). Records cover their wire exactly; messages are
// made of the contents of records; the field tree of a message is that of
// package dissect, whose offsets count from the start of the message. A
// [Secret] names its inputs by their ids, so that a reader can compute it again.
//
// A trace holds the secrets of the connection unless it was redacted
// ([Trace.Redact]).
package trace

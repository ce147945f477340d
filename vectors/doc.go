// Package vectors holds test vectors in a form people can read. Package verify,
// below it, runs them against this module's own packages.
//
// The vectors are facts published elsewhere (RFCs, NIST) and handshakes that
// this module's engines had, written in one text form; README.md in this folder
// names the source, the licence and the count of each. A file is a title, header fields and sections:
//
//	# RFC 8448, Section 3: Simple 1-RTT Handshake
//	check: trace
//	client random: cb34ecb1e78163ba1c38c6dacb196a6d...
//	-- client key x25519 --
//	private: 49af42ba7f7994852d713ef2784bcbca...
//	public: 99381de560e4bd43d23d8e435a7dbafe...
//	-- client message ClientHello --
//	010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef
//	6283024dece70000061301...
//
// A field is "name: value"; a value too long for its line goes on in indented
// lines. A section may also hold one value without a name. Lines that start
// with "#" and empty lines are comments.
//
// [Parse] reads that form. [Traces] gives the handshakes of RFC 8448, step by
// step in wire order; [Handshakes] gives our own, with all that is needed to
// play them again in another implementation.
package vectors

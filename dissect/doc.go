// Package dissect explains bytes: it turns records, handshake messages and
// certificates of TLS 1.2 and TLS 1.3 into a tree of [Field], so that every
// byte has a name.
//
//	dissect.Record(b, nil)         a record: header and fragment
//	dissect.Inner(b)               what a protected record of TLS 1.3 holds
//	dissect.Message(b, ctx)        a handshake message, with its 4-byte header
//	dissect.Alert(b), .ChangeCipherSpec(b)
//	dissect.Certificate(b)         one certificate, as a tree of DER elements
//	dissect.SSL2(b)                the three messages of SSL 2.0 a scanner meets
//	dissect.Any(b)                 whichever of these it is
//
// # What holds for every input
//
// Nothing here fails and nothing panics. The children of a field lie inside it,
// in order, and do not overlap; the leaves of the tree cover the input exactly,
// each byte once; no field but the root is empty. What cannot be parsed is one
// leaf of kind [Unparsed], whose Reason says why; a field that ends too early
// for its contents has a Reason too. Depth ([MaxDepth]) and number
// ([MaxFields]) of fields are bounded, and so is the time, which is linear.
//
// The package judges nothing: an illegal value is shown like a legal one. It
// keeps no reference to its input, and values of the peer's choosing are in the
// tree as they came: who prints them must escape them.
//
// # Where the words are
//
// A field's [Kind] is a key into one table (kinds.go), which holds for each
// kind its label, its meaning in a sentence, the section of the standard, and
// Wireshark's name for it. All renderers share it; see [Kind.Info].
package dissect

// Package damage holds tests only: handshakes of every kind, each of which is
// cut, coalesced, flipped, truncated, and robbed of records at every place,
// with the same outcome or the right alert.
//
// A handshake is played once, and both sides are frozen before each flight is
// received. A case of damage thaws the receiver, gives it the damaged flight,
// and plays on from there. So a case costs one flight, and not a handshake.
//
// "go test" plays a sample, "make damage" all of it.
package damage

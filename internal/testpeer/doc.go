// Package testpeer is the other side of an engine under test: a peer that
// holds its own keys and says what a test tells it to, right or wrong, in any
// order and under any keys. It is a script, not a set of flags:
//
//	testpeer.Modes(t, func(t *testing.T, drive *testpeer.Drive) {
//		p := testpeer.Server(t, drive, testpeer.ClientConfig())
//		p.Want("the client opens the handshake", &handshake.ClientHello{})
//		p.Send(p.ServerHello(func(m *handshake.ServerHello) {
//			m.CipherSuite = 0x2a2a
//		}))
//		p.WantAlert("RFC 9846, Section 4.2.3: a cipher suite that was not offered",
//			alert.IllegalParameter, alert.WrongCipher)
//	})
//
// Whoever is named, Server or Client, is what the peer is; the engine is the
// other. Every expectation has a sentence, which is what a failure prints
// first, then what was got and wanted, then the dialogue so far as a ladder.
// Under -v the ladder is printed in any case.
//
// # What it says
//
// Messages are Items, built when they are sent: so a Finished made by
// p.Finished() is over everything said and heard before it. Items can be
// changed (the function that a builder takes gets the message before it is
// encoded, Mangled the bytes after), sent under other keys ([At]), in one
// record ([Together]), in many ([InPieces]), padded ([Padded]) or left out of
// the transcript ([Unheard]).
//
// # What it checks unasked
//
// Signatures, Finished and binders of the engine; the form of its records;
// that key changes fall between records. After a refusal: that the error is
// sticky, that there is exactly one alert, and that nothing follows it. While
// a question is pending: that it can be asked twice, and that answers to other
// questions are ErrNotPending and change nothing.
//
// # How the engine gets its bytes
//
// [Modes] runs a dialogue several times: whole, a byte at a time, through Feed,
// and frozen and thawed between every two calls. All must give the same events
// and the same output, byte for byte. The memory that the engine received from
// is overwritten after every call, so nothing can have been kept of it.
package testpeer

// Package verify runs test vectors against this module's own packages, and
// says where a case first differs.
//
//	results, err := verify.Run(verify.Options{})
//	for _, r := range results {
//		fmt.Println(&r) // rfc8448: 5 passed, 0 failed, 0 skipped
//	}
//
// [Run] takes the sources that [Sources] lists: embedded ones, and those whose
// data come from a Go module of their own (package modcache finds them).
// [Load] and [RunFile] take a file of somebody else's.
//
// A case goes through every layer that can check it. A trace of a handshake is
// recomputed from its private keys: the key exchange, each step of the key
// schedule, each transcript hash, the signatures, Finished and binders, every
// message parsed and written again, every record sealed and opened. What is
// compared is each value the case states, so a [Failure] names the step, the
// value and the byte.
//
// A case that compares nothing has failed, and so has one of our own form with
// a field that nothing reads. What this module does not implement is skipped,
// with the reason.
//
// The package uses all the others, so their own tests cannot import it; they
// can import package vectors, which imports none.
package verify

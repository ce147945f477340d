// Package differential compares the engine with crypto/tls, as a test: random
// configurations and a random edit of what a peer says, in both roles.
//
// A subject, which is the engine or crypto/tls, talks to a peer, which is
// another engine whose messages are edited before the transcript sees them, or
// whose records are edited on the way. The same peer with the same edits talks
// to both subjects; whether they refuse it, and with which alert, must be the
// same, or be among the differences that are explained (explained_test.go).
//
// The cases are made from a seed and their number, so each can be run alone:
//
//	TLSENGINE_CASE=1234 go test ./internal/differential -v
//
// TLSENGINE_DIFFERENTIAL is how many there are; "make differential" has 100,000.
package differential

// Package group holds the key exchanges of TLS: the NamedGroups of RFC 9846,
// Section 4.3.7, with the hybrids of draft-ietf-tls-ecdhe-mlkem.
//
// A [Group] is one entry of a table: who wants another implementation fills in
// another entry. It knows nothing of messages, versions or alerts. Whatever a
// peer can do wrong with its share is an error that is [ErrShare]; RFC 9846
// answers all of it with one alert, illegal_parameter.
//
//	client                                        server
//	key = Generate(rand)
//	key.Share()  ------------ client share ---->  Respond(rand, client share)
//	key.Secret() <----------- server share -----  gives server share and secret
//
// In TLS 1.2 the server speaks first, with a share that does not depend on the
// client's: there both sides call Generate and Secret.
//
// # Randomness
//
// Every random byte is read from the reader that is passed in, and the same
// bytes give the same keys, shares and secrets. That is why keys are made from
// seeds: the generators of the standard library ignore their reader since Go
// 1.26, and its ML-KEM has no seeded encapsulation outside of tests. The reader
// must be cryptographically secure; it is not called more often than it takes
// to fill one seed, except that a NIST scalar out of range is drawn again
// (probability 2^-32 for P-256, less than 2^-190 for P-384 and P-521).
//
// # Whose arithmetic
//
// X25519, X448 and ML-KEM are circl's; P-256, P-384 and P-521 are the standard
// library's. Measured with Go 1.26.8 and circl 1.6.5 in one run on an AMD EPYC, in
// microseconds (generate, then the shared secret; for ML-KEM generate, encapsulate,
// decapsulate). The machine was shared: the ratios say more than the figures.
//
//	              standard library    circl         circl without assembly
//	X25519        64   64             30   42       35   62
//	X448          none                123  178
//	P-256         18   68             none
//	P-384         183  554            589  569
//	ML-KEM-768    75   88   91        37   42   29  66   74   66
//
// All of these are meant to run in constant time. That was checked by reading, not
// by timing: circl's ladders select with conditional moves or masks; its ML-KEM
// samples noise and compresses without branches or division (the fault called
// KyberSlash), and compares and replaces a wrong secret in constant time; the
// standard library says it of its P-256 assembly, and its P-384 and P-521 use
// complete formulas and look at every entry of their tables. circl's P-384 says of
// itself that it is not constant time, and its sum is slower: it is not used.
// Nothing but amd64 was measured.
package group

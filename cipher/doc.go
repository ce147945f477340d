// Package cipher holds the cipher suites of TLS 1.3 and TLS 1.2: for each its
// AEAD, its hash, the form of its nonces and how long its keys may be used.
//
//	Lookup(TLS_AES_128_GCM_SHA256) = Suite
//	                                   ├── New(key)        an AEAD
//	                                   ├── KeyLen, IVLen   what the key schedule must derive
//	                                   ├── Hash            what it derives them with
//	                                   ├── ExplicitNonce   what a record carries besides
//	                                   └── …Limit          when the key is used up
//
// It knows no records, no secrets and no handshake. Records take their nonces
// from [Nonce]; package keyschedule derives the keys.
//
// An AEAD made elsewhere (in hardware, in a validated module, vectorised)
// comes in by a copy of a Suite with another New:
//
//	s := *cipher.Lookup(cipher.TLS_AES_128_GCM_SHA256)
//	s.New = mine.NewGCM
//
// # Choices
//
// TLS 1.3 has its three suites for general use; the CCM suites are left out.
// TLS 1.2 has the suites with ECDHE and an AEAD, and no others: static RSA,
// CBC, RC4 and 3DES are the ground on which Bleichenbacher's attack, Lucky
// Thirteen, POODLE and Sweet32 stood.
//
// The implementations are AES-GCM of the standard library, and
// ChaCha20-Poly1305 of golang.org/x/crypto.
package cipher

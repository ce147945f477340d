// Package quic protects QUIC packets: RFC 9001, Section 5, and RFC 9369 for
// version 2. With the secrets that a TLS engine hands out under QUIC it is all
// the cryptography a QUIC implementation needs.
//
//	secret ──► NewKeys ──► Keys ──► Next ──► Keys ──► …      key updates
//	                         │
//	                         ├──► Seal, Open                 the payload
//	                         └──► ProtectHeader(s), UnprotectHeader
//
// A packet on its way out, in one buffer (and back, from the bottom up):
//
//	           pnOffset      pnOffset+4
//	               │           │
//	┌────────┬─────┴──┬────────┴──────────────────────┐
//	│ flags… │ pn 1-4 │ payload                       │
//	└────────┴────────┴───────────────────────────────┘
//	    Seal: the header, up to and with the packet number, is authenticated
//	┌────────┬────────┬───────────────────────────────┬──────────┐
//	│ flags… │ pn 1-4 │ ciphertext                    │ tag (16) │
//	└────────┴────────┴───────────────────────────────┴──────────┘
//	    ProtectHeader: Mask of the sample, from pnOffset+4 on
//	┌────────┬────────┬──┬─────────────┬──────────────┬──────────┐
//	│ ▒▒▒▒▒▒ │ ▒▒▒▒▒▒ │  │ sample (16) │              │          │
//	└────────┴────────┴──┴─────────────┴──────────────┴──────────┘
//
// [Keys] are one direction of one encryption level: make them of each secret
// that TLS gives out, and of the client's first Destination Connection ID for
// Initial packets ([InitialKeys]). They never change; a key update makes new
// ones. Any number of goroutines may use the same Keys at once.
//
// Left to QUIC: which keys a packet wants, the Key Phase bit, timers, counting
// packets against [Keys.ConfidentialityLimit] and failures against
// [Keys.IntegrityLimit], and everything about headers but their protection.
//
// # Timing
//
// "For authentication to be free from side channels, the entire process of
// header protection removal, packet number recovery, and packet protection
// removal MUST be applied together without timing and other side channels."
// RFC 9001, Section 9.5. So: call Open after every successful
// UnprotectHeader, whatever the packet number turned out to be, look at
// reserved bits and duplicates only afterwards, and have [Keys.Next] ready
// before the first packet that wants it.
//
// # Choices
//
// Packet numbers are int64, as in the QUIC stacks of Go; -1 is none.
//
// ChaCha20 for header protection is our own block function: the stream cipher
// of golang.org/x/crypto costs an object for each packet. The tests compare
// the two. [Keys.ProtectHeaders] makes four blocks at once in assembly where
// there is AVX2; the build tag purego leaves it out.
//
// A nonce and a mask must live on the heap while an AEAD behind an interface
// reads them. Keys hold room for four calls at once, and take them with an
// atomic operation; a fifth call at the same moment allocates.
package quic

// Package signature holds the signature schemes of TLS: those of RFC 9846,
// Section 4.3.3, and ML-DSA by draft-ietf-tls-mldsa.
//
// An [Algorithm] is one entry of a table: which keys a scheme fits, how a
// signature is verified, and in which version of TLS it may sign the handshake.
// [Sign] is the other direction, over any [crypto.Signer]. The package knows
// nothing of messages and alerts, but for one thing that both sides of TLS 1.3
// need: what a CertificateVerify signs ([AppendServerContent],
// [AppendClientContent]).
//
// # Keys
//
//	ecdsa_*                     *ecdsa.PublicKey
//	rsa_pkcs1_*, rsa_pss_rsae_* *rsa.PublicKey
//	rsa_pss_pss_*               *signature.PSSPublicKey
//	ed25519, ed448              ed25519.PublicKey, circl's ed448.PublicKey
//	mldsa44, 65, 87             circl's *mldsa44.PublicKey, …
//
// The last four are not known to crypto/x509: [ParsePublicKey] reads them from
// a certificate's SubjectPublicKeyInfo.
//
// # Determinism
//
// The same key, message and random bytes give the same signature. What [Sign]
// does for that, by kind of key:
//
//	*ecdsa.PrivateKey     RFC 6979. The standard library has two ways to sign with
//	                      ECDSA since Go 1.26: this, or with random bytes of its own.
//	*rsa.PrivateKey       PKCS #1 v1.5 needs no random bytes. RSASSA-PSS takes its
//	                      salt, as long as the hash, from the reader given to Sign.
//	Ed25519, Ed448        need no random bytes.
//	circl's ML-DSA keys   sign by the deterministic variant of FIPS 204.
//	any other signer      is handed the reader, and does what it does.
//
// # Choices
//
// SHA-1 has names here and no implementation: RFC 9155 forbids it in the
// handshake of TLS 1.2, RFC 9846 in that of TLS 1.3.
//
// RSA keys of less than [MinRSABits] or more than [MaxRSABits] are refused
// before any arithmetic, because verification takes time by the square of the
// length, and the peer chooses the length.
//
// The defaults are the schemes whose keys and certificates crypto/x509 can
// verify: to offer another would invite a chain that cannot be used.
package signature

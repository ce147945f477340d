package cipher

// Versions a Suite can belong to: ProtocolVersion of RFC 9846, Section 4.2.2.
const (
	VersionTLS12 uint16 = 0x0303
	VersionTLS13 uint16 = 0x0304
)

// Auth is the kind of key the server of a TLS 1.2 suite signs with.
type Auth uint8

// The kinds of keys. Ed25519 and Ed448 count as ECDSA (RFC 8422, Section 5.10).
const (
	AuthAny   Auth = iota // TLS 1.3: the suite does not say
	AuthECDSA             // ECDSA, Ed25519 or Ed448
	AuthRSA               // RSA
)

// String gives "any", "ECDSA" or "RSA".
func (a Auth) String() string {
	switch a {
	case AuthECDSA:
		return "ECDSA"
	case AuthRSA:
		return "RSA"
	}
	return "any"
}

// Suite is a cipher suite. It is a constant: who wants another one, say with
// another New, makes a copy.
type Suite struct {
	ID      ID
	Version uint16 // VersionTLS13 or VersionTLS12; no suite serves both
	Hash    Hash   // of the transcript and the key schedule
	Auth    Auth   // what the server signs with; AuthAny in TLS 1.3

	New    NewAEAD
	KeyLen int // bytes of key

	// IVLen is how many bytes of IV the key schedule derives: 12, or the 4
	// bytes of salt of a TLS 1.2 GCM suite.
	IVLen int

	// ExplicitNonce is how many bytes of nonce stand before the ciphertext in
	// each record: 8 in a TLS 1.2 GCM suite (RFC 5288, Section 3), else 0.
	ExplicitNonce int

	// ConfidentialityLimit is how many records a key may seal before KeyUpdate
	// is due (RFC 9846, Section 5.5). 0 is no limit, because the sequence
	// number would wrap first, or because the version has no KeyUpdate.
	ConfidentialityLimit uint64

	// IntegrityLimit is how many failures to open a key survives where they
	// are not fatal, that is under QUIC (RFC 9001, Section 6.6).
	IntegrityLimit uint64

	name string
}

// TLS13 reports whether the suite is one of TLS 1.3.
func (s *Suite) TLS13() bool { return s.Version == VersionTLS13 }

// String gives the IANA name.
func (s *Suite) String() string { return s.ID.String() }

// Lookup returns the suite with that code point, nil if there is none here.
func Lookup(id ID) *Suite {
	for i := range table {
		if table[i].ID == id {
			return &table[i]
		}
	}
	return nil
}

// Suites returns all suites in order of preference, TLS 1.3 first. The slice
// is the caller's; the Suites are not.
func Suites() []*Suite {
	all := make([]*Suite, len(table))
	for i := range table {
		all[i] = &table[i]
	}
	return all
}

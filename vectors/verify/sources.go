package verify

// A Source is where vectors come from.
type Source struct {
	// Name is short, as "rfc8448"; for an embedded source it is its folder.
	Name string
	// Title is the name of the document or the collection.
	Title string
	// License is that of the vectors.
	License string
	// Covers says what the cases test.
	Covers string
}

const ietf = "numbers of an RFC (IETF Trust; code components Revised BSD)"

var sources = []Source{
	{"rfc8448", "RFC 8448, Example Handshake Traces for TLS 1.3", ietf,
		"whole TLS 1.3 handshakes: messages, key schedule, Finished, binders, record protection"},
	{"rfc9001", "RFC 9001, Appendix A", ietf,
		"QUIC version 1: Initial secrets, packet and header protection, key update, Retry"},
	{"rfc9369", "RFC 9369, Appendix A", ietf,
		"QUIC version 2: as RFC 9001"},
	{"rfc9180", "RFC 9180, Appendix A, base mode", ietf,
		"HPKE as ECH uses it: KEM, key schedule, encryptions, exports"},
	{"rfc5869", "RFC 5869, Appendix A", ietf,
		"HKDF"},
	{"rfc8439", "RFC 8439, Sections 2.3 to 2.8 and Appendix A", ietf,
		"ChaCha20, Poly1305 and their AEAD"},
	{"rfc7748", "RFC 7748, Sections 5.2 and 6", ietf,
		"X25519 and X448"},
}

// Sources returns the sources that Run knows, in the order in which it runs
// them. The slice is the caller's.
func Sources() []Source { return append([]Source(nil), sources...) }

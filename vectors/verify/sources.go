package verify

import (
	"io/fs"
	"iter"
	"path"

	"github.com/tlsengine/tlsengine/vectors"
)

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
	// Module is the Go module that has the data, as "path@version", of a
	// source that is not embedded.
	Module string

	load func(name string, data fs.FS) iter.Seq2[*vectors.File, error] // nil: embedded
}

const (
	ietf = "numbers of an RFC (IETF Trust; code components Revised BSD)"
	nist = "NIST public service notice (not subject to copyright in the United States)"
)

var sources = []Source{
	{Name: "rfc8448", Title: "RFC 8448, Example Handshake Traces for TLS 1.3", License: ietf,
		Covers: "whole TLS 1.3 handshakes: messages, key schedule, Finished, binders, record protection"},
	{Name: "handshakes", Title: "Recorded from this project's own engines, which replay them", License: "as this module",
		Covers: "whole handshakes of TLS 1.3 and 1.2 from the random bytes of both sides: every group, suite and signature scheme, HelloRetryRequest, client authentication, resumption, 0-RTT, KeyUpdate, ALPN, OCSP staples, padding, short records, tickets; and under QUIC"},
	{Name: "rfc9001", Title: "RFC 9001, Appendix A", License: ietf,
		Covers: "QUIC version 1: Initial secrets, packet and header protection, key update, Retry"},
	{Name: "rfc9369", Title: "RFC 9369, Appendix A", License: ietf,
		Covers: "QUIC version 2: as RFC 9001"},
	{Name: "rfc9180", Title: "RFC 9180, Appendix A, base mode", License: ietf,
		Covers: "HPKE as ECH uses it: KEM, key schedule, encryptions, exports"},
	{Name: "rfc5869", Title: "RFC 5869, Appendix A", License: ietf,
		Covers: "HKDF"},
	{Name: "rfc8439", Title: "RFC 8439, Sections 2.3 to 2.8 and Appendix A", License: ietf,
		Covers: "ChaCha20, Poly1305 and their AEAD"},
	{Name: "rfc7748", Title: "RFC 7748, Sections 5.2 and 6", License: ietf,
		Covers: "X25519 and X448"},
	{Name: "hybrid", Title: "Made for this project by Go's standard library, for want of published ones", License: "as this module",
		Covers: "X25519MLKEM768, SecP256r1MLKEM768, SecP384r1MLKEM1024 (draft-ietf-tls-ecdhe-mlkem): shares and secret"},
	{Name: "sp800-135", Title: "NIST, SP 800-135 (CAVP): TLS 1.2 key derivation, as other projects have published its answers", License: nist,
		Covers: "TLS 1.2 main secret without RFC 7627, key block"},
	{Name: "acvp", Title: "NIST ACVP", License: nist,
		Covers: "TLS 1.3 key schedule, TLS 1.2 extended main secret (RFC 7627) and key block, ML-KEM",
		Module: "github.com/geomys/acvp-testdata@v0.0.0-20251201200548-d893de8b8b1c", load: loadACVP},
	{Name: "wycheproof", Title: "Wycheproof", License: "Apache-2.0",
		Covers: "AEADs, HKDF, HMAC, ECDH, X25519, X448, ML-KEM, ECDSA, Ed25519, Ed448, ML-DSA, RSA-PSS, RSA PKCS #1: edge cases and what must be refused",
		Module: "github.com/c2sp/wycheproof@v0.0.0-20260902155932-3fa63dd0344a", load: loadWycheproof},
}

// Sources returns the sources that Run knows, in the order in which it runs
// them. The slice is the caller's.
func Sources() []Source { return append([]Source(nil), sources...) }

// embedded loads the files in the folder of that name.
func embedded(name string, data fs.FS) iter.Seq2[*vectors.File, error] {
	return func(yield func(*vectors.File, error) bool) {
		names, _ := fs.Glob(data, name+"/*.txt")
		for _, name := range names {
			text, err := fs.ReadFile(data, name)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(vectors.Parse(name, text)) {
				return
			}
		}
	}
}

func loadACVP(_ string, data fs.FS) iter.Seq2[*vectors.File, error] {
	return func(yield func(*vectors.File, error) bool) {
		for _, name := range acvpFiles {
			prompt, err := readBzip2(data, "vectors/"+name+".bz2")
			if err != nil {
				yield(nil, err)
				return
			}
			expected, err := readBzip2(data, "expected/"+name+".bz2")
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(parseACVP("acvp/"+name+".json", prompt, expected)) {
				return
			}
		}
	}
}

func loadWycheproof(_ string, data fs.FS) iter.Seq2[*vectors.File, error] {
	return func(yield func(*vectors.File, error) bool) {
		for _, name := range wycheproofFiles {
			name = path.Join("testvectors_v1", name+"_test.json")
			text, err := fs.ReadFile(data, name)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(parseWycheproof("wycheproof/"+path.Base(name), text)) {
				return
			}
		}
	}
}

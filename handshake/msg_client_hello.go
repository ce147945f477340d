package handshake

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// ClientHello opens every handshake, in both versions: RFC 9846, Section
// 4.2.2, and RFC 5246, Section 7.4.1.2.
//
//	struct {
//	    ProtocolVersion legacy_version = 0x0303;    /* TLS v1.2 */
//	    Random random;
//	    opaque legacy_session_id<0..32>;
//	    CipherSuite cipher_suites<2..2^16-2>;
//	    opaque legacy_compression_methods<1..2^8-1>;
//	    Extension extensions<7..2^16-1>;
//	} ClientHello;
//
// Slices of a parsed ClientHello alias the message. A client before TLS 1.3
// may leave out the extensions: they are nil then, and empty but not nil where
// the block is there without any.
type ClientHello struct {
	LegacyVersion            Version
	Random                   [32]byte
	LegacySessionID          []byte
	CipherSuites             List16[cipher.ID]
	LegacyCompressionMethods List8[uint8] // whether it holds 0, and only that, is for the machine to say
	Extensions               Extensions
}

// maxSessionID is the longest legacy_session_id, in bytes.
const maxSessionID = 32

// ParseClientHello parses the body of a ClientHello without allocating for up
// to 24 extensions. It refuses what the syntax excludes, an extension that
// comes twice, and a pre_shared_key that is not the last extension.
func ParseClientHello(body []byte) (ClientHello, error) {
	var m ClientHello
	r := wire.NewReader(body)
	m.LegacyVersion = Version(r.Uint16())
	copy(m.Random[:], r.Bytes(len(m.Random)))
	m.LegacySessionID = r.Vector8()
	m.CipherSuites = readList16[cipher.ID](&r)
	m.LegacyCompressionMethods = r.NonEmpty8()
	block := readOptionalExtensions(&r)
	if len(m.LegacySessionID) > maxSessionID {
		return ClientHello{}, alert.SessionIDTooLong.Errorf("legacy_session_id in ClientHello is longer than %d bytes", maxSessionID)
	}
	if !r.Done() {
		return ClientHello{}, MsgClientHello.malformed()
	}
	var err error
	if m.Extensions, err = parseExtensions(block, MsgClientHello); err != nil {
		return ClientHello{}, err
	}
	if err := m.Extensions.checkPSKLast(); err != nil {
		return ClientHello{}, err
	}
	return m, nil
}

// Append appends the message, header included. It panics if a field is longer
// than its vector allows.
func (m *ClientHello) Append(dst []byte) []byte {
	size := 40 + len(m.LegacySessionID) + len(m.CipherSuites) + len(m.LegacyCompressionMethods) + len(m.Extensions)
	w := newMessage(dst, MsgClientHello, size)
	w.Vector24(func() {
		w.Uint16(uint16(m.LegacyVersion))
		w.Bytes(m.Random[:])
		w.Opaque8(m.LegacySessionID)
		w.Opaque16(m.CipherSuites)
		w.Opaque8(m.LegacyCompressionMethods)
		appendOptionalExtensions(&w, m.Extensions)
	})
	return w.Result()
}

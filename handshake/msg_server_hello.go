package handshake

import (
	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/wire"
)

// ServerHello answers a ClientHello, in both versions, and is the
// HelloRetryRequest too: RFC 9846, Sections 4.2.3 and 4.2.4, and RFC 5246,
// Section 7.4.1.3.
//
//	struct {
//	    ProtocolVersion legacy_version = 0x0303;    /* TLS v1.2 */
//	    Random random;
//	    opaque legacy_session_id_echo<0..32>;
//	    CipherSuite cipher_suite;
//	    uint8 legacy_compression_method = 0;
//	    Extension extensions<6..2^16-1>;
//	} ServerHello;
//
// Slices of a parsed ServerHello alias the message. In TLS 1.2 the extensions
// may be left out: they are nil then, and empty but not nil where the block is
// there without any.
type ServerHello struct {
	LegacyVersion           Version
	Random                  [32]byte
	LegacySessionIDEcho     []byte
	CipherSuite             cipher.ID
	LegacyCompressionMethod uint8
	Extensions              Extensions
}

// HelloRetryRequestRandom is the random that makes a ServerHello a
// HelloRetryRequest: the SHA-256 of "HelloRetryRequest".
// RFC 9846, Section 4.2.3.
var HelloRetryRequestRandom = [32]byte{
	0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
	0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
}

// The downgrade sentinels: what the last 8 bytes of the random say when a
// server that has TLS 1.3 negotiates less. RFC 9846, Section 4.2.3.
const (
	DowngradeTLS12 = "DOWNGRD\x01" // TLS 1.2 was negotiated
	DowngradeTLS11 = "DOWNGRD\x00" // TLS 1.1 or older was negotiated
)

// ParseServerHello parses the body of a ServerHello or HelloRetryRequest
// without allocating for up to 24 extensions. It refuses what the syntax
// excludes and an extension that comes twice.
func ParseServerHello(body []byte) (ServerHello, error) {
	var m ServerHello
	r := wire.NewReader(body)
	m.LegacyVersion = Version(r.Uint16())
	copy(m.Random[:], r.Bytes(len(m.Random)))
	m.LegacySessionIDEcho = r.Vector8()
	m.CipherSuite = cipher.ID(r.Uint16())
	m.LegacyCompressionMethod = r.Uint8()
	block := readOptionalExtensions(&r)
	if len(m.LegacySessionIDEcho) > maxSessionID {
		return ServerHello{}, alert.SessionIDTooLong.Errorf("legacy_session_id_echo in ServerHello is longer than %d bytes", maxSessionID)
	}
	if !r.Done() {
		return ServerHello{}, MsgServerHello.malformed()
	}
	var err error
	if m.Extensions, err = parseExtensions(block, MsgServerHello); err != nil {
		return ServerHello{}, err
	}
	return m, nil
}

// IsHelloRetryRequest reports whether the random is the special one.
//
// "Upon receiving a message with type server_hello, implementations MUST first
// examine the Random value and, if it matches this value, process it as
// described in Section 4.2.4." RFC 9846, Section 4.2.3.
func (m *ServerHello) IsHelloRetryRequest() bool { return m.Random == HelloRetryRequestRandom }

// HasDowngradeSentinel reports whether the random ends in either sentinel.
//
// "TLS 1.3 clients receiving a ServerHello indicating TLS 1.2 or below MUST
// check that the last 8 bytes are not equal to either of these values."
// RFC 9846, Section 4.2.3.
func (m *ServerHello) HasDowngradeSentinel() bool {
	end := string(m.Random[24:])
	return end == DowngradeTLS12 || end == DowngradeTLS11
}

// Append appends the message, header included. It panics if a field is longer
// than its vector allows.
func (m *ServerHello) Append(dst []byte) []byte {
	w := newMessage(dst, MsgServerHello, 40+len(m.LegacySessionIDEcho)+len(m.Extensions))
	w.Vector24(func() {
		w.Uint16(uint16(m.LegacyVersion))
		w.Bytes(m.Random[:])
		w.Opaque8(m.LegacySessionIDEcho)
		w.Uint16(uint16(m.CipherSuite))
		w.Uint8(m.LegacyCompressionMethod)
		appendOptionalExtensions(&w, m.Extensions)
	})
	return w.Result()
}

package dissect

import (
	"bytes"
	"crypto/sha256"

	"github.com/tlsengine/tlsengine/internal/registry"
)

// Versions that change the form of messages.
const (
	tls11 = 0x0302
	tls12 = 0x0303
	tls13 = 0x0304
)

// Context is what a message does not say itself. The zero Context is good for
// hellos; for the rest, what it does not say is guessed from the bytes.
type Context struct {
	Version uint16 // negotiated; 0 if not known
	Suite   uint16 // negotiated; 0 if not known. Needed for the key exchange of TLS 1.2
	RawKey  bool   // the Certificate holds a bare public key (RFC 7250)
}

// kindOf is the kind of a whole message by its type.
var kindOf = map[uint64]Kind{
	0: "msg.hello_request", 1: "msg.client_hello", 2: "msg.server_hello", 4: "msg.new_session_ticket", 5: "msg.end_of_early_data",
	8: "msg.encrypted_extensions", 11: "msg.certificate", 12: "msg.server_key_exchange", 13: "msg.certificate_request",
	14: "msg.server_hello_done", 15: "msg.certificate_verify", 16: "msg.client_key_exchange", 20: "msg.finished",
	22: "msg.certificate_status", 24: "msg.key_update", 25: "msg.compressed_certificate", 67: "msg.next_protocol", 254: "msg.message_hash",
}

// Message dissects one handshake message with its 4-byte header.
//
// "struct { HandshakeType msg_type; uint24 length; select
// (Handshake.msg_type) { … }; } Handshake;" RFC 9846, Section 4.
func Message(b []byte, ctx Context) Field {
	return root(MessageKind(b), b, ctx, message)
}

// MessageKind is the kind of the handshake message that starts with these bytes.
func MessageKind(b []byte) Kind {
	if len(b) == 0 {
		return "msg"
	}
	if IsHelloRetryRequest(b) {
		return "msg.hello_retry_request"
	}
	if kind, ok := kindOf[uint64(b[0])]; ok {
		return kind
	}
	return "msg"
}

// MessageName is the RFC's name of the message that starts with these bytes:
// "ClientHello", or "handshake message" for one without.
func MessageName(b []byte) string { return MessageKind(b).Info().Label }

func message(c *cursor) {
	start := c.pos
	typ := c.code("type", "hs.type", registry.HandshakeTypes)
	n := int(c.uint("length", "hs.length", 3))
	if c.reason == "" && n > c.left() {
		c.fail("length is " + plural(n, "byte") + ", " + plural(c.left(), "byte") + " here")
		return
	}
	behind := c.left() - n
	if c.reason != "" || behind == 0 {
		messageBody(c, start, typ)
		return
	}
	c.end -= behind
	messageBody(c, start, typ)
	if c.left() > 0 {
		c.fail(plural(c.left(), "byte") + " left over")
	}
	c.made = append(c.made, Field{ID: c.prefix + "behind", Kind: Unparsed, Off: c.end, Len: behind, Reason: plural(behind, "byte") + " behind the message"})
	c.end += behind
	c.pos = c.end
}

// bodies are the parsers of what follows the header.
var bodies = map[uint64]func(*cursor){
	0: empty, 1: clientHello, 4: newSessionTicket, 5: empty, 8: encryptedExtensions, 11: certificate, 12: serverKeyExchange,
	13: certificateRequest, 14: empty, 15: certificateVerify, 16: clientKeyExchange, 20: finished, 22: certificateStatus,
	24: keyUpdate, 25: compressedCertificate, 67: nextProtocol, 254: messageHash,
}

func messageBody(c *cursor, start int, typ uint64) {
	if c.reason != "" {
		return
	}
	if typ == 2 {
		serverHello(c, IsHelloRetryRequest(c.b[start:c.end]))
		return
	}
	if parse, ok := bodies[typ]; ok {
		parse(c)
		return
	}
	c.bytes("body", "hs.body", c.left())
}

func empty(*cursor) {}

// retryRandom is the Random of a HelloRetryRequest: "the special value of the
// SHA-256 of "HelloRetryRequest"", RFC 9846, Section 4.2.3.
var retryRandom = sha256.Sum256([]byte("HelloRetryRequest"))

// IsHelloRetryRequest reports whether a whole handshake message is a
// ServerHello that is a HelloRetryRequest.
func IsHelloRetryRequest(msg []byte) bool {
	const random = 4 + 2 // behind the header and the version
	return len(msg) >= random+32 && msg[0] == 2 && bytes.Equal(msg[random:random+32], retryRandom[:])
}

package dissect

import "github.com/tlsengine/tlsengine/internal/registry"

// "struct { ProtocolVersion legacy_version = 0x0303; Random random; opaque
// legacy_session_id<0..32>; CipherSuite cipher_suites<2..2^16-2>; opaque
// legacy_compression_methods<1..2^8-1>; Extension extensions<8..2^16-1>; }
// ClientHello;" RFC 9846, Section 4.2.2.
func clientHello(c *cursor) {
	c.code("legacy_version", "ch.version", registry.Versions)
	c.bytes("random", "ch.random", 32)
	c.opaque("legacy_session_id", "ch.session_id", 1)
	c.codes("cipher_suites", "ch.cipher_suites", 2, "ch.cipher_suite", registry.CipherSuites)
	c.codes("legacy_compression_methods", "ch.compression_methods", 1, "ch.compression_method", registry.CompressionMethods)
	extensionsIfAny(c, inClientHello)
}

// "struct { ProtocolVersion legacy_version = 0x0303; Random random; opaque
// legacy_session_id_echo<0..32>; CipherSuite cipher_suite; uint8
// legacy_compression_method = 0; Extension extensions<6..2^16-1>; }
// ServerHello;" RFC 9846, Section 4.2.3.
func serverHello(c *cursor, retry bool) {
	c.code("legacy_version", "sh.version", registry.Versions)
	if retry {
		c.leaf("random", "hrr.random", 32, func([]byte) Value { return Value{Form: Text, Text: "HelloRetryRequest"} })
	} else {
		c.leaf("random", "sh.random", 32, sentinel)
	}
	c.opaque("legacy_session_id_echo", "sh.session_id", 1)
	c.code("cipher_suite", "hs.cipher_suite", registry.CipherSuites)
	c.code("legacy_compression_method", "sh.compression_method", registry.CompressionMethods)
	if retry {
		extensionsIfAny(c, inHelloRetryRequest)
	} else {
		extensionsIfAny(c, inServerHello)
	}
}

// sentinel names the end of a random that marks a downgrade: RFC 9846, Section
// 4.2.3.
func sentinel(random []byte) Value {
	switch string(random[24:]) {
	case "DOWNGRD\x01":
		return Value{Form: Text, Text: "ends in the downgrade sentinel for TLS 1.2"}
	case "DOWNGRD\x00":
		return Value{Form: Text, Text: "ends in the downgrade sentinel for TLS 1.1 and below"}
	}
	return Value{}
}

// codes makes a vector of code points.
func (c *cursor) codes(id string, kind Kind, width int, item Kind, t *registry.Table) {
	c.list(id, kind, width, func(c *cursor, id string) { c.code(id, item, t) })
}

// extensionsIfAny makes the extensions of a message that may end without them:
// "A client may also … omit the extensions field", RFC 5246, Section 7.4.1.2.
func extensionsIfAny(c *cursor, in where) {
	if c.left() > 0 {
		extensions(c, in)
	}
}

// "struct { Extension extensions<0..2^16-1>; } EncryptedExtensions;"
// RFC 9846, Section 4.4.1.
func encryptedExtensions(c *cursor) { extensions(c, inEncryptedExtensions) }

package dissect

import "github.com/tlsengine/tlsengine/internal/registry"

// SSL2 dissects a record of SSL 2.0 with a hello or an error, which travel in
// clear: RFC 6101, Appendix E.1.
func SSL2(b []byte) Field { return root("ssl2", b, Context{}, ssl2) }

func ssl2(c *cursor) {
	two := c.peek(1)&0x80 != 0
	if two {
		c.leaf("length", "ssl2.length", 2, func(b []byte) Value { return Value{Form: Number, Num: number(b) & 0x7fff} })
	} else {
		c.leaf("length", "ssl2.length", 2, func(b []byte) Value { return Value{Form: Number, Num: number(b) & 0x3fff} })
		c.uint("padding_length", "ssl2.padding", 1)
	}
	switch c.code("msg_type", "ssl2.type", registry.SSL2Messages) {
	case 0:
		c.uint("error_code", "ssl2.error", 2)
	case 1:
		c.code("version", "ssl2.version", registry.Versions)
		ciphers := int(c.uint("cipher_spec_length", "ssl2.ciphers.length", 2))
		session := int(c.uint("session_id_length", "ssl2.session_id.length", 2))
		challenge := int(c.uint("challenge_length", "ssl2.challenge.length", 2))
		ssl2Ciphers(c, ciphers)
		c.bytes("session_id", "ssl2.session_id", session)
		c.bytes("challenge", "ssl2.challenge", challenge)
	case 4:
		c.uint("session_id_hit", "ssl2.hit", 1)
		c.code("certificate_type", "ssl2.certificate_type", registry.CertificateTypes)
		c.code("version", "ssl2.version", registry.Versions)
		cert := int(c.uint("certificate_length", "cert.data.length", 2))
		ciphers := int(c.uint("cipher_spec_length", "ssl2.ciphers.length", 2))
		id := int(c.uint("connection_id_length", "ssl2.connection_id.length", 2))
		c.group("certificate_data", "cert.data", cert, certificateBody)
		ssl2Ciphers(c, ciphers)
		c.bytes("connection_id", "ssl2.connection_id", id)
	default:
		c.bytes("data", "ext.data", c.left())
	}
}

func ssl2Ciphers(c *cursor, n int) {
	c.group("cipher_specs", "ssl2.ciphers", n, func(c *cursor) {
		repeat(c, func(c *cursor, id string) { c.code(id, "ssl2.cipher", registry.SSL2Ciphers) })
	})
}

package dissect

import "github.com/tlsengine/tlsengine/internal/registry"

// Protection says how the fragment of a protected record is laid out.
type Protection struct {
	NonceLen int // bytes of nonce in front of the ciphertext: 8 with AES-GCM in TLS 1.2, else 0
	TagLen   int // bytes of the AEAD's tag behind it
}

// Record dissects one record with its 5-byte header. p is nil for a record in
// clear. Handshake messages are not looked into, for they may span records:
// that is [Message].
//
// "struct { ContentType type; ProtocolVersion legacy_record_version; uint16
// length; opaque fragment[TLSPlaintext.length]; } TLSPlaintext;"
// RFC 9846, Section 5.1.
func Record(b []byte, p *Protection) Field {
	return root("rec", b, Context{}, func(c *cursor) {
		typ, n := recordHeader(c)
		switch {
		case c.reason != "":
		case n != c.left():
			c.fail("length is " + plural(n, "byte") + ", " + plural(c.left(), "byte") + " here")
		case p != nil:
			c.bytes("explicit_nonce", "rec.explicit_nonce", min(p.NonceLen, c.left()))
			c.bytes("ciphertext", "rec.ciphertext", max(0, c.left()-p.TagLen))
			c.bytes("tag", "rec.tag", c.left())
		default:
			fragment(c, typ)
		}
	})
}

// recordHeader makes the fields of a header.
func recordHeader(c *cursor) (typ uint64, length int) {
	typ = c.code("type", "rec.type", registry.ContentTypes)
	c.code("legacy_record_version", "rec.version", registry.Versions)
	return typ, int(c.uint("length", "rec.length", 2))
}

// fragment makes the fields of what a record in clear holds.
func fragment(c *cursor, typ uint64) {
	switch typ {
	case 20:
		ccs(c)
	case 21:
		alertBody(c)
	default:
		c.bytes("fragment", "rec.fragment", c.left())
	}
}

// Inner dissects a TLSInnerPlaintext: content, type, padding.
//
// "struct { opaque content[TLSPlaintext.length]; ContentType type; uint8
// zeros[length_of_padding]; } TLSInnerPlaintext;" RFC 9846, Section 5.2.
func Inner(b []byte) Field {
	return root("inner", b, Context{}, func(c *cursor) {
		n := InnerLen(b)
		if n < 0 {
			c.fail("no content type: all bytes are zero")
			return
		}
		switch b[n] {
		case 21:
			c.group("alert", "alert", n, alertBody)
		default:
			c.bytes("content", "inner.content", n)
		}
		c.code("type", "inner.type", registry.ContentTypes)
		c.bytes("zeros", "inner.zeros", c.left())
	})
}

// InnerLen is how long the content of a TLSInnerPlaintext is: where its type
// stands. It is -1 if there is none.
func InnerLen(b []byte) int {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] != 0 {
			return i
		}
	}
	return -1
}

// Alert dissects an alert: "struct { AlertLevel level; AlertDescription
// description; } Alert;" RFC 9846, Section 6.
func Alert(b []byte) Field { return root("alert", b, Context{}, alertBody) }

func alertBody(c *cursor) {
	c.code("level", "alert.level", registry.AlertLevels)
	c.code("description", "alert.description", registry.Alerts)
}

// ChangeCipherSpec dissects the content of a change_cipher_spec record:
// "struct { enum { change_cipher_spec(1), (255) } type; } ChangeCipherSpec;"
// RFC 5246, Section 7.1.
func ChangeCipherSpec(b []byte) Field { return root("ccs", b, Context{}, ccs) }

func ccs(c *cursor) { c.uint("change_cipher_spec", "ccs.type", 1) }

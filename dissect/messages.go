package dissect

import "github.com/tlsengine/tlsengine/internal/registry"

// RFC 9846, Section 4.5.3: the HMAC fills the message.
func finished(c *cursor) { c.bytes("verify_data", "fin.verify_data", c.left()) }

// RFC 9846, Section 4.7.3.
func keyUpdate(c *cursor) {
	c.code("request_update", "ku.request_update", registry.KeyUpdateRequests)
}

// RFC 9846, Section 4.1: the hash of the first ClientHello, in its place.
func messageHash(c *cursor) { c.bytes("hash", "mh.hash", c.left()) }

// "struct { uint32 ticket_lifetime; uint32 ticket_age_add; opaque
// ticket_nonce<0..255>; opaque ticket<1..2^16-1>; Extension
// extensions<0..2^16-1>; } NewSessionTicket;" RFC 9846, Section 4.7.1; and in
// RFC 5077, Section 3.3 lifetime and ticket only.
func newSessionTicket(c *cursor) {
	c.uint("ticket_lifetime", "nst.lifetime", 4)
	old := c.ctx.Version != 0 && c.ctx.Version < tls13
	if c.ctx.Version == 0 && c.left() >= 2 {
		old = int(c.peek(2)) == c.left()-2
	}
	if old {
		c.opaque("ticket", "nst.ticket", 2)
		return
	}
	c.uint("ticket_age_add", "nst.age_add", 4)
	c.opaque("ticket_nonce", "nst.nonce", 1)
	c.opaque("ticket", "nst.ticket", 2)
	extensions(c, inNewSessionTicket)
}

// draft-agl-tls-nextprotoneg, Section 3.
func nextProtocol(c *cursor) {
	c.string("selected_protocol", "npn.protocol", 1)
	c.opaque("padding", "npn.padding", 1)
}

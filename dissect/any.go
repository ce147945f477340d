package dissect

import (
	"fmt"

	"github.com/tlsengine/tlsengine/internal/registry"
)

// Any dissects bytes of which nothing is known: records with the messages in
// them, one or more handshake messages, a certificate, an ECHConfigList, or a
// hello of SSL 2.0. What is none of them is one unparsed leaf.
func Any(b []byte) Field {
	switch {
	case looksLikeRecord(b):
		return root("input", b, Context{}, records)
	case looksLikeMessages(b):
		return root("input", b, Context{}, messages)
	case looksLikeDER(b):
		return Certificate(b)
	case looksLikeECH(b):
		return ECHConfigList(b)
	case looksLikeSSL2(b):
		return SSL2(b)
	}
	return root("input", b, Context{}, func(c *cursor) { c.fail("neither a record nor a handshake message nor a certificate") })
}

func looksLikeRecord(b []byte) bool {
	return len(b) >= 3 && b[0] >= 20 && b[0] <= 24 && b[1] == 3 && b[2] <= 4
}

func looksLikeMessages(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	for len(b) > 0 {
		if len(b) < 4 || registry.HandshakeTypes.Name(uint32(b[0])) == "" || int(number(b[1:4])) > len(b)-4 {
			return false
		}
		b = b[4+int(number(b[1:4])):]
	}
	return true
}

func looksLikeDER(b []byte) bool { return len(b) > 2 && b[0] == tagSequence && isDER(b, 0) }

func looksLikeECH(b []byte) bool {
	return len(b) > 6 && int(number(b[:2])) == len(b)-2 && number(b[2:4]) == 0xfe0d
}

func looksLikeSSL2(b []byte) bool {
	return len(b) > 5 && b[0]&0x80 != 0 && int(number(b[:2])&0x7fff) == len(b)-2 && (b[2] == 1 || b[2] == 4)
}

// records makes records until the bytes end, and looks into those in clear.
func records(c *cursor) {
	clear := true // until the first change_cipher_spec: behind it, nothing is
	repeat(c, func(c *cursor, id string) {
		c.group("record_"+id, "rec", c.extent(3, 2, 0), func(c *cursor) {
			typ, n := recordHeader(c)
			switch {
			case c.reason != "":
			case n > c.left():
				c.fail(fmt.Sprintf("length is %d, %s follow", n, plural(c.left(), "byte")))
			case typ == 22 && clear && looksLikeMessages(c.rest()):
				messages(c)
			case typ == 21 && n != 2, typ == 20 && n != 1:
				c.bytes("fragment", "rec.fragment", n)
			default:
				clear = clear && typ != 20
				fragment(c, typ)
			}
		})
	})
}

// messages makes handshake messages until the bytes end.
func messages(c *cursor) {
	repeat(c, func(c *cursor, id string) {
		size := c.extent(1, 3, 0)
		c.group("message_"+id, MessageKind(c.b[c.pos:c.pos+size]), size, message)
	})
}

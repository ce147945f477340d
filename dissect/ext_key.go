package dissect

import "github.com/tlsengine/tlsengine/internal/registry"

// RFC 9846, Section 4.3.8: a list from the client, a group from a
// HelloRetryRequest, one share from the server.
func keyShare(c *cursor, in where) {
	switch in {
	case inClientHello:
		c.list("client_shares", "ext.key_shares", 2, func(c *cursor, id string) {
			c.group(id, "ext.key_share.entry", c.extent(2, 2, 0), func(c *cursor) { keyShareEntry(c, clientShares) })
		})
	case inHelloRetryRequest:
		c.code("selected_group", "ext.key_share.selected_group", registry.Groups)
	default:
		keyShareEntry(c, serverShares)
	}
}

// "struct { NamedGroup group; opaque key_exchange<1..2^16-1>; }
// KeyShareEntry;" RFC 9846, Section 4.3.8.
func keyShareEntry(c *cursor, shares map[uint64]hybrid) {
	group := c.code("group", "ext.key_share.group", registry.Groups)
	n, ok := c.length("key_exchange_length", "ext.key_share.key_exchange", 2)
	if !ok {
		return
	}
	h, ok := shares[group]
	if !ok || h.first+h.second != n {
		c.bytes("key_exchange", "ext.key_share.key_exchange", n)
		return
	}
	c.group("key_exchange", "ext.key_share.key_exchange", n, func(c *cursor) {
		c.bytes(h.firstName, h.firstKind, h.first)
		c.bytes(h.secondName, h.secondKind, h.second)
	})
}

// A hybrid is a share of two parts.
type hybrid struct {
	first, second         int // bytes
	firstName, secondName string
	firstKind, secondKind Kind
}

// The layouts of draft-ietf-tls-ecdhe-mlkem, Section 4.
var (
	clientShares = map[uint64]hybrid{
		0x11ec: {1184, 32, "mlkem", "x25519", "share.mlkem_ek", "share.x25519"},
		0x11eb: {65, 1184, "secp256r1", "mlkem", "share.point", "share.mlkem_ek"},
		0x11ed: {97, 1568, "secp384r1", "mlkem", "share.point", "share.mlkem_ek"},
	}
	serverShares = map[uint64]hybrid{
		0x11ec: {1088, 32, "mlkem", "x25519", "share.mlkem_ct", "share.x25519"},
		0x11eb: {65, 1088, "secp256r1", "mlkem", "share.point", "share.mlkem_ct"},
		0x11ed: {97, 1568, "secp384r1", "mlkem", "share.point", "share.mlkem_ct"},
	}
)

// RFC 9846, Section 4.3.11: identities and binders from the client, an index
// from the server.
func preSharedKey(c *cursor, in where) {
	if in != inClientHello {
		c.uint("selected_identity", "ext.psk.selected_identity", 2)
		return
	}
	c.list("identities", "ext.psk.identities", 2, func(c *cursor, id string) {
		c.group(id, "ext.psk.entry", c.extent(0, 2, 4), func(c *cursor) {
			c.opaque("identity", "ext.psk.identity", 2)
			c.uint("obfuscated_ticket_age", "ext.psk.age", 4)
		})
	})
	c.list("binders", "ext.psk.binders", 2, func(c *cursor, id string) { c.opaque(id, "ext.psk.binder", 1) })
}

// RFC 9849, Section 5: from the client an outer or an inner form, from the
// server configurations to retry with, or in a HelloRetryRequest 8 bytes.
func encryptedClientHello(c *cursor, in where) {
	switch in {
	case inClientHello:
		if c.uint("form", "ech.type", 1) != 0 {
			return
		}
		c.code("kdf_id", "ech.kdf", registry.HPKEKDFs)
		c.code("aead_id", "ech.aead", registry.HPKEAEADs)
		c.uint("config_id", "ech.config_id", 1)
		c.opaque("enc", "ech.enc", 2)
		c.opaque("payload", "ech.payload", 2)
	case inHelloRetryRequest:
		c.bytes("confirmation", "ech.confirmation", c.left())
	default:
		c.list("retry_configs", "ech.configs", 2, echConfig)
	}
}

// ECHConfigList dissects the bytes that a name server or a file gives: RFC
// 9849, Section 4.
func ECHConfigList(b []byte) Field {
	return root("ech.list", b, Context{}, func(c *cursor) { c.list("configs", "ech.configs", 2, echConfig) })
}

// "struct { uint16 version; uint16 length; select (ECHConfig.version) { case
// 0xfe0d: ECHConfigContents contents; } } ECHConfig;" RFC 9849, Section 4.
func echConfig(c *cursor, id string) {
	c.group(id, "ech.config", c.extent(2, 2, 0), func(c *cursor) {
		version := c.uint("version", "ech.version", 2)
		if _, ok := c.length("length", "ech.config", 2); !ok {
			return
		}
		if version != 0xfe0d {
			c.bytes("contents", "ech.contents", c.left())
			return
		}
		c.uint("config_id", "ech.config_id", 1)
		c.code("kem_id", "ech.kem", registry.HPKEKEMs)
		c.opaque("public_key", "ech.public_key", 2)
		c.list("cipher_suites", "ech.suites", 2, func(c *cursor, id string) {
			c.code(id+"_kdf_id", "ech.kdf", registry.HPKEKDFs)
			c.code(id+"_aead_id", "ech.aead", registry.HPKEAEADs)
		})
		c.uint("maximum_name_length", "ech.maximum_name_length", 1)
		c.string("public_name", "ech.public_name", 1)
		c.list("extensions", "exts", 2, func(c *cursor, id string) {
			c.uint(id+"_type", "ech.extension_type", 2)
			c.opaque(id+"_data", "ext.data", 2)
		})
	})
}

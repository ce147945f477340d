package dissect

import (
	"github.com/tlsengine/tlsengine/internal/registry"
)

// "struct { ServerName server_name_list<1..2^16-1> } ServerNameList;"
// RFC 6066, Section 3.
func serverName(c *cursor, _ where) {
	c.list("server_name_list", "ext.server_names", 2, func(c *cursor, id string) {
		c.group(id, "ext.server_name.entry", c.extent(1, 2, 0), func(c *cursor) {
			c.code("name_type", "ext.server_name.type", registry.NameTypes)
			c.string("name", "ext.server_name.name", 2)
		})
	})
}

func signatureSchemes(c *cursor) {
	c.codes("supported_signature_algorithms", "ext.schemes", 2, "ext.scheme", registry.SignatureSchemes)
}

// RFC 7301, Section 3.1.
func protocolNames(c *cursor) {
	c.list("protocol_name_list", "ext.protocols", 2, func(c *cursor, id string) { c.protocolName(id) })
}

func (c *cursor) protocolName(id string) { c.string(id, "ext.protocol", 1) }

// RFC 9846, Section 4.3.1: a list from the client, one version from the server.
func supportedVersions(c *cursor, in where) {
	if in == inClientHello {
		c.codes("versions", "ext.versions", 1, "ext.version", registry.Versions)
		return
	}
	c.code("selected_version", "ext.selected_version", registry.Versions)
}

// RFC 9846, Section 4.3.10: a size in a ticket, else empty.
func earlyData(c *cursor, in where) {
	if in == inNewSessionTicket {
		c.uint("max_early_data_size", "ext.max_early_data_size", 4)
		return
	}
	c.bytes("data", "ext.data", c.left())
}

// RFC 5764, Section 4.1.1.
func useSRTP(c *cursor) {
	c.codes("SRTPProtectionProfiles", "ext.srtp_profiles", 2, "ext.srtp_profile", registry.SRTPProfiles)
	c.opaque("srtp_mki", "ext.srtp_mki", 1)
}

// RFC 8472, Section 2.
func tokenBinding(c *cursor) {
	c.uint("major", "ext.token_binding.version", 1)
	c.uint("minor", "ext.token_binding.version", 1)
	c.list("key_parameters_list", "ext.token_binding.keys", 1, func(c *cursor, id string) { c.uint(id, "ext.token_binding.key", 1) })
}

// RFC 7250, Section 3: a list from the client, one type from the server.
func certificateTypes(c *cursor, in where) {
	if in == inClientHello || in == inCertificateRequest {
		c.codes("certificate_types", "ext.certificate_types", 1, "ext.certificate_type", registry.CertificateTypes)
		return
	}
	c.code("certificate_type", "ext.certificate_type", registry.CertificateTypes)
}

// RFC 9149, Section 2.
func ticketRequest(c *cursor, in where) {
	if in == inClientHello {
		c.uint("new_session_count", "ext.ticket_count", 1)
		c.uint("resumption_count", "ext.ticket_count", 1)
		return
	}
	c.uint("expected_count", "ext.ticket_count", 1)
}

// draft-vvv-tls-alps: protocols from the client, settings from the server.
func applicationSettings(c *cursor, in where) {
	if in == inClientHello {
		protocolNames(c)
		return
	}
	c.bytes("settings", "ext.application_settings.settings", c.left())
}

// draft-ietf-tls-trust-anchor-ids.
func trustAnchors(c *cursor) {
	c.list("trust_anchors", "ext.trust_anchor_list", 2, func(c *cursor, id string) { c.opaque(id, "ext.trust_anchor", 1) })
}

// distinguishedNames makes a vector of names in DER.
func distinguishedNames(c *cursor, id string, kind Kind) {
	c.list(id, kind, 2, func(c *cursor, id string) {
		c.inside(id, "dn", 2, func(c *cursor) { derAll(c, &typeName) })
	})
}

// "struct { opaque certificate_extension_oid<1..2^8-1>; opaque
// certificate_extension_values<0..2^16-1>; } OIDFilter;"
// RFC 9846, Section 4.3.5.
func oidFilters(c *cursor) {
	c.list("filters", "ext.oid_filter_list", 2, func(c *cursor, id string) {
		c.opaque(id+"_oid", "ext.oid_filter.oid", 1)
		c.opaque(id+"_values", "ext.oid_filter.values", 2)
	})
}

// intParameters are the transport parameters whose value is a number.
var intParameters = map[uint64]bool{
	1: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true, 10: true, 11: true, 14: true, 0x20: true, 0x3127: true,
}

// RFC 9000, Section 18: id, length and value, again and again.
func transportParameters(c *cursor) {
	repeat(c, func(c *cursor, id string) {
		start := c.pos
		typ, n := quicParameter(c.rest())
		if n < 0 {
			c.fail("a transport parameter wants more than " + plural(c.left(), "byte"))
			return
		}
		c.group(id, "quic.parameter", n, func(c *cursor) {
			c.varint("id", "quic.parameter.id")
			if f := c.made; len(f) > 0 && typ <= 0xffff {
				f[0].Value = Value{Form: Code, Width: 2, Num: typ, Text: registry.TransportParameters.Name(uint32(typ))}
			}
			c.varint("length", "quic.parameter.length")
			if size := varintLen(c.rest()); intParameters[typ] && size > 0 && size == c.left() {
				c.varint("value", "quic.parameter.value")
				return
			}
			c.bytes("value", "quic.parameter.value", c.left())
		})
		if c.pos == start {
			c.fail("too many fields")
		}
	})
}

// quicParameter is the id of the parameter in front and the bytes of all of
// it, or -1 if it is cut off.
func quicParameter(b []byte) (id uint64, n int) {
	id, size := varint(b)
	if size == 0 {
		return 0, -1
	}
	length, width := varint(b[size:])
	if width == 0 || length > uint64(len(b)-size-width) {
		return 0, -1
	}
	return id, size + width + int(length)
}

// varint makes a variable-length integer of RFC 9000, Section 16.
func (c *cursor) varint(id string, kind Kind) {
	n := varintLen(c.rest())
	if n == 0 {
		c.fail(id + " is cut off")
		return
	}
	c.leaf(id, kind, n, func(b []byte) Value {
		v, _ := varint(b)
		return Value{Form: Number, Num: v}
	})
}

func varintLen(b []byte) int {
	if len(b) == 0 || len(b) < 1<<(b[0]>>6) {
		return 0
	}
	return 1 << (b[0] >> 6)
}

func varint(b []byte) (v uint64, n int) {
	if n = varintLen(b); n == 0 {
		return 0, 0
	}
	return number(b[:n]) &^ (3 << (8*n - 2)), n
}

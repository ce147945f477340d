package dissect

import (
	"fmt"

	"github.com/tlsengine/tlsengine/internal/registry"
)

// where is the message that an extension stands in: its body has another form
// in each.
type where uint8

const (
	inClientHello where = iota
	inServerHello
	inHelloRetryRequest
	inEncryptedExtensions
	inCertificate
	inCertificateRequest
	inNewSessionTicket
)

// extensions makes a vector of extensions.
//
// "struct { ExtensionType extension_type; opaque extension_data<0..2^16-1>; }
// Extension;" RFC 9846, Section 4.3.
func extensions(c *cursor, in where) {
	seen := map[string]int{}
	c.list("extensions", "exts", 2, func(c *cursor, _ string) { extension(c, in, seen) })
}

// extension makes one extension. seen counts those of each name, so that one
// sent twice has an ID of its own.
func extension(c *cursor, in where, seen map[string]int) {
	if c.left() < 4 {
		c.fail("an extension wants 4 bytes, " + plural(c.left(), "byte") + " here")
		return
	}
	typ := uint32(c.peek(2))
	name := extensionName(typ)
	seen[name]++
	id := name
	if n := seen[name]; n > 1 {
		id = fmt.Sprintf("%s.again_%d", name, n)
	}
	c.group(id, extensionKind(typ), c.extent(2, 2, 0), func(c *cursor) {
		c.code("type", "ext.type", registry.Extensions)
		if n, ok := c.length("length", "ext", 2); ok && n > 0 {
			extensionBody(c, typ, in)
		}
	})
	if f := c.made; len(f) > 0 && f[len(f)-1].ID == c.prefix+id {
		f[len(f)-1].Value = code(registry.Extensions, uint64(typ))
	}
}

// extensionName is the name of an extension as part of an ID.
func extensionName(typ uint32) string {
	if name := registry.Extensions.Name(typ); name != "" {
		return name
	}
	return fmt.Sprintf("extension_%d", typ)
}

// extensionKind is the kind of a whole extension.
func extensionKind(typ uint32) Kind {
	if kind := Kind("ext." + registry.Extensions.Name(typ)); kinds[kind].Label != "" {
		return kind
	}
	return "ext"
}

// extensionBody makes the fields of what an extension holds.
func extensionBody(c *cursor, typ uint32, in where) {
	if parse, ok := extensionBodies[typ]; ok {
		parse(c, in)
		return
	}
	c.bytes("data", "ext.data", c.left())
}

// extensionBodies are the parsers of extensions by type. They are only called
// for a body that is not empty; one that should be empty has none here, and
// what stands in it is data. Filled where it is used, for some hold extensions.
var extensionBodies = map[uint32]func(*cursor, where){
	0: serverName,
	1: only(func(c *cursor) {
		c.code("max_fragment_length", "ext.max_fragment_length.code", registry.MaxFragmentLengths)
	}),
	5:  statusRequest,
	10: only(func(c *cursor) { c.codes("named_group_list", "ext.groups", 2, "ext.group", registry.Groups) }),
	11: only(func(c *cursor) {
		c.codes("ec_point_format_list", "ext.point_formats", 1, "ext.point_format", registry.PointFormats)
	}),
	12: only(func(c *cursor) { c.string("srp_I", "ext.srp.name", 1) }),
	13: only(signatureSchemes),
	14: only(useSRTP),
	15: only(func(c *cursor) { c.code("mode", "ext.heartbeat.mode", registry.HeartbeatModes) }),
	16: only(protocolNames),
	17: only(statusRequestV2),
	18: signedCertificateTimestamps,
	19: certificateTypes,
	20: certificateTypes,
	21: only(func(c *cursor) { c.bytes("padding", "ext.padding.zeros", c.left()) }),
	24: only(tokenBinding),
	27: only(func(c *cursor) {
		c.codes("algorithms", "ext.compressions", 1, "ext.compression", registry.CertificateCompressions)
	}),
	28:     only(func(c *cursor) { c.uint("record_size_limit", "ext.record_size_limit.limit", 2) }),
	34:     delegatedCredential,
	35:     only(func(c *cursor) { c.bytes("ticket", "ext.session_ticket.ticket", c.left()) }),
	41:     preSharedKey,
	42:     earlyData,
	43:     supportedVersions,
	44:     only(func(c *cursor) { c.opaque("cookie", "ext.cookie.cookie", 2) }),
	45:     only(func(c *cursor) { c.codes("ke_modes", "ext.psk_modes", 1, "ext.psk_mode", registry.PSKModes) }),
	47:     only(func(c *cursor) { distinguishedNames(c, "authorities", "ext.authorities") }),
	48:     only(oidFilters),
	50:     only(signatureSchemes),
	51:     keyShare,
	53:     only(func(c *cursor) { c.opaque("cid", "ext.connection_id.cid", 1) }),
	54:     only(func(c *cursor) { c.opaque("cid", "ext.connection_id.cid", 1) }),
	57:     only(transportParameters),
	58:     ticketRequest,
	62:     only(func(c *cursor) { c.opaque("flags", "ext.tls_flags.flags", 1) }),
	13172:  only(func(c *cursor) { repeat(c, func(c *cursor, id string) { c.protocolName(id) }) }),
	17513:  applicationSettings,
	17613:  applicationSettings,
	0xca34: only(trustAnchors),
	0xfd00: only(func(c *cursor) {
		c.codes("outer_extensions", "ext.outer_extensions", 1, "ext.outer_extension", registry.Extensions)
	}),
	0xfe0d: encryptedClientHello,
	0xff01: only(func(c *cursor) { c.opaque("renegotiated_connection", "ext.renegotiation_info.data", 1) }),
	0xffa5: only(transportParameters),
}

// only is for an extension with one form in every message.
func only(parse func(*cursor)) func(*cursor, where) {
	return func(c *cursor, _ where) { parse(c) }
}

// repeat makes one thing after the other until the cursor ends.
func repeat(c *cursor, item func(c *cursor, id string)) {
	for i := 0; c.left() > 0; i++ {
		item(c, fmt.Sprint(i))
	}
}

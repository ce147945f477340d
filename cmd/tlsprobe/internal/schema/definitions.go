package schema

import "sync"

// definitions are the parts that several documents share. They refer to each
// other by name; code points have names of their own in the registries.
var definitions = sync.OnceValue(func() node {
	return node{
		"tool": object(req("name", str("tlsprobe")), req("version", str("of the module")), opt("commit", str("of the source; may be empty"))),
		"code": object(
			req("id", num("the code point")), req("hex", str("the same in hex, as 0x1301")), req("name", null(str("IANA's name; null when nobody named it"))),
		),
		"target": object(
			req("input", str("as it was written")), req("host", str("name in ASCII form, address, or path of a socket file")), req("port", num("0 for a socket file")),
			req("address", str("that was connected to")), req("sni", null(str("the server name that was sent"))),
			req("starttls", null(str("the protocol that was left by STARTTLS"))), req("proxy", null(str("the proxy that was used"))),
			req("transport", oneOf("what carried the connection", "tcp", "unix")),
		),
		"error": object(
			req("code", str("stable, dotted: tcp.refused")), req("stage", str("where: usage, input, resolve, connect, handshake, verify, data, output, internal")),
			req("message", str("one line")), req("hint", null(str("what to do about it"))),
			opt("alert", object(req("id", num("of the alert")), req("name", str("of the alert")))),
		),
		"timing": object(
			req("dns_us", num("resolving the name")), req("connect_us", num("connecting")), req("starttls_us", num("before TLS")),
			req("handshake_us", num("the handshake")), req("total_us", num("all of it")), req("round_trips", num("of the handshake")),
		),
		"bytes": object(req("in", num("received")), req("out", num("sent"))),
		"result": object(
			req("version", null(ref("code"))), req("suite", null(ref("code"))), req("group", null(ref("code"))), req("signature", null(ref("code"))),
			req("alpn", null(str("the application protocol"))), req("resumed", flag("a session was resumed")), req("hrr", flag("there was a HelloRetryRequest")),
			req("psk", null(object(req("kind", oneOf("what was resumed with", "ticket"))))),
			req("early_data", oneOf("what became of it", "not_offered", "accepted", "rejected")), opt("early_data_reason", str("why not")),
			req("ems", flag("extended main secret, or TLS 1.3")), req("secure_renegotiation", flag("RFC 5746, or TLS 1.3")),
			req("session", object(req("tickets", null(list(object(
				req("lifetime_s", num("seconds")), req("max_early_data", num("bytes; 0 is none")), req("length", num("of the ticket in bytes")),
			)))))),
			req("client_auth", object(
				req("requested", flag("the server asked for a certificate")), req("authorities", list(str("whose certificates it takes"))),
				req("sent", flag("one was sent")), opt("signature", ref("code")),
			)),
			req("ocsp", null(object(req("length", num("of the stapled response in bytes"))))),
		),
		"verification": object(
			req("ok", flag("nothing is wrong")), req("enforced", flag("what is wrong ends the connection")),
			req("errors", list(object(req("code", str("verify.expired, …")), req("message", str("in words")), req("cert", num("index into certificates"))))),
			req("chain", list(num("the verified path: indices into certificates"))), req("name", str("that the certificate had to be for")),
			req("root", null(str("subject of the trust anchor"))),
		),
		"certificate": object(
			req("pem", str("the certificate")), req("subject", str("")), req("issuer", str("")), req("serial", str("hex")),
			req("not_before", stamp("")), req("not_after", stamp("")), req("days_left", num("whole days; negative when over")),
			req("names", list(str("names and addresses that it is for"))),
			req("key", object(req("type", str("ECDSA, RSA, Ed25519")), req("bits", num("size")), req("curve", null(str("of ECDSA"))))),
			req("signature", str("algorithm")), req("sha256", hex("of the certificate")), req("spki_sha256", hex("of the public key")),
			req("ca", flag("it may issue others")), req("scts", num("timestamps in it")),
		),
		"message": object(
			req("dir", ref("dir")), req("type", null(num("HandshakeType; null for what is no handshake message"))), req("name", str("the RFC's name")),
			req("epoch", str("under whose keys: initial, early data, handshake, application")), req("length", num("bytes, with the header")),
		),
		"dir": oneOf("direction", "c2s", "s2c"),
		"field": object(
			req("id", str("unique in its tree")), req("kind", str("what it is")), req("off", num("from the start")), req("len", num("bytes")),
			opt("value", node{"description": "number, text or code point"}), opt("ws", str("Wireshark's name")), opt("reason", str("why it was not parsed")),
			opt("fields", list(node{"$ref": "#/$defs/field"})),
		),
		"span": object(req("buf", num("id of a buffer")), req("off", num("offset")), req("len", num("bytes"))),
		"hex":  null(hex("null after --redact")),
		"octets": node{"anyOf": []node{
			hex("up to 64 bytes"), object(req("value_b64", base64("more"))), {"type": "null"},
		}},
	}
})

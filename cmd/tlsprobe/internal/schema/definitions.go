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
			)))), req("session_id", null(hex("of a session that a TLS 1.2 server keeps"))))),
			req("client_auth", object(
				req("requested", flag("the server asked for a certificate")), req("authorities", list(str("whose certificates it takes"))),
				req("sent", flag("one was sent")), opt("signature", ref("code")),
			)),
			req("ocsp", null(ref("staple"))), req("scts", list(ref("sct"))),
			req("ech", object(
				req("offered", flag("Encrypted Client Hello was offered")), req("accepted", flag("and taken")),
				req("retry_configs_b64", null(base64("what to try instead"))), req("public_name", null(str("the name outside"))),
			)),
			req("compression", object(req("certificate", null(ref("code"))))),
			req("raw_public_key", flag("in place of a certificate")), req("delegated_credential", flag("signed in place of the certificate's key")),
		),
		"staple": object(
			req("length", num("of the stapled OCSP response in bytes")), req("status", null(oneOf("of the certificate; null if it cannot be read", "good", "revoked", "unknown"))),
			req("signed", oneOf("by the issuer, or who it named", "yes", "no", "unknown")), req("this_update", null(stamp("when it was true"))), req("next_update", null(stamp("when there is a newer one"))),
			opt("revoked_at", stamp("when it was revoked")), opt("message", str("why there is no status")),
		),
		"sct": object(req("log_id", hex("hash of the log's key")), req("time", stamp("when the log had the certificate"))),
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

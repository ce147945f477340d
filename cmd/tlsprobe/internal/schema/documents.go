package schema

import "sync"

// complete is in the documents of what takes its time.
var complete = opt("complete", flag("false when the user ended it: the rest is what was known"))

// documents are the kinds of documents.
var documents = sync.OnceValue(func() map[string]document {
	return map[string]document{
		"error": {"In place of a report that there is none of.", []field{
			req("target", null(str("what it is about"))), req("exit", num("exit code of the program")), req("error", ref("error")),
		}},
		"connect": {"One connection, and perhaps a second that resumed it.", []field{
			req("tool", ref("tool")), req("target", ref("target")), req("exit", num("exit code")), complete, opt("error", ref("error")),
			req("timing", ref("timing")), req("result", ref("result")), req("verification", ref("verification")),
			req("certificates", list(ref("certificate"))), req("bytes", ref("bytes")),
			opt("exporter", object(req("label", str("")), req("length", num("bytes")), opt("value", hex("the keying material, up to 64 bytes")), opt("value_b64", base64("more")))),
			opt("key_update", oneOf("whose keys changed", "both", "own", "none")),
			opt("reply", object(req("length", num("bytes")), req("truncated", flag("--max-reply left something out")), opt("end", oneOf("how the peer ended it; cut is without close_notify", "close_notify", "cut", "open")), req("data_b64", base64("what the peer said")))),
			opt("second", object(req("timing", ref("timing")), req("result", ref("result")), req("bytes", ref("bytes")))),
			opt("why", object(req("cause", str("version, suites, groups, sigalgs, alpn, sni, hello_size, client_certificate, combination, unknown")), req("detail", str("in words")), req("probes", num("connections that were made to find out")))),
		}},
		"cert": {"The certificates of a server or a file.", []field{
			req("tool", ref("tool")), req("target", null(ref("target"))), req("file", null(str("where they are from"))), req("exit", num("exit code")), complete, opt("error", ref("error")),
			req("verification", ref("verification")), req("certificates", list(ref("certificate"))),
			req("tlsa", null(str("data of a TLSA record for the first key"))), req("ocsp", null(ref("staple"))), req("scts", list(ref("sct"))),
		}},
		"demo": {"Connections between a client and a server in one process.", []field{
			req("tool", ref("tool")), req("exit", num("exit code")),
			req("connections", list(object(
				req("result", ref("result")), req("messages", list(ref("message"))), req("bytes", object(req("to_server", num("")), req("to_client", num("")))),
				req("exporter", hex("the same on both sides")), req("handshake_us", num("both sides")),
			))),
		}},
		"serve": {"What a server says at its start.", []field{
			req("tool", ref("tool")), req("address", str("host:port")), req("url", str("")), req("certificate", ref("certificate")), req("pin", str("for --pin")),
		}},
		"visit": {"A connection as the server saw it.", []field{
			req("tool", ref("tool")),
			req("offer", object(
				req("server_name", null(str(""))), req("alpn", list(str(""))), req("versions", list(ref("code"))), req("suites", list(ref("code"))),
				req("groups", list(ref("code"))), req("key_shares", list(ref("code"))), req("signature_algorithms", list(ref("code"))),
				req("extensions", list(ref("code"))), req("length", num("of the ClientHello in bytes")),
			)),
			req("result", ref("result")),
			req("judgment", object(req("tls13", flag("offered")), req("post_quantum", flag("with a key share")), req("grease", flag("")), req("ech", flag("offered, perhaps as GREASE")), req("weak", list(str("weak suites"))))),
			req("messages", list(ref("message"))), req("bytes", ref("bytes")),
		}},
		"explain": {"What the dictionary has for a word.", []field{
			req("tool", ref("tool")), req("word", str("")),
			req("entries", list(object(
				req("kind", str("as `tlsprobe explain KIND` takes it")), req("registry", str("IANA's title")), req("id", num("")), req("hex", str("")),
				req("name", null(str(""))), req("openssl", null(str(""))), req("gnutls", null(str(""))), req("reference", null(str(""))), req("meaning", null(str(""))),
				opt("suite", object(
					req("key_exchange", str("")), req("authentication", str("")), req("cipher", str("")), req("hash", str("")), req("strength_bits", num("")),
					req("aead", flag("")), req("forward_secret", flag("")),
				)),
				opt("spoken", flag("by this engine")),
			))),
		}},
		"text": {"What is text and nothing else: help, a manual page, a completion script.", []field{
			req("tool", ref("tool")), req("title", str("what it is")), req("text", str("")),
		}},
		"dissect": {"Bytes, taken apart.", []field{
			req("tool", ref("tool")), req("length", num("bytes")), req("field", ref("field")),
		}},
		"version": {"The program and its settings.", []field{
			req("tool", ref("tool")), req("go", str("")), req("config", str("where the config file is")),
			req("settings", list(object(req("flag", str("")), req("value", str("")), req("from", oneOf("", "environment", "file"))))),
		}},
		"diff": {"What changed between two documents of one kind.", []field{
			req("tool", ref("tool")), req("of", str("the schema of both")), req("exit", num("exit code")),
			req("changes", list(object(
				req("op", oneOf("added, removed or changed", "+", "-", "~")), req("path", str("where")), opt("old", node{}), opt("new", node{}),
			))),
		}},
		"vectors": {"Test vectors, recomputed.", []field{
			req("tool", ref("tool")), req("exit", num("exit code")), complete, req("passed", num("")), req("failed", num("")), req("skipped", num("")),
			req("sources", list(object(
				req("name", str("of a source, or of a file")), req("title", str("")), opt("format", str("of a file: rfc8448, trace, wycheproof, acvp, pcap; empty if it is none")),
				opt("module", str("Go module that has the data")), opt("missing", str("why nothing of it was run")), opt("error", ref("error")),
				req("passed", num("")), req("failed", num("")), req("skipped", num("")), req("skips", list(object(req("reason", str("")), req("cases", num(""))))),
				req("cases", list(object(
					req("file", str("")), req("name", str("")), req("line", num("0 if unknown")), req("outcome", oneOf("", "passed", "failed", "skipped")),
					req("compared", num("values")), opt("reason", str("of a skip")),
					opt("failure", object(
						req("message", str("")), req("step", str("")), req("value", str("that differs")), req("line", num("")),
						req("offset", null(num("first byte that differs; null if there are no values to compare"))),
						req("expected", ref("octets")), req("got", ref("octets")),
					)),
				))),
			))),
		}},
		"trace": {"Connections, byte by byte.", []field{
			opt("tool", ref("tool")), req("secrets", flag("false after --redact")),
			req("connections", list(object(
				req("id", num("")), req("role", oneOf("whose view it is", "client", "server", "observer")), opt("target", node{}), opt("started", stamp("")), opt("result", node{}),
				req("buffers", list(object(
					req("id", num("")), req("kind", str("wire, inner, message, …")), opt("dir", ref("dir")),
					opt("of", object(opt("record", num("")), opt("message", num("")))), req("b64", null(base64("null after --redact"))),
				))),
				req("records", list(object(
					req("id", num("")), req("dir", ref("dir")), req("t_us", num("since the start")), req("at", ref("span")), req("type", num("content type outside")),
					req("version", num("")), req("epoch", str("")), req("seq", num("")), req("protected", flag("")),
					opt("inner", object(req("buf", num("")), req("off", num("")), req("len", num("")), req("type", num("")), req("padding", num("")))),
					opt("aead", object(req("name", str("")), req("key", str("id of a secret")), opt("iv", str("id of a secret")), req("nonce", ref("hex")), req("aad", ref("hex")), req("tag", ref("span")))),
					req("fields", null(list(ref("field")))),
				))),
				req("messages", list(object(
					req("id", num("")), req("dir", ref("dir")), req("type", num("")), req("name", str("")), req("at", list(ref("span"))), req("len", num("")), req("epoch", str("")),
					opt("synthetic", flag("it was not sent")), opt("incomplete", flag("the connection ends within it")),
					opt("transcript", object(req("hash", str("")), opt("before", ref("hex")), req("after", ref("hex")))),
					req("fields", null(list(ref("field")))), opt("reason", str("")),
				))),
				req("secrets", list(object(
					req("id", str("")), req("op", str("extract, expand_label, prf, given, …")), opt("hash", str("")), opt("salt", str("")), opt("ikm", str("")), opt("secret", str("")),
					opt("label", str("")), opt("context", object(opt("transcript_after", num("a message")), req("hash", ref("octets")))), opt("off", num("")), req("len", num("")),
					req("out", ref("octets")), opt("keylog", str("its label in a key log")),
				))),
				req("key_exchanges", list(object(
					req("id", num("")), req("group", num("")), req("ours", object(req("public", ref("octets")), req("private", ref("octets")))),
					req("theirs", ref("octets")), req("shared", ref("octets")),
				))),
				req("events", list(object(req("t_us", num("")), req("kind", str("")), opt("ref", node{}), opt("name", str(""))))), opt("notes", list(str(""))),
			))),
		}},
	}
})

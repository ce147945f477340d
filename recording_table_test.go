package tlsengine_test

import (
	"crypto/sha256"
	"strings"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/signature"
	"github.com/tlsengine/tlsengine/vectors"
)

const (
	aes128 = "TLS_AES_128_GCM_SHA256"
	x25519 = "x25519"
	first  = "tls13-tickets"
)

// recordings are all of them; those that resume come behind what they resume.
func recordings() (list []recording) {
	list = append(list, recordings13()...)
	list = append(list, recordings12()...)
	return append(list, recordingsQUIC()...)
}

// offers is the client's, or the server's, part about what is spoken.
func offers(suites, groups string) vectors.Fields {
	return fields(text("suites", suites), text("groups", groups))
}

// clientOf is a client that trusts the test root.
func clientOf(parts ...vectors.Fields) vectors.Fields {
	return fields(append([]vectors.Fields{text("server name", testpeer.Name), octetField("root certificate", testpeer.RootCertificate())}, parts...)...)
}

// serverOf is a server with an identity.
func serverOf(id *testpeer.Identity, parts ...vectors.Fields) vectors.Fields {
	return fields(append([]vectors.Fields{identity(id)}, parts...)...)
}

// schemes are those that all of signature's algorithms have, of one version.
func schemes(fits func(*signature.Algorithm) bool) (list []signature.Scheme) {
	for _, a := range signature.All() {
		if fits(a) {
			list = append(list, a.Scheme)
		}
	}
	return list
}

// signatures are a scheme for the peer, and the one that certificates are
// signed with.
func signatures(s signature.Scheme) vectors.Fields {
	if s == signature.ECDSASecp256r1SHA256 {
		return text("signatures", s.String())
	}
	return text("signatures", s.String()+" "+signature.ECDSASecp256r1SHA256.String())
}

// serverWith is a server with a key for a scheme.
func serverWith(s signature.Scheme, parts ...vectors.Fields) vectors.Fields {
	return fields(append([]vectors.Fields{identityFor(s)}, parts...)...)
}

func staple() vectors.Fields { return octetField("staple", []byte("an OCSP response")) }

func ticketKey() vectors.Fields {
	key := sha256.Sum256([]byte("ticket key"))
	return octetField("ticket key", key[:])
}

// recordings13 begin with a full handshake of each group, each suite and each
// signature scheme.
func recordings13() (list []recording) {
	ec, ed, rsa := testpeer.ServerIdentity(), testpeer.EdIdentity(testpeer.Name), testpeer.RSAIdentity(testpeer.Name)
	add := func(name, title, comment string, client, server vectors.Fields, script ...turn) *recording {
		list = append(list, recording{name: "tls13-" + name, title: "TLS 1.3: " + title, comment: comment, version: "TLS 1.3",
			client: client, server: server, script: append(script, talk()...)})
		return &list[len(list)-1]
	}
	for _, g := range groupNames() {
		add("full-"+strings.ToLower(g), "full handshake, "+g, "key exchange "+g+", ECDSA P-256",
			clientOf(offers(aes128, g)), serverOf(ec, offers(aes128, g)))
	}
	for _, v := range []struct {
		name, suite, what string
		id                *testpeer.Identity
	}{
		{"aes256-rsa-pss", "TLS_AES_256_GCM_SHA384", "AES-256-GCM with SHA-384, RSA-PSS", rsa},
		{"chacha20-ed25519", "TLS_CHACHA20_POLY1305_SHA256", "ChaCha20-Poly1305, Ed25519", ed},
	} {
		add("full-"+v.name, "full handshake, "+v.suite, v.what, clientOf(offers(v.suite, x25519)), serverOf(v.id, offers(v.suite, x25519)))
	}
	plain := offers(aes128, x25519)
	for _, s := range schemes(func(a *signature.Algorithm) bool { return a.TLS13 }) {
		add("signature-"+s.String(), "signature, "+s.String(), "the server signs with "+s.String(),
			clientOf(plain, signatures(s)), serverWith(s, plain))
	}
	add("retry-cookie", "HelloRetryRequest with a cookie", "the client guesses secp256r1, the server wants x25519",
		clientOf(offers(aes128, "secp256r1 x25519"), text("key shares", "secp256r1")),
		serverOf(ec, plain, octetField("retry cookie", []byte("a cookie of the server's"))))
	add("client-auth", "client authentication", "the server requires a certificate, the client has one for Ed25519",
		clientOf(plain, identity(testpeer.EdIdentity("client.test"))),
		serverOf(ec, plain, octetField("root certificate", testpeer.RootCertificate()), text("client certificate", "required")))
	add("staple", "stapled OCSP response", "the client asks for one, the server has one (of no meaning)",
		clientOf(plain, text("status request", "ocsp")), serverOf(ec, plain, staple()))
	add("fragments", "short records", "the client cuts at 64 bytes, the server at 100",
		clientOf(plain, text("max fragment", "64 bytes")), serverOf(ec, plain, text("max fragment", "100 bytes")))
	add("no-compatibility", "without middlebox compatibility", "no session id, no change_cipher_spec",
		clientOf(plain, text("compatibility", "none")), serverOf(ec, plain, text("compatibility", "none")))
	add("key-update", "KeyUpdate", "each side changes its keys, and asks the other to",
		clientOf(plain), serverOf(ec, plain),
		says(vectors.Client, "before"), updates(vectors.Client, handshake.UpdateRequested), says(vectors.Client, "after"),
		updates(vectors.Server, handshake.UpdateNotRequested), says(vectors.Server, "after"),
		updates(vectors.Server, handshake.UpdateRequested), says(vectors.Server, "again"), updates(vectors.Client, handshake.UpdateNotRequested))
	add("alpn", "application protocol", "the client offers h2 and http/1.1, the server has http/1.1 alone",
		clientOf(plain, text("alpn", "h2 http/1.1")), serverOf(ec, plain, text("alpn", "http/1.1")))
	add("padding", "record padding", "the client pads to 64 bytes, the server to 256",
		clientOf(plain, text("pad to", "64 bytes")), serverOf(ec, plain, text("pad to", "256 bytes")))
	resuming := func(parts ...vectors.Fields) (client, server vectors.Fields) {
		early := text("max early data", "1024 bytes")
		return clientOf(plain, text("alpn", "h2")), serverOf(ec, append([]vectors.Fields{plain, text("alpn", "h2"), ticketKey(), early}, parts...)...)
	}
	client, server := resuming(text("tickets", "2 sent"))
	add("tickets", "session tickets", "the server sends two tickets that allow early data, and later a third",
		client, server, says(vectors.Client, "data"), turn{who: vectors.Server, typ: "handshake", payload: []byte{byte(handshake.MsgNewSessionTicket)}})
	client, server = resuming()
	add("resumed", "resumption", "with a pre-shared key and x25519", client, server).resumes = first
	early := turn{who: vectors.Client, typ: "application_data", payload: []byte("early data"), now: true}
	withEarly := fields(client, text("max early data", "1024 bytes"))
	add("early-data-accepted", "0-RTT, accepted", "early data of two records", withEarly, server, early, early).resumes = first
	guess := clientOf(offers(aes128, "secp256r1 x25519"), text("key shares", "secp256r1"), text("alpn", "h2"), text("max early data", "1024 bytes"))
	add("early-data-retry", "0-RTT, ended by a HelloRetryRequest", "the client guesses secp256r1, the server resumes with x25519 and a cookie",
		guess, fields(server, octetField("retry cookie", []byte("a cookie"))), early).resumes = first
	refusing := serverOf(ec, plain, text("alpn", "h2"), ticketKey())
	add("early-data-rejected", "0-RTT, rejected", "the server resumes, but takes no early data any more", withEarly, refusing, early).resumes = first
	return list
}

// recordings12 are what TLS 1.2 has.
func recordings12() (list []recording) {
	ec, rsa := testpeer.ServerIdentity(), testpeer.RSAIdentity(testpeer.Name)
	const curves = " secp256r1 secp384r1 secp521r1" // an ECDSA certificate must be on one that is offered
	newest, o13 := text("max version", "TLS 1.3"), offers(aes128+" TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", x25519+curves)
	add := func(name, title, comment string, client, server vectors.Fields) *recording {
		list = append(list, recording{name: "tls12-" + name, title: "TLS 1.2: " + title, comment: comment, version: "TLS 1.2",
			client: fields(client, text("key shares", "none")), server: server, script: talk()})
		return &list[len(list)-1]
	}
	for _, v := range []struct {
		name, suite, group string
		id                 *testpeer.Identity
	}{
		{"ecdsa-aes128", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "x25519", ec},
		{"ecdsa-chacha20", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "secp256r1", testpeer.EdIdentity(testpeer.Name)},
		{"rsa-aes256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "secp384r1", rsa},
	} {
		o := offers(v.suite, v.group+" secp256r1")
		add("full-"+v.name, "full handshake, "+v.suite, "key exchange "+v.group+", extended main secret", clientOf(o), serverOf(v.id, o))
	}
	for _, v := range []struct {
		name, suite, group string
		scheme             signature.Scheme
	}{
		{"rsa-aes128", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "secp521r1", signature.RSAPKCS1SHA256},
		{"rsa-chacha20", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "x448", signature.RSAPSSRsaeSHA256},
		{"ecdsa-aes256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "x25519", signature.ECDSASecp384r1SHA384},
	} {
		o := offers(v.suite, v.group+curves)
		add("full-"+v.name, "full handshake, "+v.suite, "key exchange "+v.group+", "+v.scheme.String(),
			clientOf(o, signatures(v.scheme)), serverWith(v.scheme, o))
	}
	both := offers("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", x25519+curves)
	for _, s := range schemes(func(a *signature.Algorithm) bool { return a.TLS12 }) {
		add("signature-"+s.String(), "signature, "+s.String(), "the server signs with "+s.String(), clientOf(both, signatures(s)), serverWith(s, both))
	}
	o := offers("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "x25519 secp256r1")
	add("staple", "stapled OCSP response", "the client asks for one, the server has one (of no meaning)",
		clientOf(o, text("status request", "ocsp")), serverOf(ec, o, staple()))
	add("fragments", "short records", "the client cuts at 64 bytes, the server at 100",
		clientOf(o, text("max fragment", "64 bytes")), serverOf(ec, o, text("max fragment", "100 bytes")))
	add("sentinel", "the server speaks TLS 1.3 too", "its random says so, in a client that does not", clientOf(o), serverOf(ec, o13, newest))
	add("chosen", "the client speaks TLS 1.3 too", "it offers both versions, the server has TLS 1.2 alone",
		clientOf(o13, newest), serverOf(ec, o)).client = fields(clientOf(o13, newest), text("key shares", x25519))
	add("client-auth", "client authentication", "both sides have a certificate for P-256",
		clientOf(o, identity(testpeer.ClientIdentity())),
		serverOf(ec, o, octetField("root certificate", testpeer.RootCertificate()), text("client certificate", "required")))
	ticket := serverOf(ec, o, ticketKey(), text("tickets", "1 sent"))
	taking := clientOf(o, text("tickets", "taken"))
	add("ticket", "session ticket", "a full handshake with a ticket, RFC 5077", taking, ticket)
	add("resumed-ticket", "resumption by ticket", "the main secret of the session before", taking, ticket).resumes = "tls12-ticket"
	byID := serverOf(ec, o, text("sessions", "kept by id"))
	add("session-id", "session id", "a full handshake that the server keeps by its session id", clientOf(o), byID)
	add("resumed-session-id", "resumption by session id", "the main secret of the session before", clientOf(o), byID).resumes = "tls12-session-id"
	return list
}

// recordingsQUIC are handshakes under QUIC, which ends them in its own way.
func recordingsQUIC() (list []recording) {
	add := func(name, title, comment string, client, server vectors.Fields) *recording {
		h3 := text("alpn", "h3")
		list = append(list, recording{name: "quic-" + name, title: "QUIC: " + title, comment: comment, version: "TLS 1.3", quic: true,
			client: fields(client, h3, octetField("transport parameters", []byte("the client's"))),
			server: fields(server, h3, octetField("transport parameters", []byte("the server's")))})
		return &list[len(list)-1]
	}
	ec, plain, early := testpeer.ServerIdentity(), offers(aes128, x25519), text("max early data", "1 byte")
	server := serverOf(ec, plain, ticketKey(), early)
	add("full", "full handshake", "with a ticket that allows 0-RTT", clientOf(plain), fields(server, text("tickets", "1 sent")))
	add("retry", "HelloRetryRequest with a cookie", "the client guesses secp256r1, the server wants x25519",
		clientOf(offers(aes128, "secp256r1 x25519"), text("key shares", "secp256r1")),
		serverOf(ec, plain, octetField("retry cookie", []byte("a cookie of the server's"))))
	add("client-auth", "client authentication", "the server requires a certificate, the client has one for Ed25519",
		clientOf(plain, identity(testpeer.EdIdentity("client.test"))),
		serverOf(ec, plain, octetField("root certificate", testpeer.RootCertificate()), text("client certificate", "required")))
	add("early-data-accepted", "0-RTT, accepted", "resumed with a pre-shared key and x25519", clientOf(plain, early), server).resumes = "quic-full"
	add("early-data-rejected", "0-RTT, rejected", "the server resumes, but takes no early data any more",
		clientOf(plain, early), serverOf(ec, plain, ticketKey())).resumes = "quic-full"
	return list
}

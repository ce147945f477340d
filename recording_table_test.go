package tlsengine_test

import (
	"crypto/sha256"
	"strings"

	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/testpeer"
	"github.com/tlsengine/tlsengine/vectors"
)

const (
	aes128 = "TLS_AES_128_GCM_SHA256"
	first  = "tls13-tickets.txt"
)

// recordings are all of them; those that resume come behind what they resume.
func recordings() (list []recording) {
	return append(recordings13(), recordings12()...)
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

func ticketKey() vectors.Fields {
	key := sha256.Sum256([]byte("ticket key"))
	return octetField("ticket key", key[:])
}

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
	const x = "x25519"
	for _, v := range []struct {
		name, suite, what string
		id                *testpeer.Identity
	}{
		{"aes256-rsa-pss", "TLS_AES_256_GCM_SHA384", "AES-256-GCM with SHA-384, RSA-PSS", rsa},
		{"chacha20-ed25519", "TLS_CHACHA20_POLY1305_SHA256", "ChaCha20-Poly1305, Ed25519", ed},
	} {
		add("full-"+v.name, "full handshake, "+v.suite, v.what, clientOf(offers(v.suite, x)), serverOf(v.id, offers(v.suite, x)))
	}
	plain := offers(aes128, x)
	add("retry-cookie", "HelloRetryRequest with a cookie", "the client guesses secp256r1, the server wants x25519",
		clientOf(offers(aes128, "secp256r1 x25519"), text("key shares", "secp256r1")),
		serverOf(ec, plain, octetField("retry cookie", []byte("a cookie of the server's"))))
	add("client-auth", "client authentication", "the server requires a certificate, the client has one for Ed25519",
		clientOf(plain, identity(testpeer.EdIdentity("client.test"))),
		serverOf(ec, plain, octetField("root certificate", testpeer.RootCertificate()), text("client certificate", "required")))
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
	refusing := serverOf(ec, plain, text("alpn", "h2"), ticketKey())
	add("early-data-rejected", "0-RTT, rejected", "the server resumes, but takes no early data any more", withEarly, refusing, early).resumes = first
	return list
}

func recordings12() (list []recording) {
	ec, rsa := testpeer.ServerIdentity(), testpeer.RSAIdentity(testpeer.Name)
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
	o := offers("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "x25519 secp256r1")
	add("client-auth", "client authentication", "both sides have a certificate for P-256",
		clientOf(o, identity(testpeer.ClientIdentity())),
		serverOf(ec, o, octetField("root certificate", testpeer.RootCertificate()), text("client certificate", "required")))
	ticket := serverOf(ec, o, ticketKey(), text("tickets", "1 sent"))
	taking := clientOf(o, text("tickets", "taken"))
	add("ticket", "session ticket", "a full handshake with a ticket, RFC 5077", taking, ticket)
	add("resumed-ticket", "resumption by ticket", "the main secret of the session before", taking, ticket).resumes = "tls12-ticket.txt"
	byID := serverOf(ec, o, text("sessions", "kept by id"))
	add("session-id", "session id", "a full handshake that the server keeps by its session id", clientOf(o), byID)
	add("resumed-session-id", "resumption by session id", "the main secret of the session before", clientOf(o), byID).resumes = "tls12-session-id.txt"
	return list
}

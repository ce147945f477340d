// Package preamble holds what is said in clear before TLS: the STARTTLS
// dialogues of seventeen protocols, and the requests to proxies.
//
// A [Machine] is one such dialogue without a socket. The caller sends what
// [Machine.Start] gives, hands over what the server says to [Machine.Receive],
// sends what that gives, until [Machine.Done]:
//
//	m, err := preamble.New("smtp", preamble.Options{Name: "probe.example"})
//	send(m.Start())
//	for !m.Done() {
//		out, err := m.Receive(read())
//		…
//		send(out)
//	}
//
// All the bytes that a machine takes are bounded by [MaxBytes]; time is the
// caller's. Errors are [*Error], whose codes are stable.
//
// Bytes that a server sends behind its go-ahead and before our ClientHello were
// not protected by TLS but would look as if they were: they are an error
// (CVE-2011-0411 and its many followers). Behind a proxy's answer they are the
// first words of the server, and [Machine.Rest] gives them back.
//
// Each protocol has its own file; the table in machine.go lists them.
package preamble

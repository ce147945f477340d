// Package interop runs the engine against other implementations of TLS, each
// as client and as server: OpenSSL, GnuTLS, NSS, curl and crypto/tls, and with
// make interop also node (a newer OpenSSL) and deno (rustls).
//
//	setup_test.go    what a peer can be told, whatever it is
//	side_test.go     the engine over a net.Conn
//	process_test.go  a peer that is a program
//	pki_test.go      the certificates, made once per run
//	NAME_test.go     one peer: setup to its flags
//	serve_test.go    the peer is the server
//	connect_test.go  the peer is the client
//
// A peer that is not installed is skipped, with the name of its Debian
// package; in CI (CI=true) it fails the test. With -short everything is
// skipped.
package interop
